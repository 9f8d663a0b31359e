import pytest

from schakel.journal.models import Event
from schakel.kit.refusals import NotPermitted, WrongState
from schakel.notices import unreached
from schakel.notices.models import Notice, Route, RouteState
from tests.cast import DESK, NOON, STRANGER
from tests.telling import KIND, finding_of, report_of


@pytest.fixture
def route(country):
    """The bakery, for which nobody answers."""
    report = report_of()
    finding_of(report, country.bakery, "korenaar.example")
    return Route.objects.create(
        report=report, organisation=country.bakery, kind=KIND, via="unreachable", severity=3, tlp="green", made_at=NOON,
        findings_count=1, state=RouteState.ENDED, steps=[],
    )  # fmt: skip


def give(route, *, by=DESK, is_verified=True):
    return unreached.give_address(
        route=route, address="bakker@korenaar.example", is_verified=is_verified, by=by, at=NOON
    )


def test_only_who_sees_all_messages_sees_whom_nobody_told(route, country):
    assert list(unreached.unreached(to=DESK)) == [route]
    for actor in (country.member, STRANGER):
        assert not unreached.unreached(to=actor).exists()


def test_an_address_leads_to_a_notice_of_what_is_still_open(route, country):
    finding_of(route.report, country.bakery, "shop.korenaar.example", state="fixed", closed_at=NOON)
    made = give(route)
    assert (made.round, made.via, made.findings_count) == (1, "contact", 1)
    assert Notice.objects.get().findings_count == 1
    assert not unreached.unreached(to=DESK).exists()


def test_without_a_way_nothing_is_kept_but_the_words(route):
    with pytest.raises(unreached.StillUnreached):
        unreached.try_again(route=route, by=DESK, at=NOON)
    assert list(Route.objects.all()) == [route]
    assert not Event.objects.exists()


def test_a_label_that_asks_for_protection_refuses_an_address_that_nobody_checked(route):
    type(route.report).objects.update(tlp="amber")
    route.report.refresh_from_db()
    with pytest.raises(unreached.StillUnreached):
        give(route, is_verified=False)
    assert not route.organisation.contacts.exists()
    assert give(route).via == "contact"


def test_what_is_handled_cannot_be_handled_again(route):
    unreached.give_up(route=route, by=DESK, at=NOON, reason="Bestaat niet meer")
    route.refresh_from_db()
    assert route.refusal == unreached.GIVEN_UP
    with pytest.raises(WrongState):
        unreached.give_up(route=route, by=DESK, at=NOON, reason="Nog eens")
    with pytest.raises(WrongState):
        unreached.try_again(route=route, by=DESK, at=NOON)


def test_a_partner_cannot_act_on_it(route, country):
    for act in (
        lambda: unreached.try_again(route=route, by=country.member, at=NOON),
        lambda: unreached.give_up(route=route, by=country.member, at=NOON, reason="x"),
        lambda: give(route, by=country.member),
    ):
        with pytest.raises(NotPermitted):
            act()
