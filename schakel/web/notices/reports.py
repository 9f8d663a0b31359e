"""Reports: what came in, where each of its rows went, and the desk where a person hands one in."""

from typing import Any

import polars as pl
from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from schakel.intake import store
from schakel.intake.models import TLP_CHOICES, Report, ReportState, Source
from schakel.intake.steps import receive
from schakel.kit.paging import key_of, page
from schakel.kit.queue import later
from schakel.kit.refusals import Invalid
from schakel.notices.pipeline import UNFINISHED
from schakel.policy.access import Permission
from schakel.web import charts
from schakel.web.entrance import needs
from schakel.web.flows import form_page
from schakel.web.middleware import Request

ROWS_SHOWN = 50
PARTS_SHOWN = 20
STEPS = {
    "parse": gettext_lazy("read"),
    "match": gettext_lazy("match"),
    "track": gettext_lazy("compare"),
    "route": gettext_lazy("route"),
    "compose": gettext_lazy("make notices"),
}
WAY = (
    ReportState.RECEIVED,
    ReportState.PARSED,
    ReportState.MATCHED,
    ReportState.TRACKED,
    ReportState.ROUTED,
    ReportState.COMPOSED,
)
"""The states of a report in the order in which it passes them."""


class ReportForm(forms.Form):
    """A file, and what is known of it."""

    source = forms.ModelChoiceField(
        Source.objects.none(), label=gettext_lazy("Source"), empty_label=gettext_lazy("choose")
    )
    type = forms.SlugField(
        label=gettext_lazy("Type of report"),
        required=False,
        help_text=gettext_lazy("Leave this empty: the file says it in most cases."),
    )
    tlp = forms.ChoiceField(
        label=gettext_lazy("TLP label"),
        required=False,
        choices=[("", gettext_lazy("that of the source")), *TLP_CHOICES],
        help_text=gettext_lazy("Stricter than the source asks is allowed, wider is not."),
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV, JSON, Parquet, X-ARF or a plain list; gz and zip too."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].queryset = Source.objects.order_by("name")  # type: ignore[attr-defined]


@require_safe
@needs(Permission.REPORT_VIEW)
def index(request: Request) -> HttpResponse:
    """The reports, latest first."""
    seen = Report.objects.visible_to(request.actor).select_related("series__source")
    shown = page(seen, after=key_of(request.GET.get("after")))
    here = reverse("reports")
    context = {
        "rows": [(report, charts.mini_bar(_parts(report), whole=report.rows_count)) for report in shown.rows],
        "first_url": here if "after" in request.GET else "",
        "next_url": f"{here}?after={shown.next_after}" if shown.next_after else "",
        "may_ingest": bool(request.actor.reach(Permission.REPORT_INGEST)),
    }
    return render(request, "reports/index.html", context)


@require_safe
@needs(Permission.REPORT_VIEW)
def show(request: Request, report_id: int) -> HttpResponse:
    """One report: every row accounted for, and how far it is."""
    report = _visible(request, report_id)
    context = {
        "report": report,
        "bar": charts.bar(_parts(report), title=_("Where the rows went")),
        "seconds": [(label, report.figures.get("seconds", {}).get(step)) for step, label in STEPS.items()],
        "findings": report.figures.get("findings", {}),
        "routes": report.figures.get("routes", {}),
        "notices_count": report.figures.get("notices"),
        "notes": report.figures.get("notes", []),
        "parts": report.looked_at_again.order_by("-pk")[:PARTS_SHOWN],
        **_progress(report),
        **_rows(request, report),
    }
    return render(request, "reports/show.html", context)


@require_safe
@needs(Permission.REPORT_VIEW)
def progress(request: Request, report_id: int) -> HttpResponse:
    """How far the report is, for a page that asks each second; when it is done the whole page is loaded again."""
    report = _visible(request, report_id)
    if not request.htmx:
        return redirect("report", report_id)
    response = render(request, "reports/_progress.html", {"report": report, **_progress(report)})
    if report.state not in UNFINISHED:
        response.headers["HX-Refresh"] = "true"
    return response


@form_page
@needs(Permission.REPORT_INGEST)
def new(request: Request) -> HttpResponse:
    """Hand in a report: it is kept at once, and a job takes it through the steps."""
    form = ReportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("report", _take_in(request, form.cleaned_data).pk)
        except Invalid as refused:
            form.add_error(None, str(refused))
    return render(request, "reports/new.html", {"form": form}, status=400 if form.errors else 200)


@transaction.atomic
def _take_in(request: Request, given: dict[str, Any]) -> Report:
    """Keep the file and queue its job, both or neither."""
    with receive.hold(given["file"].file) as held:
        report, is_new = receive.receive(
            held,
            name=given["file"].name,
            source=given["source"],
            by=request.actor,
            at=timezone.now(),
            type=given["type"],
            tlp=given["tlp"],
        )
    if is_new:
        later("intake.ingest", queue="intake", report_id=report.pk)
    else:
        messages.warning(request, _("This file was received before; nothing is done twice."))
    return report


def _visible(request: Request, report_id: int) -> Report:
    seen = Report.objects.visible_to(request.actor).select_related("series__source", "again_of")
    return get_object_or_404(seen, pk=report_id)


def _parts(report: Report) -> list[charts.Part]:
    return [
        charts.Part(_("matched"), report.matched_count, "good"),
        charts.Part(_("nobody's"), report.unmatched_count, "6"),
        charts.Part(_("unreadable"), report.quarantined_count, "critical"),
    ]


def _progress(report: Report) -> dict[str, object]:
    moving = report.figures.get("progress", {})
    is_moving = report.state in UNFINISHED
    passed = WAY.index(ReportState(report.state)) if report.state in WAY else 0
    return {
        "is_moving": is_moving,
        "steps_done": passed,
        "steps_count": len(WAY) - 1,
        "rows_done": moving.get("done", 0),
        "rows_words": moving.get("words", ""),
    }


def _rows(request: Request, report: Report) -> dict[str, object]:
    """One page of the rows that fell out, from the store."""
    kind = "unmatched" if request.GET.get("rows") == "unmatched" else "quarantined"
    count = report.unmatched_count if kind == "unmatched" else report.quarantined_count
    start = min(key_of(request.GET.get("from")) or 0, count)
    read = store.unmatched if kind == "unmatched" else store.quarantined
    frame = read(report, limit=ROWS_SHOWN, offset=start) if count else pl.DataFrame()
    here = f"{reverse('report', args=[report.pk])}?rows={kind}"
    return {
        "rows_kind": kind,
        "rows": frame.to_dicts(),
        "rows_from": start + 1,
        "rows_until": start + frame.height,
        "rows_count": count,
        "rows_first_url": f"{here}#rows" if start else "",
        "rows_next_url": f"{here}&from={start + ROWS_SHOWN}#rows" if start + ROWS_SHOWN < count else "",
    }
