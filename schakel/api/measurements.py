"""Measurements of the network: rounds, what they counted, and who differs."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from ninja import Path, Query, Router

from schakel.api.measurement_shapes import ChangePage, ChangeQuery, MeasurementInFull, MeasurementPage, counts_shape
from schakel.api.pages import address_after, listed, no_strangers
from schakel.api.requests import Request
from schakel.api.shapes import Key, PageQuery
from schakel.registry.measurements import differences
from schakel.registry.measurements.counting import counts_of
from schakel.registry.models import Measurement

router = Router(tags=["measurements"], by_alias=True)


@router.get("/measurements", response=MeasurementPage, operation_id="listMeasurements")
def index(request: Request, query: Query[PageQuery]) -> Any:
    """Rounds, the last begun first; whoever measures sees those that run too."""
    return listed(request, Measurement.objects.visible_to(request.auth), query)


@router.get("/measurements/{year}", response=MeasurementInFull, operation_id="getMeasurement")
def show(request: Request, year: Path[Key]) -> Any:
    """One round with its counts; one that runs counts the register as it stands now."""
    measurement = get_object_or_404(Measurement.objects.visible_to(request.auth), year=year)
    earlier = differences.before(measurement)
    return {
        "measurement": measurement,
        "counts": counts_shape(counts_of(measurement).pairs),
        "compared_with": earlier.year if earlier else None,
        "changes": differences.change_counts(measurement, earlier) if earlier else None,
    }


@router.get("/measurements/{year}/changes", response=ChangePage, operation_id="listMeasurementChanges")
def changes(request: Request, year: Path[Key], query: Query[ChangeQuery]) -> Any:
    """Who differs from the round before, by name; for those who may know of prospects."""
    no_strangers(request, query)
    measurement = get_object_or_404(Measurement.objects.visible_to(request.auth), year=year)
    if (earlier := differences.before(measurement)) is None:
        raise Http404
    found = differences.changes(
        measurement,
        earlier,
        to=request.auth,
        change=query.change,
        after=differences.place_of(query.after),
        limit=query.size,
    )
    last = differences.place(found[query.size - 1]) if len(found) > query.size else None
    return {"items": found[: query.size], "next": address_after(request, last)}
