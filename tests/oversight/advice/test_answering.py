"""From prospects in the registry to an advice, with what it rests on."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from schakel.journal.models import Event
from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from schakel.oversight.advice import actions
from schakel.oversight.advice.question import Question
from schakel.oversight.models import Advice, AdviceState
from schakel.policy.access import SYSTEM
from schakel.registry.models import Constituency, Estimate, Organisation, Partner, PartnerStanding
from tests.cast import DESK, NOON, STEWARD, STRANGER

REGIONS = ["NL-ZH", "NL-GR", "NL-BQ1"]


@pytest.fixture
def towns(country):
    """Thirty more organisations, ten in each of three regions."""
    made = [
        Organisation(key=f"o{at}", name=f"O{at}", region=REGIONS[at // 10], size_class="micro", nis2="none")
        for at in range(30)
    ]
    return Organisation.objects.bulk_create(made)


def prospect(key, members=(), **given):
    usual = {"functions": ["notification"], "sectors": [], "regions": [], "type": "isac", "category": ""}
    made = Partner.objects.create(key=key, name=key.title(), standing=PartnerStanding.PROSPECT, **(usual | given))
    Constituency.objects.bulk_create([Constituency(partner=made, organisation=one) for one in members])
    return made


@pytest.fixture
def prospects(towns):
    """Two that overlap, one elsewhere that also exercises, one that gave a count, one of whom nothing is known."""
    prospect("large", towns[:9])
    prospect("middle", towns[4:12])
    prospect("far", towns[20:24], functions=["notification", "exercise"], regions=["NL-BQ1"], sectors=["health"])
    counted = prospect("counted", regions=["NL-GR"])
    Estimate.objects.create(partner=counted, region="NL-GR", count=6, source="website", counted_on=date(2025, 5, 6))
    prospect("dark")
    prospect("teacher", towns[:2], functions=["knowledge"])
    return towns


def advice(**asked):
    return actions.advise(question=Question(**asked), by=DESK, at=NOON)


def keys(found):
    return [row["key"] for row in found["chosen"]]


def test_the_advice_names_who_adds_most_and_what_it_rests_on(prospects):
    found = advice(ceiling=4)
    assert keys(found) == ["large", "counted"]
    assert [row["gain"] for row in found["chosen"]] == [9, 6]
    assert [row["basis"] for row in found["chosen"]] == ["list", "count"]
    assert (found["reached_now"], found["reached"], found["reached_by_lists"]) == (2, 17, 11)
    assert (found["organisations_now"], found["organisations_then"]) == (2, 17)
    assert found["reached"] <= found["bound"]
    assert [row["key"] for row in found["next_best"]][-1] in {"far", "middle"}
    inputs = found["inputs"]
    assert (inputs["members"], inputs["candidates"], inputs["candidates_with_list"]) == (2, 4, 3)
    assert (inputs["candidates_with_count"], inputs["chosen_with_count"]) == (1, 1)
    assert (inputs["left_out_function"], inputs["left_out_nothing_known"]) == (1, 1)
    assert inputs["counted_from"] == inputs["counted_to"] == "2025-05-06"
    assert found["warnings"] == ["nothing-known"]


def test_the_same_question_gets_the_same_answer(prospects):
    first, second = ({**advice(ceiling=5), "seconds": 0} for _ in range(2))
    assert first == second


def test_a_member_that_reaches_somebody_leaves_less_to_add(prospects, country):
    Constituency.objects.bulk_create(
        [Constituency(partner=country.harbour_circle, organisation=one) for one in prospects[:9]]
    )
    found = advice(ceiling=4)
    assert found["reached_now"] == 11
    assert "large" not in keys(found)


def test_people_and_criticality_can_weigh_more_than_numbers(prospects):
    Organisation.objects.filter(key__in=["o20", "o21"]).update(nis2="essential", size_class="large")
    by_people = advice(ceiling=3, weights={"organisations": 0, "people": 1, "critical": 0})
    assert [(row["key"], row["gain"]) for row in by_people["chosen"]] == [("far", 504)]
    by_law = advice(ceiling=3, weights={"organisations": 0, "people": 0, "critical": 1})
    assert [(row["key"], row["gain"]) for row in by_law["chosen"]] == [("far", 4)]


def test_floors_are_met_or_said_to_be_unmet(prospects):
    found = advice(ceiling=3, floors={"region": {"NL-BQ1": 1}, "sector": {"space": 2}})
    assert keys(found) == ["far"]
    assert found["unmet_floors"] == [
        {"kind": "sector", "word": "space", "floor": 2, "lacking": 2, "candidates": 0},
    ]
    assert advice(ceiling=3, floors={"function": {"notification": 2}})["unmet_floors"] == []


def test_what_if_one_joins_and_another_does_not(prospects):
    found = advice(ceiling=4, add=("middle",), remove=("counted",))
    assert keys(found) == ["middle", "large"] or keys(found) == ["middle", "far"]
    assert [row["is_given"] for row in found["chosen"]] == [True, False]
    assert found["reached"] == 2 + sum(row["gain"] for row in found["chosen"])


def test_several_functions_count_each(prospects):
    found = advice(ceiling=3, functions=("notification", "exercise"))
    assert [(row["key"], row["gain"]) for row in found["chosen"]] == [("large", 9)]
    Constituency.objects.filter(partner__key="large").exclude(organisation__key__in=["o0", "o1", "o2"]).delete()
    found = advice(ceiling=3, functions=("notification", "exercise"))
    assert [(row["key"], row["gain"]) for row in found["chosen"]] == [("far", 8)]


def test_a_full_house_is_said_and_stops_nobody(prospects, country):
    found = advice(ceiling=1)
    assert (found["places"], found["chosen"]) == (0, [])
    assert "no-places" in found["warnings"]
    Partner.objects.bulk_create([Partner(key=f"m{at}", name="M", type="isac") for at in range(200)])
    assert "above-ceiling" in advice(ceiling=300)["warnings"]


def test_a_partner_that_is_joining_counts_as_a_member_with_its_functions(prospects, country):
    Partner.objects.filter(pk=Partner._base_manager.get(key="large").pk).update(standing="joining")
    Partner._base_manager.filter(key="large").update(standing="joining")
    found = advice(ceiling=4)
    assert (found["inputs"]["members"], found["reached_now"], found["places"]) == (3, 11, 1)


def test_who_counts_more_than_the_registry_knows_reaches_all_it_knows(prospects):
    Estimate.objects.filter(partner__key="counted").update(count=500)
    found = advice(ceiling=4)
    assert found["chosen"][0] | {"gain": 10} == found["chosen"][0]
    assert found["chosen"][0]["key"] == "counted"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"ceiling": 0}, "ceiling: give a number from 1 to 2000"),
        ({"functions": ("flying",)}, "function: not known: flying"),
        ({"functions": ()}, "choose at least one"),
        ({"weights": {"gold": 1}}, "weight: not known: gold"),
        ({"weights": {"organisations": 0}}, "nobody adds anything"),
        ({"weights": {"organisations": -1}}, "weight of organisations: give a number from 0"),
        ({"floors": {"colour": {}}}, "floor: not known: colour"),
        ({"floors": {"sector": {"flying": 1}}}, "floor: not known: flying"),
        ({"floors": {"sector": {"health": 999}}}, "floor of health: give a number"),
        ({"add": ("far",), "remove": ("far",)}, "far: choose between"),
        ({"add": ("nobody",)}, "nobody: this is not a prospect"),
        ({"remove": ("dark",)}, "dark: this is not a prospect"),
    ],
)
def test_what_cannot_be_asked_is_said_with_its_place(prospects, asked, words):
    with override("en"), pytest.raises(Invalid, match=words):
        advice(**asked)


@pytest.mark.parametrize("actor", [STEWARD, STRANGER], ids=lambda actor: actor.name)
def test_only_the_desk_asks_for_advice(prospects, country, actor):
    for one in (actor, country.member, country.neighbour):
        for act in (actions.ask, actions.advise):
            with pytest.raises(NotPermitted):
                act(question=Question(), by=one, at=NOON)
        assert not Advice.objects.visible_to(one).exists()
    assert not Advice.objects.exists()


def test_an_advice_is_asked_queued_and_worked_out_once(prospects):
    asked = actions.ask(question=Question(ceiling=4, floors={"region": {"NL-BQ1": 1}}), by=DESK, at=NOON)
    assert (asked.state, asked.answer) == (AdviceState.ASKED, None)
    actions.work_out(advice=asked, by=SYSTEM, at=NOON + timedelta(minutes=1))
    kept = Advice.objects.visible_to(DESK).get()
    assert (kept.state, kept.answer["ceiling"], kept.refusal) == (AdviceState.READY, 4, "")
    assert Question.kept(kept.question) == Question(ceiling=4, floors={"region": {"NL-BQ1": 1}})
    with pytest.raises(WrongState):
        actions.work_out(advice=asked, by=SYSTEM, at=NOON)
    tags = list(Event.objects.order_by("number").values_list("tag", flat=True))
    assert tags[-2:] == ["oversight.advice.asked", "oversight.advice.given"]


def test_what_turns_out_to_be_impossible_is_kept_with_its_reason(prospects):
    asked = actions.ask(question=Question(add=("gone",)), by=DESK, at=NOON)
    actions.work_out(advice=asked, by=SYSTEM, at=NOON)
    asked.refresh_from_db()
    assert (asked.state, asked.answer) == (AdviceState.FAILED, None)
    assert "gone: " in asked.refusal


def test_more_prospects_cost_no_more_queries(prospects, towns):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            advice(ceiling=5)
        return len(asked)

    advice()
    prospect("first")
    few = cost()
    for number in range(30):
        prospect(f"more-{number}", towns[number : number + 3])
    assert cost() == few
