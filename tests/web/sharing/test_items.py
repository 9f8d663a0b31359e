"""The list of items, one item, its indicators and its history, as each kind of reader meets them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from schakel.policy.sharing import Pap, Tlp
from schakel.registry.models import Relation
from schakel.sharing.document import Indicator, Marking, Reference, Text
from schakel.sharing.items import drafting, publishing
from schakel.sharing.models import ClientTie, Passing, SharedItem
from tests.cast import NOON
from tests.sharing import world
from tests.sharing.world import document, out, terms

EVERYBODY = ["member", "colleague", "neighbour", "desk", "client", "patient", "steward", "auditor", "stranger"]
INSIDE = {"member", "colleague", "neighbour", "desk", "client", "patient"}


def page_of(item, **query):
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/sharing/items/{item.uid}" + (f"?{asked}" if asked else "")


def text_of(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def main_of(answer):
    return answer.content.split(b"<main")[1]


@pytest.mark.parametrize("name", EVERYBODY)
def test_who_may_read_it_reads_it_and_for_others_it_is_not_there(network, browser, name):
    item = out(by=network.neighbour, owner=network.care, tlp="amber", addresses=[f"partner:{network.harbour.pk}"],
               reviewer=network.neighbours_colleague)  # fmt: skip
    reads = name in {"member", "colleague", "neighbour"}
    client = browser(name)
    answer = client.get(page_of(item))
    if name == "stranger":
        assert (answer.status_code, answer["Location"][:14]) == (302, "/account/login")
    elif name in INSIDE:
        assert answer.status_code == (200 if reads else 404)
        assert ("Lek in Poortwachter" in text_of(client.get("/sharing/items"))) is reads
        unknown = client.get("/sharing/items/7f1d2b1e-0000-4000-8000-000000000000")
        assert unknown.status_code == 404
        assert reads or main_of(answer) == main_of(unknown)
    else:
        assert answer.status_code == 403
    for page in ("/history", "/indicators.csv"):
        assert (client.get(f"/sharing/items/{item.uid}{page}").status_code == 200) is reads
    for page in ("/audience", "/audience.csv", "/edit", "/publish", "/retract", "/drop", "/send-back"):
        assert (client.get(f"/sharing/items/{item.uid}{page}").status_code == 200) is (name == "neighbour")


def test_the_marking_stands_above_and_below_as_the_standard_writes_it(network, browser):
    item = out(by=network.member, owner=network.harbour, tlp="amber+strict", addresses=["sector:health"],
               reviewer=network.colleague)  # fmt: skip
    shown = text_of(browser("neighbour", "nl").get(page_of(item)))
    assert shown.count('<p class="marking marking--amber"><strong>TLP:AMBER+STRICT</strong></p>') == 2
    assert "Houd dit binnen uw organisatie" in shown
    assert shown.index("marking--amber") < shown.index("<h1") < shown.rindex("marking--amber")


def test_what_it_says_is_told_in_words(network, browser):
    told = document(
        marking=Marking(tlp=Tlp.GREEN, pap=Pap.RED), probability="high", damage="medium", reliability="b",
        credibility="2", phase="warm", contributors=("Anna", "Bert"),
        references=(Reference(url="https://example.org/a", summary="Uitleg"), Reference(url="javascript:alert(1)")),
    )  # fmt: skip
    item = out(by=network.member, owner=network.harbour, document=told)
    shown = text_of(browser("neighbour").get(page_of(item)))
    for words in (
        "probability: high", "damage: medium", "usually reliable (B)", "probably true (2)", "warm phase", "Anna, Bert",
        "PAP:RED", "Only search what you already have", "Werk Poortwachter bij", "CVE-2026-0101", "CVSS 9.8",
        "Zoutwijk Software Poortwachter 4.1", "vulnerable", "It is addressed to: everyone whom the label allows.",
        "poort[.]example", "192[.]0[.]2[.]9", "<strong>Ernstig.</strong>", 'href="https://example.org/a"',
    ):  # fmt: skip
        assert words in shown, words
    assert 'href="javascript:' not in shown
    assert "poort.example" not in shown


def test_markdown_of_others_can_do_nothing(network, browser):
    body = (
        "# Kop\n\n<script>alert(1)</script> ![x](https://spy.example/x.png) [a](javascript:alert(1)) <b onclick=x>b</b>"
    )
    told = document(texts=(Text(language="nl", title="T", body=body, action="Doe iets."),))
    shown = text_of(browser("neighbour").get(page_of(out(by=network.member, owner=network.harbour, document=told))))
    inside = shown[shown.index("<h3>Kop</h3>") : shown.index("columns")]
    assert "<script" not in inside
    assert "spy.example" not in inside
    assert 'href="javascript' not in inside
    assert "<b " not in inside


def test_texts_for_other_readers_are_a_link_away(network, browser):
    told = document(
        texts=(
            Text(reader="expert", language="nl", title="Voor kenners", action="Patch."),
            Text(reader="small", language="nl", title="Voor de bakker", action="Bel uw leverancier."),
            Text(reader="expert", language="en", title="For experts", action="Patch now."),
        )
    )
    item = out(by=network.member, owner=network.harbour, document=told)
    assert "<h1" in text_of(browser("neighbour", "nl").get(page_of(item)))
    assert ">Voor kenners</h1>" in text_of(browser("neighbours_colleague", "nl").get(page_of(item)))
    assert ">For experts</h1>" in text_of(browser("desk", "en").get(page_of(item)))
    assert ">Voor de bakker</h1>" in text_of(browser("client", "nl").get(page_of(item)))
    answer = text_of(browser("second", "nl").get(page_of(item, text="small-nl")))
    assert ">Voor de bakker</h1>" in answer
    assert f'{page_of(item)}?text=expert-en"' in answer


def test_a_later_reader_does_not_read_what_an_earlier_version_said_to_others(network, browser):
    item = out(by=network.member, owner=network.harbour, tlp="amber", addresses=["sector:health"],
               reviewer=network.colleague, document=document("Geheim van de haven"))  # fmt: skip
    drafting.revise(item=item, document=document("Voor iedereen"), terms=terms("green"), by=network.member, at=NOON)
    publishing.publish(item=item, by=network.member, at=NOON)
    desk, care = browser("desk"), browser("neighbour")
    assert "Voor iedereen" in text_of(desk.get(page_of(item)))
    assert desk.get(page_of(item, version=1)).status_code == 404
    assert "Geheim" not in text_of(desk.get(f"/sharing/items/{item.uid}/history"))
    assert desk.get(f"/sharing/items/{item.uid}/history?from=1&to=2").status_code == 404
    assert "Geheim van de haven" in text_of(care.get(page_of(item, version=1)))
    assert "Geheim van de haven" in text_of(care.get(f"/sharing/items/{item.uid}/history?from=1&to=2")).replace(
        "</del>", ""
    ).replace("<del>", "")


def test_a_version_that_is_not_out_is_for_its_own_party_alone(network, browser, member):
    item = out(by=network.member, owner=network.harbour)
    drafting.revise(item=item, document=document("Nog niet uit"), terms=terms(), by=network.member, at=NOON)
    assert browser("neighbour").get(page_of(item, version=2)).status_code == 404
    assert "Nog niet uit" in text_of(member.get(page_of(item, version=2)))
    assert "Version 2 is not published yet." in text_of(member.get(page_of(item)))
    assert browser("desk").get(page_of(item, version="x")).status_code == 404


def test_history_shows_what_went_and_what_came(network, member):
    item = out(by=network.member, owner=network.harbour, document=document(probability="low"))
    later = replace(
        document(probability="high", action="Werk Poortwachter bij tot versie 4.3.", products=()),
        indicators=(Indicator(kind="ip", value="192.0.2.9"), Indicator(kind="domain", value="nieuw.example")),
    )
    drafting.revise(item=item, document=later, terms=terms(), change="Erger dan gedacht.", by=network.member, at=NOON)
    shown = text_of(member.get(f"/sharing/items/{item.uid}/history"))
    for words in (
        "Erger dan gedacht.", "<del>low</del>", "<ins>high</ins>", "<del>4.2.</del><ins>4.3.</ins>", "1 came, 1 went.",
        "<del>poort[.]example</del>", "<ins>nieuw[.]example</ins>",
    ):  # fmt: skip
        assert words in shown.replace("\n", ""), words


def test_indicators_are_paged_and_saved_whole(network, browser, django_assert_max_num_queries):
    many = tuple(Indicator(kind="domain", value=f"d{n}.example", comment="=1+1") for n in range(250))
    item = out(by=network.member, owner=network.harbour, document=document(indicators=many))
    client = browser("neighbour")
    first = text_of(client.get(page_of(item)))
    assert ("250 indicators" in first, first.count("[.]example")) == (True, 100)
    after = first.split("after=")[1].split("#")[0]
    with django_assert_max_num_queries(65):
        second = text_of(client.get(page_of(item, after=after)))
    assert second.count("[.]example") == 100
    assert "d100[.]example" in second
    saved = b"".join(client.get(f"/sharing/items/{item.uid}/indicators.csv")).decode()
    assert saved.count("\r\n") == 251
    assert "d0.example" in saved
    assert "'=1+1" in saved


def test_what_is_for_named_people_never_becomes_a_file(network, browser):
    item = drafting.draft(document=document(), terms=terms("red", [f"person:{network.member.user_id}", f"person:{network.second.user_id}"]),
                          owner=None, by=network.desk, at=NOON)  # fmt: skip
    publishing.approve(item=item, by=network.second, at=NOON)
    publishing.publish(item=item, by=network.desk, at=NOON)
    client = browser("member")
    shown = text_of(client.get(page_of(item)))
    assert "TLP:RED" in shown
    assert "indicators.csv" not in shown
    assert client.get(f"/sharing/items/{item.uid}/indicators.csv").status_code == 403
    assert str(item.uid) not in text_of(client.get("/sharing/items.csv"))


def test_the_list_narrows_pages_and_counts_only_what_is_visible(network, browser, django_assert_max_num_queries):
    for n in range(55):
        out(by=network.member, owner=network.harbour, document=document(f"Advies {n}"), at=NOON + timedelta(minutes=n))
    out(by=network.desk, document=document("Vraag", kind="request", phase="warm"))
    out(by=network.member, owner=network.harbour, tlp="amber", addresses=["partner-type:csirt"],
        reviewer=network.colleague, document=document("Verborgen"))  # fmt: skip
    client = browser("neighbour")
    with django_assert_max_num_queries(30):
        first = text_of(client.get("/sharing/items"))
    assert "56 items" in first
    assert "Verborgen" not in first
    assert first.index("Advies 54") < first.index("Advies 53")
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = text_of(client.get(following))
    assert "Advies 0<" in second
    assert "Advies 54" not in second
    for query, expected in (
        ("kind=request", "1 item"), ("phase=warm", "1 item"), ("tlp=amber", "0 items"), ("tlp=green", "56 items"),
        ("owner=Havenkring", "56 items"), ("owner=desk", "1 item"), ("state=draft", "0 items"),
        ("from_on=2030-01-01", "0 items"), ("until_on=2026-12-31", "56 items"), ("kind=nonsense", "56 items"),
        ("probability=high", "0 items"), ("after=rubbish", "56 items"),
    ):  # fmt: skip
        assert f">{expected}<" in text_of(client.get(f"/sharing/items?{query}")), query


def test_the_list_as_a_file_holds_what_the_list_holds(network, browser):
    shown = out(by=network.member, owner=network.harbour, document=document("=Formule"))
    hidden = out(
        by=network.member,
        owner=network.harbour,
        tlp="amber",
        addresses=["partner-type:csirt"],
        reviewer=network.colleague,
    )
    saved = text_of(browser("neighbour").get("/sharing/items.csv"))
    assert str(shown.uid) in saved
    assert "'=Formule" in saved
    assert str(hidden.uid) not in saved
    assert "TLP:GREEN" in saved or "green" in saved


def test_a_closed_circle_shows_titles_to_members_alone(network, browser):
    closed = world.circle("Dicht", is_closed=True)
    world.join(closed, network.neighbour, partner=network.care)
    world.join(closed, network.second, is_desk=True)
    item = out(by=network.neighbour, owner=network.care, group=closed, addresses=[f"circle:{closed.pk}"],
               document=document("Besloten zaak"))  # fmt: skip
    for name, reads in (("second", True), ("desk", False), ("neighbours_colleague", False)):
        client = browser(name)
        assert ("Besloten zaak" in text_of(client.get("/sharing/items"))) is reads
        assert client.get(page_of(item)).status_code == (200 if reads else 404)
        assert "Besloten zaak" not in text_of(client.get("/sharing/items.csv"))
    assert browser("neighbour").get(f"/sharing/items/{item.uid}/indicators.csv").status_code == 403


def test_who_got_it_by_a_partner_reads_that(network, browser):
    item = out(by=network.desk, tlp="amber", addresses=[f"partner:{network.harbour.pk}"], reviewer=network.second)
    Passing.objects.create(item=item, partner=network.harbour, title="Let op", passed_at=NOON, passed_by="anna")
    ClientTie.objects.create(partner=network.harbour, relation=Relation.MEMBER, since_at=NOON, by="anna")
    assert "Havenkring passed it on to you." in text_of(browser("client").get(page_of(item)))
    assert browser("patient").get(page_of(item)).status_code == 404


def test_what_is_over_or_retracted_says_so(network, browser):
    item = out(by=network.member, owner=network.harbour, document=document(valid_until=timezone.now() - timedelta(1)))
    client = browser("neighbour")
    assert "This is no longer valid." in text_of(client.get(page_of(item)))
    publishing.retract(item=item, reason="Het was <loos> alarm.", by=network.member, at=NOON)
    shown = text_of(client.get(page_of(item)))
    assert "This item is retracted." in shown
    assert "Het was &lt;loos&gt; alarm." in shown
    assert "0 items" in text_of(client.get("/sharing/items"))
    assert "1 item" in text_of(client.get("/sharing/items?state=retracted"))


@pytest.mark.parametrize("name", ["stranger", "steward", "client"])
def test_what_is_for_all_the_world_stands_on_public_pages(network, browser, name):
    public = out(by=network.desk, tlp="clear", document=document("Voor iedereen"))
    inside = out(by=network.member, owner=network.harbour, document=document("Binnen"))
    client = browser(name)
    shown = text_of(client.get("/shared"))
    assert "Voor iedereen" in shown
    assert "Binnen" not in shown
    page = text_of(client.get(f"/shared/{public.uid}"))
    assert page.count('<p class="marking marking--clear"><strong>TLP:CLEAR</strong></p>') == 2
    assert "Why you see this" not in page
    assert client.get(f"/shared/{inside.uid}").status_code == 404
    assert "Nothing of this kind" in text_of(client.get("/shared?kind=request"))


def test_nothing_yet_is_said_kindly(network, browser):
    assert "Nothing has been shared with you yet." in text_of(browser("client").get("/sharing/items"))
    assert SharedItem.objects.count() == 0
