"""What else has the same indicators or weaknesses, within what the reader may see."""

import pytest

from schakel.sharing.correlation import related_to
from schakel.sharing.document import Indicator, Weakness
from schakel.sharing.items import drafting
from tests.cast import NOON
from tests.sharing import world


def told(title, *values, cves=()):
    indicators = tuple(Indicator(kind="domain", value=value) for value in values)
    return world.document(title, indicators=indicators, weaknesses=tuple(Weakness(cve=cve) for cve in cves))


@pytest.fixture
def put(network):
    def publish(title, *values, cves=(), **given):
        return world.out(by=network.neighbour, owner=network.care, document=told(title, *values, cves=cves), **given)

    return publish


def titles(item, to):
    return [(one.item.title, one.count, list(one.weaknesses)) for one in related_to(item, to=to)]


def test_most_in_common_stands_first(put, network):
    item = put("Dit", "a.example", "b.example", cves=["CVE-2026-0001"])
    put("Eén", "a.example", "z.example")
    put("Beide", "a.example", "b.example")
    put("Lek", cves=["CVE-2026-0001"])
    put("Niets", "q.example")
    expected = [("Beide", 2, []), ("Eén", 1, []), ("Lek", 0, ["CVE-2026-0001"])]
    assert titles(item, network.member) == expected


def test_what_one_may_not_read_is_related_to_nothing(put, network):
    item = put("Dit", "a.example", cves=["CVE-2026-0001"])
    put(
        "Geheim", "a.example", cves=["CVE-2026-0001"], tlp="amber", addresses=["sector:health"],
        reviewer=network.neighbours_colleague,
    )  # fmt: skip
    assert titles(item, network.neighbour) == [("Geheim", 1, ["CVE-2026-0001"])]
    for actor in (network.member, network.client, network.desk, network.steward):
        assert titles(item, actor) == []


def test_a_draft_relates_to_nothing(put, network):
    item, other = put("Dit", "a.example"), put("Dat", "b.example")
    drafting.revise(item=other, document=told("Dat", "a.example"), terms=world.terms(), by=network.neighbour, at=NOON)
    assert titles(item, network.member) == titles(item, network.neighbour) == []


def test_it_costs_the_same_whatever_is_related(put, network, django_assert_max_num_queries):
    item = put("Dit", "a.example")
    for number in range(4):
        put(f"Ander {number}", "a.example")
    with django_assert_max_num_queries(20):
        assert len(related_to(item, to=network.member)) == 4
