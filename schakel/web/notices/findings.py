"""Findings: the list with its filters, one finding with its history, and the list as a file."""

from django.db.models import Prefetch
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from schakel.intake import kinds
from schakel.notices.models import AlsoSeen, Change, Finding, Notice, NoticeQuerySet
from schakel.oversight import exports
from schakel.policy.access import Permission
from schakel.web import labels
from schakel.web.entrance import needs
from schakel.web.middleware import Request
from schakel.web.notices.finding_filter import Filter
from schakel.web.streams import stream

FIRST_FIELDS = ("q", "state", "severity", "kind")
MORE_FIELDS = ("nature", "sector", "region", "weakness", "sort")
COUNTED_UP_TO = 1000
"""Beyond this a list says `more than`: nobody needs the number, and counting ten million rows is dear."""


@require_safe
@needs(Permission.FINDING_VIEW)
def index(request: Request) -> HttpResponse:
    """The findings that the filters in the address leave; htmx asks for the results alone."""
    asked = Filter(request.GET)
    findings = Finding.objects.visible_to(request.actor)
    shown, here = asked.page(findings), reverse("findings")
    count = asked.narrow(findings).values("pk").order_by()[: COUNTED_UP_TO + 1].count()
    context = {
        "form": asked.form,
        "first_fields": [asked.form[name] for name in FIRST_FIELDS],
        "more_fields": [asked.form[name] for name in MORE_FIELDS],
        "is_more_asked": not asked.names_and_order.isdisjoint(MORE_FIELDS),
        "is_narrowed": bool(asked.names),
        "rows": shown.rows,
        "count": min(count, COUNTED_UP_TO),
        "is_more": count > COUNTED_UP_TO,
        "first_url": f"{here}?{asked.query}" if shown.has_start else "",
        "next_url": f"{here}?{shown.next_query}" if shown.next_query else "",
        "csv_url": f"{reverse('findings_csv')}?{asked.query}",
    }
    name = "findings/_results.html" if request.htmx.target == "results" else "findings/index.html"
    response = render(request, name, context)
    response.headers["Vary"] = "HX-Request, HX-Target, Cookie, Accept-Language"
    return response


@require_safe
@needs(Permission.FINDING_VIEW)
def show(request: Request, finding_id: int) -> HttpResponse:
    """One finding: what is known, what became of it, who was told."""
    related = "organisation", "series__source", "opened_in"
    history = Change.objects.select_related("report", "response").order_by("-at", "-pk")
    found = Finding.objects.visible_to(request.actor).with_last_seen().select_related(*related)
    elsewhere = AlsoSeen.objects.select_related("series__source").order_by("pk")
    finding = get_object_or_404(
        found.prefetch_related(Prefetch("changes", history), Prefetch("also_seen", elsewhere)), pk=finding_id
    )
    kind = kinds.kind(finding.kind)
    context = {
        "finding": finding,
        "nature": labels.NATURE_LABELS[kind.nature],
        "rsit": kind.rsit,
        "sector": dict(labels.sectors()).get(finding.organisation.sector, ""),
        "region": dict(labels.regions()).get(finding.organisation.region, ""),
        "notices": _notices(request).telling(finding).order_by("-made_at"),
        "may_see_reports": bool(request.actor.reach(Permission.REPORT_VIEW)),
    }
    return render(request, "findings/show.html", context)


def _notices(request: Request) -> NoticeQuerySet:
    return Notice.objects.visible_to(request.actor).with_recipient()


@require_safe
@needs(Permission.FINDING_VIEW)
def export(request: Request) -> HttpResponseBase:
    """The findings of the list as CSV, streamed."""
    asked, at = Filter(request.GET), timezone.now()
    pieces = exports.findings_csv(narrow=asked.narrow, filters=asked.names, by=request.actor, at=at)
    name = _("findings") + f"-{timezone.localtime(at):%Y%m%d-%H%M}.csv"
    return stream(request, pieces, kind="text/csv; charset=utf-8", name=name)
