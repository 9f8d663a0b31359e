import pytest

from schakel.notices import queries
from schakel.notices.actions import LINK, answer
from schakel.notices.models import Answer, NoticeState, Route
from schakel.registry.models import Contact
from tests.cast import DESK, NOON
from tests.telling import finding_of, keep_rows, report_of, tell


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.STORE = str(tmp_path)


@pytest.fixture
def notice(country):
    report = report_of()
    finding_of(report, country.harbour)
    keep_rows(report, country.harbour)
    return tell(report, country.harbour, partner=country.harbour_circle)


def test_the_chain_runs_from_the_row_to_the_answer(notice, country):
    answer(notice=notice, answer=Answer.FIXED, by=LINK, at=NOON, words="Dicht.")
    chain = queries.explain(notice, to=DESK)
    (leg,) = chain.legs
    (row,) = leg.rows
    assert (row.line, row.address, row.asset, row.basis) == (2, "192.0.2.10", "192.0.2.0/25", "network")
    assert row.finding == leg.findings[0].asset
    assert row.source_row == "ip: 192.0.2.10; port: 3389"
    assert (leg.organisation, leg.source, leg.basis) == ("Haven van Zoutwijk", "Vuurtoren", "cbw-16-2-b")
    assert leg.findings[0].state == "fixed"
    assert chain.recipient == "Havenkring"
    assert chain.delivery is not None
    assert chain.delivery.attempts[0].reply == "250 2.0.0 Ok"
    assert [(one.answer, one.words, one.given_by) for one in chain.answers] == [("fixed", "Dicht.", "link")]


def test_each_way_that_was_tried_is_given_with_its_refusal(notice):
    (leg,) = queries.explain(notice, to=DESK).legs
    assert [(one.via, one.name, one.refusal, one.is_chosen) for one in leg.candidates] == [
        ("designated", "Zorg-CSIRT", "no-agreement", False),
        ("guardian", "Havenkring", "", True),
    ]
    assert leg.hidden_count == 0


def test_a_partner_reads_nothing_of_other_partners_that_were_tried(notice, country):
    (leg,) = queries.explain(notice, to=country.member).legs
    assert [one.name for one in leg.candidates] == ["Havenkring"]
    assert leg.hidden_count == 1


def test_a_notice_to_the_organisation_itself_names_its_contact(country):
    report = report_of()
    finding_of(report, country.harbour)
    chain = queries.explain(tell(report, country.harbour), to=DESK)
    assert chain.recipient == "Haven van Zoutwijk"
    assert chain.legs[0].candidates[1].name == Contact.objects.get(organisation=country.harbour).address


def test_without_rows_in_the_store_the_rest_of_the_chain_stands(country):
    report = report_of()
    finding_of(report, country.harbour)
    (leg,) = queries.explain(tell(report, country.harbour), to=DESK).legs
    assert leg.rows == ()
    assert leg.findings


def test_a_notice_that_has_no_message_yet_says_so(country):
    chain = queries.explain(tell(report_of(), country.harbour, state=NoticeState.READY), to=DESK)
    assert (chain.delivery, chain.answers, chain.sent_at) == (None, (), None)


def test_findings_of_another_report_stay_out_of_the_chain(notice, country):
    finding_of(report_of("later.csv"), country.harbour, "192.0.2.77 3389/tcp")
    assert [one.asset for one in queries.explain(notice, to=DESK).legs[0].findings] == ["192.0.2.10 3389/tcp"]


def test_a_long_chain_is_read_in_parts(notice, country):
    report = report_of("second.csv")
    tell(report, country.hospital, partner=country.harbour_circle, notice=notice)
    first = queries.explain(notice, to=DESK, legs=1)
    second = queries.explain(notice, to=DESK, legs=1, after=first.next_after)
    assert (first.legs_count, len(first.legs), first.next_after) == (2, 1, first.legs[0].route_id)
    assert (second.legs[0].organisation, second.next_after) == ("Ziekenhuis De Linde", None)


def test_a_chain_of_many_legs_costs_as_many_queries_as_one_of_one(notice, country, django_assert_num_queries):
    notice = type(notice).objects.select_related("partner", "delivery").get(pk=notice.pk)
    with django_assert_num_queries(10):
        queries.explain(notice, to=DESK)
    for name in ("second.csv", "third.csv"):
        report = report_of(name)
        finding_of(report, country.hospital, name)
        tell(report, country.hospital, partner=country.harbour_circle, notice=notice)
    assert Route.objects.filter(notice=notice).count() == 3
    with django_assert_num_queries(10):
        assert len(queries.explain(notice, to=DESK).legs) == 3
