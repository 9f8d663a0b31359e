import pytest

from schakel.governance import functions
from schakel.governance.beginning import begin
from schakel.governance.models import Canvas, Dependency, FlowKind
from schakel.governance.plans import end_flow
from schakel.journal.queries import last
from schakel.kit.refusals import NotPermitted
from schakel.notices.models import Phase
from schakel.registry.files.lists import slugs
from tests.cast import AUDITOR, DESK, NOON, STEWARD


def test_seventeen_flows_between_known_functions_each_with_its_source():
    flows = functions.entries("dependencies")
    assert len(flows) == 17
    ends = {flow["from"] for flow in flows.values()} | {flow["to"] for flow in flows.values()}
    assert ends == {*slugs("functions"), "*"}
    assert {flow["kind"] for flow in flows.values()} == set(FlowKind.values)
    assert not any(flow["is_figure_certain"] for flow in flows.values())
    assert functions.origin("dependencies")[0].startswith("Bouwplan")


def test_nine_pairs_are_joined_and_notification_with_exercise_is_not():
    flows = functions.entries("dependencies").values()
    pairs = {frozenset((flow["from"], flow["to"])) for flow in flows if flow["to"] != "*"}
    assert len(pairs) == 9
    assert frozenset(("notification", "exercise")) not in pairs


def test_every_function_has_phases_that_are_phases():
    known = {*Phase.values, "aftermath"}
    for one in functions.functions():
        assert one.phases
        assert set(one.phases) <= known
    certain = {one.slug for one in functions.functions() if one.are_phases_certain}
    assert certain == {"information-sharing", "incident-handling"}


def test_the_plan_is_written_down_once(db):
    Canvas.objects.all().delete()
    Dependency.objects.all().delete()
    assert begin(by=DESK, at=NOON) == {"canvases": 5, "flows": 17}
    assert begin(by=DESK, at=NOON) == {"canvases": 0, "flows": 0}
    assert set(Canvas.objects.values_list("function", "version")) == {(slug, 1) for slug in slugs("functions")}
    assert [event.tag for event in last(to=AUDITOR, limit=5)] == ["governance.plan.begun"]


def test_what_people_ended_does_not_come_back(begun):
    flow = Dependency.objects.get(key="d8")
    end_flow(flow=flow, reason="Dubbel met d2", by=DESK, at=NOON)
    assert begin(by=DESK, at=NOON)["flows"] == 0
    assert not Dependency.objects.running().filter(key="d8").exists()


def test_only_who_directs_writes_the_plan_down(country):
    for actor in (country.member, STEWARD, AUDITOR):
        with pytest.raises(NotPermitted):
            begin(by=actor, at=NOON)
