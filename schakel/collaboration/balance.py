"""What a partner brings and takes, side by side: for itself and the coordinator, with no score and no order."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Sum
from django.db.models.functions import Lower

from schakel.collaboration.counters import Counter, counted
from schakel.collaboration.models import (
    Contribution,
    Expectation,
    ExpectationState,
    InterestConflict,
    InterestStatement,
    Recognition,
    Side,
    ValueAnswer,
)
from schakel.collaboration.survey import FEWEST, YearOfAnswers, trend
from schakel.journal.actions import record
from schakel.kit import spreadsheet
from schakel.kit.refusals import permit
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Partner, PartnerQuerySet, PartnerStanding

FORGOTTEN_DAYS = 365
"""A partner that was not thanked for a year is on the list of those not to be forgotten."""
COLUMNS = (
    "partner", "year", "kind", "amount", "unit", "what", "initiative", "project", "capacity", "stated_at",
    "withdrawn_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Balance:
    """One partner's year. Totals are per kind and unit: hours and euros do not add up."""

    year: int
    contributions: list[Contribution]
    totals: list[tuple[str, str, Decimal]]
    brings: list[tuple[Counter, int]]
    takes: list[tuple[Counter, int]]
    recognitions: list[Recognition]


def of(partner: Partner, *, year: int, to: Actor) -> Balance:
    """The balance of a partner in a year, which may be seen by itself and the coordinator.

    Raises NotPermitted. A constant number of queries.
    """
    permit(to.may(Permission.BALANCE_VIEW, partner_id=partner.pk))
    stated = (
        Contribution.objects.filter(partner=partner, year=year).select_related("initiative", "capacity").order_by("pk")
    )
    rows = list(stated)
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in rows:
        if row.withdrawn_at is None:
            sums[row.kind, row.unit] += row.amount
    counts = counted([partner.pk], since=date(year, 1, 1), until=date(year + 1, 1, 1))[partner.pk]
    thanks = Recognition.objects.filter(partner=partner).select_related("contribution")
    return Balance(
        year=year,
        contributions=rows,
        totals=[(kind, unit, amount) for (kind, unit), amount in sorted(sums.items())],
        brings=[one for one in counts if one[0].side == Side.BRINGS],
        takes=[one for one in counts if one[0].side == Side.TAKES],
        recognitions=list(thanks.order_by("-given_on", "-pk")),
    )


def members() -> PartnerQuerySet:
    """The partners that take part today: those of whom a balance is asked."""
    found: PartnerQuerySet = Partner.objects.filter(standing=PartnerStanding.PARTNER)
    return found


def with_signs(partners: Any, *, on: date) -> Any:
    """The partners, each with what the coordinator may have to do about it. No extra queries."""
    own = {"partner": OuterRef("pk")}
    due = Expectation.objects.filter(**own, review_on__lte=on).exclude(state=ExpectationState.ENDED)
    return partners.annotate(
        has_contributed=Exists(Contribution.objects.filter(**own, year=on.year, withdrawn_at=None)),
        has_stated=Exists(InterestStatement.objects.filter(**own, year=on.year)),
        has_review_due=Exists(due),
        recognitions_count=Count("recognitions", distinct=True),
        thanked_on=Max("recognitions__given_on"),
    )


def forgotten(partners: Any, *, on: date) -> Any:
    """Those that were not thanked for a year: none is to be forgotten."""
    lately = Recognition.objects.filter(partner=OuterRef("pk"), given_on__gt=on - timedelta(days=FORGOTTEN_DAYS))
    return partners.filter(~Exists(lately))


def overview(asked: str, *, to: Actor, on: date) -> Any:
    """The partners with their signs, by name: all, or those of whom something is asked. Raises NotPermitted."""
    permit(to.may(Permission.BALANCE_VIEW))
    found = with_signs(members(), on=on)
    wanted = {
        "nothing": {"has_contributed": False},
        "statement": {"has_stated": False},
        "review": {"has_review_due": True},
    }
    rows = forgotten(found, on=on) if asked == "forgotten" else found.filter(**wanted.get(asked, {}))
    return rows.annotate(sorted_name=Lower("name"))


@dataclass(frozen=True, slots=True)
class Figures:
    """The balance of the network in numbers: nothing in it names a partner, or tells one's part."""

    partners: int
    contributing: int
    stated: int
    recognised: int
    expectations: int
    reviews_due: int
    conflicts_open: int
    totals: list[tuple[str, str, Decimal]]
    answers: list[YearOfAnswers]


def figures(actor: Actor, *, on: date) -> Figures:
    """The network's balance of this year in numbers. Raises NotPermitted. A constant number of queries.

    Totals of a kind to which fewer than five partners contributed are left out: they would tell one's part.
    """
    permit(bool(actor.reach(Permission.BALANCE_COUNT)))
    partners = members()
    stated = Contribution.objects.filter(year=on.year, withdrawn_at=None, partner__in=partners)
    sums = stated.values("kind", "unit").annotate(whole=Sum("amount"), of=Count("partner", distinct=True))
    running = Expectation.objects.exclude(state=ExpectationState.ENDED)
    return Figures(
        partners=partners.count(),
        contributing=stated.values("partner").distinct().count(),
        stated=InterestStatement.objects.filter(year=on.year, partner__in=partners).count(),
        recognised=partners.count() - forgotten(partners, on=on).count(),
        expectations=running.count(),
        reviews_due=running.filter(review_on__lte=on).count(),
        conflicts_open=InterestConflict.objects.filter(ended_at=None).count(),
        totals=[
            (row["kind"], row["unit"], row["whole"]) for row in sums.order_by("kind", "unit") if row["of"] >= FEWEST
        ],
        answers=trend(actor),
    )


def contributions_csv(partner: Partner, *, by: Actor, at: datetime) -> str:
    """Everything that a partner stated, as CSV. Raises NotPermitted. The journal is told."""
    permit(by.may(Permission.BALANCE_VIEW, partner_id=partner.pk))
    stated = Contribution.objects.filter(partner=partner).select_related("initiative", "capacity")
    rows = list(stated.order_by("year", "pk"))
    record("collaboration.balance.exported", by=by, at=at, on=partner, count=len(rows))
    return spreadsheet.text([COLUMNS, *(_cells(partner, row) for row in rows)])


def _cells(partner: Partner, row: Contribution) -> list[str]:
    initiative = row.initiative.slug if row.initiative else ""
    moments = [one.isoformat(timespec="seconds") if one else "" for one in (row.stated_at, row.withdrawn_at)]
    told = [partner.key, str(row.year), row.kind, str(row.amount), row.unit, row.what, initiative, row.project]
    return [*told, row.capacity.label if row.capacity else "", *moments]


def answer_of(partner: Partner, *, year: int, to: Actor) -> ValueAnswer | None:
    """The partner's answer to the yearly question: for itself, and for others only where it wished to be named."""
    found = ValueAnswer.objects.filter(partner=partner, year=year)
    if partner.pk in to.reach(Permission.BALANCE_VIEW).partner_ids:
        return found.first()
    return found.filter(is_named=True).first() if to.may(Permission.BALANCE_VIEW) else None
