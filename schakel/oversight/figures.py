"""The situation in figures: what is open, who was told, what came of it. Reads all, writes only its own summary."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from schakel.kit.refusals import permit
from schakel.oversight.counting import Key, Scope, counts
from schakel.oversight.models import OPEN, TOTAL, Figure, Tally
from schakel.policy.access import Actor, Permission
from schakel.registry.models import under_agreement

LONGEST_DAYS = 366
"""How far back the summary is made at its first refresh, and how far a situation may look."""
OVERLAP_DAYS = 2
"""Days before the latest summed one that are summed again: answers and late rows change them."""
LARGE = 20_000
"""From such a sum of figures on counting takes a while, and a constituency's are kept too."""
KEPT_SECONDS = 300
"""As long as the country's summary stands."""
LOCK = 0x5C4A4B33  # Any constant: whoever refreshes the summary holds it until the transaction ends.


@dataclass(frozen=True, slots=True)
class KindFigures:
    """One kind of finding: how many are open, at how many organisations, by severity from 0 up."""

    kind: str
    open_count: int
    organisations_count: int
    by_severity: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One day: how many were open at its end, how many were new, closed, and told."""

    day: date
    open_count: int
    new_count: int
    closed_count: int
    told_count: int


@dataclass(frozen=True, slots=True)
class Situation:
    """What stands now, and what happened in the last `days` days, today included. Counts are of findings.

    Organisations are counted once; calls for help are counted each. `at` is when the figures were counted.
    """

    at: datetime
    days: int
    is_whole: bool
    open_count: int
    organisations_count: int
    help_count: int
    new_count: int
    told_count: int
    read_count: int
    answered_count: int
    fixed_count: int
    unreachable_count: int
    withheld_count: int
    by_severity: tuple[int, ...]
    kinds: tuple[KindFigures, ...]
    over_time: tuple[DayFigures, ...]


def situation(actor: Actor, *, days: int, at: datetime) -> Situation:
    """The figures that the actor may know: of the country from the summary, of a constituency counted now or just now.

    Raises NotPermitted. A constant number of queries either way.
    """
    reach = actor.reach(Permission.SITUATION_VIEW)
    permit(bool(reach))
    days = max(1, min(days, LONGEST_DAYS))
    since = timezone.localdate(at) - timedelta(days=days - 1)
    if reach.is_everything and (kept := _kept(since, at)):
        figures, counted_at = kept
    elif reach.is_everything:
        figures, counted_at = counts(Scope.of_everything(), at=at, since=since), at
    else:
        figures, counted_at = _of_constituency(actor, since, at)
    return _situation(figures, at=counted_at, today=timezone.localdate(at), days=days, is_whole=reach.is_everything)


@transaction.atomic
def refresh(at: datetime) -> int:
    """Bring the country's summary up to date; returns how many figures it wrote. Safe to repeat.

    The first time it works back as far as a situation may look; after that only the latest days are summed again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    latest = Tally.objects.aggregate(day=Max("day"))["day"]
    today = timezone.localdate(at)
    oldest = today - timedelta(days=LONGEST_DAYS)
    since = max(latest - timedelta(days=OVERLAP_DAYS), oldest) if latest else oldest
    figures = counts(Scope.of_everything(), at=at, since=since)
    Tally.objects.filter(day__gte=since).delete()
    rows = [
        Tally(day=day, kind=kind, figure=figure, count=count, refreshed_at=at)
        for (day, kind, figure), count in figures.items()
    ]
    return len(Tally.objects.bulk_create(rows, batch_size=5000))


def _kept(since: date, at: datetime) -> tuple[Counter[Key], datetime] | None:
    """The summary's figures, as if counted today, and when they were; None where there is no summary."""
    refreshed_at = Tally.objects.aggregate(at=Max("refreshed_at"))["at"]
    if refreshed_at is None:
        return None
    counted_on, today = timezone.localdate(refreshed_at), timezone.localdate(at)
    totals = Tally.objects.filter(kind=TOTAL, day__gte=min(since, counted_on)).values_list(
        "day", "kind", "figure", "count"
    )
    kinds = Tally.objects.filter(day=counted_on).exclude(kind=TOTAL).values_list("day", "kind", "figure", "count")
    figures: Counter[Key] = Counter()
    for day, kind, figure, count in (*totals, *kinds):
        figures[day, kind, figure] = count
        if day == counted_on and day != today:
            figures[today, kind, figure] = count if _is_stock(figure) else 0
    return figures, refreshed_at


def _of_constituency(actor: Actor, since: date, at: datetime) -> tuple[Counter[Key], datetime]:
    """The figures of what the actor may know of, and when they were counted: large ones are kept for a while.

    An agreement that ends, ends it too: whoever is under one today is part of the name under which they are kept.
    """
    name = _name(actor, since, timezone.localdate(at))
    if kept := cache.get(name):
        found: tuple[Counter[Key], datetime] = kept
        return found
    figures = counts(Scope.of(actor), at=at, since=since)
    if sum(figures.values()) > LARGE:
        cache.set(name, (figures, at), KEPT_SECONDS)
    return figures, at


def _name(actor: Actor, since: date, today: date) -> str:
    """Under what the figures of those who may know of the same are kept."""
    reaches = [actor.reach(one) for one in (Permission.SITUATION_VIEW, Permission.FINDING_VIEW, Permission.NOTICE_VIEW)]
    about = [(one.is_everything, sorted(one.partner_ids), sorted(one.organisation_ids)) for one in reaches]
    partners = sorted(under_agreement(frozenset().union(*(one.partner_ids for one in reaches))))
    return sha256(f"situation {today} {since} {about} {partners}".encode()).hexdigest()


def _is_stock(figure: str) -> bool:
    return figure in {*OPEN, Figure.ORGANISATIONS, Figure.HELP}


def _situation(figures: Counter[Key], *, at: datetime, today: date, days: int, is_whole: bool) -> Situation:
    span = [today - timedelta(days=back) for back in reversed(range(days))]

    def flow(figure: Figure) -> int:
        return sum(figures[day, TOTAL, figure] for day in span)

    by_severity = tuple(figures[today, TOTAL, figure] for figure in OPEN)
    return Situation(
        at=at,
        days=days,
        is_whole=is_whole,
        open_count=sum(by_severity),
        organisations_count=figures[today, TOTAL, Figure.ORGANISATIONS],
        help_count=figures[today, TOTAL, Figure.HELP],
        new_count=flow(Figure.NEW),
        told_count=flow(Figure.TOLD),
        read_count=flow(Figure.READ),
        answered_count=flow(Figure.ANSWERED),
        fixed_count=flow(Figure.FIXED),
        unreachable_count=flow(Figure.UNREACHABLE),
        withheld_count=flow(Figure.WITHHELD),
        by_severity=by_severity,
        kinds=_kinds(figures, today),
        over_time=tuple(_day(figures, day) for day in span),
    )


def _day(figures: Counter[Key], day: date) -> DayFigures:
    return DayFigures(
        day=day,
        open_count=sum(figures[day, TOTAL, figure] for figure in OPEN),
        new_count=figures[day, TOTAL, Figure.NEW],
        closed_count=figures[day, TOTAL, Figure.CLOSED],
        told_count=figures[day, TOTAL, Figure.TOLD],
    )


def _kinds(figures: Counter[Key], today: date) -> tuple[KindFigures, ...]:
    """The kinds that have something open, most first."""
    kinds = {kind for day, kind, figure in figures if day == today and kind != TOTAL and figure in OPEN}
    found = (_kind(figures, today, kind) for kind in kinds)
    return tuple(sorted(found, key=lambda one: (-one.open_count, one.kind)))


def _kind(figures: Counter[Key], today: date, kind: str) -> KindFigures:
    by_severity = tuple(figures[today, kind, figure] for figure in OPEN)
    return KindFigures(
        kind=kind,
        open_count=sum(by_severity),
        organisations_count=figures[today, kind, Figure.ORGANISATIONS],
        by_severity=by_severity,
    )
