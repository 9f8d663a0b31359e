from datetime import timedelta

import pytest

from schakel.collaboration import expectations
from schakel.collaboration.models import Expectation
from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from tests.cast import DESK, NOON, STEWARD, STRANGER

SOON = NOON.date() + timedelta(days=90)


def expect(partner, *, by, side="brings", words="tien uur meelezen", review_on=SOON):
    return expectations.expect(partner=partner, side=side, words=words, review_on=review_on, by=by, at=NOON)


@pytest.fixture
def asked(country):
    return expect(country.harbour_circle, by=DESK)


def test_both_sides_agree_and_each_only_for_itself(country, asked):
    assert (asked.state, asked.coordinator_agreed_at, asked.partner_agreed_at) == ("proposed", NOON, None)
    assert expectations.awaits(asked, country.member)
    assert not expectations.awaits(asked, DESK)
    assert not expectations.awaits(asked, country.neighbour)
    with pytest.raises(WrongState):
        expectations.agree(expectation=asked, by=DESK, at=NOON)
    expectations.agree(expectation=asked, by=country.member, at=NOON)
    asked.refresh_from_db()
    assert (asked.state, asked.partner_agreed_at) == ("agreed", NOON)
    assert not expectations.awaits(asked, country.member)
    own = expect(country.harbour_circle, by=country.member, side="takes", words="duiding per sector")
    assert expectations.awaits(own, DESK)
    expectations.agree(expectation=own, by=DESK, at=NOON)


def test_a_review_says_whether_it_was_met_and_when_to_look_again(country, asked):
    later = SOON + timedelta(days=30)
    given = {"expectation": asked, "verdict": "partly", "words": "te weinig", "next_review_on": later, "at": NOON}
    with pytest.raises(WrongState):
        expectations.review(**given, by=DESK)
    expectations.agree(expectation=asked, by=country.member, at=NOON)
    expectations.review(**given, by=country.member)
    asked.refresh_from_db()
    assert (asked.review_on, asked.reviews.get().verdict) == (later, "partly")
    with pytest.raises(Invalid, match="whether it was met"):
        expectations.review(**(given | {"verdict": "perhaps"}), by=DESK)
    with pytest.raises(Invalid, match="after today"):
        expectations.review(**(given | {"next_review_on": NOON.date()}), by=DESK)


def test_an_expectation_ends_with_a_reason(country, asked):
    with pytest.raises(Invalid, match="give a reason"):
        expectations.end(expectation=asked, reason="", by=DESK, at=NOON)
    expectations.end(expectation=asked, reason="niet meer nodig", by=country.member, at=NOON)
    for act in (expectations.agree, expectations.end):
        with pytest.raises(WrongState):
            act(expectation=asked, by=country.member, at=NOON, **({"reason": "x"} if act is expectations.end else {}))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"side": "both"}, "brings or takes"),
        ({"words": " "}, "say what is expected"),
        ({"review_on": NOON.date()}, "after today"),
        ({"review_on": NOON.date() + timedelta(days=800)}, "within two years"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(country, given, words):
    with pytest.raises(Invalid, match=words):
        expect(country.harbour_circle, by=DESK, **given)
    assert not Expectation.objects.exists()


@pytest.mark.parametrize("actor", ["neighbour", STRANGER, STEWARD], ids=str)
def test_nobody_else_writes_or_sees_it(country, asked, actor):
    actor = getattr(country, actor) if isinstance(actor, str) else actor
    for act, given in (
        (expectations.agree, {}),
        (expectations.end, {"reason": "x"}),
        (expectations.review, {"verdict": "met", "words": "", "next_review_on": SOON}),
    ):
        with pytest.raises(NotPermitted):
            act(expectation=asked, by=actor, at=NOON, **given)
    with pytest.raises(NotPermitted):
        expect(country.harbour_circle, by=actor)
    assert not Expectation.objects.visible_to(actor).exists()
    assert [*Expectation.objects.visible_to(country.member)] == [asked]
