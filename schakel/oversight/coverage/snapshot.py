"""What coverage is counted from, kept beside the store and brought up to date instead of read anew.

The database numbers every change of the population and of each constituency, so that only what changed is read again;
a day later only the lists in which something begins or ends on that day.
"""

from dataclasses import replace
from datetime import date

from schakel.kit.packing import packed
from schakel.kit.progress import Progress, unwatched
from schakel.oversight.coverage import keeping, members
from schakel.oversight.coverage.keeping import Snapshot
from schakel.oversight.coverage.members import Group, Relations
from schakel.oversight.coverage.population import Population

MANY = 200
"""So many lists that have changed are read together with all others, in one pass over the table."""


def current(day: date, *, progress: Progress = unwatched) -> Snapshot:
    """The snapshot of `day`."""
    fresh, _kept = renewed(day, progress=progress)
    return fresh


def renewed(day: date, *, is_whole: bool = False, progress: Progress = unwatched) -> tuple[Snapshot, Snapshot | None]:
    """The snapshot of `day`, and the kept one that it was brought up to date from; `is_whole` reads everything anew.

    What is kept never runs ahead of what is read: numbers of changes are taken before the rows that they number.
    """
    kept = None if is_whole else keeping.load()
    if kept is None or kept.day > day or kept.population.revision > _latest():
        fresh = _whole(day, progress)
        if kept is None or kept.day <= day:
            keeping.keep(fresh)
        return fresh, None
    fresh = _updated(kept, day)
    if fresh.relations is not kept.relations or fresh.population is not kept.population:
        keeping.keep(fresh, since=kept)
    return fresh, kept


def _latest() -> int:
    """The number of the population's last change; a database that was put back from a copy is behind itself."""
    [(number,)] = packed("SELECT last_value FROM registry_organisation_revision")
    return int(number)


def _gone() -> int:
    """How often organisations have gone: deleted, or become part of another."""
    [(count,)] = packed("SELECT gone_count FROM registry_population")
    return int(count)


def _whole(day: date, progress: Progress) -> Snapshot:
    gone, revisions = _gone(), members.revisions()
    progress(0, "reading who lists whom")
    lists = members.read(day)
    progress(len(lists.ids), "reading the organisations")
    population = Population.read()
    relations = members.placed(lists.ids, population)
    return Snapshot(day, population, relations, _digests(relations, {}, {}), revisions, lists.changes_on, gone)


def _updated(kept: Snapshot, day: date) -> Snapshot:
    gone_count, revisions = _gone(), members.revisions()
    stale = [one for one, number in revisions.items() if _is_stale(kept, one, number, day)]
    lists = members.read(day, stale if len(stale) < MANY else None) if stale else members.Lists({}, {})
    population = Population.read() if gone_count != kept.gone_count else _with_later(kept.population)
    gone = kept.revisions.keys() - revisions.keys()
    if population is kept.population and not (stale or gone):
        return replace(kept, day=day)
    read_again = set(revisions) if len(stale) >= MANY else set(stale)
    other = {group: places for group, places in kept.relations.items() if group[0] not in read_again | gone}
    other = members.moved(other, old=kept.population, new=population)
    changes_on = {one: on for one, on in kept.changes_on.items() if one not in read_again | gone}
    relations = other | members.placed(lists.ids, population)
    return Snapshot(
        day=day,
        population=population,
        relations=relations,
        digests=_digests(relations, kept.relations, kept.digests),
        revisions=revisions,
        changes_on=changes_on | lists.changes_on,
        gone_count=gone_count,
    )


def _digests(relations: Relations, before: Relations, known: dict[Group, int]) -> dict[Group, int]:
    """A word for each list; lists that are the very same as before keep theirs."""
    return {
        group: known[group] if places is before.get(group) else members.digest(places)
        for group, places in relations.items()
    }


def _is_stale(kept: Snapshot, partner: int, revision: int, day: date) -> bool:
    changes_on = kept.changes_on.get(partner)
    return kept.revisions.get(partner) != revision or (changes_on is not None and changes_on <= day)


def _with_later(kept: Population) -> Population:
    later = Population.read(after=kept.revision)
    return kept.changed(later) if len(later) else kept
