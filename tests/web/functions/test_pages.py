"""The pages of the functions: plans, flows between them, and what each makes in a year."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from schakel.governance.beginning import begin
from schakel.governance.models import Canvas, Dependency, Offering, SelectionRound
from schakel.governance.selections import open_round, propose
from schakel.web.functions import flow_chart
from schakel.web.templatetags.network import in_parts
from tests.cast import DESK, NOON
from tests.web.notices.test_respond import every_row

HERE = "/network/functions"
PLAN = {"goal": "Niemand onbereikbaar", "coordinator": "Coördinator", "reason": "Jaarlijks", "upon": "1"}


@pytest.fixture
def begun(db):
    begin(by=DESK, at=NOON)


@pytest.fixture
def desk(member, begun):
    return member("coordinator")


@pytest.fixture
def owner(member, country, begun):
    return member("partner", country.harbour_circle)


@pytest.fixture
def selection(begun):
    return open_round(function="notification", year=2027, places=1, by=DESK, at=NOON)


def page_of(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_the_overview_shows_every_function_and_the_flows_of_the_plan(desk, country):
    page = page_of(desk, HERE)
    for name in ("Information sharing", "Target and victim notification", "Incident handling", "Knowledge exchange"):
        assert f">{name}</a>" in page
    assert page.count('<tr id="flow-') == 17
    assert page.count("(uncertain)") == 17
    assert page.count('class="flow__line"') == 14
    assert "17: every function" in page
    assert "Bouwplan Cyberweerbaarheidsnetwerk, § 4.1" in page


def test_a_function_shows_its_canvas_lead_and_coordinator_apart(desk, country):
    given = {**PLAN, "lead": country.care_csirt.pk, "risks": "Te weinig adressen <b>"}
    assert desk.post(f"{HERE}/notification/plan", given).url == f"{HERE}/notification"
    page = page_of(desk, f"{HERE}/notification")
    for words in ("Niemand onbereikbaar", "Te weinig adressen &lt;b&gt;", "<dd>Zorg-CSIRT", "<dd>Coördinator"):
        assert words in page
    assert "informer: 2" in page
    assert "Version 2: Jaarlijks" in page


def test_phases_say_in_words_where_a_function_works_and_where_the_network_is(desk):
    page = page_of(desk, f"{HERE}/exercise")
    assert "● </span>cold <strong>(now)</strong>" in page
    assert '<span class="hidden-visually">not: </span>warm' in page
    assert "a reading of the plan" in page
    assert "a reading of the plan" not in page_of(desk, f"{HERE}/incident-handling")


def test_a_version_shows_what_it_changed(desk):
    desk.post(f"{HERE}/notification/plan", PLAN)
    page = page_of(desk, f"{HERE}/notification/versions/2")
    assert "<ins>+ Niemand onbereikbaar</ins>" in page
    assert "<del>\N{MINUS SIGN} Organisaties die aangevallen" in page
    assert "(before: \N{EN DASH})" in page
    first = page_of(desk, f"{HERE}/notification/versions/1")
    assert "<ins>" not in first
    listed = page_of(desk, f"{HERE}/notification/versions")
    assert listed.index(">2</a>") < listed.index(">1</a>")


def test_a_new_version_can_begin_from_an_old_one(desk):
    desk.post(f"{HERE}/notification/plan", PLAN)
    page = page_of(desk, f"{HERE}/notification/plan?from=1")
    assert "Organisaties die aangevallen" in page
    assert "those of version 1" in page
    assert 'name="upon" value="2"' in page
    assert desk.get(f"{HERE}/notification/plan?from=9").status_code == 404


def test_who_is_overtaken_keeps_the_words(desk):
    desk.post(f"{HERE}/notification/plan", PLAN)
    answer = desk.post(f"{HERE}/notification/plan", {**PLAN, "goal": "Mijn woorden"})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "Somebody else saved a newer version" in page
    assert "Mijn woorden" in page
    assert Canvas.objects.filter(function="notification").count() == 2


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"goal": ""}, "This field is required"),
        ({"reason": ""}, "This field is required"),
        ({"lead": "999999"}, "Select a valid choice"),
        ({"until_on": "morgen"}, "Enter a valid date"),
    ],
)
def test_what_cannot_be_a_plan_is_shown_again(desk, given, words):
    answer = desk.post(f"{HERE}/notification/plan", {**PLAN, **given})
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert Canvas.objects.filter(function="notification").count() == 1


def test_the_desk_adds_changes_and_ends_a_flow(desk):
    given = {
        "source": "exercise", "target": "notification", "kind": "lessons", "meaning_nl": "Lessen over bereik",
        "meaning_en": "Lessons on reach", "basis": "Overleg",
    }  # fmt: skip
    assert desk.post("/network/flows/new", given).url == HERE
    flow = Dependency.objects.get(key="own-1")
    assert "Lessons on reach" in page_of(desk, HERE)
    assert desk.post(f"/network/flows/{flow.pk}", {**given, "meaning_en": "Other"}).url == HERE
    page = desk.post(f"/network/flows/{flow.pk}", {"act": "end", "reason": ""})
    assert page.status_code == 400
    assert "give a reason" in page.content.decode()
    assert desk.post(f"/network/flows/{flow.pk}", {"act": "end", "reason": "Vergissing"}).url == HERE
    assert "Vergissing" in page_of(desk, HERE)
    assert desk.get(f"/network/flows/{flow.pk}").status_code == 404
    wrong = desk.post("/network/flows/new", {**given, "target": "exercise"})
    assert "to itself" in wrong.content.decode()


def test_the_desk_goes_through_a_round(desk):
    assert (
        desk.post(f"{HERE}/notification/rounds/new", {"year": 2027, "places": 1}).url
        == f"{HERE}/notification/rounds/2027"
    )
    again = desk.post(f"{HERE}/notification/rounds/new", {"year": 2027, "places": 1})
    assert "a round for that year already" in again.content.decode()
    here = f"{HERE}/notification/rounds/2027"
    assert "Nothing was put forward yet" in page_of(desk, here)
    desk.post(here, {"title": "Strategie", "kind": "product"})
    assert "already" in desk.post(here, {"title": "Strategie", "kind": "product"}).content.decode()
    offering = Offering.objects.get()
    place = f"/network/offerings/{offering.pk}"
    early = desk.post(place, {"act": "decide", "decision": "chosen", "reason": "Sterk"})
    assert early.status_code == 400
    assert "weigh it first on" in early.content.decode()
    points = {f"{name}_points": 3 for name in ("results", "plans", "events", "capacity")}
    assert desk.post(place, {"act": "weigh", **points, "plans_words": "Past"}).url == here
    assert 'value="Past"' in page_of(desk, place)
    assert "not decided yet" in desk.post(f"{here}/close", follow=True).content.decode()
    assert desk.post(place, {"act": "decide", "decision": "chosen", "reason": "Sterk"}).url == here
    page = desk.post(f"{here}/close", follow=True).content.decode()
    assert "All members can read it now" in page
    assert 'data-label="Sum">12<' in page
    assert "Put something forward" not in page
    assert desk.post(here, {"title": "Te laat", "kind": "product"}).status_code == 409


def test_members_read_a_round_once_it_is_closed(owner, member, selection):
    offering = propose(selection=selection, title="Geheim plan", kind="product", by=DESK, at=NOON)
    here = f"{HERE}/notification/rounds/2027"
    assert owner.get(here).status_code == 404
    assert "2027" not in page_of(owner, f"{HERE}/notification")
    SelectionRound.objects.update(state="closed", closed_at=NOON)
    for reader in (owner, member("steward")):
        page = page_of(reader, here)
        assert "Geheim plan" in page
        assert f"/network/offerings/{offering.pk}" not in page
    assert owner.get(f"/network/offerings/{offering.pk}").status_code == 403


PAGES = (HERE, f"{HERE}/exercise", f"{HERE}/exercise/versions", f"{HERE}/exercise/versions/1")
FORMS = (f"{HERE}/exercise/plan", f"{HERE}/exercise/rounds/new", "/network/flows/new")


def test_members_read_and_only_the_desk_writes(owner, desk, member, stranger, selection):
    flow = Dependency.objects.running().first()
    steward, auditor = member("steward"), member("auditor")
    acts = (*FORMS, f"/network/flows/{flow.pk}", f"{HERE}/notification/rounds/2027/close")
    before = every_row()
    for path in PAGES:
        assert {client.get(path).status_code for client in (owner, desk, steward)} == {200}
        assert auditor.get(path).status_code == 403
        assert stranger.get(path).url.startswith("/account/login")
    for path in acts:
        for client in (owner, steward, auditor):
            assert client.get(path).status_code in {403, 405}
            assert client.post(path, {**PLAN, "year": 2028, "places": 1}).status_code == 403
        assert stranger.post(path).url.startswith("/account/login")
    assert every_row() == before
    page = page_of(owner, f"{HERE}/exercise")
    assert "Change the plan" not in page
    assert "Begin a selection round" not in page


def test_a_steward_is_shown_no_questions(member, begun):
    page = page_of(member("steward"), HERE) + page_of(member("steward"), f"{HERE}/exercise")
    assert "Ask a question" not in page
    assert "Questions" not in page


def test_what_is_not_there_is_not_found(desk):
    for path in (
        f"{HERE}/budget", f"{HERE}/budget/versions", f"{HERE}/exercise/versions/99", f"{HERE}/budget/plan",
        f"{HERE}/exercise/versions/99999999999999999999", f"{HERE}/exercise/rounds/2031", "/network/flows/999999",
        f"{HERE}/exercise/rounds/99999999999999999999", "/network/offerings/99999999999999999999",
    ):  # fmt: skip
        assert desk.get(path).status_code == 404, path


def test_pages_without_a_plan_say_what_it_is_for(desk):
    Canvas.objects.all().delete()
    Dependency.objects.all().delete()
    page = page_of(desk, HERE)
    assert "There is no plan yet" in page
    assert "No flow is written down yet" in page
    assert "There is no plan yet" in page_of(desk, f"{HERE}/exercise")
    assert "There is no plan yet" in page_of(desk, f"{HERE}/exercise/versions")
    assert "You write the first version" in page_of(desk, f"{HERE}/exercise/plan")


def test_more_flows_and_versions_cost_no_more_queries(desk, django_assert_num_queries):
    paths = (HERE, f"{HERE}/notification", f"{HERE}/notification/versions")
    desk.post(f"{HERE}/notification/plan", PLAN)
    counts = []
    for path in paths:
        with CaptureQueriesContext(connection) as few:
            desk.get(path)
        counts.append(len(few))
    for number in range(3, 6):
        desk.post(f"{HERE}/notification/plan", {**PLAN, "goal": f"{number}", "upon": number - 1})
        open_round(function="notification", year=2030 + number, places=1, by=DESK, at=NOON)
        desk.post("/network/flows/new", {
            "source": "exercise", "target": "notification", "kind": "lessons", "meaning_nl": f"{number}", "basis": "x",
        })  # fmt: skip
    for path, count in zip(paths, counts, strict=True):
        with django_assert_num_queries(count):
            desk.get(path)


def test_long_names_are_broken_between_words():
    assert flow_chart.wrapped("Doelwit- en slachtoffernotificatie") == ["Doelwit- en", "slachtoffernotificatie"]
    assert flow_chart.wrapped("Kennis") == ["Kennis"]


def test_flows_in_both_directions_part():
    names = {"a": "A", "b": "B"}
    flows = [flow_chart.Flow(1, "a", "b"), flow_chart.Flow(2, "b", "a"), flow_chart.Flow(3, "a", "b")]
    picture = flow_chart.draw(names, flows, title="T", description="D", every="every")
    assert ">1, 3</text>" in picture
    assert ">2</text>" in picture
    assert picture.count('class="flow__line"') == 2
    paths = [part.split('"')[0] for part in picture.split(' d="')[2:]]
    assert len(set(paths)) == 2


def test_a_function_shows_where_it_has_not_begun(desk, own_functions):
    assert "In all regions of the Kingdom." in desk.get("/network/functions/notification").content.decode()
    own_functions("[notification.starts]\nNL-BQ1 = 2027-07-01\nNL-AW = false\n")
    page = desk.get("/network/functions/notification").content.decode()
    assert "from 1 July 2027" in page
    assert "not yet; the day is not known" in page
    assert "In all other regions it works already." in page


def test_lines_with_a_hyphen_are_a_list_and_words_stay_words():
    shown = in_parts("Vooraf\n- eerst <b>\n- dan\n\nTot slot\nen meer")
    assert shown == "<p>Vooraf</p><ul><li>eerst &lt;b&gt;</li><li>dan</li></ul><p>Tot slot</p><p>en meer</p>"
