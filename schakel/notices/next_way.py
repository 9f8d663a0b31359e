"""The next way for what was told, or was to be told, by a way that did not do: the best that was not used yet."""

from datetime import datetime

import polars as pl

from schakel.intake.models import Report
from schakel.kit.copying import copy_in, copy_out
from schakel.notices import judging, operators
from schakel.notices.models import Occasion

ALREADY_TOLD = "told-already"
# By which contacts each organisation was told of what a report opened: what was withdrawn told nobody.
TOLD = """
SELECT DISTINCT r.organisation_id, r.contact_id FROM notices_route r JOIN notices_notice n ON n.id = r.notice_id
WHERE r.report_id = %s AND n.state <> 'withdrawn'
"""


def anew(rows: pl.DataFrame, at: datetime) -> int:
    """Route what reports opened (groups with `report`, `round` and `occasion`), judged anew; returns how many routes.

    Agreements, contacts and who runs a network may have changed. Some routes may lead to nobody.
    """
    return sum(_of_one_report(part.drop("report"), int(str(key)), at) for (key,), part in rows.group_by("report"))


def unused(ways: pl.DataFrame, report_id: int) -> pl.DataFrame:
    """The ways, those that were used already for what the report opened refused as such."""
    used = copy_out(TOLD, [report_id], schema={"organisation": pl.Int64, "contact": pl.Int64})
    used = used.with_columns(is_used=pl.lit(value=True))
    ways = ways.join(used, on=["organisation", "contact"], how="left", maintain_order="left")
    refusal = pl.when(pl.col("is_used").fill_null(value=False)).then(pl.lit(ALREADY_TOLD)).otherwise("refusal")
    return ways.with_columns(refusal=refusal).drop("is_used")


def write(rows: pl.DataFrame, report: Report, at: datetime) -> int:
    """Put the routes of a report (with `round` and `occasion`) in their table; returns how many."""
    for (occasion,), part in rows.group_by("occasion"):
        table = judging.as_table(part, report=report, at=at, occasion=Occasion(occasion))
        copy_in(table, table="notices_route")
    return rows.height


def _of_one_report(rows: pl.DataFrame, key: int, at: datetime) -> int:
    report = Report.objects.select_related("series__source").get(pk=key)
    operated = operators.operated_of(report)
    around = operators.around_of(rows, operated)
    ways = unused(judging.judged(around, terms=report.terms, at=at), key)
    told = operators.in_network(judging.told(rows.with_columns(refusal=pl.lit("")), ways), around, operated)
    return write(judging.without_stopped(told), report, at)
