"""The first page: what stands open, who was told, what came of it."""

from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from schakel.notices.models import Severity, phase_at
from schakel.oversight.figures import DayFigures, KindFigures, Situation, situation
from schakel.policy.access import Permission
from schakel.web import charts
from schakel.web.entrance import needs
from schakel.web.middleware import Request
from schakel.web.notices import rematches

SPANS = (7, 30, 90, 365)
USUAL_SPAN = 30
TONES = ("info", "low", "medium", "high", "critical")
"""The colour of each severity, by its number."""


@require_safe
def front(request: Request) -> HttpResponseBase:
    """The first page: the situation, and for who only keeps what is its own, that."""
    reach = request.actor.reach
    if reach(Permission.CONSTITUENCY_VIEW) and not reach(Permission.SITUATION_VIEW):
        return redirect("constituency")
    return show(request)


@require_safe
@needs(Permission.SITUATION_VIEW)
def show(request: Request) -> HttpResponse:
    """The situation over the span that the address names."""
    at = timezone.now()
    seen = situation(request.actor, days=_span(request), at=at)
    has_findings = bool(request.actor.reach(Permission.FINDING_VIEW))
    context = {
        "seen": seen,
        "spans": [(days, ngettext("%d day", "%d days", days) % days) for days in SPANS],
        "phase": phase_at(at),
        "open_chart": _open_chart(seen),
        "flow_chart": _flow_chart(seen),
        "severity_chart": charts.bar(_severity_parts(seen.by_severity), title=_("Open findings by severity")),
        "kinds": [_kind_row(kind, most=seen.kinds[0].open_count, has_findings=has_findings) for kind in seen.kinds],
        "days": tuple(reversed(seen.over_time)),
        "rematch": rematches.latest(request.actor),
        "findings_url": reverse("findings") if has_findings else "",
    }
    return render(request, "situation/show.html", context)


def _span(request: Request) -> int:
    asked = request.GET.get("days", "")
    return next((days for days in SPANS if str(days) == asked), USUAL_SPAN)


def _severity_parts(by_severity: tuple[int, ...]) -> list[charts.Part]:
    """Gravest first."""
    parts = [charts.Part(str(Severity(at).label), count, TONES[at]) for at, count in enumerate(by_severity)]
    return parts[::-1]


def _kind_row(kind: KindFigures, *, most: int, has_findings: bool) -> dict[str, object]:
    """One kind; its bar is drawn against the kind with most."""
    return {
        "kind": kind.kind,
        "open_count": kind.open_count,
        "organisations_count": kind.organisations_count,
        "bar": charts.mini_bar(_severity_parts(kind.by_severity), whole=most),
        "grave_count": sum(kind.by_severity[Severity.HIGH :]),
        "url": f"{reverse('findings')}?{urlencode({'kind': kind.kind})}" if has_findings else "",
    }


def _open_chart(seen: Situation) -> str:
    line = charts.Line(_("open"), [day.open_count for day in seen.over_time], tone=1, is_area=True)
    first, last = seen.over_time[0].open_count, seen.over_time[-1].open_count
    words = _("Open findings at the end of each day: from %(first)d to %(last)d.") % {"first": first, "last": last}
    return _chart(seen, [line], title=_("Open findings over time"), words=words)


def _flow_chart(seen: Situation) -> str:
    def line(label: str, name: str, tone: int) -> charts.Line:
        return charts.Line(label, [getattr(day, name) for day in seen.over_time], tone=tone)

    rows = [line(_("new"), "new_count", 2), line(_("closed"), "closed_count", 3), line(_("told of"), "told_count", 4)]
    words = _("Findings that were new, closed and told on each day; the table below holds the numbers.")
    return _chart(seen, rows, title=_("New, closed and told"), words=words)


def _chart(seen: Situation, lines: list[charts.Line], *, title: str, words: str) -> str:
    days: list[DayFigures] = list(seen.over_time)
    return charts.lines(lines, days=[day.day for day in days], title=title, description=words)
