"""Published measurements, for everybody: counts, how it was held, and the partners that chose to be shown."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from schakel.registry.measurements import differences
from schakel.registry.measurements.counting import counts_of
from schakel.registry.models import Measured, Measurement
from schakel.web.measurements import view
from schakel.web.measurements.pages import change_rows, counts_file
from schakel.web.middleware import Request


@require_safe
def index(request: Request) -> HttpResponse:
    """The published measurements, newest first."""
    return render(request, "measurements/public_index.html", {"rounds": Measurement.objects.public().order_by("-year")})


@require_safe
def show(request: Request, year: int) -> HttpResponse:
    """One published measurement."""
    measurement = get_object_or_404(Measurement.objects.public(), year=year)
    earlier = differences.before(measurement)
    shown = Measured.objects.public().filter(measurement=measurement).select_related("partner__profile")
    context = {
        "measurement": measurement,
        "earlier": earlier,
        "change_rows": change_rows(measurement, earlier),
        "partners": [(row, getattr(row.partner, "profile", None)) for row in shown.order_by("name", "pk")],
        **view.overview(counts_of(measurement), measurement.regions),
    }
    return render(request, "measurements/public.html", context)


@require_safe
def export(request: Request, year: int) -> HttpResponse:  # noqa: ARG001 - every view takes its request
    """The counts of a published measurement as CSV."""
    return counts_file(get_object_or_404(Measurement.objects.public(), year=year))
