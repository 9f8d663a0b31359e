from datetime import UTC, datetime, timedelta

import pytest

from schakel.collaboration import expectations, interests, reminders, survey
from schakel.collaboration.models import Expectation
from schakel.jobs import collaboration as job
from schakel.kit.refusals import NotPermitted
from schakel.policy.access import SYSTEM
from schakel.post.models import Delivery
from schakel.registry.models import Contact, Partner
from tests.cast import DESK, NOON, STEWARD

MAY = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def review_due(country):
    row = expectations.expect(
        partner=country.harbour_circle,
        side="brings",
        words="x",
        review_on=MAY.date() + timedelta(days=9),
        by=DESK,
        at=MAY,
    )
    Expectation.objects.filter(pk=row.pk).update(review_on=MAY.date())


def test_a_partner_hears_of_a_review_that_is_due_once_a_month(country, review_due):
    assert reminders.remind(by=SYSTEM, at=MAY) == 1
    reminders.remind(by=SYSTEM, at=MAY + timedelta(days=7))
    letter = Delivery.objects.get()
    assert letter.address == "meldingen@harbour-circle.example"
    assert "review: 1." not in letter.subject
    assert "1." in letter.body
    assert f"/network/balance/{country.harbour_circle.pk}" in letter.body
    reminders.remind(by=SYSTEM, at=MAY + timedelta(days=31))
    assert Delivery.objects.count() == 2


def test_the_years_statement_and_question_are_asked_for_in_the_last_quarter(country):
    assert reminders.remind(by=SYSTEM, at=MAY) == 0
    assert reminders.remind(by=SYSTEM, at=NOON) == 2
    interests.state(partner=country.care_csirt, aims="x", interests="", by=DESK, at=NOON)
    survey.answer(partner=country.care_csirt, score=3, by=country.neighbour, at=NOON)
    due = reminders.due([country.care_csirt.pk, country.harbour_circle.pk], on=NOON.date())
    assert not due[country.care_csirt.pk]
    assert due[country.harbour_circle.pk] == reminders.Due(0, lacks_statement=True, lacks_answer=True)


def test_letters_are_in_the_partners_language_and_to_its_general_mailbox(country, review_due):
    Partner.objects.filter(pk=country.harbour_circle.pk).update(language="en")
    Contact.objects.create(
        partner=country.harbour_circle, address="bestuur@havenkring.example", role="general", is_verified=True
    )
    reminders.remind(by=SYSTEM, at=MAY)
    letter = Delivery.objects.get()
    assert (letter.address, letter.language) == ("bestuur@havenkring.example", "en")
    assert "Dear colleague of Havenkring" in letter.body
    assert "due for a review: 1." in letter.body


def test_who_has_no_mailbox_or_has_left_is_not_written_to(country, review_due):
    Contact.objects.filter(partner=country.harbour_circle).update(is_verified=False)
    assert reminders.remind(by=SYSTEM, at=MAY) == 0
    Contact.objects.update(is_verified=True, standing="suspended", suspended_at=MAY)
    assert reminders.remind(by=SYSTEM, at=MAY) == 0
    Contact.objects.update(standing="active", suspended_at=None)
    Partner.objects.filter(pk=country.harbour_circle.pk).update(standing="left", left_at=MAY)
    assert reminders.remind(by=SYSTEM, at=MAY) == 0


def test_partners_and_stewards_remind_nobody(country):
    for actor in (country.member, STEWARD):
        with pytest.raises(NotPermitted):
            reminders.remind(by=actor, at=NOON)


def test_the_job_reminds(country):
    job.remind(timestamp=0)
    assert Delivery.objects.exists() is (datetime.now(tz=UTC).month >= reminders.ASKED_FROM_MONTH)
