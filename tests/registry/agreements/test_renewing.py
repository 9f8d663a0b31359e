"""An agreement is renewed on the one list of conditions, or is not, in words."""

from datetime import date, timedelta

import pytest

from schakel.jobs import joining as jobs
from schakel.journal.models import Event
from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from schakel.policy.access import SYSTEM
from schakel.post.models import Delivery
from schakel.registry.agreements import appraising, renewing
from schakel.registry.models import Agreement, Appraisal
from tests.cast import DESK, NOON, STEWARD, STRANGER
from tests.joining import TODAY, VERDICTS, joining, offered, signed

pytestmark = pytest.mark.django_db
BAD = VERDICTS | {"reciprocity": ("not-met", "Bracht niets in")}


@pytest.fixture
def running(country):
    joining(country.harbour_circle)
    return signed(country.harbour_circle)


def renew(agreement, verdicts=VERDICTS, *, by=DESK, at=NOON):
    return renewing.renew(agreement=agreement, verdicts=verdicts, by=by, at=at)


def refuse(agreement, verdicts=BAD, words="Er kwam niets terug.", *, by=DESK, at=NOON):
    renewing.refuse(agreement=agreement, verdicts=verdicts, words=words, by=by, at=at)


def test_a_renewal_follows_on_for_as_long_again(running):
    following = renew(running)
    assert (following.from_on, following.until_on) == (date(2027, 11, 2), date(2028, 11, 1))
    assert following.state == "draft"
    with pytest.raises(WrongState):
        renew(running)


def test_the_judgement_is_kept_with_who_and_when(running):
    renew(running)
    kept = {one.criterion: (one.verdict, one.by, one.at) for one in running.appraisals.all()}
    assert kept == {slug: (verdict, "desk", NOON) for slug, (verdict, _words) in VERDICTS.items()}
    assert Event.objects.filter(tag="registry.agreement.appraised").exists()


@pytest.mark.parametrize(
    "verdicts",
    [
        {},
        {slug: VERDICTS[slug] for slug in ("trust", "maturity")},
        BAD,
        VERDICTS | {"trust": ("partly", " ")},
        VERDICTS | {"trust": ("excellent", "x")},
        VERDICTS | {"luck": ("met", "")},
    ],
    ids=["none", "one missing", "not met", "partly without words", "no verdict", "no condition"],
)
def test_without_every_condition_met_nothing_is_renewed_and_nothing_half_saved(running, verdicts):
    with pytest.raises(Invalid):
        renew(running, verdicts)
    assert Agreement.objects.filter(partner=running.partner).count() == 1
    assert not Appraisal.objects.exists()


def test_the_last_judgement_is_found_again(running):
    renew(running, VERDICTS | {"trust": ("partly", "Kwam laat")}, at=NOON)
    last = appraising.last_of(running.partner)
    assert (last["trust"].verdict, last["trust"].words) == ("partly", "Kwam laat")
    assert set(last) == set(VERDICTS)


def test_a_refusal_is_told_in_words_and_the_agreement_runs_on(running):
    refuse(running)
    running.refresh_from_db()
    assert (running.state, running.renewal_refused_at, running.renewal_words) == (
        "signed",
        NOON,
        "Er kwam niets terug.",
    )
    assert running.appraisals.get(criterion="reciprocity").verdict == "not-met"
    jobs.tell_renewal(agreement_id=running.pk, occasion="not-renewed", key="x")
    mail = Delivery.objects.latest("pk")
    assert mail.subject == "Uw overeenkomst wordt niet verlengd: Havenkring"
    assert "Er kwam niets terug." in mail.body
    assert "2 november 2027" in mail.body


@pytest.mark.parametrize(("verdicts", "words"), [(BAD, " "), ({}, "Nee"), (BAD | {"trust": ("not-met", "")}, "Nee")])
def test_a_refusal_needs_words_and_a_whole_judgement(running, verdicts, words):
    with pytest.raises(Invalid):
        refuse(running, verdicts, words)
    running.refresh_from_db()
    assert running.renewal_refused_at is None
    assert not Appraisal.objects.exists()


def test_who_is_not_renewed_is_reminded_no_more(running):
    near = running.until_on - timedelta(days=30)
    at = NOON + (near - TODAY)
    refuse(running)
    assert renewing.remind(by=SYSTEM, at=at) == 0


def test_a_refusal_can_be_taken_back_by_renewing_after_all(running):
    refuse(running)
    renew(running, at=NOON + timedelta(days=1))
    running.refresh_from_db()
    assert (running.renewal_refused_at, running.renewal_words) == (None, "")
    assert running.appraisals.get(criterion="reciprocity").verdict == "met"


def test_only_what_runs_and_ends_is_renewed_or_not(country, running):
    Agreement.objects.filter(pk=running.pk).update(until_on=None)
    running.refresh_from_db()
    joining(country.care_csirt)
    for agreement in (running, offered(country.care_csirt)):
        for act in (renew, refuse):
            with pytest.raises(WrongState):
                act(agreement)


@pytest.mark.parametrize("who", ["owner", "neighbour", "stranger", "steward"])
def test_only_the_coordinator_judges(country, running, who):
    actor = {"owner": country.member, "neighbour": country.neighbour, "stranger": STRANGER, "steward": STEWARD}[who]
    for act in (renew, refuse):
        with pytest.raises(NotPermitted):
            act(running, by=actor)
    assert not Appraisal.objects.exists()
