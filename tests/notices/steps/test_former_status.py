"""A former link organisation's status (OKTT, sectoral CSIRT) lets nothing pass: it ended with the Cbw (R54, R148)."""

from datetime import timedelta

import pytest

from schakel.notices.models import Route
from schakel.notices.steps.hand_over import hand_over
from schakel.policy.access import SYSTEM
from schakel.post.models import Delivery
from schakel.registry.agreements.in_force import refusals
from schakel.registry.models import (
    Agreement,
    Constituency,
    Designation,
    LegacyStatus,
    NetworkFunction,
    Organisation,
    Partner,
)
from tests.cast import NOON
from tests.reports import taken

pytestmark = pytest.mark.django_db
TODAY = NOON.date()
STATUSES = [*((status, TODAY + timedelta(days=365)) for status in LegacyStatus.values), ("oktt", None)]
WITHOUT = {
    "no-agreement": None,
    "drafted": {"state": "draft"},
    "offered": {"state": "offered", "offered_at": NOON},
    "suspended": {"state": "suspended"},
    "ended": {"state": "ended"},
    "run-out": {"until_on": TODAY},
    "to-come": {"from_on": TODAY + timedelta(days=1)},
    "another-function": {"functions": ["information-sharing"]},
}


def once_known_as(partner, status, until):
    Partner.objects.filter(pk=partner.pk).update(legacy=status, legacy_until_on=until)


def told(*rows):
    """Where the messages went, once a report of these rows was worked through and its window closed."""
    taken(*rows)
    list(hand_over(by=SYSTEM, at=NOON + timedelta(days=2)))
    return list(Delivery.objects.values_list("address", flat=True))


@pytest.mark.parametrize("change", WITHOUT.values(), ids=WITHOUT)
@pytest.mark.parametrize(("status", "until"), STATUSES)
def test_it_takes_the_place_of_no_agreement(country, status, until, change):
    once_known_as(country.harbour_circle, status, until)
    theirs = Agreement.objects.filter(partner=country.harbour_circle)
    theirs.delete() if change is None else theirs.update(**change)
    assert told("192.0.2.10") == ["beveiliging@haven.example"]
    route = Route.objects.get(organisation=country.harbour)
    assert (route.via, route.partner) == ("contact", None)
    assert [(step["via"], bool(step["refusal"])) for step in route.steps] == [("guardian", True), ("contact", False)]


@pytest.mark.parametrize(("status", "until"), STATUSES)
def test_it_designates_nobody(country, status, until):
    Organisation.objects.filter(pk=country.hospital.pk).update(nis2="essential", sector="health")
    Designation.objects.all().delete()
    Constituency.objects.all().delete()
    Partner.objects.filter(pk=country.care_csirt.pk).update(type="csirt", sectors=["health"])
    once_known_as(country.care_csirt, status, until)
    assert told("198.51.100.4") == []
    assert Route.objects.get(organisation=country.hospital).via == "unreachable"


@pytest.mark.parametrize(("status", "until"), STATUSES)
def test_it_brings_no_legal_basis_back(country, settings, status, until):
    settings.LEGAL_BASIS = "wbni-3"
    once_known_as(country.harbour_circle, status, until)
    assert told("192.0.2.10") == []


@pytest.mark.parametrize(("status", "until"), STATUSES)
def test_it_keeps_nobody_back_either(country, status, until):
    once_known_as(country.harbour_circle, status, until)
    assert told("192.0.2.10") == ["meldingen@harbour-circle.example"]


@pytest.mark.parametrize("function", NetworkFunction.values)
def test_in_no_function_it_changes_what_the_policy_says(country, function):
    Agreement.objects.filter(partner=country.care_csirt).delete()
    before = refusals(function, day=TODAY)
    for status, until in STATUSES:
        Partner.objects.update(legacy=status, legacy_until_on=until)
        assert refusals(function, day=TODAY) == before
