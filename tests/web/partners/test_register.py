from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from schakel.collaboration import initiatives
from schakel.collaboration.descriptions import Description
from schakel.registry.models import Activity, Capacity, Commitment, Continuity, Estimate, Maturity, Partner, Signal
from schakel.registry.partners import activities, capacities, commitments, estimates, signals, standings
from tests.cast import DESK, NOON
from tests.registry.network_cast import prospect
from tests.web.notices.test_respond import every_row

SECRETS = ("Eén beheerder", "Wij oefenen elk jaar", "ledenlijst 2026", "Bereikt alle havens")


@pytest.fixture
def circle(country):
    """The harbour circle with something on every card."""
    partner, today = country.harbour_circle, timezone.localdate()
    given = {"partner": partner, "by": DESK, "at": NOON}
    commitments.commit(**given, function="notification", role="contributor", from_on=date(2026, 1, 1), effort="veel")
    activities.add_activity(**given, title="Piketdienst", side="hard")
    standings.state_continuity(
        **given, funding="subsidy", ends_on=today + timedelta(days=30), hangs_on_one=True, words="Eén beheerder."
    )
    standings.state_maturity(**given, statement="Wij oefenen elk jaar.", evidence="self", reference="")
    estimates.estimate(**given, relation="customer", count=4321, source="ledenlijst 2026", counted_on=date(2026, 1, 1))
    Partner.objects.filter(pk=partner.pk).update(
        category="ecosystem", category_on=date(2026, 1, 1), category_by="desk", category_reason="Bereikt alle havens"
    )
    signals.raise_ending(by=DESK, at=timezone.now())
    return partner


@pytest.fixture
def desk(member, country):
    return member("coordinator")


@pytest.fixture
def everybody(desk, owner, neighbour, member, stranger):
    return desk, owner, neighbour, member("steward"), stranger


def here(partner, rest=""):
    return f"/network/partners/{partner.pk}{rest}"


def test_the_coordinator_and_its_own_people_see_all_of_a_partner(desk, owner, circle):
    for client in (desk, owner):
        page = client.get(here(circle)).content.decode()
        for words in (*SECRETS, "Piketdienst", "target and victim notification", "4,321"):
            assert words in page
    assert "the means end soon" in desk.get(here(circle)).content.decode().lower()
    assert "the means end soon" not in owner.get(here(circle)).content.decode().lower()


def test_another_partner_sees_who_does_what_and_nothing_more(neighbour, circle):
    page = neighbour.get(here(circle)).content.decode()
    for words in ("Havenkring", "Piketdienst", "target and victim notification", "contributor"):
        assert words in page
    for words in (*SECRETS, "4,321", "/describe", "/assess", "meldingen@"):
        assert words not in page


def test_strangers_stewards_and_auditors_stay_out(stranger, member, circle):
    for path in ("/network/partners", "/network/partners.csv", here(circle), "/network/roles", "/network/signals"):
        assert stranger.get(path).url.startswith("/account/login")
        for role in ("steward", "auditor"):
            assert member(role).get(path).status_code == 403


def test_who_is_joining_is_not_there_for_others(desk, owner, neighbour, circle):
    Partner.objects.filter(pk=circle.pk).update(standing="joining")
    assert neighbour.get(here(circle)).status_code == neighbour.get("/network/partners/999999").status_code == 404
    assert "Havenkring" not in neighbour.get("/network/partners?standing=all").content.decode()
    assert "Havenkring" not in neighbour.get("/network/partners.csv?standing=all").content.decode()
    assert owner.get(here(circle)).status_code == desk.get(here(circle)).status_code == 200
    assert "Havenkring" in desk.get("/network/partners?standing=joining").content.decode()


def test_a_prospect_is_no_partner_on_any_page(desk, circle):
    found = prospect("Bakkerskring")
    assert desk.get(here(found)).status_code == 404
    for path in ("/network/partners?standing=all", "/network/partners.csv?standing=all", "/network/roles"):
        assert "Bakkerskring" not in desk.get(path).content.decode()


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"Havenkring", "Zorg-CSIRT"}),
        ("q=haven", {"Havenkring"}),
        ("type=isac", {"Havenkring", "Zorg-CSIRT"}),
        ("type=csirt", set()),
        ("sector=health", {"Zorg-CSIRT"}),
        ("function=knowledge", {"Zorg-CSIRT"}),
        ("region=NL-ZH", {"Havenkring"}),
        ("category=ecosystem", {"Havenkring"}),
        ("category=none", {"Zorg-CSIRT"}),
        ("category=nonsense&type=nonsense", {"Havenkring", "Zorg-CSIRT"}),
    ],
)
def test_a_list_is_narrowed_by_its_address(desk, country, circle, query, names):
    commitments.commit(
        partner=country.care_csirt, function="knowledge", role="informer", from_on=date(2026, 1, 1), by=DESK, at=NOON
    )
    Partner.objects.filter(pk=circle.pk).update(regions=["NL-ZH"])
    page = desk.get(f"/network/partners?{query}").content.decode()
    assert {name for name in ("Havenkring", "Zorg-CSIRT") if name in page} == names
    lines = desk.get(f"/network/partners.csv?{query}").content.decode().splitlines()
    assert {line.split(",")[1] for line in lines[1:]} == names


def test_a_file_opens_without_formulas(desk, circle):
    Partner.objects.filter(pk=circle.pk).update(name="=1+1")
    assert ",'=1+1," in desk.get("/network/partners.csv").content.decode()


def test_a_long_list_goes_on_by_name(desk, country):
    Partner.objects.bulk_create(Partner(key=f"p{n}", name=f"Partner {n:03}", type="isac") for n in range(60))
    first = desk.get("/network/partners").content.decode()
    following = first.split("after=")[1].split('"')[0]
    second = desk.get(f"/network/partners?after={following}").content.decode()
    shown = [page.count('data-label="Name"') for page in (first, second)]
    assert shown == [50, 12]
    assert "62 partners" in first


def test_the_size_of_the_network_warns_and_never_bars(desk, owner, country, circle, settings):
    settings.PARTNERS_WARN, settings.PARTNERS_CEILING = 1, 1
    assert "can be managed well" in desk.get("/network/partners").content.decode()
    given = {"category": "core", "reason": "Vaste band en vertrouwen."}
    assert desk.post(here(country.care_csirt, "/assess"), given).status_code == 302
    assert "more than the 1" in desk.get("/network/partners").content.decode()
    assert "can be managed well" not in owner.get("/network/partners").content.decode()


FORMS: dict[str, dict[str, Any]] = {
    "/describe": {"language": "nl", "about": "Nieuw", "functions": ["exercise"]},
    "/commitments/new": {"function": "knowledge", "role": "informer", "from_on": "2026-11-01"},
    "/continuity": {"funding": "fixed"},
    "/maturity": {"statement": "Rijp", "evidence": "self"},
    "/profile": {"is_public": "on", "shows": ["about"]},
    "/activities/new": {"title": "Webinar", "side": "soft"},
    "/estimates/new": {
        "relation": "member", "count": "5", "size_class": "unknown", "source": "zelf", "counted_on": "2026-01-01",
    },
}  # fmt: skip
KEPT: dict[str, dict[str, Any]] = {
    "/characterise": {"name": "Nieuw", "type": "csirt", "sectors": ["health"]},
    "/assess": {"category": "core", "reason": "Vaste band en vertrouwen."},
}


@pytest.mark.parametrize("rest", [*FORMS, *KEPT])
def test_each_step_is_for_its_own_people_and_the_coordinator(everybody, circle, rest):
    before, given = every_row(), (FORMS | KEPT)[rest]
    desk, owner, neighbour, steward, stranger = everybody
    assert stranger.post(here(circle, rest), given).url.startswith("/account/login")
    for client in (steward, neighbour, *([owner] if rest in KEPT else [])):
        assert client.get(here(circle, rest)).status_code in {403, 404}
        assert client.post(here(circle, rest), given).status_code in {403, 404}
    assert every_row() == before
    for client in (desk, *([owner] if rest in FORMS else [])):
        assert client.get(here(circle, rest)).status_code == 200
    answer = (desk if rest in KEPT else owner).post(here(circle, rest), given)
    assert (answer.status_code, getattr(answer, "url", "")) == (302, here(circle))
    assert every_row() != before


@pytest.mark.parametrize("rest", [*FORMS, *KEPT])
def test_an_empty_form_is_shown_again_and_changes_nothing(desk, circle, rest):
    before = every_row()
    if rest != "/profile":  # To choose nothing is a choice.
        assert desk.post(here(circle, rest), {}).status_code == 400
        assert every_row() == before


def test_what_an_act_refuses_stands_above_the_form(desk, circle):
    given = FORMS["/commitments/new"] | {"until_on": "2026-01-01"}
    answer = desk.post(here(circle, "/commitments/new"), given)
    assert answer.status_code == 400
    assert "the end must be after the beginning" in answer.content.decode()


def test_the_lead_is_no_choice_for_a_partner(owner, desk, circle):
    assert 'value="lead"' not in owner.get(here(circle, "/commitments/new")).content.decode()
    assert 'value="lead"' in desk.get(here(circle, "/commitments/new")).content.decode()
    given = FORMS["/commitments/new"] | {"role": "lead", "effort": "x"}
    assert owner.post(here(circle, "/commitments/new"), given).status_code == 400


def test_small_things_are_ended_and_removed_by_their_owner_alone(owner, neighbour, circle):
    commitment, activity = Commitment.objects.get(), Activity.objects.get()
    paths = {
        f"/network/commitments/{commitment.pk}/end": {"until_on": "2026-12-31"},
        f"/network/activities/{activity.pk}/drop": {},
        f"/network/estimates/{Estimate.objects.get().pk}/drop": {},
    }
    for path, given in paths.items():
        assert neighbour.post(path, given).status_code == 404
        assert owner.post(path, given).url == here(circle)
    assert Commitment.objects.get().until_on == date(2026, 12, 31)
    assert not Activity.objects.exists()
    assert not Estimate.objects.exists()


def test_counts_have_a_section_of_the_sbi_and_come_out_as_they_go_in(owner, neighbour, desk, circle):
    given = FORMS["/estimates/new"] | {"sbi_section": "C", "region": "NL-ZH"}
    assert owner.post(here(circle, "/estimates/new"), given | {"sbi_section": "Z"}).status_code == 400
    assert owner.post(here(circle, "/estimates/new"), given).url == here(circle)
    assert "C Manufacturing" in owner.get(here(circle)).content.decode()
    path = here(circle, "/estimates.csv")
    lines = owner.get(path).content.decode().splitlines()
    assert lines[0] == "partner,relation,sector,sbi_section,region,size_class,count,source,counted_on"
    assert f"{circle.key},member,,C,NL-ZH,unknown,5,zelf,2026-01-01" in lines
    assert desk.get(path).status_code == 200
    assert neighbour.get(path).status_code == 404
    assert owner.post(here(circle, "/estimates/new"), given | {"count": "6"}).status_code == 302
    assert circle.estimates.get(sbi_section="C").count == 6


def test_what_was_said_stands_in_the_form(owner, circle):
    page = owner.get(here(circle, "/continuity")).content.decode()
    assert "Eén beheerder." in page
    assert 'value="subsidy" selected' in page


def test_who_has_left_is_shown_and_changed_no_more(desk, country, circle):
    Partner.objects.filter(pk=circle.pk).update(standing="left", left_at=NOON, successor=country.care_csirt)
    page = desk.get(here(circle)).content.decode()
    assert "has become part of Zorg-CSIRT" in page
    assert "/describe" not in page
    for rest in (*FORMS, *KEPT):
        assert desk.get(here(circle, rest)).status_code == 404


def test_names_of_the_coordinators_people_stay_with_them(member, country, circle):
    somebody = member("coordinator")
    somebody.post(here(circle, "/maturity"), {"statement": "Oordeel", "evidence": "self"})
    name = somebody.user.username
    assert name in somebody.get(here(circle)).content.decode().replace("<summary>" + name, "")
    page = member("partner", circle).get(here(circle)).content.decode()
    assert "the coordinator" in page
    assert name not in page


def test_what_a_partner_makes_and_does_for_society_stands_on_its_page(neighbour, circle):
    made = Description(name="Oefenprogramma Oost", kind="project", owner=circle)
    initiatives.add(description=made, by=DESK, at=NOON)
    standings.show_publicly(partner=circle, is_public=False, shows=set(), society="Gratis les.", by=DESK, at=NOON)
    page = neighbour.get(here(circle)).content.decode()
    assert "Oefenprogramma Oost" in page
    assert "Gratis les." in page


def test_roles_are_read_by_every_partner(neighbour, country, circle):
    capacities.hold(organisation=country.hospital, label="coordinator", from_on=date(2026, 1, 1), by=DESK, at=NOON)
    page = neighbour.get("/network/roles").content.decode()
    assert "Havenkring" in page
    assert "execution coordinator" in page
    assert "Ziekenhuis De Linde" in page
    assert "offices/new" not in page


def test_offices_are_given_and_ended_by_the_coordinator(desk, owner, country):
    given = {"organisation": "hospital", "label": "national-csirt", "from_on": "2026-01-01"}
    assert owner.post("/network/roles/offices/new", given).status_code == 403
    wrong = desk.post("/network/roles/offices/new", given | {"organisation": "nobody"})
    assert "no organisation has this key" in wrong.content.decode()
    assert desk.post("/network/roles/offices/new", given).url == "/network/roles"
    end = f"/network/roles/offices/{Capacity.objects.get().pk}/end"
    assert owner.post(end, {"until_on": "2026-12-31"}).status_code == 403
    assert desk.get(end).status_code == 200
    assert desk.post(end, {"until_on": "2026-12-31"}).url == "/network/roles"


def test_signals_are_the_coordinators_list(desk, owner, circle):
    signal = Signal.objects.get()
    assert owner.get("/network/signals").status_code == 403
    assert owner.post(f"/network/signals/{signal.pk}/handle", {"words": "x"}).status_code == 403
    page = desk.get("/network/signals").content.decode()
    assert "Havenkring" in page
    assert "All hangs on one person." in page
    path = f"/network/signals/{signal.pk}/handle"
    assert "what was done" in desk.post(path, {}, follow=True).content.decode()
    assert "taken off the list" in desk.post(path, {"words": "Gebeld."}, follow=True).content.decode()
    assert "Nothing to look at" in desk.get("/network/signals").content.decode()
    assert desk.post(path, {"words": "Gebeld."}).status_code == 409


def test_more_rows_cost_no_more_queries(desk, country, circle, django_assert_num_queries):
    paths = ("/network/partners", here(circle), "/network/roles", "/network/signals")
    counts = []
    for path in paths:
        with CaptureQueriesContext(connection) as few:
            desk.get(path)
        counts.append(len(few))
    for number in range(4):
        other = Partner.objects.create(key=f"p{number}", name=f"P{number}", type="isac")
        for partner in (other, circle):
            activities.add_activity(partner=partner, title=f"A{number}", side="soft", by=DESK, at=NOON)
            standings.state_maturity(
                partner=partner, statement=f"{number}", evidence="self", reference="", by=DESK, at=NOON
            )
        commitments.commit(
            partner=other, function="exercise", role="informer", from_on=date(2026, 1, 1), by=DESK, at=NOON
        )
        signals.raise_silent({other.pk: date(2026, 1, 1)}, by=DESK, at=NOON)
    for path, count in zip(paths, counts, strict=True):
        with django_assert_num_queries(count):
            desk.get(path)


def test_looking_changes_nothing(desk, circle):
    before = every_row()
    paths = ("/network/partners", "/network/roles", "/network/signals", here(circle))
    for path in (*paths, *(here(circle, rest) for rest in (*FORMS, *KEPT))):
        assert desk.get(path).status_code == 200
    assert every_row() == before
    assert Continuity.objects.exists()
    assert Maturity.objects.exists()


def test_an_empty_register_says_so(member, db):
    page = member("coordinator").get("/network/partners").content.decode()
    assert "Nobody takes part yet" in page
