"""Measuring the network: begin a round, close it on what the register holds, publish what everybody may know."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, Refused, WrongState, permit
from schakel.kit.states import move
from schakel.policy.access import Actor, Permission
from schakel.registry.files.lists import facts, slugs
from schakel.registry.measurements import sql
from schakel.registry.models import (
    MEASUREMENT_MOVES,
    Measured,
    MeasuredCount,
    Measurement,
    MeasurementKind,
    MeasurementState,
)
from schakel.registry.models.measurement import FIRST_YEAR
from schakel.registry.partners.words_given import known, line, text


class NothingMeasured(Refused):
    """There is nobody to measure."""

    wording = _("The register holds no partner and no prospect yet; import a baseline first.")


def kind_of(year: int) -> MeasurementKind:
    """What a year asks for: even years look at the gaps, odd years at everything. Source: build plan, section 3.1."""
    return MeasurementKind.FULL if year % 2 else MeasurementKind.LIGHT


def european_regions() -> list[str]:
    """The regions that a measurement looks at unless it says otherwise."""
    return [code for code in slugs("regions") if facts("regions")[code]["part"] == "european"]


@transaction.atomic
def begin(*, year: int, by: Actor, at: datetime, regions: Iterable[str] | None = None) -> Measurement:
    """Begin the measurement of a year; its kind follows from the year, and one runs at a time.

    `regions`: those that this round looks at; what it finds elsewhere is a least, never a whole. Raises NotPermitted,
    and Invalid for a year that cannot be, one that was measured, or while another runs.
    """
    permit(by.may(Permission.MEASUREMENT_MANAGE))
    if not FIRST_YEAR <= year <= timezone.localdate(at).year:
        raise Invalid(_("the year lies between 2025, the year of the baseline, and this one."))
    if Measurement.objects.filter(year=year).exists():
        raise Invalid(_("this year has its measurement already."))
    if running := Measurement.objects.filter(state=MeasurementState.RUNNING).first():
        raise Invalid(_("close the measurement that runs first:"), running.year)
    looked_at = european_regions() if regions is None else known(regions, among="regions")
    measurement = Measurement.objects.create(year=year, kind=kind_of(year), regions=looked_at, begun_at=at)
    record("registry.measurement.begun", on=measurement, by=by, at=at, year=year, kind=measurement.kind)
    return measurement


@transaction.atomic
def close(*, measurement: Measurement, by: Actor, at: datetime, measured_on: date | None = None) -> int:
    """Keep the register as it stood on `measured_on` (today where nothing is said); returns how many were measured.

    A day gone by is told with what is known of it now. Raises NotPermitted, WrongState, NothingMeasured, and Invalid
    for a day that lies ahead or in another year.
    """
    permit(by.may(Permission.MEASUREMENT_MANAGE))
    on = measured_on or usual_day(measurement, at)
    if on > timezone.localdate(at):
        raise Invalid(_("the day that is measured cannot lie ahead."))
    if on.year != measurement.year:
        raise Invalid(_("the day that is measured lies in the year of the measurement:"), measurement.year)
    move(measurement, MeasurementState.CLOSED, moves=MEASUREMENT_MOVES, measured_on=on, closed_at=at)
    given: dict[str, Any] = {"measurement": measurement.pk, "on": on, "zone": settings.TIME_ZONE}
    with connection.cursor() as cursor:
        cursor.execute(sql.KEEP, given)
        count: int = cursor.rowcount
        cursor.execute(sql.KEEP_COUNTS, given)
    if not count:
        raise NothingMeasured
    record("registry.measurement.closed", on=measurement, by=by, at=at, year=measurement.year, parties=count)
    return count


def usual_day(measurement: Measurement, at: datetime) -> date:
    """Today, or the last day of a year gone by."""
    return min(timezone.localdate(at), date(measurement.year, 12, 31))


@transaction.atomic
def reopen(*, measurement: Measurement, by: Actor, at: datetime, reason: str) -> None:
    """Let a closed measurement run on; what it kept is thrown away and counted anew when it is closed again.

    Raises NotPermitted, Invalid without a reason or while another runs, WrongState for one that is published.
    """
    permit(by.may(Permission.MEASUREMENT_MANAGE))
    reason = _reason(reason)
    if measurement.state != MeasurementState.CLOSED:
        raise WrongState
    if running := Measurement.objects.filter(state=MeasurementState.RUNNING).first():
        raise Invalid(_("close the measurement that runs first:"), running.year)
    move(measurement, MeasurementState.RUNNING, moves=MEASUREMENT_MOVES, measured_on=None, closed_at=None)
    MeasuredCount.objects.filter(measurement=measurement).delete()
    Measured.objects.filter(measurement=measurement).delete()
    record("registry.measurement.reopened", on=measurement, by=by, at=at, year=measurement.year, reason=reason)


@transaction.atomic
def publish(*, measurement: Measurement, by: Actor, at: datetime) -> None:
    """Let everybody read the overview of a full measurement.

    Raises NotPermitted, WrongState, and Invalid for a light one.
    """
    permit(by.may(Permission.MEASUREMENT_MANAGE))
    if measurement.kind != MeasurementKind.FULL:
        raise Invalid(_("only a full measurement is published; this one looked at the gaps."))
    move(measurement, MeasurementState.PUBLISHED, moves=MEASUREMENT_MOVES, published_at=at)
    record("registry.measurement.published", on=measurement, by=by, at=at, year=measurement.year)


@transaction.atomic
def withdraw(*, measurement: Measurement, by: Actor, at: datetime, reason: str) -> None:
    """Take a published overview back. Raises NotPermitted, Invalid without a reason, WrongState."""
    permit(by.may(Permission.MEASUREMENT_MANAGE))
    reason = _reason(reason)
    if measurement.state != MeasurementState.PUBLISHED:
        raise WrongState
    move(measurement, MeasurementState.CLOSED, moves=MEASUREMENT_MOVES, published_at=None)
    record("registry.measurement.withdrawn", on=measurement, by=by, at=at, year=measurement.year, reason=reason)


@transaction.atomic
def describe(*, measurement: Measurement, words: str, regions: Iterable[str], by: Actor, at: datetime) -> None:
    """Say how a measurement was held, and at which regions it looked. Raises NotPermitted, Invalid."""
    permit(by.may(Permission.MEASUREMENT_MANAGE))
    measurement.words, measurement.regions = text(words), known(regions, among="regions")
    measurement.save(update_fields=["words", "regions"])
    record("registry.measurement.described", on=measurement, by=by, at=at, year=measurement.year)


def _reason(words: str) -> str:
    """A reason in a few words. Raises Invalid where there is none."""
    if not (reason := line(words)):
        raise Invalid(_("give a reason."))
    return reason
