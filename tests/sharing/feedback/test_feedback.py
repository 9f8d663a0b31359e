"""Feedback and sightings: who gives them, who may know of them, and how far."""

from datetime import timedelta

import pytest

from schakel.kit.refusals import Invalid, NotPermitted
from schakel.people.models import User
from schakel.policy.access import NOBODY, SYSTEM, Role
from schakel.post.models import Delivery
from schakel.registry.models import Agreement, AgreementState, NetworkFunction, Partner
from schakel.sharing.document import Indicator
from schakel.sharing.feedback.digest import tell_authors
from schakel.sharing.feedback.giving import give, may_give, sight, take_back
from schakel.sharing.feedback.returns import LEAST, returns_of
from schakel.sharing.items import drafting
from schakel.sharing.models import Feedback, Sighting
from tests.cast import NOON
from tests.sharing import world


@pytest.fixture
def item(network):
    return world.out(by=network.neighbour, owner=network.care)


@pytest.fixture
def crowd(network):
    """People of four more partners of the health sector, and one of them with a colleague."""
    people = []
    for number in range(LEAST + 1):
        partner = Partner.objects.create(key=f"kring-{number}", name=f"Kring {number}", type="isac", sectors=["health"])
        Agreement.objects.create(
            partner=partner, functions=[NetworkFunction.SHARING], from_on=NOON.date() - timedelta(days=9),
            state=AgreementState.SIGNED,
        )  # fmt: skip
        people.append(world.person(f"mens-{number}", Role.PARTNER, partner=partner))
    colleague = world.person("collega", Role.PARTNER, partner=Partner.objects.get(key="kring-0"))
    return people, colleague


def say(item, by, kind="useful", shown_as="anonymous", **given):
    return give(item=item, kind=kind, shown_as=shown_as, by=by, at=NOON, **given)


def answer(item, to, kind="useful"):
    return next((one for one in returns_of(item, to=to).answers if one.kind == kind), None)


def test_whoever_reads_it_may_say_what_it_is_worth(network, item):
    given = [say(item, network.member), say(item, network.client), say(item, network.desk)]
    assert [row.body for row in given] == [(network.harbour.pk, None), (None, network.country.harbour.pk), (None, None)]
    assert not may_give(item, network.neighbour)  # Its own.
    for actor in (network.steward, network.auditor, NOBODY, network.neighbours_colleague):
        with pytest.raises(NotPermitted):
            say(item, actor)


def test_of_what_one_may_not_read_one_says_nothing(network):
    hidden = world.out(
        by=network.neighbour, owner=network.care, tlp="amber", addresses=["sector:health"],
        reviewer=network.neighbours_colleague,
    )  # fmt: skip
    draft = drafting.draft(
        document=world.document(), terms=world.terms(), owner=network.care, by=network.neighbour, at=NOON
    )  # fmt: skip
    for item in (hidden, draft):
        with pytest.raises(NotPermitted):
            say(item, network.member)
    assert not Feedback.objects.exists()


def test_the_same_answer_again_replaces_the_first(network, item):
    say(item, network.member, words="Goed")
    say(item, network.member, words="Beter", shown_as="named")
    assert [(row.words, row.shown_as) for row in Feedback.objects.all()] == [("Beter", "named")]


def test_an_answer_is_taken_back_by_who_gave_it(network, item):
    row = say(item, network.member)
    with pytest.raises(NotPermitted):
        take_back(feedback=row, by=network.neighbour, at=NOON)
    take_back(feedback=row, by=network.member, at=NOON)
    assert not Feedback.objects.exists()


def test_one_sees_ones_own_answers_alone(network, item):
    row = say(item, network.member)
    assert list(Feedback.objects.visible_to(network.member)) == [row]
    for actor in (network.colleague, network.neighbour, network.desk, network.steward, NOBODY):
        assert not Feedback.objects.visible_to(actor).exists()


@pytest.mark.parametrize("given", [{"kind": "nonsense"}, {"shown_as": "nonsense"}, {"words": "x" * 1001}])
def test_bad_answers_are_refused_with_words(network, item, given):
    with pytest.raises(Invalid):
        say(item, network.member, **given)


def test_only_the_source_knows_what_came_back(network, item):
    say(item, network.member, shown_as="named")
    assert returns_of(item, to=network.neighbours_colleague).answers
    for actor in (network.member, network.desk, network.steward, network.client, NOBODY):
        assert returns_of(item, to=actor) is None


def test_a_name_is_told_where_its_giver_says_so(network, item):
    say(item, network.member, shown_as="named", words="Dank")
    found = answer(item, network.neighbour)
    assert [(said.name, said.words) for said in found.named] == [(network.harbour.name, "Dank")]
    assert found.others is None


def test_fewer_than_three_without_a_name_do_not_exist(network, item, crowd):
    people, colleague = crowd
    for person in (*people[: LEAST - 1], colleague):  # Three people, but of two partners.
        say(item, person, words="Stil")
    assert answer(item, network.neighbour) is None
    say(item, network.member, shown_as="named")
    assert (answer(item, network.neighbour).others, answer(item, network.neighbour).words) == (None, [])
    say(item, people[LEAST - 1], words="Luid")
    found = answer(item, network.neighbour)
    assert (found.others, set(found.words)) == (LEAST, {"Stil", "Luid"})


def test_a_sector_is_told_from_three_on(network, item, crowd):
    people, _colleague = crowd
    for person in people[: LEAST - 1]:
        say(item, person, shown_as="sector")
    say(item, people[-1])
    assert (answer(item, network.neighbour).others, answer(item, network.neighbour).sectors) == (LEAST, {})
    say(item, people[LEAST - 1], shown_as="sector")
    assert answer(item, network.neighbour).sectors == {"health": LEAST}


def test_answers_suggest_a_credibility_and_change_none(network, item, crowd):
    people, _colleague = crowd
    for person in people[: LEAST - 1]:
        say(item, person, kind="false")
    assert returns_of(item, to=network.neighbour).suggestion == ""
    say(item, people[LEAST - 1], kind="false")
    assert returns_of(item, to=network.neighbour).suggestion == "5"
    say(item, people[-1], kind="seen")
    assert returns_of(item, to=network.neighbour).suggestion == "4"
    item.refresh_from_db()
    assert item.credibility == ""


def see(item, by, value="poort[.]example", shown_as="anonymous", **given):
    return sight(item=item, value=value, first_at=NOON - timedelta(hours=1), shown_as=shown_as, by=by, at=NOON, **given)


def test_sightings_are_counted_for_the_source(network, item, crowd):
    people, _colleague = crowd
    see(item, network.member, shown_as="named", count=4)
    for person in people[: LEAST - 1]:
        see(item, person, count=10)
    (seen,) = returns_of(item, to=network.neighbour).sightings
    assert (seen.value, seen.count, seen.named, seen.others) == ("poort.example", 4, [network.harbour.name], None)
    see(item, people[LEAST - 1], count=10, last_at=NOON)
    (seen,) = returns_of(item, to=network.neighbour).sightings
    assert (seen.count, seen.others, seen.last_at) == (34, LEAST, NOON)


@pytest.mark.parametrize(
    "given",
    [
        {"value": "deur.example"}, {"value": ""}, {"count": 0}, {"last_at": NOON - timedelta(days=1)},
        {"last_at": NOON + timedelta(days=1)}, {"shown_as": "nonsense"}, {"value": "\x00"}, {"count": 10**12},
    ],
)  # fmt: skip
def test_bad_sightings_are_refused(network, item, given):
    with pytest.raises(Invalid):
        see(item, network.member, **given)
    assert not Sighting.objects.exists()


def test_indicators_of_a_draft_cannot_be_guessed_by_sightings(network, item):
    next_one = world.document(indicators=(Indicator(kind="domain", value="geheim.example"),))
    drafting.revise(item=item, document=next_one, terms=world.terms(), by=network.neighbour, at=NOON)
    with pytest.raises(Invalid):
        see(item, network.member, value="geheim.example")


def test_in_a_closed_circle_nothing_is_written_unsealed(network):
    closed = world.circle("Dichte kring", is_closed=True)
    for actor, partner in ((network.neighbour, network.care), (network.member, network.harbour)):
        world.join(closed, actor, partner=partner)
    item = world.out(by=network.neighbour, owner=network.care, addresses=[f"circle:{closed.pk}"], group=closed)
    with pytest.raises(Invalid):
        say(item, network.member, words="Geheim")
    with pytest.raises(Invalid):
        see(item, network.member)
    assert say(item, network.member).words == ""


def mail(network):
    User.objects.filter(pk=network.neighbour.user_id).update(email="bea@example.org")
    return tell_authors(by=SYSTEM, at=NOON)


def test_an_author_is_written_to_once_about_what_may_be_told(network, item, crowd):
    people, _colleague = crowd
    for person in people[: LEAST - 1]:
        say(item, person)
    assert mail(network) == 0
    say(item, people[LEAST - 1])
    assert (mail(network), mail(network)) == (1, 0)
    (letter,) = Delivery.objects.all()
    assert letter.address == "bea@example.org"
    assert str(item.uid) in letter.body
    assert item.title not in letter.body + letter.subject
    assert tell_authors(by=SYSTEM, at=NOON + timedelta(days=1)) == 0


def test_only_the_platform_writes_to_authors(network):
    with pytest.raises(NotPermitted):
        tell_authors(by=network.member, at=NOON)
