"""What an advice rests on: the members of today, the prospects, and what is known of whom they would reach."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from schakel.kit.refusals import Invalid
from schakel.oversight.advice.assuming import Drawer, Row
from schakel.oversight.advice.floors import Floors
from schakel.oversight.advice.question import CATEGORY, FUNCTION, Question
from schakel.oversight.advice.reaching import Field, Worths
from schakel.oversight.coverage import dimensions, paper, reach
from schakel.oversight.coverage.counting import NO_PLACES, Constituencies
from schakel.oversight.coverage.dimensions import REGION, SECTOR, SIZE, STATUS, functions
from schakel.oversight.coverage.keeping import Snapshot
from schakel.oversight.coverage.reach import Mask, Places
from schakel.policy.access import Actor
from schakel.registry.models import Estimate, Partner, PartnerStanding, Prospect

MEMBERS = (PartnerStanding.PARTNER, PartnerStanding.JOINING)
LEAST_PEOPLE = {"one": 1, "micro": 2, "small": 10, "medium": 50, "large": 250}
"""How many people work at an organisation of each size class at least."""
CRITICAL = {"essential": 2, "important": 1}
LIST, COUNT, NOTHING = "list", "count", "nothing"
"""What is known of a prospect's constituency: a list, a count only, or nothing."""


@dataclass(frozen=True, slots=True)
class Party:
    """A partner or prospect, as an advice sees it."""

    pk: int
    key: str
    name: str
    mask: int
    basis: str
    members: int
    labels: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that is reckoned with. `lists` hold the members of each candidate, listed or assumed."""

    day: date
    field: Field
    members: list[Party]
    candidates: list[Party]
    left_out: dict[str, int]
    floors: Floors
    estimated_on: tuple[date, date] | None

    def place(self, key: str) -> int:
        """Where a candidate stands. Raises Invalid for a key that is none's."""
        found = next((at for at, one in enumerate(self.candidates) if one.key == key), None)
        if found is None:
            raise Invalid(_("%(key)s: this is not a prospect that could be chosen.") % {"key": key})
        return found


def inputs(question: Question, snapshot: Snapshot, *, to: Actor) -> Inputs:
    """Read what the question rests on. Six queries, whatever the size."""
    mask = sum(1 << at for at, function in enumerate(functions()) if function in question.functions)
    prospects = list(Prospect.objects.visible_to(to).order_by("key"))
    members = list(Partner.objects.visible_to(to).filter(standing__in=MEMBERS).order_by("key"))
    lists = Constituencies(snapshot, [one.pk for one in (*members, *prospects)])
    rows, counted_on = _estimates([one.pk for one in prospects if not len(lists.get(one.pk, ()))])
    drawer = Drawer(snapshot.population) if rows else None
    parties = [_party(one, _mask(one.functions), lists.get(one.pk), rows) for one in prospects]
    able = [party for party in parties if party.mask & mask and party.basis != NOTHING]
    drawn = {one.pk: drawer.draw(rows[one.pk]) for one in able if drawer and one.basis == COUNT}
    own = _members(members, lists, snapshot.day)
    field = Field(
        lists=[drawn.get(one.pk, lists.get(one.pk, NO_PLACES)) for one in able],
        masks=[one.mask for one in able],
        worth=_worth(question, snapshot),
        by_set=_by_set(mask),
        covered=_covered(own, lists, len(snapshot.population)),
        open_to=paper.open_to(snapshot.population, paper.begun(snapshot.day)),
    )
    return Inputs(
        day=snapshot.day,
        field=field,
        members=own,
        candidates=able,
        left_out={
            "function": sum(not party.mask & mask for party in parties),
            "nothing": sum(bool(party.mask & mask) and party.basis == NOTHING for party in parties),
        },
        floors=_floors(question, own, able),
        estimated_on=counted_on,
    )


def question_about(where: Mapping[str, str], *, to: Actor) -> Question:
    """The usual question with one partner more, than there are today, for a function, a sector or a region.

    Whatever is not known is passed over. One query for each of them.
    """
    asked = Question()
    members = Partner.objects.visible_to(to).filter(standing__in=MEMBERS)
    floors: dict[str, dict[str, int]] = {}
    for kind, known in ((SECTOR, dimensions.values(SECTOR)[1:]), (REGION, dimensions.values(REGION)[1:])):
        if (word := where.get(kind, "")) in known:
            floors[kind] = {word: members.filter(**{f"{kind}s__contains": [word]}).count() + 1}
    function = where.get(FUNCTION, "")
    return replace(asked, floors=floors, functions=(function,) if function in functions() else asked.functions)


def _mask(given: list[str]) -> int:
    return sum(1 << at for at, function in enumerate(functions()) if function in given)


def _estimates(partners: list[int]) -> tuple[dict[int, list[Row]], tuple[date, date] | None]:
    """The counts of these partners, and when the oldest and the latest of them were made."""
    columns = "partner_id", "relation", "sector", "sbi_section", "region", "size_class", "count", "counted_on"
    found: dict[int, list[Row]] = defaultdict(list)
    days: list[date] = []
    for *row, counted_on in Estimate.objects.filter(partner_id__in=partners).order_by("pk").values_list(*columns):
        found[row[0]].append(tuple(row))
        days.append(counted_on)
    return found, (min(days), max(days)) if days else None


def _party(one: Any, mask: int, places: Places | None, rows: dict[int, list[Row]]) -> Party:
    listed = 0 if places is None else len(places)
    basis = LIST if listed else COUNT if one.pk in rows else NOTHING
    labels = {
        FUNCTION: tuple(one.functions), SECTOR: tuple(one.sectors), REGION: tuple(one.regions),
        CATEGORY: (one.category,),
    }  # fmt: skip
    return Party(one.pk, one.key, one.name, mask, basis, listed, labels)


def _members(members: list[Partner], lists: Mapping[int, Places], day: date) -> list[Party]:
    """The partners of today with the functions of their agreements in force; who joins, with those it is suited to."""
    masks = paper.in_force(day)
    return [
        _party(
            one,
            _mask(one.functions) if one.standing == PartnerStanding.JOINING else masks.get(one.pk, 0),
            lists.get(one.pk),
            {},
        )
        for one in members
    ]


def _covered(members: list[Party], lists: Mapping[int, Places], size: int) -> Mask:
    held = ((lists[one.pk], one.mask) for one in members if one.pk in lists)
    return reach.layers(held, size=size).once


def _worth(question: Question, snapshot: Snapshot) -> Worths:
    """Of each place what reaching it is worth, in whole numbers."""
    weights, codes = question.weights, snapshot.population.codes
    people = [LEAST_PEOPLE.get(size, 1) for size in dimensions.values(SIZE)]
    critical = [CRITICAL.get(status, 0) for status in dimensions.values(STATUS)]
    by_code: NDArray[np.int64] = (
        weights.get("organisations", 0)
        + weights.get("people", 0) * np.array(people, np.int64)[dimensions.parts(SIZE)]
        + weights.get("critical", 0) * np.array(critical, np.int64)[dimensions.parts(STATUS)]
    )
    return by_code[codes]


def _by_set(mask: int) -> Worths:
    """Of each set of functions in how many of those asked for it reaches."""
    sets = np.arange(1 << reach.MOST_FUNCTIONS)
    return np.asarray(sum((sets >> at & 1) for at in range(reach.MOST_FUNCTIONS) if mask >> at & 1), np.int64)


def _floors(question: Question, members: list[Party], candidates: list[Party]) -> Floors:
    """Who counts for which floor, and what is lacking beside the members of today."""
    wanted = [
        (kind, word, least) for kind, floors in question.floors.items() for word, least in floors.items() if least
    ]
    held = [[word in party.labels[kind] for kind, word, _least in wanted] for party in candidates]
    needed = [max(0, least - sum(word in party.labels[kind] for party in members)) for kind, word, least in wanted]
    counts_for = np.array(held, np.bool_).reshape(len(candidates), len(wanted))
    return Floors(counts_for, np.array(needed, np.int64))
