from datetime import timedelta

import pytest

from schakel.journal.models import Event
from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from schakel.notices import actions
from schakel.notices.actions import LINK
from schakel.notices.models import Answer, Change, Finding, FindingState, NoticeState, Response
from tests.cast import DESK, NOON, STRANGER
from tests.telling import finding_of, report_of, tell

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def report(country):
    """Two things are wrong at the harbour."""
    report = report_of()
    finding_of(report, country.harbour)
    finding_of(report, country.harbour, "192.0.2.11 3389/tcp")
    return report


@pytest.fixture
def notice(country, report):
    return tell(report, country.harbour, partner=country.harbour_circle)


@pytest.mark.parametrize(
    ("given", "state"),
    [
        (Answer.FIXED, FindingState.FIXED),
        (Answer.NOT_OURS, FindingState.NOT_OURS),
        (Answer.FALSE_ALARM, FindingState.FALSE_ALARM),
    ],
)
def test_an_answer_moves_every_finding_of_the_notice(country, report, given, state):
    notice = tell(report, country.harbour)
    response = actions.answer(notice=notice, answer=given, by=LINK, at=LATER, words="  Klaar ")
    assert set(Finding.objects.values_list("state", "closed_at")) == {(state, LATER)}
    assert Change.objects.filter(response=response, to_state=state).count() == 2 == response.findings_count
    assert (notice.state, notice.answered_at, response.words) == (NoticeState.ANSWERED, LATER, "Klaar")


def test_a_promise_keeps_findings_open_until_its_day(notice):
    due_on = (NOON + timedelta(days=7)).date()
    actions.answer(notice=notice, answer=Answer.WILL_FIX, by=LINK, at=LATER, due_on=due_on)
    assert set(Finding.objects.values_list("state", "closed_at", "due_on")) == {("promised", None, due_on)}


@pytest.mark.parametrize("days", [None, -1, 367])
def test_a_promise_needs_a_sensible_day(notice, days):
    due_on = None if days is None else (NOON + timedelta(days=days)).date()
    with pytest.raises(Invalid):
        actions.answer(notice=notice, answer=Answer.WILL_FIX, by=LINK, at=NOON, due_on=due_on)
    assert not Response.objects.exists()
    assert set(Finding.objects.values_list("state", flat=True)) == {"open"}


def test_a_call_for_help_moves_no_finding(notice):
    response = actions.answer(notice=notice, answer=Answer.NEED_HELP, by=LINK, at=LATER, due_on=NOON.date())
    assert set(Finding.objects.values_list("state", flat=True)) == {"open"}
    assert (response.findings_count, response.due_on) == (0, None)


def test_an_answer_can_be_changed_and_both_are_kept(notice):
    actions.answer(notice=notice, answer=Answer.NOT_OURS, by=LINK, at=NOON)
    actions.answer(notice=notice, answer=Answer.FIXED, by=LINK, at=LATER)
    assert list(Response.objects.order_by("pk").values_list("answer", flat=True)) == ["not-ours", "fixed"]
    assert set(Finding.objects.values_list("state", flat=True)) == {"fixed"}
    notice.refresh_from_db()
    assert notice.answered_at == NOON


def test_an_answer_leaves_findings_that_another_report_opened(notice, country):
    other = finding_of(report_of("later.csv"), country.harbour, "192.0.2.99 3389/tcp")
    actions.answer(notice=notice, answer=Answer.FIXED, by=LINK, at=LATER)
    other.refresh_from_db()
    assert other.state == FindingState.OPEN


def test_the_partner_that_was_told_may_answer_and_others_may_not(notice, country):
    for actor in (country.neighbour, STRANGER):
        with pytest.raises(NotPermitted):
            actions.answer(notice=notice, answer=Answer.FIXED, by=actor, at=NOON)
    assert actions.answer(notice=notice, answer=Answer.FIXED, by=country.member, at=NOON).given_by == "member"


def test_a_notice_that_was_not_sent_takes_no_answer(country):
    notice = tell(report_of(), country.harbour, state=NoticeState.READY)
    with pytest.raises(WrongState):
        actions.answer(notice=notice, answer=Answer.FIXED, by=LINK, at=NOON)


def test_the_journal_holds_no_words_of_a_recipient(notice):
    actions.answer(notice=notice, answer=Answer.FIXED, by=LINK, at=NOON, words="Groet, Jan")
    event = Event.objects.get(tag="notices.response.given")
    assert event.facts == {"answer": "fixed", "findings": 2}


def test_opening_is_remembered_once(notice):
    actions.mark_opened(notice=notice, at=NOON)
    actions.mark_opened(notice=notice, at=LATER)
    notice.refresh_from_db()
    assert notice.opened_at == NOON


def test_a_notice_can_be_withdrawn_until_it_is_sent(country):
    notice = tell(report_of(), country.harbour, state=NoticeState.READY)
    with pytest.raises(Invalid):
        actions.withdraw(notice=notice, by=DESK, at=NOON, reason=" ")
    with pytest.raises(NotPermitted):
        actions.withdraw(notice=notice, by=country.member, at=NOON, reason="Vergissing")
    actions.withdraw(notice=notice, by=DESK, at=NOON, reason="Vergissing")
    assert notice.state == NoticeState.WITHDRAWN
    assert Event.objects.get().facts == {"reason": "Vergissing"}


def test_what_was_sent_cannot_be_withdrawn(notice):
    with pytest.raises(WrongState):
        actions.withdraw(notice=notice, by=DESK, at=NOON, reason="Te laat")


def test_a_link_is_revoked_by_the_desk_alone(notice, country):
    with pytest.raises(NotPermitted):
        actions.revoke_link(notice=notice, by=country.member, at=NOON)
    actions.revoke_link(notice=notice, by=DESK, at=NOON)
    notice.refresh_from_db()
    assert notice.link_revoked_at == NOON


def test_a_call_for_help_is_taken_up_by_the_desk_alone(notice, country):
    response = actions.answer(notice=notice, answer=Answer.NEED_HELP, by=LINK, at=NOON)
    with pytest.raises(NotPermitted):
        actions.mark_handled(response=response, by=country.member, at=LATER)
    actions.mark_handled(response=response, by=DESK, at=LATER)
    actions.mark_handled(response=response, by=DESK, at=LATER + timedelta(hours=1))
    response.refresh_from_db()
    assert response.handled_at == LATER
