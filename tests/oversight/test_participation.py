from datetime import date, timedelta

import pytest

from schakel.jobs import registry as jobs
from schakel.kit.refusals import NotPermitted
from schakel.notices.models import Notice
from schakel.oversight import participation
from schakel.people.models import User, UserGrant
from schakel.registry.models import Agreement, Commitment, Partner, Signal
from tests.cast import DESK, NOON
from tests.registry.network_cast import TODAY, others
from tests.telling import finding_of, report_of, tell


@pytest.fixture(autouse=True)
def patience(settings):
    settings.INACTIVE_DAYS = 30


def test_who_never_gave_a_sign_is_silent_since_its_agreement(country):
    Partner.objects.filter(pk=country.care_csirt.pk).update(joined_on=TODAY - timedelta(days=31))
    assert participation.silent(to=DESK, at=NOON) == {
        country.harbour_circle.pk: date(2026, 1, 1),
        country.care_csirt.pk: TODAY - timedelta(days=31),
    }


def test_a_login_an_answer_and_a_commitment_are_signs_of_life(country):
    circle = country.harbour_circle
    user = User.objects.create_user("anna", last_login=NOON - timedelta(days=40))
    UserGrant.objects.create(user=user, role="partner", partner=circle)
    assert participation.silent(to=DESK, at=NOON)[circle.pk] == TODAY - timedelta(days=40)
    report = report_of()
    finding_of(report, country.harbour)
    notice = tell(report, country.harbour, partner=circle)
    Notice.objects.filter(pk=notice.pk).update(opened_at=NOON - timedelta(days=35))
    assert participation.silent(to=DESK, at=NOON)[circle.pk] == TODAY - timedelta(days=35)
    Commitment.objects.create(partner=circle, function="exercise", from_on=TODAY - timedelta(days=10))
    assert circle.pk not in participation.silent(to=DESK, at=NOON)


def test_nothing_is_expected_of_who_has_no_agreement_or_has_left(country):
    Agreement.objects.filter(partner=country.harbour_circle).delete()
    Partner.objects.filter(pk=country.care_csirt.pk).update(standing="left", left_at=NOON)
    assert participation.silent(to=DESK, at=NOON) == {}


def test_only_the_coordinator_asks(country):
    for by in (country.member, *others(country)):
        with pytest.raises(NotPermitted):
            participation.silent(to=by, at=NOON)


def test_the_morning_job_puts_the_silent_on_the_list_and_removes_nobody(country):
    jobs.raise_signals()
    assert set(Signal.objects.values_list("kind", flat=True)) <= {"inactive"}
    assert set(Partner.objects.values_list("standing", flat=True)) == {"partner"}
    count = Signal.objects.count()
    jobs.raise_signals()
    assert Signal.objects.count() == count == 2
