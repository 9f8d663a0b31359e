"""Out of a circle by release alone; acting together; using for another task."""

from datetime import timedelta

import pytest

from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from schakel.policy.sharing import Tlp
from schakel.sharing.circles import log, releasing, together
from schakel.sharing.circles.releasing import NeedsSource, Proposal
from schakel.sharing.document import Marking, Original
from schakel.sharing.items import content
from schakel.sharing.models import CircleEntry, Release, SharedItem
from schakel.sharing.words import ReleaseState
from tests.cast import NOON
from tests.sharing import world


@pytest.fixture
def group(network):
    """Closed: the neighbour runs it, the desk's second and the harbour's member take part."""
    made = world.circle("Geheimkring", is_closed=True)
    world.join(made, network.neighbour, partner=network.care, is_moderator=True, tasks=["intelligence"])
    world.join(made, network.second, is_desk=True, tasks=["resilience"])
    world.join(made, network.member, partner=network.harbour, tasks=["detection"])
    return made


@pytest.fixture
def item(network, group):
    secret = world.document(
        "Geheime actor in sluizen", contributors=("Geheime dienst",), key="GEHEIM-1",
        marking=Marking(tlp=Tlp.GREEN, terms=("Alleen voor Geheimkring",)),
        original=Original(format="text", version="", content=b"Geheim", digest="ab" * 32),
    )  # fmt: skip
    return world.out(
        by=network.member, owner=network.harbour, group=group, tlp="clear", addresses=[f"circle:{group.pk}"],
        document=secret,
    )  # fmt: skip


def proposal(**given):
    told = world.document("Let op uw sluis", key="GEHEIM-1", contributors=("Geheime dienst",))
    said = {"document": told, "terms": world.terms("green"), "ground": "Artikel 3 van het convenant"}
    return Proposal(**{**said, "left_out": "De actor en de bron", **given})


def ask(network, item, *, by=None, owner=..., **given):
    owner = network.harbour if owner is ... else owner
    return releasing.propose(item=item, proposal=proposal(**given), owner=owner, by=by or network.member, at=NOON)


def test_what_is_released_stands_outside_and_leads_back_to_nothing(network, item):
    release = ask(network, item)
    made = releasing.approve(release=release, by=network.neighbour, at=NOON)
    assert made in SharedItem.objects.visible_to(network.client)
    assert (made.circle, made.state, made.author, made.owner) == (None, "published", None, network.harbour)
    told = content.document_of(made.versions.get())
    assert (told.title, told.publisher, told.contributors, told.key, told.original) == (
        "Let op uw sluis", network.harbour.name, (), "", None,
    )  # fmt: skip
    shown = repr([*SharedItem.objects.filter(pk=made.pk).values(), *made.versions.values()])
    assert not any(word in shown for word in ("Geheim", "Artikel 3", "De actor", str(item.uid)))
    assert item not in SharedItem.objects.visible_to(network.client)
    assert Release.objects.visible_to(network.second).get().made == made
    for name in ("client", "desk", "colleague", "steward", "auditor"):
        assert not Release.objects.visible_to(getattr(network, name)).exists()


def test_the_origin_is_named_only_where_that_was_chosen(network, item):
    made = releasing.approve(release=ask(network, item, names_origin=True), by=network.neighbour, at=NOON)
    assert content.document_of(made.versions.get()).contributors == ("Geheimkring",)


@pytest.mark.parametrize("name", ["member", "second", "desk", "colleague", "steward"])
def test_only_a_moderator_who_did_not_ask_lets_it_out(network, item, name):
    release = ask(network, item)
    for act in (releasing.approve, lambda **how: releasing.refuse(reason="nee", **how)):
        with pytest.raises(NotPermitted):
            act(release=release, by=getattr(network, name), at=NOON)
    release.refresh_from_db()
    assert (release.state, release.made) == (ReleaseState.ASKED, None)


def test_nobody_lets_out_what_it_asked_for_itself(network, item):
    release = ask(network, item, by=network.neighbour, owner=network.care)
    with pytest.raises(NotPermitted):
        releasing.approve(release=release, by=network.neighbour, at=NOON)


@pytest.mark.parametrize("name", ["colleague", "desk", "client", "steward"])
def test_who_is_not_in_the_circle_asks_for_nothing(network, item, name):
    with pytest.raises(NotPermitted):
        ask(network, item, by=getattr(network, name), owner=network.harbour)
    with pytest.raises(NotPermitted):
        ask(network, item, owner=network.care)  # In it, but nobody of that partner.


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"ground": " "}, "what ground"),
        ({"left_out": ""}, "left out"),
        ({"terms": world.terms("red", ["everyone:"])}, "name the people"),
        ({"terms": world.terms("green", [])}, "at least one"),
    ],
)
def test_a_proposal_needs_its_ground_its_omissions_and_a_fitting_label(network, item, given, words):
    with pytest.raises(Invalid, match=words):
        ask(network, item, **given)


def test_only_the_source_widens_its_label(network, group):
    amber = world.out(
        by=network.member, owner=network.harbour, group=group, tlp="green", addresses=[f"circle:{group.pk}"]
    )
    clear = world.terms("clear")
    by_another = ask(network, amber, by=network.second, owner=None, terms=clear)
    with pytest.raises(NeedsSource):
        releasing.approve(release=by_another, by=network.neighbour, at=NOON)
    assert releasing.approve(release=ask(network, amber, terms=clear), by=network.neighbour, at=NOON).tlp == "clear"


def test_a_refusal_gives_its_reason_and_a_release_is_decided_once(network, item):
    release = ask(network, item)
    with pytest.raises(Invalid):
        releasing.refuse(release=release, reason=" ", by=network.neighbour, at=NOON)
    releasing.refuse(release=release, reason="Te vroeg.", by=network.neighbour, at=NOON)
    assert release.said["refusal"] == "Te vroeg."
    assert releasing.proposal_of(release).ground == "Artikel 3 van het convenant"
    for act in (releasing.approve, lambda **how: releasing.refuse(reason="nee", **how)):
        with pytest.raises(WrongState):
            act(release=release, by=network.neighbour, at=NOON)


def test_what_is_not_in_a_circle_or_not_out_is_not_released(network, group, item):
    outside = world.out(by=network.member, owner=network.harbour)
    with pytest.raises(WrongState):
        ask(network, outside)


def test_acting_together_takes_another_body_and_is_measured(network, group, item):
    with pytest.raises(Invalid, match="another body"):
        together.act(item=item, words="Wij dichtten het.", by=network.member, at=NOON)
    with pytest.raises(Invalid, match="done together"):
        together.act(item=item, words="", by=network.second, at=NOON)
    with pytest.raises(NotPermitted):
        together.act(item=item, words="Wij?", by=network.desk, at=NOON)
    assert together.reaction(group, to=network.second) == together.Reaction(None, 0, 1)
    for hours in (5, 3):
        together.act(item=item, words="Samen gedicht.", by=network.second, at=NOON + timedelta(hours=hours))
    assert together.reaction(group, to=network.second) == together.Reaction(timedelta(hours=3), 1, 0)
    assert together.reaction(group, to=network.desk) == together.Reaction(None, 0, 0)


def test_a_release_of_two_bodies_is_a_joint_action(network, group, item):
    releasing.approve(release=ask(network, item), by=network.neighbour, at=NOON + timedelta(hours=2))
    assert together.reaction(group, to=network.member).median == timedelta(hours=2)


def test_what_is_for_one_task_is_used_for_another_only_on_a_ground(network, group):
    given = {"by": network.neighbour, "owner": network.care, "group": group, "tlp": "clear"}
    item = world.out(addresses=[f"task:{group.pk}.intelligence"], **given)
    assert item in SharedItem.objects.visible_to(network.neighbour)
    assert item not in SharedItem.objects.visible_to(network.member)

    def lend(task, ground, by):
        together.lend(item=item, task=task, ground=ground, by=by, at=NOON)

    with pytest.raises(NotPermitted):
        lend("detection", "Artikel 5", network.member)
    with pytest.raises(Invalid, match="what ground"):
        lend("detection", " ", network.neighbour)
    with pytest.raises(Invalid, match="already"):
        lend("intelligence", "Artikel 5", network.neighbour)
    lend("detection", "Artikel 5", network.neighbour)
    assert item in SharedItem.objects.visible_to(network.member)
    assert item not in SharedItem.objects.visible_to(network.second)
    with pytest.raises(Invalid, match="already"):
        lend("detection", "Artikel 5", network.neighbour)


def test_the_log_tells_members_who_opened_what_and_nobody_else(network, group, item):
    log.opened(item=item, by=network.second, at=NOON)
    with pytest.raises(NotPermitted):
        log.opened(item=item, by=network.desk, at=NOON)
    log.opened(item=world.out(by=network.member, owner=network.harbour), by=network.client, at=NOON)
    entries = list(CircleEntry.objects.filter(circle=group).order_by("pk"))
    told = log.lines(entries, group, to=network.member)[-1]
    assert (told.kind, told.who, told.item) == (log.EntryKind.OPENED, "dirk", str(item.uid))
    with pytest.raises(NotPermitted):
        log.lines(entries, group, to=network.desk)
    assert str(item.uid).encode() not in b"".join(bytes(entry.sealed or b"") for entry in entries)
