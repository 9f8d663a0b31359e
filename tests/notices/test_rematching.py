"""What changes in the registry is looked for in what was stored: what is open is told, what is not theirs is closed."""

from datetime import timedelta

import pytest

from schakel.intake import store
from schakel.intake.models import Report, Series
from schakel.journal.models import Event
from schakel.notices import queries
from schakel.notices.again import prepare
from schakel.notices.models import Change, Finding, Notice, Rematch, Route
from schakel.notices.rematching import rematch
from schakel.notices.steps.hand_over import hand_over
from schakel.policy.access import SYSTEM
from schakel.post.models import Delivery
from schakel.registry.models import Asset, Contact, Organisation
from tests.cast import DESK, NOON
from tests.reports import taken

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATER = NOON + DAY / 2


def again(at=LATER, **how):
    return rematch(by=SYSTEM, at=at, **how)


def give(organisation, value, kind="network", **fields):
    return Asset.objects.create(organisation=organisation, kind=kind, value=value, **fields)


def reachable(organisation):
    Contact.objects.create(organisation=organisation, address=f"cert@{organisation.key}.example", is_verified=True)


def states_of(organisation):
    return dict(Finding.objects.filter(organisation=organisation).values_list("asset", "state"))


def test_what_is_still_open_is_told_once_with_its_true_first_and_last_sight(country):
    reachable(country.bakery)
    for day in range(3):
        taken("203.0.113.9,443", "192.0.2.10,443", day=NOON + day * DAY)
    again(NOON + 2 * DAY)
    give(country.bakery, "203.0.113.0/28")
    run = again(NOON + 3 * DAY)
    found = Finding.objects.with_last_seen().get(organisation=country.bakery)
    assert (found.state, found.asset) == ("open", "203.0.113.9 443/tcp")
    assert found.first_seen_at == NOON - timedelta(hours=4)
    assert found.seen_at == NOON + 2 * DAY - timedelta(hours=4)
    wanted = {"assets": 1, "reports": 3, "rows": 6, "concerned": 3, "new": 1, "reopened": 0, "closed": 0, "told": 1}
    assert run.counts | wanted == run.counts
    sum(hand_over(by=SYSTEM, at=NOON + 4 * DAY))
    assert Delivery.objects.filter(address="cert@bakery.example").count() == 1
    assert again(NOON + 5 * DAY, since=-1).counts["new"] == 0
    sum(hand_over(by=SYSTEM, at=NOON + 6 * DAY))
    assert Delivery.objects.filter(address="cert@bakery.example").count() == 1
    assert Event.objects.filter(tag="notices.observations.rematched").count() == 3


def test_the_next_reports_go_on_from_there(country):
    taken("203.0.113.9,443", "192.0.2.10,443")
    give(country.bakery, "203.0.113.0/28")
    again()
    report = taken("203.0.113.9,443", "192.0.2.10,443", day=NOON + DAY)
    assert report.figures["findings"] == {"new": 0, "continued": 2, "reopened": 0, "presumed_fixed": 0}
    for day in (2, 3, 4):
        assert states_of(country.bakery)["203.0.113.9 443/tcp"] == "open"
        taken("192.0.2.10,443", day=NOON + day * DAY)
    assert states_of(country.bakery)["203.0.113.9 443/tcp"] == "presumed-fixed"


def test_what_has_gone_at_once_after_it_was_found_is_missed_too(country):
    taken("203.0.113.9,443", "192.0.2.10,443")
    give(country.bakery, "203.0.113.0/28")
    again()
    for day in (1, 2, 3):
        assert states_of(country.bakery)["203.0.113.9 443/tcp"] == "open"
        taken("192.0.2.10,443", day=NOON + day * DAY)
    assert states_of(country.bakery)["203.0.113.9 443/tcp"] == "presumed-fixed"


def test_what_the_latest_complete_report_no_longer_shows_is_history(country):
    taken("203.0.113.9,443", "192.0.2.10,443")
    taken("192.0.2.10,443", day=NOON + DAY)
    give(country.bakery, "203.0.113.0/28")
    run = again(NOON + 2 * DAY)
    assert not Finding.objects.filter(organisation=country.bakery).exists()
    assert (run.counts["concerned"], run.counts["new"], run.counts["told"]) == (1, 0, 0)


def test_of_an_incomplete_series_what_was_seen_lately_is_open(country, settings):
    settings.REMATCH_OPEN_DAYS = 10
    for day in (0, 5, 9, 20):
        taken(f"203.0.113.{day + 1},443", day=NOON + day * DAY, type="general", name=f"list-{day}.csv")
    give(country.bakery, "203.0.113.0/24")
    again(NOON + 14 * DAY)
    Series.objects.get()
    assert set(states_of(country.bakery)) == {f"203.0.113.{day + 1} 443/tcp" for day in (5, 9, 20)}


def test_a_narrower_network_takes_its_addresses_over(country):
    reachable(country.bakery)
    taken("192.0.2.10,443", "192.0.2.20,443")
    assert set(states_of(country.harbour)) == {"192.0.2.10 443/tcp", "192.0.2.20 443/tcp"}
    give(country.bakery, "192.0.2.16/28")
    run = again()
    assert states_of(country.harbour) == {"192.0.2.10 443/tcp": "open", "192.0.2.20 443/tcp": "no-longer-theirs"}
    assert states_of(country.bakery) == {"192.0.2.20 443/tcp": "open"}
    assert (run.counts["new"], run.counts["closed"], run.counts["told"]) == (1, 1, 1)
    closing = Change.objects.get()
    assert (closing.from_state, closing.to_state) == ("open", "no-longer-theirs")


def test_what_is_given_away_is_told_to_its_new_holder_and_given_back_opens_again(country):
    reachable(country.bakery)
    taken("192.0.2.10,443")
    asset = Asset.objects.filter(value="192.0.2.0/25")
    asset.update(organisation=country.bakery)
    again()
    assert states_of(country.harbour) == {"192.0.2.10 443/tcp": "no-longer-theirs"}
    assert states_of(country.bakery) == {"192.0.2.10 443/tcp": "open"}
    asset.update(organisation=country.harbour)
    again(LATER + DAY / 10)
    assert states_of(country.harbour) == {"192.0.2.10 443/tcp": "open"}
    assert states_of(country.bakery) == {"192.0.2.10 443/tcp": "no-longer-theirs"}
    assert Finding.objects.get(organisation=country.harbour).reopened_count == 1


def test_what_is_removed_falls_back_to_the_network_around(country):
    taken("192.0.2.10,443")
    Asset.objects.filter(value="192.0.2.0/25").delete()
    again()
    assert states_of(country.harbour) == {"192.0.2.10 443/tcp": "no-longer-theirs"}
    assert states_of(country.registrar) == {"192.0.2.10 443/tcp": "open"}


def test_a_finding_with_other_ground_stays(country):
    """Held by its number as well as by its network, of which only the number goes."""
    number = give(country.bakery, "64500", kind="asn")
    give(country.bakery, "203.0.113.0/28")
    taken("203.0.113.9,443", "8.8.4.5,443")
    assert set(states_of(country.bakery).values()) == {"open"}
    number.delete()
    run = again()
    assert states_of(country.bakery) == {"203.0.113.9 443/tcp": "open", "8.8.4.5 443/tcp": "no-longer-theirs"}
    assert run.counts["closed"] == 1


def test_names_are_found_by_their_domain(country):
    taken("203.0.113.9,443,shop.taart.example", "203.0.113.9,443,www.other.example")
    give(country.bakery, "taart.example", kind="domain")
    again()
    assert states_of(country.bakery) == {"shop.taart.example 443/tcp": "open"}


def test_what_is_open_is_the_business_of_who_holds_it_now(country):
    """Taken over at noon, seen in the morning: the new holder is told, and nobody before its time has come."""
    taken("203.0.113.9,443", "192.0.2.10,443")
    again()
    give(country.bakery, "203.0.113.0/28", valid_from=NOON + DAY / 4)
    Asset.objects.filter(value="192.0.2.0/25").update(valid_until=NOON + DAY)
    assert again(NOON + DAY / 8).counts["new"] == 0
    assert again(NOON + DAY / 2).counts["new"] == 1
    assert states_of(country.harbour) == {"192.0.2.10 443/tcp": "open"}
    again(NOON + 2 * DAY)
    assert states_of(country.harbour) == {"192.0.2.10 443/tcp": "no-longer-theirs"}
    assert set(states_of(country.registrar)) == {"192.0.2.10 443/tcp"}


def test_an_answer_stands(country):
    taken("192.0.2.10,443")
    Finding.objects.update(state="not-ours", closed_at=NOON)
    Asset.objects.filter(value="192.0.2.0/25").update(valid_from=NOON - 9 * DAY)
    again()
    assert states_of(country.harbour) == {"192.0.2.10 443/tcp": "not-ours"}


def test_the_part_that_was_looked_at_again_explains_itself(country):
    report = taken("203.0.113.9,443", "192.0.2.10,443")
    give(country.bakery, "203.0.113.0/28")
    again()
    part = Report.objects.get(again_of=report)
    assert (part.rows_count, part.matched_count, part.state) == (1, 1, "composed")
    rows = store.matched_rows(part, organisation_ids=[country.bakery.pk], kinds=[Finding.objects.first().kind])
    assert rows["address"].to_list() == ["203.0.113.9"]
    assert Route.objects.get(report=part).organisation == country.bakery


def test_a_series_seen_by_two_opens_one_finding_and_tells_once(country):
    reachable(country.bakery)
    taken("203.0.113.9,443")
    taken("203.0.113.9,443", source="divd")
    give(country.bakery, "203.0.113.0/28")
    run = again()
    assert (run.counts["new"], run.counts["told"]) == (1, 1)
    assert Finding.objects.get(organisation=country.bakery).also_seen.count() == 1
    assert Notice.objects.filter(organisation=country.bakery).count() == 1


def test_only_what_changed_since_the_last_run_is_looked_at(country):
    taken("203.0.113.9,443")
    again()
    give(country.bakery, "203.0.113.0/28")
    assert again(LATER + DAY / 10).counts["assets"] == 1
    assert again(LATER + DAY / 9).counts["assets"] == 0


def test_a_run_that_died_is_over(country):
    left = Rematch.objects.create(
        begun_at=NOON, assets_from=0, assets_until=1, constituencies_from=0, constituencies_until=0
    )
    again()
    left.refresh_from_db()
    assert left.state == "stopped"


def test_a_successor_takes_over_and_is_not_told_again(country):
    taken("192.0.2.10,443")
    sum(hand_over(by=SYSTEM, at=NOON + DAY))
    Asset.objects.filter(organisation=country.harbour).update(organisation=country.bakery)
    Organisation.objects.filter(pk=country.harbour.pk).update(successor=country.bakery)
    run = again(NOON + 2 * DAY)
    assert (run.counts["new"], run.counts["closed"], run.counts["told"]) == (0, 0, 0)
    assert states_of(country.bakery) == {"192.0.2.10 443/tcp": "open"}
    sum(hand_over(by=SYSTEM, at=NOON + 3 * DAY))
    assert Delivery.objects.count() == 1


def test_a_notice_of_what_was_looked_at_again_explains_itself_to_the_row_as_sent(country):
    reachable(country.bakery)
    taken("203.0.113.9,443", "192.0.2.10,443")
    give(country.bakery, "203.0.113.0/28")
    again()
    notice = Notice.objects.get(organisation=country.bakery)
    (leg,) = queries.explain(notice, to=DESK).legs
    assert [row.address for row in leg.rows] == ["203.0.113.9"]
    assert "ip: 203.0.113.9" in leg.rows[0].source_row


@pytest.mark.parametrize("is_prepared", [True, False])
def test_the_first_sight_is_that_of_the_oldest_report_whether_prepared_or_not(country, is_prepared):
    """Also where the row had another name then; a row of another port, or of another's name, does not count."""
    taken("203.0.113.9,8443,old.example", "192.0.2.9,443,shop.taart.example", day=NOON - 2 * DAY)
    taken("203.0.113.9,443,old.example", "203.0.113.77,443,SHOP.taart.example", day=NOON - DAY)
    for day in range(3):
        taken("203.0.113.9,443,new.example", "203.0.113.70,443,shop.taart.example", day=NOON + day * DAY)
    if is_prepared:
        assert prepare(at=NOON + 2 * DAY, seconds=60) == 5
        assert prepare(at=NOON + 2 * DAY, seconds=60) == 0
    give(country.bakery, "203.0.113.0/28")
    give(country.bakery, "taart.example", kind="domain")
    again(NOON + 3 * DAY)
    first = dict(Finding.objects.filter(organisation=country.bakery).values_list("asset", "first_seen_at"))
    yesterday = NOON - DAY - timedelta(hours=4)
    assert first == {"203.0.113.9 443/tcp": yesterday, "shop.taart.example 443/tcp": yesterday}
