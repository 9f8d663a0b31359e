from datetime import timedelta
from decimal import Decimal

import pytest
from django.test.utils import CaptureQueriesContext

from schakel.collaboration import balance, contributions, counters, expectations, interests, taking_part
from schakel.collaboration.counters import BadCounter, Counter
from schakel.collaboration.models import Expectation, Side
from schakel.kit.refusals import NotPermitted
from schakel.notices.actions import LINK
from schakel.notices.actions import answer as answer_notice
from schakel.notices.models import Answer
from schakel.registry.models import Partner
from schakel.registry.partners import commitments
from tests.cast import AUDITOR, DESK, NOON, STEWARD, STRANGER
from tests.telling import finding_of, report_of, tell

DOWNLOADS = Counter("downloads", Side.TAKES, "downloads", lambda ids, _since, _until: dict.fromkeys(ids, 7))
NO_COUNTER = object()


def give(partner, amount=8, **given):
    given = {"kind": "hours", "unit": "hour", "what": "werk", "year": 2026, **given}
    return contributions.contribute(partner=partner, amount=Decimal(amount), by=DESK, at=NOON, **given)


def counts_of(found):
    return {one.slug: count for one, count in (*found.brings, *found.takes)}


def test_a_year_is_totalled_per_kind_and_unit_without_what_was_taken_back(country):
    partner = country.harbour_circle
    give(partner, 8)
    give(partner, 2)
    give(partner, 1, unit="day")
    give(partner, 100, year=2025)
    give(country.care_csirt, 50)
    contributions.withdraw(contribution=give(partner, 99), by=DESK, at=NOON)
    found = balance.of(partner, year=2026, to=country.member)
    assert found.totals == [("hours", "day", Decimal(1)), ("hours", "hour", Decimal(10))]
    assert len(found.contributions) == 4


def test_the_platform_counts_what_it_knows_itself(country, ours, theirs):
    partner = country.harbour_circle
    report = report_of()
    finding_of(report, country.harbour)
    notice = tell(report, country.harbour, partner=partner)
    tell(report_of("other.csv"), country.harbour, partner=partner)
    finding_of(report, country.hospital)
    tell(report, country.hospital, partner=country.care_csirt)
    for _twice in range(2):
        answer_notice(notice=notice, answer=Answer.NEED_HELP, by=LINK, at=NOON)
    case = taking_part.add_use_case(initiative=theirs, name="Delen", by=DESK, at=NOON)
    taking_part.link(use_case=case, partner=partner, by=DESK, at=NOON)
    commitments.commit(
        partner=partner, function="notification", role="lead", from_on=NOON.date(), effort="dag", by=DESK, at=NOON
    )
    assert counts_of(balance.of(partner, year=2026, to=DESK)) == {
        "notices-received": 2, "notices-answered": 1, "use-cases": 1, "initiatives-led": 1, "functions": 1,
    }  # fmt: skip
    assert counts_of(balance.of(partner, year=2024, to=DESK)) == {
        "notices-received": 0, "notices-answered": 0, "use-cases": 0, "initiatives-led": 1, "functions": 0,
    }  # fmt: skip


@pytest.mark.parametrize("actor", ["neighbour", STRANGER, STEWARD, AUDITOR], ids=str)
def test_a_balance_is_for_the_partner_and_the_desk_only(country, actor):
    actor = getattr(country, actor) if isinstance(actor, str) else actor
    with pytest.raises(NotPermitted):
        balance.of(country.harbour_circle, year=2026, to=actor)
    with pytest.raises(NotPermitted):
        balance.contributions_csv(country.harbour_circle, by=actor, at=NOON)
    for viewer in (country.member, DESK):
        assert balance.of(country.harbour_circle, year=2026, to=viewer).year == 2026


def test_a_part_that_comes_to_exist_adds_a_counter_by_its_name(country, settings):
    settings.BALANCE_COUNTERS = [*settings.BALANCE_COUNTERS, "tests.collaboration.test_balance.DOWNLOADS"]
    found = balance.of(country.harbour_circle, year=2026, to=country.member)
    assert found.takes[-1] == (DOWNLOADS, 7)


@pytest.mark.parametrize("path", ["nowhere.at.ALL", "tests.collaboration.test_balance.GONE",
                                  "tests.collaboration.test_balance.NO_COUNTER"])  # fmt: skip
def test_a_name_that_leads_to_no_counter_is_said_to_be_one(settings, path):
    settings.BALANCE_COUNTERS = [path]
    with pytest.raises(BadCounter, match=path):
        counters.counters()


def test_counting_for_many_partners_costs_as_much_as_for_one(country, django_assert_num_queries):
    from django.db import connection

    ids = [country.harbour_circle.pk]
    span = {"since": NOON.date(), "until": NOON.date() + timedelta(days=1)}
    with CaptureQueriesContext(connection) as few:
        counters.counted(ids, **span)
    ids += [Partner.objects.create(key=f"p{at}", name=f"P{at}", type="isac").pk for at in range(20)]
    with django_assert_num_queries(len(few)):
        assert len(counters.counted(ids, **span)) == 21


def test_signs_tell_the_desk_what_it_may_have_to_do(country):
    on = NOON.date()
    give(country.harbour_circle)
    interests.state(partner=country.harbour_circle, aims="x", interests="", by=DESK, at=NOON)
    row = expectations.expect(
        partner=country.care_csirt, side="brings", words="x", review_on=on + timedelta(days=1), by=DESK, at=NOON
    )
    contributions.recognise(partner=country.care_csirt, form="award", by=DESK, at=NOON)
    Expectation.objects.filter(pk=row.pk).update(review_on=on)
    signs = {
        one.key: (one.has_contributed, one.has_stated, one.has_review_due, one.recognitions_count, one.thanked_on)
        for one in balance.with_signs(balance.members(), on=on)
    }
    assert signs == {"harbour-circle": (True, True, False, 0, None), "care-csirt": (False, False, True, 1, on)}
    assert [*balance.forgotten(balance.members(), on=on)] == [country.harbour_circle]
    assert balance.forgotten(balance.members(), on=on + timedelta(days=balance.FORGOTTEN_DAYS)).count() == 2


def test_figures_name_nobody_and_leave_out_what_would_tell_ones_part(country):
    partners = [Partner.objects.create(key=f"p{at}", name=f"P{at}", type="isac") for at in range(4)]
    for one in (*partners, country.harbour_circle):
        give(one, 10)
    give(country.harbour_circle, 500, kind="funding", unit="euro", project="Oefening")
    for actor in (STEWARD, DESK):
        found = balance.figures(actor, on=NOON.date())
        assert found.totals == [("hours", "hour", Decimal(50))]
        assert (found.partners, found.contributing, found.stated, found.recognised) == (6, 5, 0, 0)
    for actor in (country.member, STRANGER, AUDITOR):
        with pytest.raises(NotPermitted):
            balance.figures(actor, on=NOON.date())


def test_everything_that_was_stated_leaves_as_csv(country, ours):
    give(country.harbour_circle, what="=1+1", initiative=ours)
    lines = balance.contributions_csv(country.harbour_circle, by=country.member, at=NOON).splitlines()
    assert lines[0].startswith("partner,year,kind,amount,unit,what,initiative")
    assert lines[1].startswith("harbour-circle,2026,hours,8.00,hour,'=1+1,havenwacht,")
