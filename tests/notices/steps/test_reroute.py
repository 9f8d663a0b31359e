"""What has a way that it had not, or a better one, is routed anew; nobody hears twice of what was just told."""

from datetime import date, timedelta

import pytest

from schakel.notices import revisions
from schakel.notices.models import Finding, Notice, Occasion, Route, Via
from schakel.notices.rematching import rematch
from schakel.notices.steps.hand_over import hand_over
from schakel.notices.steps.remind import remind
from schakel.policy.access import SYSTEM
from schakel.post.models import Delivery
from schakel.registry.models import Agreement, Constituency, Contact
from tests.cast import NOON
from tests.reports import taken

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BAKERY = "203.0.113.9,443,www.korenaar.example"


def again(at=NOON + DAY / 2):
    run = rematch(by=SYSTEM, at=at)
    return run.counts["rerouted"], run.counts["bettered"]


def sent_all(at):
    return sum(hand_over(by=SYSTEM, at=at + DAY))


def join(country, organisation, partner=None, **fields):
    return Constituency.objects.create(partner=partner or country.harbour_circle, organisation=organisation, **fields)


def told():
    return list(Delivery.objects.order_by("pk").values_list("address", flat=True))


def test_who_could_not_be_told_is_told_when_a_partner_takes_it_in(country):
    taken(BAKERY)
    assert Route.objects.get().via == Via.UNREACHABLE
    assert again() == (0, 0)
    join(country, country.bakery)
    assert again() == (1, 0)
    first, second = Route.objects.order_by("round")
    assert (second.via, second.round, second.occasion, second.report) == (Via.GUARDIAN, 1, Occasion.FIRST, first.report)
    sent_all(NOON)
    assert told() == ["meldingen@harbour-circle.example"]
    assert again(NOON + 2 * DAY) == (0, 0)


def test_a_new_contact_is_a_way_too(country):
    taken(BAKERY)
    Contact.objects.create(organisation=country.bakery, address="bakker@korenaar.example", is_verified=True)
    assert again() == (1, 0)


def test_a_contact_that_stopped_digests_is_not_told_of_small_things(country):
    taken(BAKERY)
    Route.objects.update(severity=1)
    Finding.objects.update(severity=1)
    Contact.objects.create(
        organisation=country.bakery, address="bakker@korenaar.example", is_verified=True, has_stopped_digests=True
    )
    assert again() == (0, 0)


def test_what_was_solved_or_given_up_or_objected_to_stays_as_it_is(country):
    taken(BAKERY)
    Route.objects.update(refusal="given-up")
    join(country, country.bakery)
    assert again() == (0, 0)
    Route.objects.update(refusal="")
    country.bakery.has_objected = True
    country.bakery.save()
    assert again() == (0, 0)


def test_a_better_way_is_taken_when_the_reminder_interval_is_over(country):
    taken("192.0.2.200,443")
    sent_all(NOON)
    again()
    join(country, country.registrar)
    assert told() == ["abuse@registrar.example"]
    assert again(NOON + 2 * DAY) == (0, 0)
    join(country, country.hospital)  # Another change, later: now nothing was told of late.
    Notice.objects.update(remind_at=None)
    assert again(NOON + 60 * DAY) == (0, 1)
    latest = Route.objects.latest("round")
    assert (latest.via, latest.occasion) == (Via.GUARDIAN, Occasion.ESCALATION)
    sent_all(NOON + 60 * DAY)
    assert told() == ["abuse@registrar.example", "meldingen@harbour-circle.example"]


def test_a_way_that_is_no_better_is_not_taken(country):
    taken("192.0.2.10,443")
    sent_all(NOON)
    again()
    join(country, country.harbour, partner=country.care_csirt, relation="customer")
    country.care_csirt.type = "msp"
    country.care_csirt.save()
    assert again(NOON + 60 * DAY) == (0, 0)


def test_nobody_is_reminded_of_what_went_on_by_a_better_way(country):
    taken("192.0.2.200,443")
    sent_all(NOON)
    again()
    join(country, country.registrar)
    assert again(NOON + 60 * DAY) == (0, 1)
    assert remind(by=SYSTEM, at=NOON + 60 * DAY)["reminded"] == 0


def test_a_run_is_due_when_something_changed_and_not_after_it(country):
    assert revisions.is_due()
    rematch(by=SYSTEM, at=NOON)
    assert not revisions.is_due()
    join(country, country.bakery)
    assert revisions.is_due()
    rematch(by=SYSTEM, at=NOON)
    assert not revisions.is_due()
    country.bakery.assets.first().delete()
    assert revisions.is_due()


def test_a_report_that_was_matched_meanwhile_makes_a_run_due_once(country):
    rematch(by=SYSTEM, at=NOON)
    report = taken(BAKERY)
    assert not revisions.is_due()
    report.figures["revision"] -= 1
    report.save()
    assert revisions.is_due()
    run = rematch(by=SYSTEM, at=NOON + DAY / 24)
    assert run.counts["stragglers"] == [report.pk]
    assert not revisions.is_due()


def test_agreements_that_begin_are_found_by_the_day(country):
    taken(BAKERY)
    Agreement.objects.filter(partner=country.harbour_circle).update(from_on=date(2026, 11, 20))
    join(country, country.bakery)
    assert again() == (0, 0)
    assert again(NOON + 30 * DAY) == (1, 0)
