"""Counting what stands in the tables: the same counts for a constituency as it asks, and for the country's summary."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Self

from django.db import connection
from django.db.models import Count as RowCount
from django.db.models import Exists, F, OuterRef, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from schakel.notices.models import (
    Answer,
    Finding,
    FindingQuerySet,
    FindingState,
    Notice,
    NoticeState,
    Occasion,
    Response,
    Route,
    Via,
)
from schakel.oversight.models import OPEN, TOTAL, Figure
from schakel.policy import sharing
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Organisation

Key = tuple[date, str, str]
"""Day, kind and figure."""
FIXED_STATES = (FindingState.FIXED, FindingState.PRESUMED_FIXED)
TOLD_STATES = (NoticeState.SENT, NoticeState.ANSWERED)
MOMENTS = {"sent_at": Figure.TOLD, "opened_at": Figure.READ, "answered_at": Figure.ANSWERED}
FALLEN_OUT = {Via.UNREACHABLE: Figure.UNREACHABLE, Via.WITHHELD: Figure.WITHHELD}


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows that are counted."""

    findings: FindingQuerySet
    routes: QuerySet[Route]
    responses: QuerySet[Response]

    @classmethod
    def of_everything(cls) -> Self:
        """The whole country."""
        return cls(Finding.objects.all(), Route.objects.all(), Response.objects.all())

    @classmethod
    def of(cls, actor: Actor) -> Self:
        """What the actor may know of: for a partner its constituency, under the labels that reach it."""
        findings = Finding.objects.visible_to(actor)
        routes = Route.objects.filter(organisation__in=Organisation.objects.visible_to(actor))
        if not actor.reach(Permission.FINDING_VIEW).is_everything:
            routes = routes.filter(tlp__in=sharing.visible_labels(sharing.Standing.GUARDIAN))
        return cls(findings, routes, Response.objects.filter(notice__in=Notice.objects.visible_to(actor)))


def counts(scope: Scope, *, at: datetime, since: date) -> Counter[Key]:
    """Every figure of `scope`: stocks as they stand today, flows by day from `since` on.

    The stock of open findings is also told for the end of each day before today, worked back from when today's
    findings were opened and closed. Nine queries, whatever the size.
    """
    start = timezone.make_aware(datetime.combine(since, time.min))
    today = timezone.localdate(at)
    opened, closed = _opened(scope.findings, start), _closed(scope.findings, start)
    stock = _open_stock(scope.findings)
    figures: Counter[Key] = Counter()
    figures.update(_stocks(scope, stock, today))
    figures.update(_flows(scope, opened, closed, start))
    figures.update(_history(stock, opened, closed, days=_days(since, today)))
    return Counter({key: count for key, count in figures.items() if count > 0})


def _days(since: date, today: date) -> list[date]:
    """The days from `since` up to the one before today, latest first."""
    return [today - timedelta(days=back) for back in range(1, (today - since).days + 1)]


Lot = tuple[str, int]
"""Kind and severity."""


def _open_stock(findings: FindingQuerySet) -> Counter[Lot]:
    rows = findings.unsolved().values_list("kind", "severity").annotate(count=RowCount("pk"))
    return Counter({(kind, severity): count for kind, severity, count in rows.order_by()})


def _opened(findings: FindingQuerySet, start: datetime) -> dict[tuple[date, str, int], int]:
    rows = findings.filter(opened_at__gte=start).annotate(day=TruncDate("opened_at")).order_by()
    counted = rows.values_list("day", "kind", "severity").annotate(count=RowCount("pk"))
    return {(day, kind, severity): count for day, kind, severity, count in counted}


def _closed(findings: FindingQuerySet, start: datetime) -> dict[tuple[date, str, int, str], int]:
    rows = findings.filter(closed_at__gte=start).annotate(day=TruncDate("closed_at")).order_by()
    counted = rows.values_list("day", "kind", "severity", "state").annotate(count=RowCount("pk"))
    return {(day, kind, severity, state): count for day, kind, severity, state, count in counted}


def _stocks(scope: Scope, stock: Counter[Lot], today: date) -> Counter[Key]:
    unsolved = scope.findings.unsolved().order_by()
    figures: Counter[Key] = Counter({(today, kind, Figure.ORGANISATIONS): n for kind, n in _affected(unsolved)})
    calls = scope.responses.filter(answer=Answer.NEED_HELP, handled_at=None).order_by()
    for kind, count in calls.values_list("notice__kind").annotate(count=RowCount("pk")):
        figures.update(_both(today, kind, Figure.HELP, count))
    for (kind, severity), count in stock.items():
        figures.update(_both(today, kind, OPEN[severity], count))
    return figures


def _affected(unsolved: FindingQuerySet) -> list[tuple[str, int]]:
    """How many organisations have something open, per kind and in all.

    Pairs first and counts after: PostgreSQL hashes the pairs, where `count(DISTINCT …) GROUP BY` would sort all rows.
    """
    pairs, parameters = unsolved.values("kind", "organisation_id").distinct().query.sql_with_params()
    statement = (
        f"WITH held (kind, organisation) AS ({pairs}) "  # noqa: S608 - the query is Django's own, with its parameters
        "SELECT kind, count(*) FROM held GROUP BY kind UNION ALL SELECT %s, count(DISTINCT organisation) FROM held"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*parameters, TOTAL])
        return list(cursor.fetchall())


def _both(day: date, kind: str, figure: str, count: int) -> dict[Key, int]:
    """A count under its kind and in the sum of all kinds."""
    return {(day, kind, figure): count, (day, TOTAL, figure): count}


def _flows(scope: Scope, opened: Any, closed: Any, start: datetime) -> Counter[Key]:
    figures: Counter[Key] = Counter()
    for (day, kind, _), count in opened.items():
        figures.update(_both(day, kind, Figure.NEW, count))
    for (day, kind, _, state), count in closed.items():
        figures.update(_both(day, kind, Figure.CLOSED, count))
        if state in FIXED_STATES:
            figures.update(_both(day, kind, Figure.FIXED, count))
    for day, kind, figure, count in (*_told(scope.routes, start), *_fallen_out(scope.routes, start)):
        figures.update(_both(day, kind, figure, count))
    return figures


def _told(routes: QuerySet[Route], start: datetime) -> Iterator[tuple[date, str, str, int]]:
    for moment, figure in MOMENTS.items():
        first = routes.filter(occasion=Occasion.FIRST, notice__state__in=TOLD_STATES)
        told = first.filter(**{f"notice__{moment}__gte": start}).order_by()
        rows = told.annotate(day=TruncDate(f"notice__{moment}")).values_list("day", "kind")
        for day, kind, count in rows.annotate(count=Sum("findings_count")):
            yield day, kind, figure, count


def _fallen_out(routes: QuerySet[Route], start: datetime) -> Iterator[tuple[date, str, str, int]]:
    # What was routed anew before it was told counts where it ended.
    same = {"report": OuterRef("report"), "organisation": OuterRef("organisation"), "kind": OuterRef("kind")}
    later = Route.objects.filter(**same, round__gt=OuterRef("round"), occasion=Occasion.FIRST)
    last = routes.filter(~Exists(later), via__in=FALLEN_OUT, made_at__gte=start, occasion=Occasion.FIRST)
    rows = last.annotate(day=TruncDate("made_at")).order_by()
    for day, kind, via, count in rows.values_list("day", "kind", "via").annotate(count=Sum(F("findings_count"))):
        yield day, kind, FALLEN_OUT[Via(via)], count


def _history(stock: Counter[Lot], opened: Any, closed: Any, *, days: list[date]) -> Counter[Key]:
    """The open stock at the end of each earlier day: less what was opened after it, more what was closed after it.

    For the sum of all kinds only: that is what a chart over time shows.
    """
    changes: dict[date, Counter[int]] = {}
    for (day, _kind, severity), count in opened.items():
        changes.setdefault(day, Counter())[severity] -= count
    for (day, _kind, severity, _state), count in closed.items():
        changes.setdefault(day, Counter())[severity] += count
    standing: Counter[int] = Counter()
    for (_kind, severity), count in stock.items():
        standing[severity] += count
    figures: Counter[Key] = Counter()
    for day in days:
        standing.update(changes.get(day + timedelta(days=1), Counter()))
        figures.update({(day, TOTAL, OPEN[severity]): count for severity, count in standing.items()})
    return figures
