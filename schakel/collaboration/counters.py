"""What partners bring and take as the platform itself counts it.

Which counters there are is said in the settings (`BALANCE_COUNTERS`, the place that knows every part), so a part that
comes to exist later, above this one or beside it, adds its own by a name and nothing here changes. A counter counts
for many partners at once, with a constant number of queries.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, time

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from schakel.collaboration.models import RUNNING, Initiative, Side, UseCaseLink
from schakel.notices.models import Notice, NoticeState, Response
from schakel.registry.models import Commitment

Counts = dict[int, int]


@dataclass(frozen=True, slots=True)
class Counter:
    """One thing that is counted per partner over a span of days; who did nothing need not be in the answer."""

    slug: str
    side: Side
    label: str | Promise
    count: Callable[[Collection[int], date, date], Counts]


class BadCounter(Exception):  # noqa: N818 - it reads as a sentence where it is raised
    """A name in the settings that leads to no counter."""


def counters() -> list[Counter]:
    """The counters that the settings name, in their order. Raises BadCounter."""
    found = []
    for path in settings.BALANCE_COUNTERS:
        try:
            one = import_string(path)
        except ImportError as problem:
            raise BadCounter(f"{path} leads nowhere: {problem}") from problem
        if not isinstance(one, Counter):
            raise BadCounter(f"{path} is no Counter")
        found.append(one)
    return found


def counted(partner_ids: Collection[int], *, since: date, until: date) -> dict[int, list[tuple[Counter, int]]]:
    """What every counter counts for each of the partners, from `since` up to the day before `until`."""
    rows: dict[int, list[tuple[Counter, int]]] = {pk: [] for pk in partner_ids}
    for one in counters():
        counts = one.count(partner_ids, since, until)
        for pk, row in rows.items():
            row.append((one, counts.get(pk, 0)))
    return rows


def _moments(since: date, until: date) -> tuple[datetime, datetime]:
    """The span in moments, by the clock of the place."""
    zone = timezone.get_default_timezone()
    return datetime.combine(since, time.min, zone), datetime.combine(until, time.min, zone)


def _received(partner_ids: Collection[int], since: date, until: date) -> Counts:
    span = _moments(since, until)
    told = Notice.objects.filter(
        partner__in=partner_ids,
        state__in=[NoticeState.SENT, NoticeState.ANSWERED],
        sent_at__gte=span[0],
        sent_at__lt=span[1],
    )
    return dict(told.order_by().values_list("partner").annotate(Count("pk")))


def _answered(partner_ids: Collection[int], since: date, until: date) -> Counts:
    span = _moments(since, until)
    given = Response.objects.filter(notice__partner__in=partner_ids, at__gte=span[0], at__lt=span[1])
    return dict(given.order_by().values_list("notice__partner").annotate(Count("notice", distinct=True)))


def _use_cases(partner_ids: Collection[int], since: date, until: date) -> Counts:
    there = Q(until_on=None) | Q(until_on__gt=since)
    links = UseCaseLink.objects.filter(there, partner__in=partner_ids, from_on__lt=until)
    return dict(links.order_by().values_list("partner").annotate(Count("use_case", distinct=True)))


def _led(partner_ids: Collection[int], _since: date, _until: date) -> Counts:
    led = Initiative.objects.filter(owner__in=partner_ids, state__in=RUNNING)
    return dict(led.order_by().values_list("owner").annotate(Count("pk")))


def _functions(partner_ids: Collection[int], since: date, until: date) -> Counts:
    there = Q(until_on=None) | Q(until_on__gt=since)
    taken_up = Commitment.objects.filter(there, partner__in=partner_ids, from_on__lt=until)
    return dict(taken_up.order_by().values_list("partner").annotate(Count("function", distinct=True)))


NOTICES_RECEIVED = Counter("notices-received", Side.TAKES, _("notices received"), _received)
NOTICES_ANSWERED = Counter("notices-answered", Side.BRINGS, _("notices answered"), _answered)
USE_CASES = Counter("use-cases", Side.BRINGS, _("use cases worked on"), _use_cases)
INITIATIVES_LED = Counter("initiatives-led", Side.BRINGS, _("initiatives led now"), _led)
FUNCTIONS_TAKEN_UP = Counter("functions", Side.BRINGS, _("functions taken up"), _functions)
