"""Judging ways: the policy's answer to each, the first that passes, and the trail that says why."""

from collections.abc import Mapping
from datetime import date, datetime

import polars as pl
from django.conf import settings
from django.db import connection
from django.utils import timezone

from schakel.intake.models import Report
from schakel.kit.copying import copy_in, copy_out
from schakel.notices import candidates
from schakel.notices.models import Occasion, RouteState, Severity, Via
from schakel.policy import sharing
from schakel.registry import law, starts
from schakel.registry.models import Contact, NetworkFunction

SORT = ["standing", "agreement", "has_channel", "is_encrypted", "is_verified", "has_started"]
"""What the policy looks at: few distinct combinations, however many organisations."""
STOPPED = "digests-stopped"
WAITING = "SELECT o.id FROM told JOIN registry_organisation o ON o.id = told.id WHERE o.region = ANY (%s)"
NOBODY_WAITS = pl.DataFrame(schema={"organisation": pl.Int64})


def judged(around: pl.DataFrame, *, terms: sharing.Terms, at: datetime) -> pl.DataFrame:
    """Each way to the organisations of `around` (organisation, operator), in order; `refusal` is '' where it passes.

    An organisation with several operators has a way by each, which bears its number as `operator`.
    """
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE told (id bigint PRIMARY KEY) ON COMMIT DROP")
        cursor.execute("CREATE TEMP TABLE run_by (organisation bigint, operator bigint) ON COMMIT DROP")
        copy_in(around.select(id="organisation").unique(), table="told")
        copy_in(around.filter(pl.col("operator").is_not_null()), table="run_by")
        cursor.execute("ANALYZE told, run_by")
        ways = _with_start(candidates.ways(timezone.localdate(at)), timezone.localdate(at))
        cursor.execute("DROP TABLE told, run_by")
    return ways.join(_refusals(ways, terms, at), on=SORT, how="left", maintain_order="left")


def _with_start(ways: pl.DataFrame, day: date) -> pl.DataFrame:
    """The ways, with whether notification already works in the region of each organisation."""
    regions = sorted(starts.not_started(NetworkFunction.NOTIFICATION, day=day))
    found = copy_out(WAITING, [regions], schema={"organisation": pl.Int64}) if regions else NOBODY_WAITS
    return ways.with_columns(has_started=~pl.col("organisation").is_in(found["organisation"].implode()))


def _refusals(ways: pl.DataFrame, terms: sharing.Terms, at: datetime) -> pl.DataFrame:
    """The policy's answer to each sort of way."""
    basis = law.basis_of(settings.LEGAL_BASIS)
    sorts = ways.select(SORT).unique()
    answers = [sharing.refusal(terms, way=_way(row), basis=basis, at=at) or "" for row in sorts.iter_rows(named=True)]
    return sorts.with_columns(refusal=pl.Series(map(str, answers), dtype=pl.String))


def _way(row: Mapping[str, object]) -> sharing.Way:
    flags = {name: bool(row[name]) for name in SORT[2:]}
    agreement = sharing.Refusal(str(row["agreement"])) if row["agreement"] else None
    return sharing.Way(standing=sharing.Standing(str(row["standing"])), agreement=agreement, **flags)


def told(groups: pl.DataFrame, ways: pl.DataFrame) -> pl.DataFrame:
    """The groups, each with the way that was chosen for its organisation, or none.

    Where the function has not started yet, they are withheld, with that as the reason.
    """
    waits = ways.group_by("organisation").agg(waits=~pl.col("has_started").all())
    rows = groups.join(chosen(ways), on="organisation", how="left").join(waits, on="organisation", how="left")
    waits_now = pl.col("waits").fill_null(value=False)
    nowhere = pl.when(waits_now).then(pl.lit(Via.WITHHELD.value)).otherwise(pl.lit(Via.UNREACHABLE.value))
    reason = pl.when(waits_now).then(pl.lit(sharing.Refusal.NOT_STARTED.value)).otherwise("refusal").alias("refusal")
    return rows.with_columns(pl.col("via").fill_null(nowhere), pl.col("steps").fill_null("[]"), reason).drop("waits")


def without_stopped(told: pl.DataFrame) -> pl.DataFrame:
    """What is of low severity goes to no contact that stopped digests."""
    stopped = list(Contact.objects.filter(has_stopped_digests=True).values_list("pk", flat=True))
    is_stopped = (pl.col("severity") <= Severity.LOW) & pl.col("contact").is_in(stopped).fill_null(value=False)
    return told.with_columns(
        pl.when(is_stopped).then(pl.lit(Via.WITHHELD.value)).otherwise("via").alias("via"),
        pl.when(is_stopped).then(pl.lit(STOPPED)).otherwise("refusal").alias("refusal"),
        pl.when(is_stopped).then(None).otherwise("contact").alias("contact"),
    )


def chosen(ways: pl.DataFrame) -> pl.DataFrame:
    """Per organisation the first way that passes (nulls where none does), and `steps`: what was tried, as JSON."""
    tried = ways.with_columns(passed_before=(pl.col("refusal") == "").cum_sum().over("organisation"))
    tried = tried.filter((pl.col("passed_before") == 0) | ((pl.col("passed_before") == 1) & (pl.col("refusal") == "")))
    steps = tried.group_by("organisation").agg(_step().str.join(",").alias("steps"))
    first = tried.filter(pl.col("refusal") == "").select("organisation", "via", "partner", "contact", "language")
    steps = steps.with_columns(pl.concat_str(pl.lit("["), "steps", pl.lit("]")).alias("steps"))
    return steps.join(first, on="organisation", how="left")


def _step() -> pl.Expr:
    """One way as a JSON object; slugs and numbers only, so nothing needs escaping."""
    partner, contact = (pl.col(name).cast(pl.String).fill_null("null") for name in ("partner", "contact"))
    marks = [pl.lit(mark) for mark in ('{"via":"', '","partner":', ',"contact":', ',"refusal":"', '"}')]
    return pl.concat_str(marks[0], "via", marks[1], partner, marks[2], contact, marks[3], "refusal", marks[4])


def as_table(rows: pl.DataFrame, *, report: Report, at: datetime, occasion: Occasion) -> pl.DataFrame:
    """The rows (with `round`, and `refusal` where withheld) as columns of the table of routes."""
    return rows.select(
        pl.lit(report.pk).alias("report_id"),
        pl.col("organisation").alias("organisation_id"),
        "kind",
        "round",
        pl.lit(occasion.value).alias("occasion"),
        "via",
        pl.col("refusal").fill_null(""),
        "steps",
        pl.col("partner").alias("partner_id"),
        pl.col("contact").alias("contact_id"),
        pl.lit(settings.LEGAL_BASIS).alias("basis"),
        "severity",
        pl.lit(report.tlp).alias("tlp"),
        "findings_count",
        pl.when(pl.col("contact").is_null())
        .then(pl.lit(RouteState.ENDED.value))
        .otherwise(pl.lit(RouteState.READY.value))
        .alias("state"),
        pl.lit(at).alias("made_at"),
    )
