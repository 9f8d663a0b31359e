"""Measurements of the network: where it stands, how it grew, and each round with what it found."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from schakel.kit import spreadsheet
from schakel.policy.access import Permission
from schakel.registry.measurements import differences
from schakel.registry.measurements.counting import Counts, counts_now, counts_of
from schakel.registry.measurements.growth import Point, baseline_day, growth, over_rounds
from schakel.registry.models import Category, Facet, Measurement, MeasurementState
from schakel.web import labels
from schakel.web.entrance import needs
from schakel.web.measurements import view
from schakel.web.middleware import Request

FACETS = (Facet.CATEGORY, Facet.FUNCTION, Facet.SECTOR, Facet.REGION)
"""By what growth can be looked at."""
MOST_LINES = 6
COLUMNS = ("facet", "word", "other", "prospects", "partners")


@require_safe
@needs(Permission.MEASUREMENT_VIEW)
def index(request: Request) -> HttpResponse:
    """Where the network stands now, how it grew, and the rounds."""
    rounds = list(Measurement.objects.visible_to(request.actor).order_by("-year"))
    closed = [one for one in rounds if one.state != MeasurementState.RUNNING]
    at = timezone.now()
    facet = next((one for one in FACETS if one == request.GET.get("by")), FACETS[0])
    now, kept = counts_now(timezone.localdate(at)), over_rounds(closed, facet)
    everybody = {one.pk: counts.all for one, counts in kept}
    may_manage = request.actor.may(Permission.MEASUREMENT_MANAGE)
    context = {
        "now": now.all,
        "completeness": view.completeness(now),
        "rounds": [(one, everybody.get(one.pk, now.all)) for one in rounds],
        "facets": [(one, one == facet) for one in FACETS],
        "years": [one.year for one, _counts in kept],
        "may_manage": may_manage,
        "may_begin": may_manage and len(closed) == len(rounds),
        "may_import": request.actor.may(Permission.REGISTRY_IMPORT),
        "may_see_prospects": request.actor.may(Permission.PROSPECT_VIEW),
        **_growth(growth(facet, since=baseline_day(at), until=timezone.localdate(at)), facet, kept, now),
    }
    return render(request, "measurements/index.html", context)


def _growth(points: list[Point], facet: Facet, kept: list[tuple[Measurement, Counts]], now: Counts) -> dict[str, Any]:
    """A chart of the words with most partners now, and a table of all words over the rounds."""
    words = [(word, label) for word, label in _words(facet) if any(point.counts.get(word) for point in points)]
    words.sort(key=lambda one: -points[-1].counts.get(one[0], 0))
    over = [*(counts for _one, counts in kept), now]
    rows = [(label, [counts.of(facet, word) for counts in over]) for word, label in _words(facet)]
    return {
        "growth_chart": view.growth_chart(points, words[:MOST_LINES]) if words else "",
        "left_out": max(len(words) - MOST_LINES, 0),
        "growth_rows": [(label, pairs) for label, pairs in rows if any(pair.total for pair in pairs)],
    }


def _words(facet: Facet) -> labels.Choices:
    """The words of a facet, the unknown last."""
    known = {
        Facet.CATEGORY: lambda: [(one.value, str(one.label)) for one in Category],
        Facet.FUNCTION: labels.functions,
        Facet.SECTOR: labels.sectors,
        Facet.REGION: labels.regions,
    }
    return [*known[facet](), ("", view.unknown_words(facet))]


@require_safe
@needs(Permission.MEASUREMENT_VIEW)
def show(request: Request, year: int) -> HttpResponse:
    """One round: what it found, what is missing, and what differs from the round before."""
    measurement = get_object_or_404(Measurement.objects.visible_to(request.actor), year=year)
    earlier = differences.before(measurement)
    context = {
        "measurement": measurement,
        "earlier": earlier,
        "change_rows": change_rows(measurement, earlier),
        "may_manage": request.actor.may(Permission.MEASUREMENT_MANAGE),
        "may_see_prospects": request.actor.may(Permission.PROSPECT_VIEW),
        **view.overview(counts_of(measurement), measurement.regions),
    }
    return render(request, "measurements/show.html", context)


def change_rows(measurement: Measurement, earlier: Measurement | None) -> list[tuple[str, str, int]]:
    """What differs from the round before, its words, and how many."""
    counted = differences.change_counts(measurement, earlier) if earlier else {}
    return [(name, change_labels()[name], count) for name, count in counted.items()]


def change_labels() -> dict[str, str]:
    """What may differ between two rounds, in words."""
    return {
        "new": _("new"),
        "joined": _("became partner"),
        "left": _("no partner any more"),
        "changed": _("changed"),
        "gone": _("gone"),
    }


@require_safe
@needs(Permission.MEASUREMENT_VIEW)
def export(request: Request, year: int) -> HttpResponse:
    """The counts of one round as CSV."""
    measurement = get_object_or_404(Measurement.objects.visible_to(request.actor), year=year)
    return counts_file(measurement)


def counts_file(measurement: Measurement) -> HttpResponse:
    """The counts as CSV: a line per word, an empty word for what is not known."""
    rows = [
        (str(facet), word, other, str(pair.prospects), str(pair.partners))
        for (facet, word, other), pair in sorted(counts_of(measurement).pairs.items())
    ]
    return csv_file([COLUMNS, *rows], name=f"{_('measurement')}-{measurement.year}.csv")


def csv_file(rows: list[Any], *, name: str) -> HttpResponse:
    """Rows as a file to keep."""
    return HttpResponse(
        spreadsheet.text(rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
