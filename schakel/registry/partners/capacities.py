"""In which capacity an organisation acts: given for a time, ended, and looked up for whoever acts."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Capacity, CapacityLabel, CapacityQuerySet, Organisation
from schakel.registry.partners.words_given import runs_forward


@transaction.atomic
def hold(
    *, organisation: Organisation, label: str, from_on: date, by: Actor, at: datetime, until_on: date | None = None
) -> Capacity:
    """Say that an organisation acts in a capacity for a time. Only one organisation at a time is the coordinator.

    Raises NotPermitted, and Invalid for an unknown capacity, an end before the beginning, one that it holds already,
    or a second coordinator.
    """
    permit(by.may(Permission.PARTNER_MANAGE))
    if label not in CapacityLabel.values:
        raise Invalid(_("choose a capacity."))
    runs_forward(from_on, until_on)
    Organisation.objects.select_for_update().get(pk=organisation.pk)  # Two at once must not both find the days free.
    held = _at_the_same_time(from_on, until_on).filter(label=label)
    if held.filter(organisation=organisation).exists():
        raise Invalid(_("the organisation holds this capacity in these days already."))
    if label == CapacityLabel.COORDINATOR and held.exists():
        raise Invalid(_("another organisation is the coordinator in these days."))
    capacity = Capacity.objects.create(organisation=organisation, label=label, from_on=from_on, until_on=until_on)
    record("registry.capacity.given", on=capacity, by=by, at=at, organisation=organisation.pk, label=label)
    return capacity


@transaction.atomic
def end_capacity(*, capacity: Capacity, until_on: date, by: Actor, at: datetime) -> None:
    """End a capacity on a day. Raises NotPermitted, WrongState where it has ended by then, Invalid before its begin."""
    permit(by.may(Permission.PARTNER_MANAGE))
    if capacity.until_on is not None and capacity.until_on <= until_on:
        raise WrongState
    runs_forward(capacity.from_on, until_on)
    capacity.until_on = until_on
    capacity.save(update_fields=["until_on"])
    record("registry.capacity.ended", on=capacity, by=by, at=at, until_on=until_on.isoformat())


def acting(chosen: str, *, on: date) -> str:
    """In which capacity somebody of the coordinator acts: as chosen while that is held, else as the coordinator.

    Empty where no organisation is the coordinator on that day. Source: build plan, section 6.1.1. One query.
    """
    held = set(Capacity.objects.of_coordinator(on).values_list("label", flat=True))
    if chosen in held:
        return chosen
    return CapacityLabel.COORDINATOR.value if CapacityLabel.COORDINATOR in held else ""


def _at_the_same_time(from_on: date, until_on: date | None) -> CapacityQuerySet:
    rows = Capacity.objects.exclude(until_on__lte=from_on)
    return rows if until_on is None else rows.filter(from_on__lt=until_on)
