import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from schakel.intake.models import Report
from schakel.notices import gate, links
from schakel.notices.models import Finding, Notice, NoticeState, Response
from tests.telling import finding_of, report_of, tell

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_cache(db):
    cache.clear()


@pytest.fixture
def notice(country):
    """Two systems of the harbour, told to the harbour itself."""
    report = report_of(at=timezone.now() - timedelta(days=3))
    finding_of(report, country.harbour, weakness="CVE-2026-10001")
    finding_of(report, country.harbour, "192.0.2.11 3389/tcp", detail="<script>alert(1)</script>")
    return tell(report, country.harbour, at=timezone.now())


@pytest.fixture
def phone():
    """A browser that has never been here; a mistake in a form against forgery would show."""
    return Client(enforce_csrf_checks=True, headers={"accept-language": "de"})


def address(notice, part=""):
    return f"/n/{links.token_of(notice)}{part}"


def every_row():
    """All rows of all our tables."""
    models = [model for model in apps.get_models() if model.__module__.startswith(("schakel.", "django.contrib."))]
    return {model: list(model._default_manager.order_by("pk").values_list()) for model in models}


def test_the_page_says_what_where_how_bad_since_when_and_what_to_do(phone, notice):
    page = phone.get(address(notice)).content.decode()
    for part in (
        "Remote Desktop",
        "hoog",
        "TLP:GREEN",
        "Eerst gezien",
        "Vuurtoren",
        "Wat moet u nu doen",
        "Hulp nodig",
    ):
        assert part in page
    assert '<html lang="nl">' in page


def test_a_look_changes_nothing_at_all(phone, notice):
    before = every_row()
    for _ in range(2):
        for part in ("", "/systems.csv", "/thanks", "?language=en", "?after=3"):
            phone.get(address(notice, part))
        phone.head(address(notice))
        phone.get(address(notice, "/systems"))
        phone.get("/n/wrong")
    assert every_row() == before


def test_the_systems_stand_behind_a_button_and_pressing_it_is_remembered(phone, notice):
    assert "192.0.2.10" not in phone.get(address(notice)).content.decode()
    answer = phone.post(address(notice, "/systems?language=en"))
    assert answer.url == address(notice, "?language=en#systems")
    page = phone.get(address(notice)).content.decode()
    assert "192.0.2.10" in page
    assert "CVE-2026-10001" in page
    assert "<script>alert" not in page
    assert Notice.objects.get().opened_at is not None


def test_the_reader_chooses_the_language(phone, notice):
    answer = phone.get(address(notice, "?language=en"))
    assert answer["Content-Language"] == "en"
    assert "What to do now" in answer.content.decode()
    assert 'hreflang="nl"' in answer.content.decode()


@pytest.mark.parametrize(("language", "shown"), [("pap", "en"), ("en", "en"), ("nl", "nl")])
def test_a_notice_speaks_its_own_language_first(phone, notice, language, shown):
    Notice.objects.update(language=language)
    assert phone.get(address(notice))["Content-Language"] == shown
    assert phone.get(address(notice, "?language=xx"))["Content-Language"] == "en"


@pytest.mark.parametrize("answer", ["fixed", "not-ours", "false-alarm", "need-help"])
def test_each_button_answers_and_says_what_happens_now(phone, notice, answer):
    given = phone.post(address(notice), {"answer": answer, "words": "Groet"})
    assert given.url == address(notice, "/thanks")
    thanks = phone.get(given.url)
    assert thanks.status_code == 200
    assert "Wat gebeurt er nu" in thanks.content.decode()
    response = Response.objects.get()
    assert (response.answer, response.words, response.given_by) == (answer, "Groet", "link")
    assert Notice.objects.get().opened_at is not None


def test_a_promise_is_kept_with_its_day(phone, notice):
    day = timezone.localdate() + timedelta(days=4)
    given = phone.post(address(notice, "?language=en"), {"answer": "will-fix", "due_on": f"{day}"})
    assert given.url == address(notice, "/thanks?language=en")
    assert "We wait until" in phone.get(given.url).content.decode()
    assert set(Finding.objects.values_list("state", "due_on")) == {("promised", day)}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"answer": "will-fix"}, "geef de dag"),
        ({"answer": "will-fix", "due_on": "2020-01-01"}, "de dag moet vandaag of later zijn"),
        ({"answer": "will-fix", "due_on": "soon"}, "nog niet bewaard"),
        ({"answer": "perhaps"}, "Druk op een van de knoppen"),
        ({}, "Druk op een van de knoppen"),
        ({"answer": "fixed", "words": "x" * 4001}, "nog niet bewaard"),
        ({"answer": "fixed", "words": "\x00"}, "niet te lezen"),
    ],
)
def test_an_answer_with_a_fault_is_shown_again_and_changes_nothing(phone, notice, given, words):
    before = every_row()
    answer = phone.post(address(notice), given)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert every_row() == before


def test_an_answer_can_be_changed_and_earlier_ones_are_shown(phone, notice):
    phone.post(address(notice), {"answer": "not-ours", "words": "Wij zijn <b>verhuisd</b>"})
    phone.post(address(notice), {"answer": "fixed"})
    page = phone.get(address(notice)).content.decode()
    assert "U antwoordde:</strong> Het is opgelost" in page
    assert "Wij zijn &lt;b&gt;verhuisd" in page
    assert set(Finding.objects.values_list("state", flat=True)) == {"fixed"}


def test_thanks_without_an_answer_leads_back_to_the_notice(phone, notice):
    assert phone.get(address(notice, "/thanks")).url == address(notice)


def test_the_enter_key_does_not_answer(phone, notice):
    form = phone.get(address(notice)).content.decode().partition('class="stack answer"')[2]
    assert re.findall(r"<button[^>]*>", form)[0] == '<button type="submit" disabled hidden>'


def bad_tokens(notice):
    good = links.token_of(notice)
    revoked, unsent, expired = (Notice.objects.get(pk=notice.pk) for _ in range(3))
    revoked.pk = unsent.pk = expired.pk = None
    revoked.link_revoked_at = timezone.now()
    unsent.state, unsent.sent_at = NoticeState.READY, None
    expired.sent_at = timezone.now() - timedelta(days=1000)
    for one in (revoked, unsent, expired):
        one.delivery = None
        one.save()
    return ["x", good[:-1], good + "A", "é", "a:b:c", *map(links.token_of, (revoked, unsent, expired))]


@pytest.mark.parametrize("part", ["", "/thanks", "/systems.csv", "/systems"])
def test_every_link_that_opens_nothing_gets_one_and_the_same_page(phone, notice, part):
    ask = phone.post if part == "/systems" else phone.get
    answers = [ask(f"/n/{token}{part}") for token in bad_tokens(notice)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1
    assert "Haven" not in answers[0].content.decode()


def test_an_answer_by_a_link_that_opens_nothing_is_lost_without_a_word(phone, notice):
    for token in bad_tokens(notice):
        assert phone.post(f"/n/{token}", {"answer": "fixed"}).status_code == 404
    assert not Response.objects.exists()


def test_the_page_leaves_no_trace_elsewhere(phone, notice):
    answer = phone.get(address(notice))
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"].startswith("noindex")
    assert answer["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert not answer.cookies
    assert "<script" not in answer.content.decode()
    loaded = re.findall(r'<(?:link|img|script|iframe)[^>]*(?:href|src)="([^"]+)"', answer.content.decode())
    assert all(url.startswith("/static/") for url in loaded)


def test_a_member_who_opens_a_link_is_shown_no_menu(member, notice):
    page = member("coordinator").get(address(notice)).content.decode()
    assert "mainnav" not in page
    assert "coordinator-" not in page


def test_the_systems_come_as_a_table_that_no_spreadsheet_runs(phone, notice):
    Finding.objects.update(detail="=cmd()")
    answer = phone.get(address(notice, "/systems.csv"))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment")
    lines = answer.content.decode().splitlines()
    assert lines[0].startswith("organisation,asset,kind")
    assert len(lines) == 3
    assert ",'=cmd()" in lines[1]


def test_a_partner_reads_whose_systems_they_are_and_pages_through_them(phone, country):
    report = report_of(at=timezone.now())
    for number in range(30):
        finding_of(report, country.harbour, f"192.0.2.{number:03} 3389/tcp")
    notice = tell(report, country.harbour, partner=country.harbour_circle, at=timezone.now())
    phone.post(address(notice, "/systems"))
    page = phone.get(address(notice)).content.decode()
    assert page.count("Haven van Zoutwijk") == 25
    following = re.findall(r"after=(\d+)", page)[0]
    last = phone.get(address(notice, f"?language=nl&after={following}")).content.decode()
    assert last.count("Haven van Zoutwijk") == 5
    assert "Naar het begin" in last
    assert 'rel="next"' not in last


def test_a_long_list_costs_as_many_queries_as_a_short_one(phone, notice, country, django_assert_max_num_queries):
    phone.post(address(notice, "/systems"))
    for number in range(20):
        finding_of(Report.objects.get(), country.harbour, f"n{number}")
    with django_assert_max_num_queries(20):
        phone.get(address(notice))


@pytest.mark.usefixtures("standing_clock")
def test_one_link_cannot_be_tried_without_end(phone, notice):
    codes = [phone.get(address(notice)).status_code for _ in range(gate.PER_LINK.count + 1)]
    assert set(codes[:-1]) == {200}
    assert codes[-1] == 429


@pytest.mark.usefixtures("standing_clock")
def test_one_address_cannot_try_links_without_end_and_learns_nothing_by_it(notice):
    guesser, other = Client(REMOTE_ADDR="198.51.100.9"), Client(REMOTE_ADDR="198.51.100.10")
    for number in range(gate.PER_CLIENT.count):
        guesser.get(f"/n/guess-{number}")
    wrong, right = guesser.get("/n/guess"), guesser.get(address(notice))
    assert wrong.status_code == right.status_code == 429
    assert wrong.content == right.content
    assert other.get(address(notice)).status_code == 200


@pytest.mark.parametrize(
    ("part", "method"), [("", "put"), ("/systems", "get"), ("/thanks", "post"), ("/systems.csv", "post")]
)
def test_other_methods_are_refused(phone, notice, part, method):
    assert getattr(phone, method)(address(notice, part)).status_code == 405


def test_a_look_stops_nothing_and_one_click_does(phone, notice):
    assert "Stop" in phone.get(address(notice, "/stop")).content.decode()
    notice.contact.refresh_from_db()
    assert not notice.contact.has_stopped_digests
    page = phone.post(address(notice, "/stop"), {"List-Unsubscribe": "One-Click"})
    notice.contact.refresh_from_db()
    assert notice.contact.has_stopped_digests
    assert "laag" in page.content.decode() or "lage" in page.content.decode()


def test_an_operator_reads_of_its_addresses_and_learns_no_name(phone, notice, country):
    contact = country.registrar.contacts.first()
    Notice.objects.filter(pk=notice.pk).update(via="operator", contact=contact, organisation=country.registrar)
    Finding.objects.update(operator=country.registrar, detail="certificate of haven.example")
    shown = phone.get(address(notice)).content.decode()
    assert f"voor {country.registrar.name}" in shown
    assert "Deze systemen staan in uw netwerk, maar iemand anders gebruikt ze" in shown
    phone.post(address(notice, "/systems"))
    shown += phone.get(address(notice)).content.decode()
    shown += b"".join(phone.get(address(notice, "/systems.csv"))).decode()
    phone.post(address(notice), {"answer": "fixed", "words": ""})
    shown += "".join(phone.get(address(notice, part)).content.decode() for part in ("/thanks", "/stop", "?language=en"))
    assert "192.0.2.11" in shown
    assert country.harbour.name not in shown
    assert "haven.example" not in shown
