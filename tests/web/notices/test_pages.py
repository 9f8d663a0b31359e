import re
from datetime import timedelta

import pytest
from django.utils import timezone

from schakel.journal.models import Event
from schakel.kit.paging import page as page_of
from schakel.notices import queries
from schakel.notices.actions import LINK, answer, mark_handled
from schakel.notices.models import Answer, Finding, Notice, NoticeState, Response, Route
from schakel.registry.models import Contact
from tests.cast import DESK, NOON
from tests.telling import finding_of, keep_rows, report_of, tell
from tests.web.notices.test_respond import every_row


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.STORE = str(tmp_path)


@pytest.fixture
def ours(country):
    """The harbour, told by its circle."""
    report = report_of()
    finding_of(report, country.harbour, weakness="CVE-2026-10001")
    keep_rows(report, country.harbour)
    return tell(report, country.harbour, partner=country.harbour_circle)


@pytest.fixture
def theirs(country):
    """The hospital, told by its CSIRT."""
    report = report_of("other.csv")
    finding_of(report, country.hospital, "198.51.100.7 3389/tcp")
    return tell(report, country.hospital, partner=country.care_csirt)


def shown(client, query=""):
    page = client.get(f"/notices{query}").content.decode()
    return sorted(map(int, re.findall(r'href="/notices/(\d+)"', page)))


def test_owner_neighbour_and_desk_each_see_their_own(owner, neighbour, desk, ours, theirs):
    assert shown(owner) == [ours.pk]
    assert shown(neighbour) == [theirs.pk]
    assert shown(desk) == [ours.pk, theirs.pk]


def test_a_stranger_is_asked_to_log_in_and_others_may_not_enter(stranger, member, ours):
    for path in ("/notices", f"/notices/{ours.pk}"):
        assert stranger.get(path).url.startswith("/account/login")
    for role in ("auditor", "steward"):
        assert member(role).get(f"/notices/{ours.pk}").status_code == 403


def test_a_hidden_notice_looks_like_none(neighbour, ours):
    hidden, unknown = neighbour.get(f"/notices/{ours.pk}"), neighbour.get("/notices/999999999")
    assert hidden.status_code == unknown.status_code == 404
    for act in ("answer", "withdraw", "revoke-link"):
        assert neighbour.post(f"/notices/{ours.pk}/{act}", {"answer": "fixed"}).status_code in {403, 404}
    assert not Response.objects.exists()


def test_a_partner_does_not_see_a_notice_before_it_is_sent(owner, ours):
    Notice.objects.update(state=NoticeState.READY, sent_at=None)
    assert shown(owner) == []
    assert owner.get(f"/notices/{ours.pk}").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?state=sent", ["ours", "theirs"]),
        ("?state=answered", []),
        ("?via=guardian", ["ours", "theirs"]),
        ("?via=contact", []),
        ("?kind=exposed-remote-desktop", ["ours", "theirs"]),
        ("?kind=other", []),
        ("?state=nonsense&via=%01&partner=x&kind=y", ["ours", "theirs"]),
    ],
)
def test_the_list_can_be_narrowed(desk, ours, theirs, query, found):
    assert shown(desk, query) == sorted({"ours": ours, "theirs": theirs}[name].pk for name in found)


def test_the_desk_narrows_to_one_partner_and_a_partner_to_none_but_itself(desk, owner, ours, theirs, country):
    assert shown(desk, f"?partner={country.care_csirt.pk}") == [theirs.pk]
    assert shown(owner, f"?partner={country.care_csirt.pk}") == [ours.pk]
    assert "Zorg-CSIRT" not in owner.get("/notices").content.decode()


def test_the_list_goes_on_where_the_page_ended(desk, ours, theirs, monkeypatch):
    monkeypatch.setitem(page_of.__kwdefaults__, "size", 1)
    page = desk.get("/notices?state=sent").content.decode()
    assert f'href="/notices?state=sent&amp;after={theirs.pk}"' in page
    following = desk.get(f"/notices?state=sent&after={theirs.pk}").content.decode()
    assert f'href="/notices/{ours.pk}"' in following
    assert 'href="/notices?state=sent"' in following


def test_a_longer_list_costs_no_more_queries(desk, ours, country, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        desk.get("/notices")
    for number in range(6):
        tell(report_of(f"{number}.csv"), country.hospital, partner=country.care_csirt)
    with django_assert_num_queries(len(few)):
        assert len(shown(desk)) == 7


def test_the_page_shows_the_whole_chain(desk, ours):
    answer(notice=ours, answer=Answer.WILL_FIX, by=LINK, at=NOON, due_on=NOON.date(), words="Dinsdag <i>vast</i>")
    page = desk.get(f"/notices/{ours.pk}").content.decode()
    for part in (
        "Havenkring",
        "2026-10-30-scan_rdp-zoutwijk.csv",
        "its address lies in a network of theirs",
        "192.0.2.0/25",
        "Haven van Zoutwijk",
        "CVE-2026-10001",
        "CSIRT designated by law: Zorg-CSIRT",
        "there is no running agreement for notification",
        "may be used, and is chosen",
        "cbw-16-2-b",
        "meldingen@harbour-circle.example",
        "250 2.0.0 Ok",
        "Wij zagen een open systeem.",
        "We will fix it by a date",
        "Dinsdag &lt;i&gt;vast",
    ):
        assert part in page


def test_a_partner_reads_its_chain_without_other_partners_and_reports(owner, ours):
    page = owner.get(f"/notices/{ours.pk}").content.decode()
    assert "Havenkring" in page
    assert "Zorg-CSIRT" not in page
    assert "One other way was tried" in page
    assert f"/reports/{ours.routes.get().report_id}" not in page
    assert "Close the link" not in page


def test_a_row_that_speaks_of_nothing_left_says_so(desk, country):
    notice = tell(report_of(), country.harbour, state=NoticeState.GATHERING)
    Finding.objects.all().delete()
    page = desk.get(f"/notices/{notice.pk}").content.decode()
    assert "The rows themselves are no longer kept." in page
    assert "Its findings have moved on" in page
    assert "There is no message yet" in page
    assert "Gathers until" in page


def test_a_long_chain_is_paged(desk, ours, country):
    for number in range(queries.LEGS):
        tell(report_of(f"{number}.csv"), country.hospital, partner=country.harbour_circle, notice=ours)
    page = desk.get(f"/notices/{ours.pk}").content.decode()
    following = re.findall(r"\?after=(\d+)", page)[0]
    last = desk.get(f"/notices/{ours.pk}?after={following}").content.decode()
    assert page.count('class="chain"') == queries.LEGS
    assert last.count('class="chain"') == 1
    assert f'href="/notices/{ours.pk}"' in last


def test_looking_changes_nothing(desk, owner, ours):
    before = every_row()
    for client in (desk, owner):
        for path in ("/notices", f"/notices/{ours.pk}", f"/notices/{ours.pk}/answer", f"/notices/{ours.pk}/withdraw"):
            client.get(path)
    assert every_row() == before


def test_a_partner_answers_on_the_site(owner, ours):
    assert "Answer this notice here" in owner.get(f"/notices/{ours.pk}").content.decode()
    assert owner.post(f"/notices/{ours.pk}/answer", {"answer": "fixed"}).url == f"/notices/{ours.pk}"
    assert Response.objects.get().given_by == f"user:{owner.user.pk}"
    assert "on the site" in owner.get(f"/notices/{ours.pk}").content.decode()


def test_a_promise_without_a_day_is_shown_again(owner, ours):
    answer = owner.post(f"/notices/{ours.pk}/answer", {"answer": "will-fix"})
    assert answer.status_code == 400
    assert "give the date by which it will be fixed" in answer.content.decode()
    assert not Response.objects.exists()


def test_the_desk_withdraws_with_a_reason(desk, country):
    notice = tell(report_of(), country.harbour, state=NoticeState.READY)
    assert "Withdraw the notice" in desk.get(f"/notices/{notice.pk}").content.decode()
    refused = desk.post(f"/notices/{notice.pk}/withdraw", follow=True).content.decode()
    assert "give a reason" in refused
    done = desk.post(f"/notices/{notice.pk}/withdraw", {"reason": "Vergissing"}, follow=True).content.decode()
    assert "The notice is withdrawn." in done
    assert Notice.objects.get().state == NoticeState.WITHDRAWN
    assert desk.post(f"/notices/{notice.pk}/withdraw", {"reason": "Weer"}).status_code == 409


def test_the_desk_closes_a_link(desk, owner, ours):
    assert owner.post(f"/notices/{ours.pk}/revoke-link").status_code == 403
    page = desk.post(f"/notices/{ours.pk}/revoke-link", follow=True).content.decode()
    assert "The link does not work any more." in page
    assert "Close the link" not in page
    assert Event.objects.filter(tag="notices.link.revoked").count() == 1


def test_the_desk_takes_up_a_call_for_help(desk, neighbour, ours):
    call = answer(notice=ours, answer=Answer.NEED_HELP, by=LINK, at=NOON)
    assert neighbour.post(f"/responses/{call.pk}/handled").status_code == 403
    assert "I take this up" in desk.get(f"/notices/{ours.pk}").content.decode()
    assert "Taken up" in desk.post(f"/responses/{call.pk}/handled", follow=True).content.decode()
    assert Response.objects.get().handled_at is not None
    assert desk.post("/responses/999/handled").status_code == 404


def test_a_reminder_and_its_moment_are_shown(desk, ours):
    Notice.objects.update(occasion="reminder", remind_at=timezone.now() + timedelta(days=1), is_bare=True)
    page = desk.get(f"/notices/{ours.pk}").content.decode()
    assert "only behind the link" in page
    assert "reminder" in desk.get("/notices").content.decode()


def test_a_call_that_was_taken_up_is_taken_up(desk, ours):
    call = answer(notice=ours, answer=Answer.NEED_HELP, by=LINK, at=NOON)
    mark_handled(response=call, by=DESK, at=NOON)
    assert "I take this up" not in desk.get(f"/notices/{ours.pk}").content.decode()


def test_ways_and_their_contacts_stand_by_name_for_the_desk(desk, country):
    finding_of(report := report_of(), country.harbour)
    notice = tell(report, country.harbour)
    page = desk.get(f"/notices/{notice.pk}").content.decode()
    assert Contact.objects.get(organisation=country.harbour).address in page
    assert Route.objects.get().via == "contact"
