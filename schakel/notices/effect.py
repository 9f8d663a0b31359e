"""What came of telling: of a campaign's findings, how many were told, opened, answered and fixed, and how fast.

All figures start at the findings that the reader may see, so a partner's are those of its own constituency.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone

from schakel.notices.models import Campaign, Finding
from schakel.policy.access import Actor, Permission

LONGEST_DAYS = 180
FIXED = ("fixed", "presumed-fixed")
COUNTED = ("findings", "organisations", "told", "opened", "answered", "fixed", "still_open")

# A finding is told when a notice went out on the route of the report that opened it. `f` is what the reader may see.
SHARES = """
WITH f AS ({visible}), told AS (
    SELECT f.*, o.sector, r.partner_id, r.is_told, r.is_opened, r.is_answered, f.state = ANY (%s) AS is_fixed
    FROM f
    JOIN registry_organisation o ON o.id = f.organisation_id
    CROSS JOIN LATERAL (
        SELECT (array_agg(r.partner_id ORDER BY r.round) FILTER (WHERE n.sent_at IS NOT NULL))[1] AS partner_id,
               count(n.sent_at) > 0 AS is_told, count(n.opened_at) > 0 AS is_opened,
               count(n.answered_at) > 0 AS is_answered
        FROM notices_route r JOIN notices_notice n ON n.id = r.notice_id
        WHERE (r.report_id, r.organisation_id, r.kind) = (f.opened_in_id, f.organisation_id, f.kind)
          AND (n.via <> 'operator' OR n.organisation_id = f.operator_id)
    ) r
)
SELECT grouping(sector), grouping(partner_id), sector, partner_id,
       (SELECT name FROM registry_partner p WHERE p.id = told.partner_id),
       count(*), count(DISTINCT organisation_id), count(*) FILTER (WHERE is_told), count(*) FILTER (WHERE is_opened),
       count(*) FILTER (WHERE is_answered), count(*) FILTER (WHERE is_fixed), count(*) FILTER (WHERE closed_at IS NULL),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM closed_at - opened_at) / 86400)
           FILTER (WHERE is_fixed)
FROM told
GROUP BY GROUPING SETS ((), (sector), (partner_id))
ORDER BY 6 DESC, 3, 5
"""
DAYS = """
WITH f AS ({visible}), moved AS (
    SELECT (opened_at AT TIME ZONE %s)::date AS day, 1 AS opened, 0 AS closed FROM f
    UNION ALL
    SELECT (closed_at AT TIME ZONE %s)::date, 0, 1 FROM f WHERE closed_at IS NOT NULL
)
SELECT day, sum(opened), sum(closed) FROM moved GROUP BY day ORDER BY day
"""


@dataclass(frozen=True, slots=True)
class Share:
    """The figures of some findings: counts of findings, and days to fix at the median (None when none is fixed)."""

    name: str
    findings: int = 0
    organisations: int = 0
    told: int = 0
    opened: int = 0
    answered: int = 0
    fixed: int = 0
    still_open: int = 0
    median_days: float | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """How many findings were open at the end of a day, and how many closed on it."""

    on: date
    still_open: int
    closed: int


@dataclass(frozen=True, slots=True)
class Effect:
    """A campaign's figures: all, by the partner that was told, by sector, and day by day."""

    total: Share
    partners: tuple[Share, ...]
    sectors: tuple[Share, ...]
    days: tuple[Day, ...]


def effect(campaign: Campaign, *, to: Actor, at: datetime) -> Effect:
    """The figures of `campaign` among the findings that `to` may see. Two queries.

    A partner's table of partners holds itself alone; sectors and totals are those of its constituency.
    """
    shares = _ask(SHARES, campaign, to, [list(FIXED)])
    own = to.reach(Permission.FINDING_VIEW)
    partners = [row for row in shares if row[0] == 1 and row[1] == 0 and row[3] is not None]
    return Effect(
        total=next((_share("", row) for row in shares if row[0] == 1 and row[1] == 1), Share("")),
        partners=tuple(_share(row[4], row) for row in partners if own.is_everything or row[3] in own.partner_ids),
        sectors=tuple(_share(row[2], row) for row in shares if row[0] == 0),
        days=_days(_ask(DAYS, campaign, to, [settings.TIME_ZONE] * 2), campaign.ended_at or at),
    )


def open_counts(campaigns: Sequence[Campaign], *, to: Actor) -> Mapping[int, int]:
    """How many findings of each campaign are unsolved, among those that `to` may see. One query."""
    weaknesses = {campaign.weakness for campaign in campaigns if campaign.weakness}
    kinds = {campaign.kind for campaign in campaigns if not campaign.weakness}
    seen = Finding.objects.visible_to(to).unsolved().filter(Q(weakness__in=weaknesses) | Q(kind__in=kinds))
    counts = list(seen.order_by().values_list("weakness", "kind").annotate(count=Count("pk")))
    return {
        campaign.pk: sum(
            count
            for weakness, kind, count in counts
            if campaign.weakness in {"", weakness} and campaign.kind in {"", kind}
        )
        for campaign in campaigns
    }


def _ask(question: str, campaign: Campaign, to: Actor, values: list[Any]) -> list[tuple[Any, ...]]:
    """Put a question about the campaign's findings, as far as the reader sees them."""
    columns = "organisation_id", "kind", "state", "opened_in_id", "opened_at", "closed_at", "operator_id"
    subject = {name: value for name in ("weakness", "kind") if (value := getattr(campaign, name))}
    seen = Finding.objects.visible_to(to).filter(**subject).order_by().values(*columns)
    try:
        visible, given = seen.query.sql_with_params()
    except EmptyResultSet:  # Who reaches nothing sees nothing: there is nothing to ask.
        return []
    with connection.cursor() as cursor:
        cursor.execute(question.format(visible=visible), [*given, *values])
        return list(cursor.fetchall())


def _share(name: str, row: tuple[Any, ...]) -> Share:
    counts = dict(zip(COUNTED, row[5:12], strict=True))
    return Share(name=name, **counts, median_days=None if row[12] is None else round(float(row[12]), 1))


def _days(moves: list[tuple[Any, ...]], until: datetime) -> tuple[Day, ...]:
    """Every day from the first finding on, LONGEST_DAYS at most, with what was open at its end."""
    if not moves:
        return ()
    last = max(timezone.localdate(until), moves[-1][0])
    moved = {day: (int(opened), int(closed)) for day, opened, closed in moves}
    first = max(moves[0][0], last - timedelta(days=LONGEST_DAYS))
    still_open = sum(opened - closed for day, (opened, closed) in moved.items() if day < first)
    days = []
    for on in (first + timedelta(days=number) for number in range((last - first).days + 1)):
        opened, closed = moved.get(on, (0, 0))
        still_open += opened - closed
        days.append(Day(on=on, still_open=still_open, closed=closed))
    return tuple(days)
