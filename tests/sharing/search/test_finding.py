"""What is found, by whom, in which order; and that what one may not read changes no answer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from schakel.policy.access import NOBODY, SYSTEM
from schakel.sharing.document import Indicator, Product, Text, Weakness
from schakel.sharing.items import drafting, publishing, reindexing
from schakel.sharing.models import SearchEntry, SharedItem
from schakel.sharing.search.finding import BEST, NEWEST, Question, found
from tests.cast import NOON
from tests.sharing import world

EVERYBODY = ["member", "neighbour", "desk", "client", "patient", "steward", "auditor"]


def titles(words="", *, to, sort=BEST, **question):
    answer = found(Question(words=words, **question), to=to, sort=sort)
    names = dict(SharedItem.objects.values_list("pk", "title"))
    return [names[pk] for pk in answer.item_ids]


def told(title, *, body="", language="nl", **given):
    text = Text(language=language, title=title, summary="", body=body, action="Werk bij.")
    plain = {"weaknesses": (), "products": (), "indicators": ()}
    return world.document(title, texts=(text,), **(plain | given))


@pytest.fixture
def put(network):
    """`put("title", …)`: something published by the care CSIRT, to everyone under GREEN unless told otherwise."""

    def publish(title, *, at=NOON, tlp="green", addresses=world.EVERYONE, group=None, **given):
        shared = {"by": network.neighbour, "owner": network.care, "at": at, "tlp": tlp, "addresses": addresses}
        reviewer = network.neighbours_colleague if tlp in {"amber", "amber+strict", "red"} else None
        return world.out(document=told(title, **given), group=group, reviewer=reviewer, **shared)

    return publish


@pytest.mark.parametrize(
    ("title", "body", "asked"),
    [
        ("Lek in Poortwachter", "", "poortwachter lekken"),
        ("Kwetsbaarheden in de sluis", "", "kwetsbaarheid sluizen"),
        ("Beveiligingslek gevonden", "", "lek"),
        ("Beveiligingslek gevonden", "", "beveiliging"),
        ("Een lek in de beveiliging", "", "beveiligingslek"),
        ("Coördinatie van het herstel", "", "coordinatie"),
        ("Stil", "Over cve 2026 77 gaat dit.", "CVE-2026-0077"),
        ("Stil", "Over CVE-2026-0077 gaat dit.", "cve2026-0077"),
        ("Stil", "Let op hxxps://poort[.]example/inlog hierna.", "https://poort.example/inlog"),
        ("Stil", "Let op 192[.]0[.]2[.]7 hierna.", "192.0.2[.]7"),
        ("Poortwachter 4.2", "", "4.2"),
    ],
)
def test_words_are_found_in_any_of_their_forms(put, network, title, body, asked):
    put(title, body=body)
    put("Iets heel anders")
    assert titles(asked, to=network.member) == [title]


def test_english_is_found_as_english(put, network):
    put("Vulnerabilities in gateways", language="en")
    assert titles("vulnerability gateway", to=network.member) == ["Vulnerabilities in gateways"]


def test_all_of_a_question_must_be_found(put, network):
    put("Lek in Poortwachter")
    assert titles("lek sluis", to=network.member) == []


def test_words_that_say_nothing_are_left_out(put, network):
    put("Lek in Poortwachter")
    assert titles("het lek in de poortwachter", to=network.member) == ["Lek in Poortwachter"]
    assert titles("de het", to=network.member) == ["Lek in Poortwachter"]


@pytest.mark.parametrize("typed", ["'", "a\\", "lek & !", "((", ":*", "\x00lek'", "CVE-", "<->", "lek" * 500, "💣"])
def test_whatever_is_typed_is_a_question(put, network, typed):
    put("Lek in Poortwachter")
    assert isinstance(titles(typed, to=network.member), list)


def test_products_and_weaknesses_are_found_by_their_names(put, network):
    put("Stil", products=(Product(name="Deurwaarder", vendor="Zoutwijk"),), weaknesses=(Weakness(cve="CVE-2026-0009"),))
    assert titles("deurwaarder zoutwijk", to=network.member) == ["Stil"]
    assert titles("cve-2026-0009", to=network.member) == ["Stil"]


@pytest.mark.parametrize("asked", ["poort[.]example", "POORT.example", "poort(dot)example"])
def test_an_indicator_is_found_in_any_writing(put, network, asked):
    put("Stil", indicators=(Indicator(kind="domain", value="poort.example"),))
    put("Anders", indicators=(Indicator(kind="domain", value="deur.example"),))
    assert titles(asked, to=network.member) == ["Stil"]


def test_the_indicators_of_a_draft_find_nothing(put, network):
    item = put("Stil", indicators=(Indicator(kind="domain", value="poort.example"),))
    next_one = told("Stil", indicators=(Indicator(kind="domain", value="geheim.example"),))
    given = {"by": network.neighbour, "at": NOON}
    drafting.revise(item=item, document=next_one, terms=world.terms(), **given)
    assert titles("geheim.example", to=network.neighbour) == []
    assert titles("poort.example", to=network.member) == ["Stil"]
    publishing.publish(item=item, **given)
    assert titles("geheim.example", to=network.member) == ["Stil"]
    assert titles("poort.example", to=network.member) == []


def test_a_title_weighs_more_than_a_body(put, network):
    put("Lek in Poortwachter", at=NOON - timedelta(days=9))
    put("Iets anders", body="Ook hier staat poortwachter.")
    assert titles("poortwachter", to=network.member) == ["Lek in Poortwachter", "Iets anders"]
    assert titles("poortwachter", to=network.member, sort=NEWEST) == ["Iets anders", "Lek in Poortwachter"]


def test_what_is_updated_is_found_as_it_is_now(put, network):
    item = put("Lek in Poortwachter")
    drafting.revise(item=item, document=told("Lek in Sluis"), terms=world.terms(), by=network.neighbour, at=NOON)
    assert titles("poortwachter", to=network.member) == ["Lek in Poortwachter"]
    publishing.publish(item=item, by=network.neighbour, at=NOON)
    assert (titles("poortwachter", to=network.member), titles("sluis", to=network.member)) == ([], ["Lek in Sluis"])


def test_a_draft_is_not_in_the_index(network):
    drafting.draft(
        document=told("Lek"), terms=world.terms(), owner=network.care, by=network.neighbour, at=NOON
    )  # fmt: skip
    assert not SearchEntry.objects.exists()


def test_what_is_retracted_is_still_found_and_marked(put, network):
    item = put("Lek in Poortwachter")
    publishing.retract(item=item, reason="Onjuist.", by=network.neighbour, at=NOON)
    assert titles("poortwachter", to=network.member) == ["Lek in Poortwachter"]
    assert SearchEntry.objects.get().state == "retracted"


def test_a_closed_circle_is_not_in_the_index(network):
    closed = world.circle("Dichte kring", is_closed=True)
    world.join(closed, network.neighbour, partner=network.care)
    item = world.out(
        by=network.neighbour, owner=network.care, tlp="green", addresses=[f"circle:{closed.pk}"], group=closed
    )
    assert titles("poortwachter", to=network.neighbour) == []
    assert not SearchEntry.objects.exists()
    assert list(SharedItem.objects.visible_to(network.neighbour)) == [item]


@pytest.fixture
def many(put, network):
    """Items under every label, to all sorts of readers, one in an open circle and one under embargo."""
    open_ = world.circle("Open kring")
    for actor, body in ((None, {"partner": network.harbour}), (None, {"partner": network.care})):
        world.join(open_, actor, **body)
    put("Lek voor de wereld", tlp="clear")
    put("Lek voor allen")
    put("Lek voor de zorg", tlp="amber", addresses=["sector:health"])
    put("Lek voor een kring", addresses=[f"circle:{open_.pk}"], group=open_)
    put("Lek voor de kade", tlp="amber+strict", addresses=[f"partner:{network.harbour.pk}"])
    put(
        "Lek voor een mens",
        tlp="red",
        addresses=[f"person:{n.user_id}" for n in (network.member, network.neighbours_colleague)],
    )
    put("Lek later")
    until = timezone.now() + timedelta(hours=1)
    for model in (SharedItem, SearchEntry):
        row = model.objects.order_by("-pk").first()
        model.objects.filter(pk=row.pk).update(embargo_until=until)


def test_the_index_shows_whom_the_items_show(many, network):
    for name in [*EVERYBODY, "colleague", "neighbours_colleague", "second"]:
        by = getattr(network, name)
        theirs = set(SharedItem.objects.visible_to(by).values_list("pk", flat=True))
        assert set(SearchEntry.objects.visible_to(by).values_list("pk", flat=True)) == theirs, name
        assert set(found(Question(words="lek"), to=by).item_ids) == theirs, name
    assert titles("lek", to=NOBODY) == ["Lek voor de wereld"]
    assert SearchEntry.objects.visible_to(SYSTEM).count() == 7


@pytest.mark.parametrize("name", ["member", "client", "patient", "desk", "steward"])
@pytest.mark.parametrize("asked", ["lek", "poort.example", "CVE-2026-0101", "beveiliging", "", "sluis lek"])
def test_what_one_may_not_read_changes_no_answer(put, network, name, asked):
    """Two worlds, with and without something hidden that fits better: the same order, counts, sorts and places."""
    by = getattr(network, name)
    world.join(circle := world.circle("Kring"), partner=network.care)
    put("Lek in de sluis", body="De beveiliging van poort[.]example, CVE-2026-0101.")
    put("Sluis zonder lek", tlp="clear", at=NOON - timedelta(days=1))
    asks = [(Question(words=asked), sort) for sort in (BEST, NEWEST)]
    before = [found(question, to=by, sort=sort, size=1) for question, sort in asks]
    hidden = {
        "body": "lek lek beveiligingslek sluis poort.example CVE-2026-0101",
        "indicators": (Indicator(kind="domain", value="poort.example"),),
        "publisher": "Verborgen",
    }
    put("Lek lek lek sluis", addresses=[f"circle:{circle.pk}"], group=circle, **hidden)
    assert [found(question, to=by, sort=sort, size=1) for question, sort in asks] == before


def test_sorts_are_counted_within_what_is_seen_and_fits(many, network):
    answer = found(Question(words="lek"), to=network.patient)
    assert answer.count == 2
    assert answer.facets["label"] == [("clear", 1), ("green", 1)]
    assert answer.facets["kind"] == [("advisory", 2)]
    assert answer.facets["year"] == [(NOON.year, 2)]


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"kind": "advisory"}, 2), ({"kind": "request"}, 0), ({"label": "clear"}, 1), ({"phase": "cold"}, 2),
        ({"year": NOON.year}, 2), ({"year": 2001}, 0), ({"publisher": "Havenkring"}, 2), ({"severity": "high"}, 1),
        ({"severity": "nonsense"}, 2),
    ],
)  # fmt: skip
def test_an_answer_can_be_narrowed(put, network, asked, count):
    put("Lek", weaknesses=(Weakness(cve="CVE-2026-0002", score=7.5),))
    put("Lek", tlp="clear")
    assert found(Question(words="lek", **asked), to=network.member).count == count


@pytest.mark.parametrize("sort", [BEST, NEWEST])
def test_pages_show_each_item_once(put, network, sort):
    made = [put("Lek", at=NOON - timedelta(minutes=number // 2)).pk for number in range(5)]
    seen, place = [], ""
    while True:
        answer = found(Question(words="lek"), to=network.member, sort=sort, place=place, size=2)
        assert answer.count == 5
        seen += answer.item_ids
        place = answer.next_place
        if not place:
            break
    assert sorted(seen) == sorted(made)
    assert len(seen) == 5


@pytest.mark.parametrize("place", ["x", "W10=", "Wy0xXQ==", "WzkyMjMzNzIwMzY4NTQ3NzU4MDcsMV0=", "WyJhIiwiYiJd"])
def test_a_place_that_cannot_be_read_is_the_start(put, network, place):
    item = put("Lek")
    for sort in (BEST, NEWEST):
        assert found(Question(words="lek"), to=network.member, sort=sort, place=place).item_ids == [item.pk]


def test_an_answer_costs_the_same_whatever_there_is(put, network, django_assert_max_num_queries):
    question = Question(words="lek CVE-2026-0101 poort.example")
    document = {"body": "CVE-2026-0101", "indicators": (Indicator(kind="domain", value="poort.example"),)}
    put("Lek", **document)
    with django_assert_max_num_queries(14):
        found(question, to=network.member)
    for _number in range(6):
        put("Lek", **document)
    with django_assert_max_num_queries(14):
        assert found(question, to=network.member).count == 7


def test_the_index_can_be_made_anew(many, put, network):
    item = put("Lek, en ingetrokken")
    publishing.retract(item=item, reason="Onjuist.", by=network.neighbour, at=NOON)
    columns = [field.name for field in SearchEntry._meta.fields]
    before = list(SearchEntry.objects.order_by("pk").values(*columns))
    heard: list[int] = []
    assert reindexing.rebuild(by=SYSTEM, at=NOON, progress=lambda done, _words: heard.append(done)) == len(before)
    assert list(SearchEntry.objects.order_by("pk").values(*columns)) == before
    SearchEntry.objects.all().delete()
    reindexing.rebuild(by=SYSTEM, at=NOON)
    after = list(SearchEntry.objects.order_by("pk").values(*columns))
    assert [row["words"] for row in after] == [row["words"] for row in before]
    assert heard == [len(before)]
