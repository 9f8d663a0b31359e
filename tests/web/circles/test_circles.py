"""Circles on the site: their members work there, and nobody else learns that a closed one exists."""

import pytest
from django.test import Client
from django.utils import timezone

from schakel.people.models import User
from schakel.sharing.circles import members
from schakel.sharing.circles.members import Seat
from schakel.sharing.models import Circle, CircleMember, JointAction, Release, SharedItem, TaskUse
from tests.cast import NOON
from tests.journeys.crawler import plain
from tests.sharing import world
from tests.sharing.conftest import in_english, network, own_circle_key

__all__ = ["in_english", "network", "own_circle_key"]
GIVEN = {
    "name": "Waterkring", "purpose": "Samen kijken", "basis": "covenant", "basis_words": "Convenant water",
    "basis_url": "https://example.org/stcrt",
}  # fmt: skip


@pytest.fixture
def browser(db):
    """`browser(actor)`: a browser in which that person of the network is logged in."""
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    def log_in(actor):
        user = User.objects.get(pk=actor.user_id)
        TOTP.activate(user, generate_totp_secret())
        client = Client(headers={"accept-language": "en"})
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def group(network):
    """Closed: the neighbour runs it; the desk's second and the harbour's member take part."""
    made = world.circle("Geheimkring", is_closed=True)
    world.join(made, network.neighbour, partner=network.care, is_moderator=True, tasks=["intelligence"])
    world.join(made, network.second, is_desk=True, tasks=["resilience"])
    world.join(made, network.member, partner=network.harbour, tasks=["detection"])
    return made


@pytest.fixture
def item(network, group):
    given = {"tlp": "clear", "addresses": [f"circle:{group.pk}"], "document": world.document("Geheim lek")}
    return world.out(by=network.member, owner=network.harbour, group=group, **given)


@pytest.fixture
def runner(browser, network):
    """The browser of who runs the closed circle."""
    return browser(network.neighbour)


@pytest.fixture
def insider(browser, network):
    return browser(network.member)


def text(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def posted(client, path, given=None, status=200):
    answer = client.post(path, given or {}, follow=True)
    assert answer.status_code == status
    return answer.content.decode()


def pages_of(group, item, release=""):
    here = f"/circles/{group.pk}"
    return [
        here, f"{here}/edit", f"{here}/log", f"{here}/end", f"{here}/members/new", f"{here}/items/{item.uid}",
        f"{here}/items/{item.uid}/release", f"{here}/members/{group.members.first().pk}/leave",
    ] + ([f"{here}/releases/{release.pk}"] if release else [])  # fmt: skip


def test_the_coordinator_prepares_opens_and_fills_an_open_circle(browser, network):
    desk = browser(network.desk)
    assert "Nobody is in it yet" in posted(desk, "/circles/new", GIVEN)
    circle = Circle.objects.get()
    here = f"/circles/{circle.pk}"
    assert "The circle is open" in posted(desk, f"{here}/open")
    assert "Havenkring" in posted(desk, f"{here}/members/new", {"body": "Havenkring"})
    assert "Waterkring" in text(browser(network.member), "/circles")
    assert "no partner of this name" in posted(desk, f"{here}/members/new", {"body": "Niemand"}, 400)
    assert "no organisation of this key" in posted(desk, f"{here}/members/new", {"organisation": "x"}, 400)
    assert "Haven van Zoutwijk" in posted(desk, f"{here}/members/new", {"organisation": "harbour"})
    assert "Dijkkring" in posted(desk, f"{here}/edit", {**GIVEN, "name": "Dijkkring"})
    assert text(desk, f"{here}/log", 404)


def test_a_closed_circle_vanishes_from_who_prepared_it(browser, network):
    desk = browser(network.desk)
    first = {"is_closed": "yes", "body": "Zorg-CSIRT", "mail": "bea@example.org", "tasks": ["detection"]}
    assert "You are in no circle" in posted(desk, "/circles/new", {**GIVEN, **first})
    circle = Circle.objects.get()
    shown = text(desk, f"/circles/{circle.pk}", 404)
    assert plain(shown, f"/circles/{circle.pk}") == plain(text(desk, "/circles/999999", 404), "/circles/999999")
    runner = browser(network.neighbour)
    assert "The circle is open" in posted(runner, f"/circles/{circle.pk}/open")
    assert "Waterkring" in text(runner, "/circles")
    assert "first moderator" in posted(desk, "/circles/new", {**GIVEN, "is_closed": "yes"}, 400)


@pytest.mark.parametrize("name", ["desk", "colleague", "client", "steward", "auditor"])
def test_to_everybody_else_a_closed_circle_is_no_page_at_all(browser, network, group, item, name):
    other = browser(getattr(network, name))
    for path in pages_of(group, item):
        answer = other.get(path)
        missing = other.get(path.replace(f"/{group.pk}", "/999999", 1))
        assert answer.status_code == missing.status_code
        assert answer.status_code in {403, 404}
        assert "Geheim" not in answer.content.decode()
    for act in ("open", "phase", f"items/{item.uid}/together", f"items/{item.uid}/lend"):
        assert other.post(f"/circles/{group.pk}/{act}").status_code in {403, 404}
    if name not in {"steward", "auditor"}:
        assert "You are in no circle" in text(other, "/circles")
    assert Circle.objects.get().phase == "cold"


def test_a_stranger_logs_in_first(group, item):
    for path in ["/circles", "/circles/new", *pages_of(group, item)]:
        assert Client().get(path).url.startswith("/account/login")


def test_a_member_that_does_not_moderate_changes_nothing(insider, network, group):
    here = f"/circles/{group.pk}"
    assert "Geheimkring" in text(insider, here)
    other = group.members.get(user=network.second.user_id)
    for path in ("edit", "end", "members/new", f"members/{other.pk}/leave"):
        assert insider.get(f"{here}/{path}").status_code == 403
        assert insider.post(f"{here}/{path}", {**GIVEN, "is_sure": "on"}).status_code == 403
    for path in ("open", "phase", f"members/{other.pk}/moderate"):
        assert insider.post(f"{here}/{path}", {"phase": "warm", "reason": "x"}).status_code == 403


def test_members_come_go_and_moderate(runner, browser, network, group):
    here = f"/circles/{group.pk}"
    own, other = (group.members.get(user=one.user_id) for one in (network.neighbour, network.second))
    assert "last moderator" in posted(runner, f"{here}/members/{own.pk}/leave", {"is_sure": "on"}, 400)
    assert "last moderator" in posted(runner, f"{here}/members/{own.pk}/moderate")
    assert "It is changed" in posted(runner, f"{here}/members/{other.pk}/moderate")
    assert runner.post(f"{here}/members/{other.pk}/leave").status_code == 400  # Not sure.
    assert "You are in no circle" in posted(runner, f"{here}/members/{own.pk}/leave", {"is_sure": "on"})
    assert "people only" in posted(browser(network.second), f"{here}/members/new", {"body": "Havenkring"}, 400)
    assert CircleMember.objects.of(network.second).exists()


def test_the_phase_changes_with_a_reason_that_members_read(runner, insider, group):
    here = f"/circles/{group.pk}"
    assert "This field is required" in posted(runner, f"{here}/phase", {"phase": "warm"}, 400)
    assert "The members are told" in posted(runner, f"{here}/phase", {"phase": "warm", "reason": "Sluis <vijf>"})
    assert "Sluis &lt;vijf&gt;" in text(insider, here)


def test_an_item_is_read_acted_on_and_who_opened_it_is_in_the_log(browser, network, insider, group, item):
    here = f"/circles/{group.pk}/items/{item.uid}"
    second = browser(network.second)
    assert "Geheim lek" in text(second, here)
    assert "another body" in posted(insider, f"{here}/together", {"together-words": "Wij"}, 400)
    assert "Sluis dicht" in posted(second, f"{here}/together", {"together-words": "Sluis dicht"})
    assert JointAction.objects.count() == 1
    shown = text(insider, f"/circles/{group.pk}/log")
    for word in ("dirk", "opened an item", "acted together on an item", "Geheim lek"):
        assert word in shown
    assert "after sharing" in text(insider, f"/circles/{group.pk}")


def test_another_task_needs_a_ground(runner, insider, network, group):
    given = {"tlp": "clear", "addresses": [f"task:{group.pk}.intelligence"]}
    item = world.out(by=network.neighbour, owner=network.care, group=group, **given)
    here = f"/circles/{group.pk}/items/{item.uid}"
    assert insider.get(here).status_code == 404
    assert runner.post(f"{here}/lend", {"lend-task": "detection"}).status_code == 400
    assert "from now on" in posted(runner, f"{here}/lend", {"lend-task": "detection", "lend-ground": "Artikel 5"})
    assert "Artikel 5" in text(insider, here)
    assert insider.post(f"{here}/lend", {"lend-task": "resilience", "lend-ground": "x"}).status_code == 403
    assert TaskUse.objects.count() == 1


def test_a_sanitised_version_goes_out_by_a_second_member(runner, insider, browser, network, item):
    group = item.circle
    here = f"/circles/{group.pk}/items/{item.uid}/release"
    assert "Geheim lek" in text(insider, here)
    given = {
        "title": "Let op uw sluis", "summary": "", "body": "", "action": "Werk bij.", "tlp": "green",
        "addresses": ["everyone:"], "owner": str(network.harbour.pk), "ground": "Artikel 3", "left_out": "De actor",
    }  # fmt: skip
    assert "This field is required" in posted(insider, here, {**given, "ground": ""}, 400)
    assert "A moderator who did not propose it" in posted(insider, here, given)
    release = Release.objects.get()
    place = f"/circles/{group.pk}/releases/{release.pk}"
    assert "Let it out" not in text(insider, place)
    assert insider.post(f"{place}/approve").status_code == 403
    assert "Let it out" in text(runner, place)
    assert runner.post(f"{place}/refuse").status_code == 400
    assert "published outside" in posted(runner, f"{place}/approve")
    made = SharedItem.objects.get(circle=None)
    assert made in SharedItem.objects.visible_to(network.client)
    assert not made.weaknesses.exists()
    assert not made.indicators.exists()
    assert browser(network.desk).get(place).status_code == 404


def test_a_release_is_refused_with_words(runner, insider, network, group, item):
    here = f"/circles/{group.pk}/items/{item.uid}/release"
    given = {
        "title": "T", "action": "Werk bij.", "tlp": "green", "addresses": ["everyone:"], "keeps_details": "on",
        "keeps_indicators": "on", "owner": str(network.harbour.pk), "ground": "Artikel 3", "left_out": "Niets",
    }  # fmt: skip
    posted(insider, here, given)
    release = Release.objects.get()
    assert "CVE-2026-0101" in text(runner, f"/circles/{group.pk}/releases/{release.pk}")
    assert "Te vroeg" in posted(runner, f"/circles/{group.pk}/releases/{release.pk}/refuse", {"reason": "Te vroeg"})
    assert not SharedItem.objects.filter(circle=None).exists()


def test_an_ended_circle_is_gone_for_its_members_too(runner, insider, group):
    assert "nobody reads anything" in text(runner, f"/circles/{group.pk}/end")
    assert "The circle has ended" in posted(runner, f"/circles/{group.pk}/end", {"is_sure": "on"})
    assert insider.get(f"/circles/{group.pk}").status_code == 404


@pytest.mark.parametrize("count", [1, 6])
def test_a_page_costs_the_same_however_much_is_in_the_circle(
    insider, network, group, count, django_assert_max_num_queries
):
    for _again in range(count):
        given = {"tlp": "clear", "addresses": [f"circle:{group.pk}"]}
        world.out(by=network.member, owner=network.harbour, group=group, **given)
    with django_assert_max_num_queries(36):
        text(insider, f"/circles/{group.pk}")
    with django_assert_max_num_queries(24):
        text(insider, "/circles")
    with django_assert_max_num_queries(30):
        text(insider, f"/circles/{group.pk}/log")


def test_in_an_open_circle_a_whole_partner_takes_part(browser, network):
    group = world.circle("Open kring")
    world.join(group, partner=network.harbour)
    assert "Open kring" in text(browser(network.colleague), f"/circles/{group.pk}")
    member = group.members.get()
    members.leave(member=member, by=network.member, at=timezone.now())
    members.take_in(circle=group, seat=Seat(partner=network.care), by=network.desk, at=NOON)
    assert browser(network.member).get(f"/circles/{group.pk}").status_code == 404
