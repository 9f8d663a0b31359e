import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from schakel.journal.models import Event
from schakel.notices.actions import LINK, answer
from schakel.notices.models import Answer, Notice, Route, RouteState
from schakel.post.models import Delivery, DeliveryState
from schakel.registry.models import Contact
from tests.cast import NOON
from tests.telling import KIND, delivery_of, finding_of, report_of, tell
from tests.web.notices.test_respond import every_row


@pytest.fixture
def dead(country):
    delivery = delivery_of("dead", state=DeliveryState.DEAD, failure="550 5.1.1 <no> such mailbox")
    tell(report_of(), country.harbour, partner=country.harbour_circle)
    Notice.objects.update(delivery=delivery)
    return delivery


@pytest.fixture
def unreached(country):
    """The bakery, for which nobody answers."""
    report = report_of("bakery.csv")
    finding_of(report, country.bakery, "korenaar.example")
    return Route.objects.create(
        report=report, organisation=country.bakery, kind=KIND, via="unreachable", severity=3, tlp="green", made_at=NOON,
        findings_count=1, state=RouteState.ENDED,
        steps=[{"via": "contact", "partner": None, "contact": None, "refusal": "no-channel"}],
    )  # fmt: skip


def test_only_those_who_see_all_messages_come_to_the_desk(member, stranger, country, dead, unreached):
    assert stranger.get("/desk").url.startswith("/account/login")
    for client in (member("partner", country.harbour_circle), member("auditor"), member("steward")):
        assert client.get("/desk").status_code == 403
        assert client.post(f"/desk/messages/{dead.pk}", {"act": "retry"}).status_code == 403
        assert client.post(f"/desk/unreached/{unreached.pk}", {"act": "retry"}).status_code == 403
    assert Delivery.objects.get(pk=dead.pk).state == DeliveryState.DEAD


def test_a_dead_message_lies_with_its_reason_and_notice(desk, dead):
    page = desk.get("/desk").content.decode()
    assert "550 5.1.1 &lt;no&gt; such mailbox" in page
    assert f"/notices/{dead.notices.get().pk}" in page
    assert "Messages that did not arrive (1)" in page


def test_messages_on_their_way_do_not_lie_at_the_desk(desk, db):
    for state in (DeliveryState.QUEUED, DeliveryState.SENT, DeliveryState.DROPPED):
        delivery_of(f"key-{state}", state=state)
    assert "Nothing waits here" in desk.get("/desk").content.decode()


def test_a_message_is_tried_again(desk, dead):
    assert "tried again" in desk.post(f"/desk/messages/{dead.pk}", {"act": "retry"}, follow=True).content.decode()
    assert Delivery.objects.get(pk=dead.pk).state == DeliveryState.QUEUED


def test_a_message_goes_to_another_address(desk, dead):
    bad = desk.post(f"/desk/messages/{dead.pk}", {"act": "readdress", "address": "nowhere"}, follow=True)
    assert "this address cannot be used" in bad.content.decode()
    desk.post(f"/desk/messages/{dead.pk}", {"act": "readdress", "address": "nieuw@harbour-circle.example"})
    delivery = Delivery.objects.get(pk=dead.pk)
    assert (delivery.address, delivery.state) == ("nieuw@harbour-circle.example", DeliveryState.QUEUED)


def test_a_message_is_given_up_with_a_reason(desk, dead):
    assert "give a reason" in desk.post(f"/desk/messages/{dead.pk}", {"act": "drop"}, follow=True).content.decode()
    desk.post(f"/desk/messages/{dead.pk}", {"act": "drop", "reason": "Opgeheven"})
    assert Delivery.objects.get(pk=dead.pk).state == DeliveryState.DROPPED
    assert Event.objects.get(tag="post.delivery.dropped").facts["reason"] == "Opgeheven"


def test_what_somebody_else_has_mended_is_said(desk, dead):
    Delivery.objects.update(state=DeliveryState.QUEUED)
    page = desk.post(f"/desk/messages/{dead.pk}", {"act": "retry"}, follow=True).content.decode()
    assert "already been handled" in page


def test_an_act_that_is_none_and_a_thing_that_is_not_there(desk, dead, unreached):
    assert desk.post(f"/desk/messages/{dead.pk}", {"act": "burn"}).status_code == 403
    assert desk.post("/desk/messages/999", {"act": "retry"}).status_code == 404
    assert desk.post("/desk/unreached/999", {"act": "retry"}).status_code == 404


def test_a_call_for_help_waits_until_it_is_taken_up(desk, country):
    notice = tell(report_of(), country.harbour)
    call = answer(notice=notice, answer=Answer.NEED_HELP, by=LINK, at=NOON, words="Bel ons")
    answer(notice=notice, answer=Answer.FIXED, by=LINK, at=NOON, words="Niet hier")
    page = desk.get("/desk?pile=help").content.decode()
    assert "Bel ons" in page
    assert "Niet hier" not in page
    assert "beveiliging@haven.example" in page
    desk.post(f"/responses/{call.pk}/handled")
    assert "No call for help is waiting" in desk.get("/desk?pile=help").content.decode()


def test_an_organisation_that_nobody_could_tell_lies_with_the_ways_that_failed(desk, unreached):
    page = desk.get("/desk?pile=unreached").content.decode()
    assert "Bakkerij De Korenaar" in page
    assert "there is no address to write to" in page


def test_trying_again_without_a_way_says_so_and_changes_nothing(desk, unreached):
    routes = list(Route.objects.values())
    page = desk.post(f"/desk/unreached/{unreached.pk}", {"act": "retry"}, follow=True).content.decode()
    assert "There is still no way" in page
    assert list(Route.objects.values()) == routes


def test_an_address_makes_a_way_and_a_notice(desk, unreached):
    given = {"act": "readdress", "address": "bakker@korenaar.example", "is_verified": "on"}
    page = desk.post(f"/desk/unreached/{unreached.pk}", given, follow=True).content.decode()
    assert "It goes to the new address." in page
    assert "For every organisation with something open there was a way." in page
    contact = Contact.objects.get(organisation=unreached.organisation)
    assert (contact.address, contact.is_verified) == ("bakker@korenaar.example", True)
    route = Route.objects.get(round=1)
    assert (route.via, route.contact, route.state) == ("contact", contact, RouteState.NOTICED)
    assert Notice.objects.get(routes=route).organisation == unreached.organisation
    tags = set(Event.objects.values_list("tag", flat=True))
    assert {"registry.contact.added", "notices.route.retried"} <= tags


def test_an_address_that_is_none_is_refused(desk, unreached):
    given = {"act": "readdress", "address": "bakker"}
    page = desk.post(f"/desk/unreached/{unreached.pk}", given, follow=True).content.decode()
    assert "this is not an e-mail address" in page
    assert not Contact.objects.filter(organisation=unreached.organisation).exists()


def test_an_unreached_organisation_is_given_up_with_a_reason(desk, unreached):
    drop = f"/desk/unreached/{unreached.pk}"
    assert "give a reason" in desk.post(drop, {"act": "drop"}, follow=True).content.decode()
    desk.post(drop, {"act": "drop", "reason": "Bestaat niet meer"})
    assert "Nothing waits here" in desk.get("/desk?pile=unreached").content.decode()
    assert desk.post(drop, {"act": "drop", "reason": "Nog eens"}).status_code == 404


def test_what_is_fixed_needs_nobody(desk, unreached):
    unreached.organisation.findings.update(state="fixed", closed_at=NOON)
    assert "Nothing waits here" in desk.get("/desk?pile=unreached").content.decode()


def test_looking_changes_nothing(desk, dead, unreached):
    before = every_row()
    for path in (
        "/desk",
        "/desk?pile=help",
        "/desk?pile=unreached",
        "/desk?pile=x&after=y",
        f"/desk/messages/{dead.pk}",
    ):
        desk.get(path)
    assert every_row() == before


@pytest.mark.parametrize("pile", ["messages", "help", "unreached"])
def test_a_higher_pile_costs_no_more_queries(desk, unreached, country, pile, django_assert_num_queries):
    delivery_of("dead", state=DeliveryState.DEAD)
    notice = tell(report_of("help.csv"), country.harbour)
    answer(notice=notice, answer=Answer.NEED_HELP, by=LINK, at=NOON)
    with CaptureQueriesContext(connection) as few:
        desk.get(f"/desk?pile={pile}")
    for number in range(5):
        delivery_of(f"dead-{number}", state=DeliveryState.DEAD)
        answer(notice=notice, answer=Answer.NEED_HELP, by=LINK, at=NOON)
        finding_of(report := report_of(f"more-{number}.csv"), country.bakery, f"{number}")
        Route.objects.create(
            report=report, organisation=country.bakery, kind=KIND, via="unreachable", severity=3, tlp="green",
            made_at=NOON, findings_count=1, state=RouteState.ENDED, steps=[],
        )  # fmt: skip
    with django_assert_num_queries(len(few)):
        desk.get(f"/desk?pile={pile}")


def test_the_oldest_lies_first_and_the_pile_goes_on(desk, db, monkeypatch):
    from schakel.kit.paging import page

    monkeypatch.setitem(page.__kwdefaults__, "size", 2)
    keys = [delivery_of(f"dead-{number}", state=DeliveryState.DEAD).pk for number in range(3)]
    first = desk.get("/desk").content.decode()
    assert re.findall(r'id="address-(\d+)"', first) == [str(key) for key in keys[:2]]
    following = desk.get(f"/desk?pile=messages&after={keys[1]}").content.decode()
    assert re.findall(r'id="address-(\d+)"', following) == [str(keys[2])]
    assert 'href="/desk?pile=messages"' in following
