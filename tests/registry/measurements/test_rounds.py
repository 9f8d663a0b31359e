"""Measuring: rounds, what they keep, what differs, how the network grew."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from schakel.journal.models import Event
from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from schakel.registry.measurements import rounds
from schakel.registry.measurements.counting import Pair, counts_now, counts_of, is_newer, regions
from schakel.registry.measurements.differences import all_changes, before, change_counts, changes
from schakel.registry.measurements.growth import baseline_day, growth, over_rounds
from schakel.registry.measurements.rounds import NothingMeasured
from schakel.registry.models import (
    Activity,
    Facet,
    Measured,
    MeasuredCount,
    Measurement,
    MeasurementState,
    Partner,
    PartnerStanding,
    Prospect,
)
from tests.cast import AUDITOR, DESK, NOON, STEWARD, STRANGER

pytestmark = pytest.mark.django_db
LATER = datetime(2027, 6, 1, 12, 0, tzinfo=UTC)
FUNCTIONS = ["information-sharing"]


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


def prospect(key, **fields):
    given = {
        "name": key.title(),
        "type": "isac",
        "functions": FUNCTIONS,
        "standing": "prospect",
        "origin": "baseline-2025",
    }
    return Prospect.objects.create(key=key, **given | fields)


@pytest.fixture
def found(country):
    """Two partners of the cast, and three prospects of which little, much and nothing is known."""
    much = prospect(
        "much", category="core", category_on=date(2025, 5, 6), sectors=["energy", "food"], regions=["NL-ZH", "NL-BQ1"],
        functions=["information-sharing", "notification"], legacy="oktt",
    )  # fmt: skip
    for title, side in (("Nieuwsbrief", "soft"), ("Congres", "soft"), ("Hulp", "hard")):
        Activity.objects.create(partner=much, title=title, side=side)
    little = prospect("little", category="connection", category_on=date(2025, 5, 6), regions=["NL-ZH"])
    Activity.objects.create(partner=little, title="Les", side="soft")
    prospect("nothing", functions=[])
    return country


@pytest.fixture
def first(found):
    return closed(2025, date(2025, 5, 6))


def closed(year, on=None, at=NOON):
    measurement = rounds.begin(year=year, by=DESK, at=at)
    rounds.close(measurement=measurement, by=DESK, at=at, measured_on=on)
    return measurement


def test_the_kind_follows_from_the_year(db):
    kinds = [rounds.kind_of(year) for year in (2025, 2026, 2027, 2028)]
    assert kinds == ["full", "light", "full", "light"]


def test_a_round_begins_with_the_european_regions(db):
    measurement = rounds.begin(year=2026, by=DESK, at=NOON)
    assert (measurement.kind, measurement.state, len(measurement.regions)) == ("light", "running", 12)
    assert not any(code.startswith("NL-BQ") for code in measurement.regions)
    assert Event.objects.get().tag == "registry.measurement.begun"


@pytest.mark.parametrize(
    ("year", "given", "words"),
    [(2024, {}, "2025"), (2027, {}, "2025"), (2025, {"regions": ["NL-XX"]}, "NL-XX")],
)
def test_a_round_of_an_impossible_year_or_region_is_refused(year, given, words):
    with pytest.raises(Invalid, match=words):
        rounds.begin(year=year, by=DESK, at=NOON, **given)
    assert not Measurement.objects.exists()


def test_one_round_runs_at_a_time_and_a_year_is_measured_once(found):
    first = rounds.begin(year=2025, by=DESK, at=NOON)
    with pytest.raises(Invalid, match="first: 2025"):
        rounds.begin(year=2026, by=DESK, at=NOON)
    rounds.close(measurement=first, by=DESK, at=NOON, measured_on=date(2025, 5, 6))
    with pytest.raises(Invalid, match="already"):
        rounds.begin(year=2025, by=DESK, at=NOON)


def test_the_database_holds_the_rules_too(found):
    rounds.begin(year=2026, by=DESK, at=NOON)
    bad = [
        {"year": 2027, "kind": "light"},
        {"year": 2025, "kind": "full", "state": "closed"},
        {"year": 2025, "kind": "full", "state": "running"},
        {"year": 2026, "kind": "light"},
    ]
    for given in bad:
        with pytest.raises(IntegrityError), transaction.atomic():
            Measurement.objects.create(begun_at=NOON, **given)


def test_a_round_keeps_everybody_as_they_stood(first):
    assert (first.state, first.measured_on) == (MeasurementState.CLOSED, date(2025, 5, 6))
    much = Measured.objects.get(key="much")
    assert (much.standing, much.category, much.sectors, much.soft_count, much.hard_count) == (
        "prospect", "core", ["energy", "food"], 2, 1,
    )  # fmt: skip
    event = Event.objects.get(tag="registry.measurement.closed")
    assert event.facts == {"year": 2025, "parties": 3}


def test_its_counts_are_those_of_its_rows(first):
    counts = counts_of(first)
    assert counts.all == Pair(prospects=3)
    assert counts.of(Facet.FUNCTION, "information-sharing") == Pair(prospects=2)
    assert counts.of(Facet.FUNCTION, "notification") == Pair(prospects=1)
    assert counts.of(Facet.FUNCTION, "") == Pair(prospects=1)
    assert {word: counts.of(Facet.CATEGORY, word).total for word in ("core", "connection", "ecosystem", "")} == {
        "core": 1, "connection": 1, "ecosystem": 0, "": 1,
    }  # fmt: skip
    assert counts.of(Facet.SECTOR, "energy", "notification").total == 1
    assert counts.of(Facet.SECTOR, "").total == 2
    assert (counts.of(Facet.SIDE, "soft").total, counts.of(Facet.SIDE, "hard").total) == (3, 1)
    assert [counts.of(Facet.DOES, word).total for word in ("both", "soft", "hard", "")] == [1, 1, 0, 1]
    assert [counts.of(Facet.KNOWN, str(known)).total for known in range(5)] == [1, 0, 0, 1, 1]
    assert counts.words(Facet.SECTOR) == ["energy", "food"]
    assert counts.of(Facet.LEGACY, "oktt").total == 1
    assert counts.of(Facet.LEGACY, "") == Pair()


def test_kept_counts_and_the_register_agree_on_the_same_day(first):
    assert counts_now(date(2025, 5, 6)).pairs == counts_of(first).pairs


def test_a_partner_counts_as_one_from_its_first_signed_agreement(first):
    """The cast signed on the first of January 2026; before that nobody had found them either."""
    assert counts_now(date(2025, 12, 31)).all == Pair(prospects=3, partners=0)
    assert counts_now(date(2026, 1, 1)).all == Pair(prospects=3, partners=2)


def test_a_prospect_that_joined_stood_as_one_before_and_as_a_partner_after(first):
    Prospect.objects.filter(key="much").update(standing=PartnerStanding.PARTNER, joined_on=date(2026, 3, 1))
    assert counts_now(date(2026, 2, 28)).all == Pair(prospects=3, partners=2)
    assert counts_now(date(2026, 3, 1)).all == Pair(prospects=2, partners=3)
    Partner.objects.filter(key="much").update(standing=PartnerStanding.LEFT, left_at=NOON)
    assert counts_now(date(2026, 11, 1)).all.partners == 3
    assert counts_now(date(2026, 11, 2)).all == Pair(prospects=2, partners=2)


def test_who_is_joining_is_no_partner_yet(first):
    Prospect.objects.filter(key="much").update(standing=PartnerStanding.JOINING)
    assert counts_now(date(2026, 1, 1)).all == Pair(prospects=3, partners=2)


def test_a_round_of_a_past_year_is_of_its_last_day_unless_it_says_otherwise(found):
    assert closed(2025).measured_on == date(2025, 12, 31)
    assert closed(2026).measured_on == date(2026, 11, 2)


@pytest.mark.parametrize(
    ("on", "words"), [(date(2026, 11, 3), "ahead"), (date(2025, 12, 31), "2026"), (date(2024, 1, 1), "2026")]
)
def test_a_day_ahead_or_in_another_year_is_refused(found, on, words):
    measurement = rounds.begin(year=2026, by=DESK, at=NOON)
    with pytest.raises(Invalid, match=words):
        rounds.close(measurement=measurement, by=DESK, at=NOON, measured_on=on)
    assert not Measured.objects.exists()


def test_nothing_is_no_measurement(db):
    measurement = rounds.begin(year=2025, by=DESK, at=NOON)
    with pytest.raises(NothingMeasured):
        rounds.close(measurement=measurement, by=DESK, at=NOON)
    assert Measurement.objects.get().state == "running"


def test_a_round_is_closed_once(first):
    with pytest.raises(WrongState):
        rounds.close(measurement=first, by=DESK, at=NOON, measured_on=date(2025, 5, 6))


def test_a_closed_round_can_run_on_and_forgets_what_it_kept(first):
    prospect("late")
    with pytest.raises(Invalid, match="reason"):
        rounds.reopen(measurement=first, by=DESK, at=NOON, reason=" ")
    rounds.reopen(measurement=first, by=DESK, at=NOON, reason="Er kwam nog een opgave")
    assert not Measured.objects.exists()
    assert not MeasuredCount.objects.exists()
    assert rounds.close(measurement=first, by=DESK, at=NOON, measured_on=date(2025, 5, 6)) == 4
    assert Event.objects.get(tag="registry.measurement.reopened").facts["reason"] == "Er kwam nog een opgave"


def test_a_full_round_is_published_and_can_be_withdrawn(first):
    rounds.publish(measurement=first, by=DESK, at=NOON)
    assert Measurement.objects.public().get() == first
    with pytest.raises(WrongState):
        rounds.reopen(measurement=first, by=DESK, at=NOON, reason="x")
    rounds.withdraw(measurement=first, by=DESK, at=NOON, reason="Fout in de bron")
    assert not Measurement.objects.public().exists()
    with pytest.raises(WrongState):
        rounds.withdraw(measurement=first, by=DESK, at=NOON, reason="x")


def test_a_light_round_is_not_published(found):
    with pytest.raises(Invalid, match="gaps"):
        rounds.publish(measurement=closed(2026), by=DESK, at=NOON)


def test_a_running_round_is_not_published(found):
    with pytest.raises(WrongState):
        rounds.publish(measurement=rounds.begin(year=2025, by=DESK, at=NOON), by=DESK, at=NOON)


def acts(first):
    at: dict[str, Any] = {"at": NOON}
    return {
        "begin": lambda by: rounds.begin(year=2026, by=by, **at),
        "close": lambda by: rounds.close(measurement=first, by=by, **at),
        "reopen": lambda by: rounds.reopen(measurement=first, by=by, reason="x", **at),
        "publish": lambda by: rounds.publish(measurement=first, by=by, **at),
        "withdraw": lambda by: rounds.withdraw(measurement=first, by=by, reason="x", **at),
        "describe": lambda by: rounds.describe(measurement=first, by=by, words="x", regions=[], **at),
    }


@pytest.mark.parametrize("act", ["begin", "close", "reopen", "publish", "withdraw", "describe"])
def test_only_the_desk_measures(first, found, act):
    for actor in (found.member, found.neighbour, STEWARD, AUDITOR, STRANGER):
        with pytest.raises(NotPermitted):
            acts(first)[act](actor)


def test_who_sees_which_round_and_whom(first, found):
    running = rounds.begin(year=2026, by=DESK, at=NOON)
    seen = {
        actor.name: set(Measurement.objects.visible_to(actor))
        for actor in (DESK, found.member, STEWARD, AUDITOR, STRANGER)
    }
    assert seen == {
        "desk": {first, running}, "member": {first}, "steward": {first}, "auditor": set(), "stranger": set(),
    }  # fmt: skip
    rows = {actor.name: Measured.objects.visible_to(actor).count() for actor in (DESK, found.member, STEWARD, STRANGER)}
    assert rows == {"desk": 3, "member": 0, "steward": 0, "stranger": 0}


def test_only_partners_that_chose_so_are_shown_to_everybody(found):
    measurement = closed(2025, date(2025, 12, 31), at=NOON)
    Partner.objects.all().update(joined_on=date(2025, 1, 1), is_public=True)
    Prospect.objects.update(is_public=True)
    Partner.objects.filter(key="care-csirt").update(is_public=False)
    rounds.reopen(measurement=measurement, by=DESK, at=NOON, reason="x")
    rounds.close(measurement=measurement, by=DESK, at=NOON)
    assert not Measured.objects.public().exists()
    rounds.publish(measurement=measurement, by=DESK, at=NOON)
    assert [one.key for one in Measured.objects.public()] == ["harbour-circle"]
    Partner.objects.update(is_public=False)
    assert not Measured.objects.public().exists()


def test_where_nobody_looked_nothing_is_unknown_and_something_a_least(first):
    shown = {one.code: one for one in regions(counts_of(first), first.regions)}
    assert (shown["NL-ZH"].count, shown["NL-ZH"].is_least) == (Pair(prospects=2), False)
    assert (shown["NL-DR"].count, shown["NL-DR"].is_least) == (Pair(), False)
    assert (shown["NL-BQ1"].count, shown["NL-BQ1"].is_least) == (Pair(prospects=1), True)
    assert (shown["NL-BQ2"].count, shown["NL-BQ2"].is_least) == (None, False)
    assert len(shown) == 18


def test_the_newer_sectors_are_those_of_the_present_directive():
    assert is_newer("waste-water")
    assert is_newer("public-administration")
    assert not is_newer("energy")
    assert not is_newer("digital-providers")


@pytest.fixture
def second(first):
    """A year on: one joined, one is new, one changed, one is gone; a partner left."""
    Prospect.objects.filter(key="much").update(standing=PartnerStanding.PARTNER, joined_on=date(2026, 3, 1))
    Prospect.objects.filter(key="little").update(category="ecosystem", functions=["information-sharing", "exercise"])
    Prospect.objects.filter(key="nothing").delete()
    prospect("fresh")
    return closed(2026)


def test_what_differs_from_the_round_before(first, second):
    assert before(second) == first
    assert before(first) is None
    assert change_counts(second, first) == {"new": 3, "joined": 1, "left": 0, "changed": 1, "gone": 1}
    found = {one.key: one for one in changes(second, first, to=DESK)}
    assert {key: one.change for key, one in found.items()} == {
        "much": "joined", "little": "changed", "nothing": "gone", "fresh": "new", "harbour-circle": "new",
        "care-csirt": "new",
    }  # fmt: skip
    assert found["little"].category == ("connection", "ecosystem")
    assert found["little"].functions == (("information-sharing",), ("information-sharing", "exercise"))
    assert found["fresh"].functions == ((), ("information-sharing",))


def test_an_order_of_words_is_no_change(first):
    Prospect.objects.filter(key="much").update(sectors=["food", "energy"])
    assert "much" not in {one.key for one in changes(closed(2026), first, to=DESK)}


def test_who_left_is_told_apart_from_who_is_gone(second):
    Partner.objects.filter(key="much").update(standing=PartnerStanding.LEFT, left_at=LATER)
    Partner.objects.filter(key="harbour-circle").update(standing=PartnerStanding.LEFT, left_at=LATER)
    Prospect._base_manager.create(key="back", name="Back", type="isac", standing="prospect")
    third = closed(2027, at=LATER + timedelta(days=1))
    assert change_counts(third, second) == {"new": 1, "joined": 0, "left": 0, "changed": 0, "gone": 2}
    Partner.objects.filter(key="care-csirt").update(standing=PartnerStanding.PROSPECT)
    rounds.reopen(measurement=third, by=DESK, at=LATER, reason="x")
    rounds.close(measurement=third, by=DESK, at=LATER + timedelta(days=1))
    assert change_counts(third, second)["left"] == 1


def test_changes_are_narrowed_and_paged_by_name(first, second):
    one_by_one, after = [], ("", "")
    while found := changes(second, first, to=DESK, after=after, limit=1):
        one_by_one.append(found[0].name)
        after = (found[0].name, found[0].key)
    assert one_by_one == sorted(one_by_one)
    assert len(one_by_one) == 6 == len(list(all_changes(second, first, to=DESK)))
    assert [one.key for one in changes(second, first, to=DESK, change="gone")] == ["nothing"]


def test_a_running_round_is_compared_as_the_register_stands(first):
    prospect("fresh")
    running = rounds.begin(year=2026, by=DESK, at=NOON)
    assert change_counts(running, first)["new"] == 3
    assert counts_of(running).all.prospects == 4


def test_only_who_knows_of_prospects_sees_who_changed(first, second, found):
    for actor in (found.member, STEWARD, AUDITOR, STRANGER):
        with pytest.raises(NotPermitted):
            changes(second, first, to=actor)


def test_growth_counts_partners_month_by_month(first):
    Prospect.objects.filter(key="much").update(standing=PartnerStanding.PARTNER, joined_on=date(2026, 3, 15))
    points = growth(Facet.CATEGORY, since=date(2025, 12, 6), until=date(2026, 4, 20))
    assert [point.on for point in points] == [
        date(2025, 12, 6), date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1), date(2026, 4, 20),
    ]  # fmt: skip
    assert [dict(point.counts) for point in points] == [
        {}, {"": 2}, {"": 2}, {"": 2}, {"": 2, "core": 1}, {"": 2, "core": 1},
    ]  # fmt: skip
    Partner.objects.filter(key="much").update(standing=PartnerStanding.LEFT, left_at=datetime(2026, 4, 10, tzinfo=UTC))
    assert dict(growth(Facet.CATEGORY, since=date(2025, 12, 6), until=date(2026, 4, 20))[-1].counts) == {"": 2}


def test_growth_is_told_by_function_sector_and_region(first):
    Prospect.objects.filter(key="much").update(standing=PartnerStanding.PARTNER, joined_on=date(2026, 3, 15))
    last = {
        facet: dict(growth(facet, since=date(2026, 4, 1), until=date(2026, 4, 2))[-1].counts)
        for facet in (Facet.FUNCTION, Facet.SECTOR, Facet.REGION, Facet.ALL)
    }
    assert last == {
        Facet.FUNCTION: {"notification": 3, "information-sharing": 1},
        Facet.SECTOR: {"health": 1, "energy": 1, "food": 1},
        Facet.REGION: {"NL-ZH": 1, "NL-BQ1": 1},
        Facet.ALL: {"": 3},
    }


def test_growth_begins_with_the_first_round(first):
    assert baseline_day(NOON) == date(2025, 5, 6)
    Measurement.objects.all().delete()
    assert baseline_day(NOON) == date(2025, 11, 1)


def test_long_growth_is_told_in_wider_steps(db):
    assert len(growth(Facet.ALL, since=date(2000, 1, 1), until=date(2026, 1, 1))) < 70
    assert [point.on for point in growth(Facet.ALL, since=date(2026, 1, 1), until=date(2026, 1, 1))] == [
        date(2026, 1, 1)
    ]


def test_rounds_stand_side_by_side(first, second):
    rows = over_rounds([second, first], Facet.CATEGORY)
    assert [(one.year, counts.of(Facet.CATEGORY, "core")) for one, counts in rows] == [
        (2025, Pair(prospects=1)), (2026, Pair(partners=1)),
    ]  # fmt: skip


def test_reading_costs_one_query_each(first, second):
    for read in (
        lambda: counts_of(second), lambda: change_counts(second, first), lambda: changes(second, first, to=DESK),
        lambda: growth(Facet.ALL, since=date(2025, 5, 6), until=date(2026, 11, 2)),
        lambda: over_rounds([first, second], Facet.ALL),
    ):  # fmt: skip
        with CaptureQueriesContext(connection) as queries:
            read()
        assert len(queries) == 1
