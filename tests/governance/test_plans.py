from datetime import date

import pytest
from django.db import IntegrityError, transaction

from schakel.governance import plans
from schakel.governance.models import Canvas, Dependency
from schakel.governance.plans import Overtaken, add_flow, change_flow, end_flow, save_canvas
from schakel.journal.queries import last
from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from schakel.policy.access import SYSTEM
from tests.cast import AUDITOR, DESK, NOON, STEWARD, STRANGER

GOAL = {"goal": "Iedereen gewaarschuwd"}


def saved(upon=0, by=DESK, reason="Nieuw jaar", parts=GOAL, **fields):
    given = {"coordinator": "Coördinator", **fields}
    return save_canvas(function="exercise", upon=upon, parts=parts, reason=reason, by=by, at=NOON, **given)


@pytest.fixture
def empty(db):
    Canvas.objects.filter(function="exercise").delete()


def test_versions_follow_each_other_and_keep_their_reason(country, empty):
    saved()
    second = saved(1, lead=country.harbour_circle, until_on=date(2029, 1, 1), reason="Trekker  gevonden")
    assert list(Canvas.objects.filter(function="exercise").order_by("version").values_list("version", "reason")) == [
        (1, "Nieuw jaar"),
        (2, "Trekker gevonden"),
    ]
    assert (second.lead, second.coordinator, second.made_by) == (country.harbour_circle, "Coördinator", "desk")
    event = last(to=AUDITOR, limit=1)[0]
    assert event.tag == "governance.canvas.saved"
    assert sorted(event.facts["changed"]) == ["lead", "until_on"]


def test_the_newest_version_holds(begun):
    save_canvas(
        function="exercise", upon=1, parts=GOAL, coordinator="C", reason="Bijgesteld", by=DESK, at=NOON
    )  # fmt: skip
    holding = {one.function: one.version for one in Canvas.objects.visible_to(DESK).holding()}
    assert holding["exercise"] == 2
    assert holding["knowledge"] == 1


def test_who_writes_upon_an_old_version_is_told(empty):
    saved()
    saved(1, reason="Sneller", coordinator="Ander")
    with pytest.raises(Overtaken, match="newer version"):
        saved(1, reason="Trager", coordinator="Derde")
    assert Canvas.objects.filter(function="exercise").count() == 2


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"reason": "  "}, "why the plan changes"),
        ({"parts": {"goal": " "}}, "write down the goal"),
        ({"coordinator": ""}, "who coordinates"),
        ({"parts": {**GOAL, "budget": "x"}}, "no part named budget"),
    ],
)
def test_what_cannot_be_a_plan_is_refused_and_nothing_is_saved(empty, given, words):
    with pytest.raises(Invalid, match=words):
        saved(**given)
    assert not Canvas.objects.filter(function="exercise").exists()


def test_a_version_that_changes_nothing_is_none(empty):
    saved()
    with pytest.raises(Invalid, match="nothing has changed"):
        saved(1)


def test_a_plan_is_of_a_function_that_is_there(db):
    with pytest.raises(Invalid, match="no function of this name"):
        save_canvas(function="budget", upon=0, parts=GOAL, coordinator="C", reason="x", by=DESK, at=NOON)


def test_only_who_directs_writes_plans_and_all_members_read_them(country, begun):
    for actor in (country.member, STEWARD, AUDITOR, STRANGER):
        with pytest.raises(NotPermitted):
            saved(by=actor)
        with pytest.raises(NotPermitted):
            flow_between("notification", "exercise", by=actor)
    for actor, sees in ((DESK, True), (country.member, True), (STEWARD, True), (AUDITOR, False), (STRANGER, False)):
        assert Canvas.objects.visible_to(actor).exists() is sees
        assert Dependency.objects.visible_to(actor).exists() is sees


def flow_between(source, target, by=DESK, kind="lessons", meaning="Lessen", **fields):
    given = {"basis": "Overleg van 2 november", "meaning_nl": meaning, **fields}
    return add_flow(source=source, target=target, kind=kind, by=by, at=NOON, **given)


def test_a_flow_is_added_changed_and_ended(begun):
    flow = flow_between("notification", "exercise")
    assert (flow.key, flow.source, flow.checked_on) == ("own-1", "Overleg van 2 november", NOON.date())
    assert flow_between("exercise", "notification").key == "own-2"
    change_flow(
        flow=flow,
        source="notification",
        target="*",
        kind="flow",
        meaning_nl="Anders",
        basis="Besluit",
        by=DESK,
        at=NOON,
    )
    assert (flow.to_function, flow.meaning("en"), flow.meaning("nl")) == ("*", "Anders", "Anders")
    assert last(to=AUDITOR, limit=1)[0].facts["was"]["to_function"] == "exercise"
    end_flow(flow=flow, reason="Klopt niet meer", by=DESK, at=NOON)
    assert flow not in Dependency.objects.running()
    with pytest.raises(WrongState):
        end_flow(flow=flow, reason="Nog eens", by=DESK, at=NOON)
    with pytest.raises(WrongState):
        change_flow(
            flow=flow, source="notification", target="*", kind="flow", meaning_nl="x", basis="y", by=DESK, at=NOON
        )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"source": "knowledge", "target": "knowledge"}, "to itself"),
        ({"source": "*", "target": "knowledge"}, "no function of this name"),
        ({"source": "knowledge", "target": "budget"}, "no function of this name"),
        ({"source": "knowledge", "target": "exercise", "kind": "magic"}, "kind of flow"),
        ({"source": "knowledge", "target": "exercise", "meaning": " "}, "what the flow means"),
        ({"source": "knowledge", "target": "exercise", "basis": ""}, "where we know this from"),
    ],
)
def test_what_cannot_be_a_flow_is_refused(db, given, words):
    before = Dependency.objects.count()
    with pytest.raises(Invalid, match=words):
        flow_between(**given)
    assert Dependency.objects.count() == before


def test_a_flow_ends_with_a_reason(begun):
    flow = Dependency.objects.get(key="d1")
    with pytest.raises(Invalid, match="give a reason"):
        end_flow(flow=flow, reason=" ", by=DESK, at=NOON)


def test_the_database_holds_flows_and_versions_to_their_rules(begun):
    flow = Dependency.objects.get(key="d1")
    for wrong in ({"to_function": flow.from_function}, {"from_function": "*"}, {"ended_at": NOON}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Dependency.objects.filter(pk=flow.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Canvas.objects.create(function="exercise", version=1, reason="x", made_at=NOON)


def test_words_are_cut_where_they_would_run_on(empty):
    canvas = saved(parts={"goal": "a" * 20_000})
    assert len(canvas.goal) == plans.WORDS_LIMIT


def test_the_system_may_write_too(empty):
    assert saved(by=SYSTEM).version == 1
