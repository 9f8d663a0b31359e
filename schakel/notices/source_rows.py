"""The rows of reports behind routes, as they were sent.

They were matched under the name of who held them on that day: what an organisation took over from another stands there
under the other's.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl
from django.db import connection

from schakel.intake import store
from schakel.intake.as_sent import with_source_rows
from schakel.intake.models import Report
from schakel.notices.chain import Row
from schakel.notices.models import Route
from schakel.notices.sightings import normal_form
from schakel.registry.models import Asset

ROWS = 200
STANDS_FOR = "stands_for"
"""In the figures of a report without rows of its own: whose rows of which report are meant (`steps/succession.py`)."""
BEFORE = """
WITH RECURSIVE before AS (
    SELECT id AS organisation, id AS former FROM unnest(%s::bigint[]) AS id
    UNION
    SELECT b.organisation, o.id FROM registry_organisation o JOIN before b ON o.successor_id = b.former
)
SELECT organisation, former FROM before
"""
Key = tuple[int, int, str]


def of(routes: Sequence[Route]) -> Mapping[Key, list[Row]]:
    """The rows by report, organisation and kind of the route, at most ROWS per report; none that the store lost.

    A constant number of queries.
    """
    by_report: dict[int, list[Route]] = {}
    for route in routes:
        by_report.setdefault(route.report_id, []).append(route)
    names = _names_then([route.organisation_id for route in routes])
    reports = {route.report_id: route.report for route in routes}
    places, apart = _stood_for(reports.values()), _set_apart(reports.values())
    frames = {}
    for pk, group in by_report.items():
        here = {one: names[one] - apart.get(pk, set()) for one in names}
        frames[pk] = _frame(group, here, places.get(pk))
    held = {asset for frame in frames.values() if not frame.is_empty() for asset in frame["asset"].to_list()}
    assets = dict(Asset.objects.filter(pk__in=held).values_list("pk", "value")) if held else {}
    found: dict[Key, list[Row]] = {}
    for pk, frame in frames.items():
        for line in frame.iter_rows(named=True):
            found.setdefault((pk, line["theirs"], line["kind"]), []).append(_row(line, assets))
    return found


def _names_then(organisation_ids: Sequence[int]) -> dict[int, set[int]]:
    """Under which numbers each organisation may stand in older reports: its own, and of those that it succeeded."""
    found: dict[int, set[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(BEFORE, [sorted(set(organisation_ids))])
        for organisation, former in cursor.fetchall():
            found.setdefault(organisation, set()).add(former)
    return found


def _stood_for(reports: Iterable[Report]) -> dict[int, tuple[Report, int]]:
    """Of those that have no rows of their own: in which report they stand, and whose they were."""
    meant = {one.pk: one.figures[STANDS_FOR] for one in reports if STANDS_FOR in one.figures}
    found = Report.objects.in_bulk([one["report"] for one in meant.values()]) if meant else {}
    return {pk: (found[one["report"]], one["organisation"]) for pk, one in meant.items() if one["report"] in found}


def _set_apart(reports: Iterable[Report]) -> dict[int, set[int]]:
    """Per report the former organisations whose rows another report stands for."""
    stand_ins = Report.objects.filter(again_of__in={one.again_of_id or one.pk for one in reports})
    found: dict[int, set[int]] = {}
    for meant in stand_ins.filter(figures__has_key=STANDS_FOR).values_list(f"figures__{STANDS_FOR}", flat=True):
        found.setdefault(meant["report"], set()).add(meant["organisation"])
    return found


def _frame(routes: Sequence[Route], names: Mapping[int, set[int]], place: tuple[Report, int] | None) -> pl.DataFrame:
    """The matched rows of one report for these routes, each with `theirs`: whose they are by now."""
    report = routes[0].report
    held_by = {one: route.organisation_id for route in routes for one in names[route.organisation_id]}
    if place:
        report, held_by = place[0], {place[1]: routes[0].organisation_id}
    kinds = sorted({route.kind for route in routes})
    rows = store.matched_rows(report, organisation_ids=sorted(held_by), kinds=kinds, limit=ROWS)
    if rows.is_empty():
        return rows
    theirs = pl.col("organisation").replace_strict(held_by, return_dtype=pl.Int64).alias("theirs")
    return with_source_rows(rows.with_columns(theirs, finding=normal_form()), routes[0].report.as_sent)


def _row(line: Mapping[str, Any], assets: Mapping[int, str]) -> Row:
    return Row(
        line=line["line"],
        observed_at=line["observed_at"],
        address=line["address"] or "",
        host=line["host"] or "",
        asset=assets.get(line["asset"], ""),
        basis=line["basis"],
        finding=line["finding"] or "",
        weakness=line["weakness"] or "",
        source_row=line["source_row"] or "",
    )
