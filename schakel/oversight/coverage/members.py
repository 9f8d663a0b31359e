"""Who lists whom on a day, partners and prospects alike: an array of places for each partner and relation."""

import zlib
from dataclasses import dataclass
from datetime import date

import numpy as np

from schakel.kit.packing import numbers, packed
from schakel.oversight.coverage.population import NOWHERE, Numbers, Population
from schakel.oversight.coverage.reach import Places

Group = tuple[int, str]
"""A partner and a relation."""
Relations = dict[Group, Places]
"""The places of each partner's constituents of a relation."""
QUERY = """
SELECT partner_id, relation,
       least(min(valid_from) FILTER (WHERE valid_from > %(day)s),
             min(valid_until) FILTER (WHERE valid_until > %(day)s)),
       string_agg(int8send(organisation_id), '') FILTER (
           WHERE (valid_from IS NULL OR valid_from <= %(day)s) AND (valid_until IS NULL OR valid_until > %(day)s))
FROM registry_constituency {of_partners} GROUP BY 1, 2
"""
ONLY_THESE = "WHERE partner_id = ANY(%(partners)s)"
REVISIONS = "SELECT id, constituents_revision FROM registry_partner"


@dataclass(frozen=True, slots=True)
class Lists:
    """What the lists of some partners hold on a day, by number, and from which day on they may hold something else."""

    ids: dict[Group, Numbers]
    changes_on: dict[int, date]


def revisions() -> dict[int, int]:
    """Of each partner and prospect the number of the last change of its constituency."""
    return dict(packed(REVISIONS))


def read(day: date, partners: list[int] | None = None) -> Lists:
    """The lists of these partners, or of all, as they hold on `day`. One query."""
    query = QUERY.format(of_partners="" if partners is None else ONLY_THESE)
    ids: dict[Group, Numbers] = {}
    changes_on: dict[int, date] = {}
    for partner, relation, change_on, column in packed(query, {"day": day, "partners": partners}):
        ids[partner, relation] = numbers(column)
        if change_on is not None:
            changes_on[partner] = min(change_on, changes_on.get(partner, change_on))
    return Lists(ids, changes_on)


def digest(places: Places) -> int:
    """A short word that changes with a list."""
    return zlib.crc32(places.tobytes())


def placed(ids: dict[Group, Numbers], population: Population) -> Relations:
    """The same lists by place, sorted; who is no longer in the population is left out."""
    groups = list(ids)
    together = population.places(np.concatenate([ids[group] for group in groups])) if groups else np.zeros(0, np.int32)
    ends = np.cumsum([len(ids[group]) for group in groups], dtype=np.int64)
    parts = np.split(together, ends[:-1]) if groups else []
    return {group: known(part) for group, part in zip(groups, parts, strict=True)}


def known(places: Places) -> Places:
    """Those that are somewhere, in order."""
    found = places[places != NOWHERE] if len(places) and places.min() == NOWHERE else places
    return np.sort(found)


def moved(relations: Relations, *, old: Population, new: Population) -> Relations:
    """The places in another population; the very same ones where it only grew at its end."""
    if new.begins_with(old):
        return relations
    mapping = new.places(old.ids)
    return {group: known(mapping[places]) for group, places in relations.items()}
