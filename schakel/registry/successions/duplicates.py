"""What stands in the registry twice: found by numbers and by names, judged by people.

Two organisations with different numbers of the trade register are two registrations, however alike their names. So
names are only compared where one of the two has no number, and never across regions that are known to differ.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from urllib.parse import urlsplit

import polars as pl
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.copying import copy_out
from schakel.kit.refusals import Invalid, permit
from schakel.kit.states import move
from schakel.policy.access import Actor, Permission
from schakel.registry.models import (
    LIKENESS_MOVES,
    Likeness,
    LikenessState,
    Merger,
    Organisation,
    Partner,
    PartnerStanding,
    Search,
)
from schakel.registry.partners.words_given import line
from schakel.registry.successions import likeness, merging, names

LIKE_PARTNERS = 88
LIKE_ORGANISATIONS = 93
"""Scores from which names count as alike; of millions only the likest, as chance alone makes many."""
SURE = 100
COMPARED_AT_ONCE = 2000
Pair = tuple[int, int]
FRESH = """
SELECT id, name, region FROM registry_organisation
WHERE revision > %(after)s AND revision <= %(until)s AND kvk IS NULL AND successor_id IS NULL
"""
REGIONS = "SELECT id, region FROM registry_organisation WHERE id = ANY (%s) AND successor_id IS NULL"
# Up to which revision there are so many without a number; all of them where there are fewer.
REACHED = """
SELECT coalesce(
    (SELECT revision FROM registry_organisation
     WHERE revision > %(after)s AND revision <= %(until)s AND kvk IS NULL AND successor_id IS NULL
     ORDER BY revision OFFSET %(many)s LIMIT 1) - 1, %(until)s)
"""
SAME_NUMBER = """
SELECT least(a.id, b.id), greatest(a.id, b.id), '{ground}'
FROM registry_organisation a JOIN registry_organisation b ON a.{number} = b.{number} AND a.id <> b.id
WHERE a.revision > %(after)s AND a.revision <= %(until)s AND a.successor_id IS NULL AND b.successor_id IS NULL
"""
NUMBERS = ("kvk", "rsin", "oin")
SCHEMA = {"id": pl.Int64, "name": pl.String, "region": pl.String}


@transaction.atomic
def find_partners(*, by: Actor, at: datetime) -> int:
    """Compare all partners and prospects with each other; returns how many new pairs a person should judge.

    Grounds: alike names, the same website, the same organisation. Raises NotPermitted.
    """
    permit(by.may(Permission.PARTNER_MANAGE))
    rows = Partner._base_manager.filter(successor=None).exclude(standing=PartnerStanding.LEFT)  # noqa: SLF001 - prospects too
    columns = list(rows.order_by("pk").values_list("pk", "name", "website", "organisation_id"))
    named = pl.DataFrame([row[:2] for row in columns], schema={"id": pl.Int64, "name": pl.String}, orient="row")
    found: dict[Pair, tuple[int, set[str]]] = {}
    for left, right, score in likeness.alike(named, named, cutoff=LIKE_PARTNERS).iter_rows():
        found[left, right] = (score, {"name"})
    for ground, at_column in (("website", 2), ("organisation", 3)):
        for pair in _sharing({row[0]: _host(row[at_column]) for row in columns}):
            score, grounds = found.get(pair, (SURE, set()))
            found[pair] = (max(score, SURE), grounds | {ground})
    return _noted("partner", found, by=by, at=at)


def find_organisations(*, by: Actor, at: datetime) -> int:
    """Compare organisations that came or changed since the last search with all; returns how many were looked at.

    Same numbers are found for all of them at once, alike names for some thousand of those without a number: call it
    until it returns 0. Raises NotPermitted.
    """
    permit(by.may(Permission.PARTNER_MANAGE))
    return _search(names.keep_up(), by=by, at=at)


@transaction.atomic
def _search(latest: int, *, by: Actor, at: datetime) -> int:
    """Compare those that follow on the last search, `latest` the revision up to which all names are kept."""
    last = Search.objects.order_by("-until_revision").values_list("until_revision", flat=True).first() or 0
    span = {"after": last, "until": _reached(last, latest)}
    if span["until"] <= last:
        return 0
    fresh = copy_out(FRESH, span, schema=SCHEMA)
    found = {pair: (SURE, grounds) for pair, grounds in _same_numbers(span).items()}
    if fresh.height:
        for pair, score in _alike(fresh).items():
            held, grounds = found.get(pair, (score, set()))
            found[pair] = (max(held, score), grounds | {"name"})
    count = _noted("organisation", found, by=by, at=at)
    Search.objects.create(until_revision=span["until"], compared_count=fresh.height, found_count=count, at=at)
    return max(fresh.height, 1)


@transaction.atomic
def keep_apart(*, pair: Likeness, words: str, by: Actor, at: datetime) -> None:
    """Say that two are not one, and why; they are not brought up again.

    Raises NotPermitted, Invalid without a reason, WrongState where they were judged.
    """
    permit(by.may(Permission.PARTNER_MANAGE))
    if not (words := line(words)):
        raise Invalid(_("give a reason, so that a colleague can follow it."))
    judged = {"judged_at": at, "judged_by": by.name, "words": words}
    move(pair, LikenessState.DIFFERENT, moves=LIKENESS_MOVES, **judged)
    record("registry.likeness.refused", on=pair, by=by, at=at)


@transaction.atomic
def merge_pair(*, pair: Likeness, keep: int, words: str, by: Actor, at: datetime) -> Merger:
    """Make the two of a pair one; `keep` is the number of the one that stays.

    Raises NotPermitted, WrongState where they were judged, Invalid for another number, and what merging raises.
    """
    permit(by.may(Permission.PARTNER_MANAGE))
    first, second = bodies_of(pair)
    if keep not in {first.pk, second.pk}:
        raise Invalid(_("choose which of the two stays."))
    old, new = (second, first) if keep == first.pk else (first, second)
    move(pair, LikenessState.MERGED, moves=LIKENESS_MOVES, judged_at=at, judged_by=by.name)
    if isinstance(old, Partner) and isinstance(new, Partner):
        return merging.merge_partners(old=old, new=new, words=words, by=by, at=at)
    if isinstance(old, Organisation) and isinstance(new, Organisation):
        return merging.merge_organisations(old=old, new=new, words=words, by=by, at=at)
    raise TypeError(pair.pk)  # A constraint keeps this from happening.


def _reached(after: int, until: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(REACHED, {"after": after, "until": until, "many": COMPARED_AT_ONCE})
        return int(cursor.fetchone()[0])


def _same_numbers(span: Mapping[str, int]) -> dict[Pair, set[str]]:
    statement = " UNION ".join(SAME_NUMBER.format(number=number, ground=number) for number in NUMBERS)
    found: dict[Pair, set[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement, dict(span))
        for left, right, ground in cursor.fetchall():
            found.setdefault((left, right), set()).add(ground)
    return found


def _alike(fresh: pl.DataFrame) -> dict[Pair, int]:
    """Pairs of alike names whose regions do not contradict each other."""
    ours = likeness.keyed(fresh)
    pairs = likeness.once(pl.concat(_alike_at(ours, end) for end in likeness.ENDS))
    numbers = pl.concat([pairs["left"], pairs["right"]]).unique().to_list()
    regions = copy_out(REGIONS, [numbers], schema={"id": pl.Int64, "region": pl.String})
    both = pairs.join(regions, left_on="left", right_on="id").join(regions, left_on="right", right_on="id", suffix="_2")
    near = (pl.col("region") == pl.col("region_2")) | (pl.col("region") == "") | (pl.col("region_2") == "")
    rows = both.filter(near.fill_null(value=True)).select("left", "right", "score").iter_rows()
    return {(left, right): score for left, right, score in rows}


def _alike_at(ours: pl.DataFrame, end: str) -> pl.DataFrame:
    """Pairs with the kept names that share that end; of those only some are in memory at a time."""
    parts = names.near(ours, end, cutoff=LIKE_ORGANISATIONS)
    found = [likeness.alike_at(ours, part, end, cutoff=LIKE_ORGANISATIONS) for part in parts]
    return pl.concat([pl.DataFrame(schema=likeness.PAIRS), *found])


def _host(value: object) -> object:
    """The host of a website without `www`; other values as they are."""
    if not isinstance(value, str):
        return value
    return (urlsplit(value).hostname or "").removeprefix("www.")


def _sharing(values: Mapping[int, object]) -> Iterable[Pair]:
    """Pairs that share a value that is not empty."""
    holders: dict[object, list[int]] = {}
    for key, value in values.items():
        if value:
            holders.setdefault(value, []).append(key)
    for keys in holders.values():
        yield from ((keys[0], other) for other in keys[1:])


def _noted(name: str, found: Mapping[Pair, tuple[int, set[str]]], *, by: Actor, at: datetime) -> int:
    """Write the pairs that are not there yet, judged or not."""
    left, right = f"{name}_id", f"other_{name}_id"
    there = set(Likeness.objects.filter(**{f"{left}__in": {pair[0] for pair in found}}).values_list(left, right))
    rows = [
        Likeness(**{left: pair[0], right: pair[1]}, score=score, grounds=sorted(grounds), found_at=at)
        for pair, (score, grounds) in found.items()
        if pair not in there
    ]
    Likeness.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    if rows:
        record("registry.likeness.found", by=by, at=at, of=name, count=len(rows))
    return len(rows)


def bodies_of(pair: Likeness) -> tuple[Partner, Partner] | tuple[Organisation, Organisation]:
    """The two that look alike."""
    if pair.partner and pair.other_partner:
        return pair.partner, pair.other_partner
    if pair.organisation and pair.other_organisation:
        return pair.organisation, pair.other_organisation
    raise TypeError(pair.pk)  # A constraint keeps this from happening.
