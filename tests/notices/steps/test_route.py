from datetime import date, timedelta

import pytest

from schakel.notices import pipeline
from schakel.notices.models import Finding, Notice, Route
from schakel.policy.access import SYSTEM
from schakel.registry.models import Agreement, Asset, Constituency, Contact, Organisation, Partner
from tests.cast import NOON
from tests.reports import csv, moved_to, sent, taken

pytestmark = pytest.mark.django_db


def route_of(organisation):
    return Route.objects.get(organisation=organisation, round=0)


def trail(route):
    return [(step["via"], step["refusal"]) for step in route.steps]


def test_a_guardian_partner_goes_before_the_organisation_itself(country):
    taken("192.0.2.10")
    route = route_of(country.harbour)
    assert (route.via, route.partner) == ("guardian", country.harbour_circle)
    assert trail(route) == [("guardian", "")]


def test_without_a_partner_the_organisations_own_contact_is_told(country):
    taken("192.0.2.200")
    route = route_of(country.registrar)
    assert (route.via, route.contact.address) == ("contact", "abuse@registrar.example")


def test_the_designated_csirt_goes_before_guardians_for_essential_entities(country):
    Organisation.objects.filter(pk=country.hospital.pk).update(nis2="essential", sector="health")
    Partner.objects.filter(pk=country.care_csirt.pk).update(type="csirt")
    Constituency.objects.all().delete()
    Constituency.objects.create(partner=country.harbour_circle, organisation=country.hospital)
    taken("198.51.100.4")
    route = route_of(country.hospital)
    assert (route.via, route.partner) == ("designated", country.care_csirt)


def test_what_an_organisation_chose_goes_before_all(country):
    Organisation.objects.filter(pk=country.hospital.pk).update(nis2="essential", sector="health")
    Partner.objects.filter(pk=country.care_csirt.pk).update(type="csirt")
    Constituency.objects.create(partner=country.harbour_circle, organisation=country.hospital, is_chosen=True)
    taken("198.51.100.4")
    route = route_of(country.hospital)
    assert (route.via, route.partner) == ("preference", country.harbour_circle)


def test_a_csirt_goes_before_an_isac_and_that_before_a_supplier(country):
    for key, kind in [("supplier", "msp"), ("csirt", "csirt")]:
        partner = Partner.objects.create(key=key, name=key, type=kind, functions=["notification"])
        Contact.objects.create(partner=partner, address=f"{key}@example.org", is_verified=True)
        Agreement.objects.create(partner=partner, functions=["notification"], from_on=date(2026, 1, 1), state="signed")
        Constituency.objects.create(partner=partner, organisation=country.harbour)
    taken("192.0.2.10")
    assert route_of(country.harbour).partner.key == "csirt"


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"state": "draft"}, "no-agreement"),
        ({"state": "suspended"}, "agreement-suspended"),
        ({"state": "ended"}, "agreement-ended"),
        ({"until_on": NOON.date()}, "agreement-ended"),
        ({"from_on": NOON.date() + timedelta(days=1)}, "agreement-not-begun"),
        ({"functions": ["knowledge"]}, "function-not-covered"),
    ],
    ids=str,
)
def test_a_partner_without_a_running_agreement_for_notification_is_passed_over(country, change, refusal):
    Agreement.objects.filter(partner=country.harbour_circle).update(**change)
    taken("192.0.2.10")
    route = route_of(country.harbour)
    assert route.via == "contact"
    assert trail(route) == [("guardian", refusal), ("contact", "")]


def test_a_partner_without_a_channel_is_passed_over(country):
    Contact.objects.filter(partner=country.harbour_circle).delete()
    taken("192.0.2.10")
    assert trail(route_of(country.harbour)) == [("guardian", "no-channel"), ("contact", "")]


@pytest.mark.parametrize(
    "span", [{"valid_until": NOON.date()}, {"valid_from": NOON.date() + timedelta(days=1)}], ids=str
)
def test_a_membership_counts_while_it_lasts(country, span):
    Constituency.objects.filter(organisation=country.harbour).update(**span)
    taken("192.0.2.10")
    assert trail(route_of(country.harbour)) == [("contact", "")]


def test_a_contact_that_nobody_verified_is_not_told_above_green(country):
    Contact.objects.filter(organisation=country.registrar).update(is_verified=False)
    taken("192.0.2.200")
    route = route_of(country.registrar)
    assert (route.via, route.contact) == ("unreachable", None)
    assert trail(route) == [("contact", "unprotected")]


def test_under_a_stricter_label_the_guardian_is_passed_over(country):
    taken("192.0.2.10", tlp="amber+strict")
    assert trail(route_of(country.harbour)) == [("guardian", "too-wide"), ("contact", "")]


def test_under_red_nobody_is_told(country):
    taken("192.0.2.10", tlp="red")
    assert trail(route_of(country.harbour)) == [("guardian", "too-wide"), ("contact", "too-wide")]
    assert not Notice.objects.exists()


def test_without_a_legal_basis_in_force_nobody_is_told(country, settings):
    settings.LEGAL_BASIS = "wbni-3"
    taken("192.0.2.10")
    assert {refusal for _, refusal in trail(route_of(country.harbour))} == {"basis-ended"}


@pytest.mark.parametrize("days", [{"from_on": date(2026, 11, 3)}, {"until_on": date(2026, 11, 2)}], ids=str)
def test_a_designation_counts_on_its_days_only(country, days):
    Organisation.objects.filter(pk=country.hospital.pk).update(nis2="essential", sector="health")
    country.care_csirt.designations.update(**days)
    Constituency.objects.all().delete()
    taken("198.51.100.4")
    assert route_of(country.hospital).via == "unreachable"


def test_an_organisation_that_nobody_serves_is_unreachable_and_shown_so(country):
    report = taken("203.0.113.9,443,www.korenaar.example")
    route = route_of(country.bakery)
    assert (route.via, route.state, trail(route)) == ("unreachable", "ended", [("contact", "no-channel")])
    assert report.figures["routes"] == {"unreachable": 1}


def test_the_operator_is_the_last_resort(country):
    Asset.objects.filter(organisation=country.registrar).update(role="operator")
    Contact.objects.filter(organisation=country.harbour).delete()
    Constituency.objects.all().delete()
    taken("192.0.2.10")
    route = route_of(country.harbour)
    assert (route.via, route.contact.address) == ("operator", "abuse@registrar.example")
    assert trail(route) == [("contact", "no-channel"), ("operator", "")]


def test_an_organisation_that_objects_is_left_alone(country):
    Organisation.objects.filter(pk=country.harbour.pk).update(has_objected=True)
    report = taken("192.0.2.10")
    route = route_of(country.harbour)
    assert (route.via, route.refusal, route.state) == ("withheld", "objected", "ended")
    assert report.figures["routes"] == {"withheld": 1}


def test_what_is_only_for_information_is_not_sent(country):
    taken("192.0.2.10", type="scan_ssl")
    Route.objects.all().delete()
    Finding.objects.all().update(severity=0)
    report = taken("192.0.2.11", type="device_id", name="2026-11-02-device_id-nl.csv")
    assert report.figures["routes"].keys() <= {"withheld", "guardian"}


def test_what_comes_back_soon_is_not_told_twice(country):
    taken("192.0.2.10")
    moved_to("fixed", NOON)
    taken("192.0.2.10", day=NOON + timedelta(days=2))
    last = Route.objects.filter(organisation=country.harbour).latest("made_at")
    assert (last.via, last.refusal) == ("withheld", "told-recently")


def test_what_comes_back_later_is_told_again(country):
    taken("192.0.2.10")
    moved_to("fixed", NOON)
    taken("192.0.2.10", day=NOON + timedelta(days=400))
    assert Route.objects.filter(organisation=country.harbour).latest("made_at").via == "guardian"


def test_routes_are_one_per_organisation_and_kind(country):
    taken("192.0.2.10", "192.0.2.11", "192.0.2.12,443,,cve-2024-3400", "192.0.2.200")
    counts = {(route.organisation.key, route.findings_count) for route in Route.objects.select_related("organisation")}
    assert counts == {("harbour", 3), ("registrar", 1)}


@pytest.mark.parametrize(("severity", "via"), [("low", "withheld"), ("high", "contact")])
def test_a_contact_that_stopped_digests_still_hears_what_is_grave(country, severity, via):
    Contact.objects.update(has_stopped_digests=True)
    report, _ = sent(csv("192.0.2.200").replace(b",high,", f",{severity},".encode()))
    list(pipeline.advance(report, by=SYSTEM, at=NOON))
    assert route_of(country.registrar).via == via
