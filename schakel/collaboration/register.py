"""Reading the register: what is asked for, what it comes to, and how it leaves as a file."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q

from schakel.collaboration.models import (
    Initiative,
    InitiativeQuerySet,
    InitiativeState,
    Tie,
    UseCaseLink,
    still_there,
)
from schakel.journal.actions import record
from schakel.kit import spreadsheet
from schakel.kit.refusals import permit
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Partner, PartnerStanding

RUNNING, EVERY = "running", "all"
COLUMNS = (
    "initiative", "name", "kind", "functions", "audience", "owner", "state", "reason", "successor", "tie", "outcome",
    "began_in", "ended_in", "participants", "use_cases", "linked_partners", "url", "seeks", "source", "is_certain",
    "checked_on", "is_stale",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which initiatives are asked for; an empty part asks nothing. `state` may also be running, or all."""

    q: str = ""
    slug: str = ""
    state: str = RUNNING
    function: str = ""
    kind: str = ""
    tie: str = ""
    is_not_central: bool = False
    is_stale: bool = False
    is_mine: bool = False
    is_seeking: bool = False

    def narrow(self, rows: InitiativeQuerySet, *, to: Actor, on: date) -> InitiativeQuerySet:
        """Those of `rows` that are asked for."""
        if self.is_stale:
            rows = rows.stale(on)
        if self.is_not_central:
            rows = rows.not_in_the_centre()
        if self.is_seeking:
            rows = rows.seeking()
        if self.is_mine:
            rows = rows.filter(owner__in=to.reach(Permission.INITIATIVE_MANAGE).partner_ids)
        if self.function:
            rows = rows.filter(functions__contains=[self.function])
        if self.q:
            words = Q(name__icontains=self.q) | Q(name_en__icontains=self.q) | Q(owner_name__icontains=self.q)
            rows = rows.filter(words | Q(owner__in=Partner.objects.visible_to(to).filter(name__icontains=self.q)))
        return self._of_words(rows)

    def _of_words(self, rows: InitiativeQuerySet) -> InitiativeQuerySet:
        wanted = {name: value for name in ("slug", "kind", "tie") if (value := getattr(self, name))}
        if self.state in InitiativeState.values:
            wanted["state"] = self.state
        rows = rows.filter(**wanted)
        return rows.running() if self.state == RUNNING else rows


def names_of(ids: Iterable[int | None], *, to: Actor) -> dict[int, str]:
    """The names of those of these partners that `to` may know of. One query."""
    wanted = {pk for pk in ids if pk is not None}
    return dict(Partner.objects.visible_to(to).filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


@dataclass(frozen=True, slots=True)
class Figures:
    """The register in numbers: nothing in it names an initiative or a partner."""

    initiatives: int
    running: int
    stale: int
    not_central: int
    assessed: int
    use_cases: int
    linked_partners: int
    by_state: dict[str, int] = field(default_factory=dict)
    by_tie: dict[str, int] = field(default_factory=dict)
    by_function: dict[str, int] = field(default_factory=dict)


def figures(actor: Actor, *, on: date) -> Figures:
    """The register in numbers. Raises NotPermitted. A constant number of queries."""
    permit(bool(actor.reach(Permission.INITIATIVE_COUNT)) or bool(actor.reach(Permission.INITIATIVE_VIEW)))
    rows = list(Initiative.objects.all())
    running = [row for row in rows if row.is_running]
    links = UseCaseLink.objects.filter(still_there(on), partner__standing=PartnerStanding.PARTNER)
    counted = links.filter(use_case__initiative__in=Initiative.objects.running()).aggregate(
        cases=Count("use_case", distinct=True), partners=Count("partner", distinct=True)
    )
    by_function = Counter(function for row in running for function in row.functions)
    by_state, by_tie = Counter(row.state for row in rows), Counter(row.tie for row in running)
    return Figures(
        initiatives=len(rows),
        running=len(running),
        stale=len([row for row in rows if row.is_stale(on)]),
        not_central=len([row for row in running if row.tie != Tie.PART]),
        assessed=len([row for row in running if row.outcome]),
        use_cases=counted["cases"],
        linked_partners=counted["partners"],
        by_state={state: by_state[state] for state in InitiativeState.values},
        by_tie={tie: by_tie[tie] for tie in Tie.values},
        by_function=dict(by_function),
    )


def facts(question: Question, *, by: Actor, at: datetime, on: date, form: str) -> Iterator[dict[str, Any]]:
    """What the register tells of the initiatives that are asked for, by name, for a file in the given form.

    Raises NotPermitted. The journal's event is written at once.
    """
    permit(bool(by.reach(Permission.INITIATIVE_VIEW)))
    found = question.narrow(Initiative.objects.visible_to(by), to=by, on=on)
    known = Partner.objects.visible_to(by)
    may_know = Q(participants__partner=None) | Q(participants__partner__in=known)
    here = Count("participants", filter=still_there_in("participants", on) & may_know, distinct=True)
    cases = Count("use_cases", distinct=True)
    links = "use_cases__links"
    is_known = Q(**{f"{links}__partner__in": known})
    linked = Count(f"{links}__partner", filter=still_there_in(links, on) & is_known, distinct=True)
    rows = list(
        found.select_related("successor").annotate(here=here, cases=cases, linked=linked).order_by("name", "pk")
    )
    owners = names_of((row.owner_id for row in rows), to=by)
    record("collaboration.register.exported", by=by, at=at, form=form, count=len(rows))
    return (_told(row, owners, on) for row in rows)


def still_there_in(path: str, on: date) -> Q:
    """As `still_there`, of rows that are reached by `path`."""
    begun = Q(**{f"{path}__from_on": None}) | Q(**{f"{path}__from_on__lte": on})
    return begun & (Q(**{f"{path}__until_on": None}) | Q(**{f"{path}__until_on__gt": on}))


def as_csv(told: Iterable[dict[str, Any]]) -> str:
    """The same as CSV, functions joined by a space."""
    return spreadsheet.text([COLUMNS, *([_cell(one[name]) for name in COLUMNS] for one in told)])


def _cell(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    return "" if value is None else str(value)


def _told(row: Any, owners: dict[int, str], on: date) -> dict[str, Any]:
    same = ("name", "kind", "functions", "audience", "state", "tie", "outcome", "began_in", "ended_in", "url", "seeks",
            "source", "is_certain")  # fmt: skip
    return {name: getattr(row, name) for name in same} | {
        "initiative": row.slug,
        "owner": owners.get(row.owner_id, row.owner_name),
        "reason": row.state_reason,
        "successor": row.successor.slug if row.successor else "",
        "participants": row.here,
        "use_cases": row.cases,
        "linked_partners": row.linked,
        "checked_on": row.checked_on.isoformat() if row.checked_on else None,
        "is_stale": row.is_stale(on),
    }
