"""A circle from its preparation to its end: who runs it, who is in it, who knows of it."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from schakel.journal.models import Event
from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from schakel.people.models import User, UserGrant, actor_of
from schakel.policy.access import SYSTEM, Role
from schakel.post.models import Delivery
from schakel.sharing.circles import circles, members, telling
from schakel.sharing.circles.members import LastModerator, Seat
from schakel.sharing.models import Circle, CircleMember, CirclePhase, CircleWords, SharedItem
from tests.cast import NOON
from tests.sharing import world

WORDS = CircleWords("Waterkring", "Samen kijken naar sluizen.", "Niets naar buiten.", "Convenant water", "")
PUBLISHED = CircleWords(*[*("Waterkring", "Samen kijken.", "", "Convenant"), "https://example.org/stcrt"])
OTHERS = ["member", "colleague", "neighbours_colleague", "desk", "second", "client", "steward", "auditor"]


def seat(actor, **given):
    return Seat(mail=User.objects.get(pk=actor.user_id).email, **given)


@pytest.fixture
def open_(network):
    made = circles.prepare(words=WORDS, by=network.desk, at=NOON)
    circles.open_circle(circle=made, by=network.desk, at=NOON)
    return made


@pytest.fixture
def closed(network):
    """A closed circle that the neighbour runs; the desk prepared it and is not in it."""
    first = seat(network.neighbour, partner=network.care, tasks=("detection",))
    made = circles.prepare(words=PUBLISHED, basis="covenant", is_closed=True, first=first, by=network.desk, at=NOON)
    circles.open_circle(circle=made, by=network.neighbour, at=NOON)
    return made


def sees(actor, circle):
    return Circle.objects.visible_to(actor).filter(pk=circle.pk).exists()


def test_the_coordinator_prepares_an_open_circle_and_takes_bodies_in(network, open_):
    members.take_in(circle=open_, seat=Seat(partner=network.harbour), by=network.desk, at=NOON)
    members.take_in(circle=open_, seat=Seat(organisation=network.country.hospital), by=network.desk, at=NOON)
    assert [sees(one, open_) for one in (network.member, network.patient, network.desk)] == [True, True, True]
    assert not sees(network.neighbour, open_)
    assert Event.objects.order_by("number").last().facts == {}


@pytest.mark.parametrize("name", ["member", "client", "steward", "auditor"])
def test_nobody_else_prepares_circles(network, name):
    with pytest.raises(NotPermitted):
        circles.prepare(words=WORDS, by=getattr(network, name), at=NOON)
    assert not Circle.objects.exists()


@pytest.mark.parametrize(
    ("words", "given", "said"),
    [
        (CircleWords("", "x"), {}, "a name"),
        (CircleWords("x", " "), {}, "what the circle is for"),
        (CircleWords("x", "y", basis_url="nergens"), {}, "web address"),
        (WORDS, {"basis": "handdruk"}, "the ground"),
        (WORDS, {"is_closed": True}, "first moderator"),
        (WORDS, {"is_closed": True, "first": Seat()}, "people only"),
        (WORDS, {"is_closed": True, "first": Seat(mail="niemand@example.org", tasks=("detection",))}, "nobody with"),
        (WORDS, {"is_closed": True, "first": Seat(mail="dora@example.org")}, "which tasks"),
        (WORDS, {"is_closed": True, "first": Seat(mail="dora@example.org", tasks=("gokken",))}, "not known"),
    ],
)
def test_what_cannot_be_a_circle_is_refused_with_the_reason(network, words, given, said):
    with pytest.raises(Invalid, match=said), transaction.atomic():
        circles.prepare(words=words, by=network.desk, at=NOON, **given)
    assert not Circle.objects.exists()


def test_no_circle_opens_without_its_ground_and_a_closed_one_only_on_a_published_one(network):
    bare = circles.prepare(words=CircleWords("x", "y"), by=network.desk, at=NOON)
    with pytest.raises(Invalid, match="agreement or covenant"):
        circles.open_circle(circle=bare, by=network.desk, at=NOON)
    first = seat(network.neighbour, partner=network.care, tasks=("detection",))
    shut = circles.prepare(words=WORDS, is_closed=True, first=first, by=network.desk, at=NOON)
    with pytest.raises(Invalid, match="published"):
        circles.open_circle(circle=shut, by=network.neighbour, at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Circle.objects.filter(pk=bare.pk).update(state="open")
    circles.describe(circle=shut, words=PUBLISHED, by=network.neighbour, at=NOON)
    circles.open_circle(circle=shut, by=network.neighbour, at=NOON)
    with pytest.raises(Invalid, match="published"):
        circles.describe(circle=shut, words=WORDS, by=network.neighbour, at=NOON)


def test_a_closed_circle_exists_for_its_members_alone(network, closed):
    assert sees(network.neighbour, closed)
    assert not any(sees(getattr(network, name), closed) for name in OTHERS)
    for act in (circles.end, circles.open_circle):
        with pytest.raises(NotPermitted):
            act(circle=closed, by=network.desk, at=NOON)
    with pytest.raises(NotPermitted):
        members.take_in(circle=closed, seat=Seat(), by=network.desk, at=NOON)
    with pytest.raises(NotPermitted):
        circles.describe(circle=closed, words=WORDS, by=network.desk, at=NOON)


def test_its_moderator_prepares_it_before_it_opens(network):
    first = seat(network.neighbour, partner=network.care, tasks=("detection",))
    shut = circles.prepare(words=WORDS, is_closed=True, first=first, by=network.desk, at=NOON)
    assert sees(network.neighbour, shut)
    assert not sees(network.desk, shut)
    assert not CircleMember.objects.of(network.neighbour).exists()


def test_its_words_lie_sealed(network, closed):
    row = Circle.objects.get(pk=closed.pk)
    assert (row.name, row.purpose, row.rules, row.basis_words, row.basis_url) == ("", "", "", "", "")
    assert row.words == PUBLISHED
    assert str(row) == str(row.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Circle.objects.filter(pk=closed.pk).update(name="Waterkring")


def test_in_a_closed_circle_are_people_with_tasks_and_no_bodies(network, closed):
    given = {"circle": closed, "by": network.neighbour, "at": NOON}
    with pytest.raises(Invalid, match="people only"):
        members.take_in(seat=Seat(partner=network.harbour, tasks=("detection",)), **given)
    with pytest.raises(Invalid, match="which tasks"):
        members.take_in(seat=seat(network.member, partner=network.harbour), **given)
    row = members.take_in(
        seat=seat(network.member, partner=network.harbour, tasks=("resilience", "detection")), **given
    )
    assert row.tasks == ["detection", "resilience"]
    assert sees(network.member, closed)
    assert not sees(network.colleague, closed)
    with pytest.raises(Invalid, match="already"):
        members.take_in(seat=seat(network.member, partner=network.harbour, tasks=("detection",)), **given)


def test_who_does_not_act_for_the_body_is_nobody_there(network, closed):
    for body in ({"partner": network.harbour}, {"organisation": network.country.harbour}, {}):
        with pytest.raises(Invalid, match="nobody with this mail address"):
            members.take_in(
                circle=closed, seat=seat(network.neighbour, tasks=("detection",), **body), by=network.neighbour, at=NOON
            )
    both = {"partner": network.harbour, "organisation": network.country.harbour}
    with pytest.raises(Invalid, match="one body"):
        members.take_in(circle=closed, seat=Seat(mail="anna@example.org", **both), by=network.neighbour, at=NOON)


def test_a_member_that_moderates_not_runs_nothing(network, closed):
    members.take_in(circle=closed, seat=seat(network.second, tasks=("detection",)), by=network.neighbour, at=NOON)
    own = closed.members.get(user=network.neighbour.user_id)
    for act in (
        lambda by: circles.end(circle=closed, by=by, at=NOON),
        lambda by: circles.set_phase(circle=closed, phase="warm", reason="x", by=by, at=NOON),
        lambda by: members.leave(member=own, by=by, at=NOON),
        lambda by: members.moderate(member=own, is_moderator=False, by=by, at=NOON),
    ):
        with pytest.raises(NotPermitted):
            act(network.second)


def test_who_no_longer_works_for_its_body_is_out_at_once(network, closed):
    UserGrant.objects.filter(user=network.neighbour.user_id).delete()
    user = User.objects.get(pk=network.neighbour.user_id)
    UserGrant.objects.create(user=user, role=Role.PARTNER, partner=network.harbour)
    assert not sees(actor_of(user), closed)


def test_who_leaves_sees_nothing_more_and_what_it_wrote_stays(network, closed):
    row = members.take_in(
        circle=closed, seat=seat(network.member, partner=network.harbour, tasks=("detection",)), by=network.neighbour,
        at=NOON,
    )  # fmt: skip
    item = world.out(
        by=network.member, owner=network.harbour, group=closed, tlp="clear", addresses=[f"circle:{closed.pk}"]
    )
    members.leave(member=row, by=network.member, at=timezone.now())
    assert not sees(network.member, closed)
    assert item not in SharedItem.objects.visible_to(network.member)
    assert item in SharedItem.objects.visible_to(network.neighbour)
    with pytest.raises(NotPermitted):
        members.leave(member=row, by=network.member, at=NOON)


def test_a_closed_circle_keeps_a_moderator(network, closed):
    only = closed.members.get()
    with pytest.raises(LastModerator):
        members.leave(member=only, by=network.neighbour, at=timezone.now())
    with pytest.raises(LastModerator):
        members.moderate(member=only, is_moderator=False, by=network.neighbour, at=NOON)
    other = members.take_in(
        circle=closed, seat=seat(network.second, tasks=("detection",)), by=network.neighbour, at=NOON
    )
    members.moderate(member=other, is_moderator=True, by=network.neighbour, at=NOON)
    with pytest.raises(WrongState):
        members.moderate(member=other, is_moderator=True, by=network.neighbour, at=NOON)
    members.leave(member=only, by=network.neighbour, at=timezone.now())
    assert sees(network.second, closed)
    assert not sees(network.neighbour, closed)


def test_the_phase_changes_for_a_reason_and_its_people_are_told_nothing_but_that(network, closed):
    with pytest.raises(Invalid, match="why"):
        circles.set_phase(circle=closed, phase="warm", reason=" ", by=network.neighbour, at=NOON)
    with pytest.raises(Invalid, match="choose"):
        circles.set_phase(circle=closed, phase="heet", reason="x", by=network.neighbour, at=NOON)
    circles.set_phase(circle=closed, phase="warm", reason="Sluis vijf valt uit", by=network.neighbour, at=NOON)
    with pytest.raises(WrongState):
        circles.set_phase(circle=closed, phase="warm", reason="nog eens", by=network.neighbour, at=NOON)
    change = CirclePhase.objects.get()
    assert change.said == {"reason": "Sluis vijf valt uit"}
    assert [telling.tell_phase(change=change, by=SYSTEM, at=NOON) for _again in range(2)] == [1, 1]
    mail = Delivery.objects.get()
    assert "bea@example.org" in mail.address
    assert "Waterkring" not in mail.subject + mail.body + mail.key
    assert "Sluis" not in mail.subject + mail.body


def test_with_its_ground_ends_the_reading(network, closed):
    item = world.out(
        by=network.neighbour, owner=network.care, group=closed, tlp="clear", addresses=[f"circle:{closed.pk}"]
    )
    circles.end(circle=closed, by=network.neighbour, at=NOON)
    assert not sees(network.neighbour, closed)
    assert item not in SharedItem.objects.visible_to(network.neighbour)
    with pytest.raises(NotPermitted):
        circles.describe(circle=closed, words=PUBLISHED, by=network.neighbour, at=NOON)


def test_an_open_circle_that_ended_takes_nobody_in(network, open_):
    circles.end(circle=open_, by=network.desk, at=NOON)
    with pytest.raises(WrongState):
        members.take_in(circle=open_, seat=Seat(partner=network.harbour), by=network.desk, at=NOON)
    with pytest.raises(WrongState):
        circles.describe(circle=open_, words=WORDS, by=network.desk, at=NOON)
