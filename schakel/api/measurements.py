"""Measurements of the network: rounds, what they counted, who differs, and the acts that hold them."""

from collections.abc import Callable
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Path, Query, Router, Status

from schakel.api.measurement_shapes import (
    BeginGiven,
    ChangePage,
    ChangeQuery,
    CloseGiven,
    MeasurementInFull,
    MeasurementPage,
    MeasurementShape,
    ReasonGiven,
    counts_shape,
)
from schakel.api.pages import address_after, listed, no_strangers
from schakel.api.requests import Request
from schakel.api.shapes import Key, PageQuery
from schakel.registry.measurements import differences, rounds
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


@router.post("/measurements", response={201: MeasurementShape}, operation_id="beginMeasurement")
def begin(request: Request, given: BeginGiven) -> Any:
    """Begin the round of a year; without `regions` it looks at the European ones."""
    made = rounds.begin(year=given.year, regions=given.regions, by=request.auth, at=timezone.now())
    return Status(201, made)


@router.post("/measurements/{year}/close", response=MeasurementShape, operation_id="closeMeasurement")
def close(request: Request, year: Path[Key], given: CloseGiven) -> Any:
    """Keep everybody as on a day, and count them."""
    return _done(request, year, rounds.close, measured_on=given.measured_on)


@router.post("/measurements/{year}/reopen", response=MeasurementShape, operation_id="reopenMeasurement")
def reopen(request: Request, year: Path[Key], given: ReasonGiven) -> Any:
    """Let a closed round run on; what it kept is thrown away."""
    return _done(request, year, rounds.reopen, reason=given.reason)


@router.post("/measurements/{year}/publish", response=MeasurementShape, operation_id="publishMeasurement")
def publish(request: Request, year: Path[Key]) -> Any:
    """Let everybody read the overview of a full round."""
    return _done(request, year, rounds.publish)


@router.post("/measurements/{year}/withdraw", response=MeasurementShape, operation_id="withdrawMeasurement")
def withdraw(request: Request, year: Path[Key], given: ReasonGiven) -> Any:
    """Take a published overview back."""
    return _done(request, year, rounds.withdraw, reason=given.reason)


def _done(request: Request, year: int, act: Callable[..., object], **given: object) -> Measurement:
    measurement = get_object_or_404(Measurement.objects.visible_to(request.auth), year=year)
    act(measurement=measurement, by=request.auth, at=timezone.now(), **given)
    measurement.refresh_from_db()
    return measurement
