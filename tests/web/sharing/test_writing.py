"""Writing an item, seeing who gets it, having it reviewed, publishing it and taking it back, on the site."""

import pytest

from schakel.people.listing import Listing, Openness
from schakel.people.models import User
from schakel.registry.models import Agreement, AgreementState
from schakel.sharing.document import Indicator
from schakel.sharing.items import content, drafting, publishing
from schakel.sharing.models import SharedItem
from tests.cast import NOON
from tests.sharing import world
from tests.sharing.test_visibility import groups
from tests.sharing.world import document, out, terms
from tests.web.sharing.test_items import text_of

__all__ = ["groups"]
NEW = "/sharing/items/new"


def filled(network, **given):
    said = {
        "owner": str(network.harbour.pk), "circle": "", "kind": "advisory", "phase": "cold", "tlp": "green", "pap": "",
        "texts": ["generalist-nl"], "text-generalist-nl-title": "Lek in Sluis", "text-generalist-nl-summary": "Erg.",
        "text-generalist-nl-action": "Werk bij.", "text-generalist-nl-body": "Tekst.", "addresses": ["everyone:"],
        "weaknesses": "CVE-2026-0002 9,8\ncve-2026-0003", "products": "Zout; Sluis; 2; affected",
        "references": "https://example.org/x Uitleg", "indicators": "hxxps://kwaad[.]example/x\n192.0.2.7", "do": "keep",
    }  # fmt: skip
    return said | given


def only_item():
    return SharedItem.objects.get()


def newest(item):
    return item.versions.select_related("item__circle").get(number=item.version_count)


def told_by(item):
    return content.document_of(newest(item))


def test_what_is_filled_in_becomes_a_draft(network, member):
    answer = member.post(NEW, filled(network))
    item = only_item()
    assert answer["Location"] == f"/sharing/items/{item.uid}"
    told = told_by(item)
    assert (item.state, item.title, item.owner, item.tlp) == ("draft", "Lek in Sluis", network.harbour, "green")
    assert [(one.cve, one.score) for one in told.weaknesses] == [("CVE-2026-0002", 9.8), ("CVE-2026-0003", None)]
    assert [(one.vendor, one.name, one.version, one.status) for one in told.products] == [
        ("Zout", "Sluis", "2", "affected")
    ]
    assert [(one.url, one.summary) for one in told.references] == [("https://example.org/x", "Uitleg")]
    assert [(one.kind, one.value) for one in told.indicators] == [
        ("url", "https://kwaad.example/x"),
        ("ip", "192.0.2.7"),
    ]
    assert [(one.reader, one.language, one.action) for one in told.texts] == [("generalist", "nl", "Werk bij.")]


def test_what_is_wrong_is_said_and_nothing_is_lost(network, member):
    answer = member.post(NEW, filled(network, weaknesses="CVE-2026-0002 heel erg", tlp="purple"))
    shown = answer.content.decode()
    assert (answer.status_code, SharedItem.objects.count()) == (400, 0)
    for kept in (
        "Lek in Sluis",
        "Werk bij.",
        "CVE-2026-0002 heel erg",
        "hxxps://kwaad[.]example/x",
        "Zout; Sluis; 2; affected",
    ):
        assert kept in shown
    assert "Select a valid choice" in shown
    answer = member.post(NEW, filled(network, weaknesses="CVE-2026-0001\nCVE-2026-0002 heel erg"))
    assert "line 2: behind the number comes a score from 0 to 10" in answer.content.decode()
    answer = member.post(NEW, filled(network, addresses=[]))
    assert "choose at least one addressee." in answer.content.decode()
    answer = member.post(NEW, filled(network, tlp="amber"))
    assert "this label asks for a need to know" in answer.content.decode()
    assert SharedItem.objects.count() == 0


def test_another_text_is_added_without_losing_any(network, member):
    shown = text_of(
        member.post(NEW, filled(network, do="text", reader="small", language="en", weaknesses="wrong wrong"))
    )
    assert 'name="text-small-en-title"' in shown
    assert "Lek in Sluis" in shown
    assert "This is not kept yet" not in shown
    given = filled(
        network,
        texts=["generalist-nl", "small-en"],
        **{"text-small-en-title": "Leak", "text-small-en-action": "Patch."},
    )
    member.post(NEW, given)
    assert {(one.reader, one.language, one.title) for one in told_by(only_item()).texts} == {
        ("generalist", "nl", "Lek in Sluis"), ("small", "en", "Leak"),
    }  # fmt: skip


def test_whom_one_may_know_of_is_found_by_name(network, member):
    Listing.objects.create(user_id=network.neighbour.user_id, name="Bea de Vries", openness=Openness.MEMBERS)
    Listing.objects.create(user_id=network.neighbours_colleague.user_id, name="Bram de Vries", openness=Openness.NOBODY)
    shown = text_of(member.post(NEW, filled(network, do="find", who="vries")))
    assert "Bea de Vries (person)" in shown
    assert "Bram" not in shown
    assert "Zorg-CSIRT (partner)" in text_of(member.post(NEW, filled(network, do="find", who="zorg")))
    assert "Haven van Zoutwijk (organisation)" in text_of(member.post(NEW, filled(network, do="find", who="zoutwijk")))
    shown = text_of(member.post(NEW, filled(network, do="find", who="Linde")))
    assert "De Linde" not in shown  # The hospital is in another partner's constituency.
    assert "Nobody else of that name" in shown


@pytest.mark.parametrize("guess", ["person", "organisation", "circle", "nonsense"])
def test_whom_one_may_not_know_of_cannot_be_chosen_by_number(network, groups, member, guess):
    _open, closed = groups
    numbers = {
        "person": f"person:{network.neighbours_colleague.user_id}",
        "organisation": f"organisation:{network.country.hospital.pk}",
        "circle": f"circle:{closed.pk}",
        "nonsense": "sector:nonsense",
    }
    there = member.post(NEW, filled(network, addresses=["everyone:", numbers[guess]]))
    nowhere = member.post(NEW, filled(network, addresses=["everyone:", "organisation:999999"]))
    for answer in (there, nowhere):
        assert answer.status_code == 400
        assert "one of the addressees is not known." in answer.content.decode()
    assert "Linde" not in there.content.decode()
    assert SharedItem.objects.count() == 0


@pytest.mark.parametrize("name", ["client", "steward", "auditor", "stranger"])
def test_who_may_not_write_does_not(network, browser, name):
    client = browser(name)
    assert client.get(NEW).status_code in {302, 403}
    assert client.post(NEW, filled(network)).status_code in {302, 403}
    assert SharedItem.objects.count() == 0


def test_nobody_writes_in_the_name_of_another(network, browser):
    answer = browser("neighbour").post(NEW, filled(network))
    assert (answer.status_code, SharedItem.objects.count()) == (400, 0)


def test_in_a_circle_it_goes_to_the_circle(network, groups, member):
    open_, closed = groups
    assert "Open kring" in text_of(member.get(NEW))
    assert "Dichte kring" not in text_of(member.get(NEW))
    assert member.post(NEW, filled(network, circle=str(closed.pk), addresses=[])).status_code == 400
    member.post(NEW, filled(network, circle=str(open_.pk), addresses=[]))
    assert only_item().audience.addresses == [f"circle:{open_.pk}"]


def test_what_the_form_does_not_show_goes_on_into_the_next_version(network, member):
    kept = Indicator(kind="pattern", pattern="[a:b = 'c']", pattern_type="stix")
    full = Indicator(kind="ip", value="192.0.2.9", confidence=80, comment="C2", labels=("c2",))
    told = document(indicators=(kept, full), key="author-7", names=("Zeehond",), labels=("x",))
    item = drafting.draft(document=told, terms=terms(), owner=network.harbour, by=network.member, at=NOON)
    shown = text_of(member.get(f"/sharing/items/{item.uid}/edit"))
    assert "192.0.2.9" in shown
    given = filled(network, texts=["expert-nl"], indicators="192.0.2.9\nnieuw.example", change="Meer.")
    assert member.post(f"/sharing/items/{item.uid}/edit", given | {"text-expert-nl-title": "Anders"}).status_code == 302
    item.refresh_from_db()
    after = told_by(item)
    assert (after.title, after.key, after.names, after.labels) == ("Anders", "author-7", ("Zeehond",), ("x",))
    assert after.indicators == (kept, full, Indicator(kind="domain", value="nieuw.example"))
    assert newest(item).change == "Meer."


def test_a_long_list_of_indicators_is_left_as_it_is(network, member):
    many = tuple(Indicator(kind="domain", value=f"d{n}.example") for n in range(501))
    item = drafting.draft(
        document=document(indicators=many), terms=terms(), owner=network.harbour, by=network.member, at=NOON
    )
    shown = text_of(member.get(f"/sharing/items/{item.uid}/edit"))
    assert "Its 501 indicators came from a file" in shown
    assert "d7.example" not in shown
    member.post(
        f"/sharing/items/{item.uid}/edit", filled(network, texts=["expert-nl"], **{"text-expert-nl-title": "Anders"})
    )
    item.refresh_from_db()
    assert told_by(item).indicators == many


def test_the_preview_shows_who_gets_it_and_who_does_not(network, member, browser, django_assert_max_num_queries):
    Agreement.objects.filter(partner=network.care).update(state=AgreementState.SUSPENDED)
    addresses = ["everyone:", f"partner:{network.care.pk}"]
    item = drafting.draft(
        document=document(), terms=terms("green", addresses), owner=network.harbour, by=network.member, at=NOON
    )
    with django_assert_max_num_queries(45):
        shown = text_of(member.get(f"/sharing/items/{item.uid}/audience"))
    for words in (
        "Havenkring",
        "Haven van Zoutwijk",
        "Takes no part in information sharing now.",
        "Zorg-CSIRT",
        "and 1 other",
    ):
        assert words in shown, words
    assert "De Linde" not in shown  # Counted, and not named to who may not know it.
    assert "suspended" not in shown
    saved = b"".join(member.get(f"/sharing/items/{item.uid}/audience.csv")).decode()
    assert "partner,Havenkring,yes" in saved
    assert "partner,Zorg-CSIRT,no" in saved
    assert "Linde" not in saved
    for name in ("neighbour", "desk", "client"):
        assert browser(name).get(f"/sharing/items/{item.uid}/audience").status_code == 404


def test_the_coordinator_reads_how_agreements_stand(network, browser):
    Agreement.objects.filter(partner=network.care).update(state=AgreementState.SUSPENDED)
    item = drafting.draft(document=document(), terms=terms(), owner=None, by=network.desk, at=NOON)
    shown = text_of(browser("desk").get(f"/sharing/items/{item.uid}/audience"))
    assert "The agreement is suspended." in shown
    assert "Ziekenhuis De Linde" in shown


def test_publishing_asks_for_a_look_at_who_gets_it(network, member, browser):
    member.post(NEW, filled(network, do="preview"))
    item = only_item()
    shown = text_of(member.get(f"/sharing/items/{item.uid}/publish"))
    assert "TLP:GREEN" in shown
    assert "people with an account" in shown
    assert member.post(f"/sharing/items/{item.uid}/publish", {}).status_code == 400
    assert browser("neighbour").get(f"/sharing/items/{item.uid}").status_code == 404
    assert member.post(f"/sharing/items/{item.uid}/publish", {"agreed": "on"}).status_code == 302
    assert "Lek in Sluis" in text_of(browser("neighbour").get(f"/sharing/items/{item.uid}"))


def test_a_second_person_reads_sends_back_and_says_yes(network, member, browser):
    member.post(NEW, filled(network, tlp="amber", addresses=[f"partner:{network.care.pk}"]))
    item, colleague = only_item(), browser("colleague")
    here = f"/sharing/items/{item.uid}"
    assert "must say yes" in text_of(member.get(here))
    assert member.post(f"{here}/publish", {"agreed": "on"}).status_code == 409
    member.post(f"{here}/submit")
    assert "Lek in Sluis" in text_of(colleague.get("/sharing/reviews"))
    assert "Nothing waits" in text_of(browser("neighbour").get("/sharing/reviews"))
    assert "Ask somebody else" in text_of(member.post(f"{here}/approve", follow=True)).replace("ask", "Ask")
    assert colleague.post(f"{here}/send-back", {"words": " "}).status_code == 400
    assert colleague.post(f"{here}/send-back", {"words": "De titel is <te> kort."}).status_code == 302
    shown = text_of(member.get(here))
    assert "De titel is &lt;te&gt; kort." in shown
    member.post(f"{here}/submit")
    colleague.post(f"{here}/approve")
    assert "A second person has said yes to it." in text_of(member.get(here))
    assert "Nothing waits" in text_of(colleague.get("/sharing/reviews"))
    assert member.post(f"{here}/publish", {"agreed": "on"}).status_code == 302
    item.refresh_from_db()
    assert item.state == "published"


def test_a_new_version_waits_for_review_too(network, browser):
    item = out(
        by=network.member, owner=network.harbour, tlp="amber", addresses=["sector:health"], reviewer=network.colleague
    )
    drafting.revise(
        item=item, document=document("Versie twee"), terms=terms("amber", ["sector:health"]), by=network.member, at=NOON
    )
    colleague = browser("colleague")
    assert f"/sharing/items/{item.uid}?version=2" in text_of(colleague.get("/sharing/reviews"))
    colleague.post(f"/sharing/items/{item.uid}/approve")
    assert "Nothing waits" in text_of(colleague.get("/sharing/reviews"))


def test_what_a_reviewer_of_a_closed_circle_says_is_sealed(network, groups):
    _open, closed = groups
    item = drafting.draft(document=document(), terms=terms("amber", [f"circle:{closed.pk}"]), owner=network.care,
                          circle=closed, by=network.neighbour, at=NOON)  # fmt: skip
    publishing.submit(item=item, by=network.neighbour, at=NOON)
    world.join(closed, network.neighbours_colleague, partner=network.care)
    publishing.send_back(item=item, words="Noem de sluis niet.", by=network.neighbours_colleague, at=NOON)
    version = newest(item)
    assert b"sluis" not in bytes(version.remark)
    assert content.remark_of(version) == "Noem de sluis niet."


@pytest.mark.parametrize(
    ("act", "said", "state"), [("retract", {"reason": "Loos."}, "retracted"), ("retract", {"reason": ""}, "published")]
)
def test_taking_back_asks_for_a_reason(network, member, act, said, state):
    item = out(by=network.member, owner=network.harbour)
    assert "cannot be published again" in text_of(member.get(f"/sharing/items/{item.uid}/{act}"))
    member.post(f"/sharing/items/{item.uid}/{act}", said)
    item.refresh_from_db()
    assert item.state == state


def test_a_draft_is_given_up(network, member):
    member.post(NEW, filled(network))
    item = only_item()
    member.post(f"/sharing/items/{item.uid}/drop", {})
    item.refresh_from_db()
    assert item.state == "dropped"
    assert member.get(f"/sharing/items/{item.uid}/edit").status_code == 200
    assert member.post(f"/sharing/items/{item.uid}/edit", filled(network)).status_code == 409


@pytest.mark.parametrize("name", ["neighbour", "desk", "client", "steward", "auditor", "stranger"])
@pytest.mark.parametrize("act", ["submit", "approve", "send-back", "publish", "retract", "drop", "edit"])
def test_only_its_own_party_acts(network, browser, name, act):
    item = out(by=network.member, owner=network.harbour)
    answer = browser(name).post(f"/sharing/items/{item.uid}/{act}", {"agreed": "on", "reason": "x", "words": "x"})
    assert answer.status_code in {302, 403, 404}
    assert answer.status_code != 302 or answer["Location"].startswith("/account/login")
    item.refresh_from_db()
    assert (item.state, item.version_count) == ("published", 1)


def test_a_reader_of_the_partner_looks_and_does_not_act(network, browser):
    item = out(by=network.member, owner=network.harbour)
    User.objects.get(pk=network.colleague.user_id).grants.update(level="reader")
    client = browser("colleague")
    shown = text_of(client.get(f"/sharing/items/{item.uid}"))
    assert "See exactly who gets it" in shown
    assert "/retract" not in shown
    for act in ("edit", "publish", "retract"):
        assert client.get(f"/sharing/items/{item.uid}/{act}").status_code == 403
