"""An item from draft to retraction, version by version."""

from dataclasses import replace

import pytest

from schakel.journal.models import Event
from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from schakel.policy.access import Role
from schakel.policy.sharing import Tlp
from schakel.registry.models import Agreement, AgreementState
from schakel.sharing.document import Document, Indicator, Marking, Original, Text
from schakel.sharing.items import content, drafting, publishing
from schakel.sharing.items.rules import NoAgreement, NotReviewed
from schakel.sharing.models import ItemIndicator, ItemVersion, SharedItem
from tests.cast import NOON
from tests.sharing import world
from tests.sharing.world import document, out, terms


def begin(network, *, by=None, **given):
    by = by or network.member
    told = given.pop("document", document())
    given = {"terms": terms(), "owner": network.harbour} | given
    return drafting.draft(document=told, by=by, at=NOON, **given)


def test_a_draft_is_known_to_its_owner_alone(network):
    item = begin(network)
    assert item in SharedItem.objects.visible_to(network.colleague)
    for other in (network.neighbour, network.desk, network.client, network.steward):
        assert item not in SharedItem.objects.visible_to(other)


@pytest.mark.parametrize("name", ["neighbour", "desk", "client", "steward", "auditor"])
def test_only_its_owner_writes_in_its_name(network, name):
    with pytest.raises(NotPermitted):
        begin(network, by=getattr(network, name)) if name != "desk" else begin(network, by=network.client)
    item = begin(network)
    for act in (drafting.drop, publishing.publish, publishing.submit):
        with pytest.raises(NotPermitted):
            act(item=item, by=getattr(network, name), at=NOON)
    assert SharedItem.objects.get().state == "draft"


def test_what_was_written_is_read_again_whole(network):
    told = document(original=Original(format="csaf", version="2.0", content=b"{}\n", digest="ab" * 32))
    item = begin(network, document=told)
    assert content.document_of(item.versions.get()) == told


def test_publishing_lets_it_out_and_says_so_in_the_journal(network):
    item = out(by=network.member, owner=network.harbour)
    assert (item.state, item.published_version, item.title) == ("published", 1, "Lek in Poortwachter")
    assert item in SharedItem.objects.visible_to(network.neighbour)
    assert Event.objects.order_by("number").last().tag == "sharing.item.published"


def test_a_new_version_shows_only_when_it_is_published(network):
    item = out(by=network.member, owner=network.harbour)
    drafting.revise(
        item=item, document=document("Lek is groter"), terms=terms("clear"), change="Ook versie 3.", by=network.colleague,
        at=NOON,
    )  # fmt: skip
    assert (item.title, item.tlp, item.published_version) == ("Lek in Poortwachter", "green", 1)
    publishing.publish(item=item, by=network.member, at=NOON)
    assert (item.title, item.tlp, item.published_version) == ("Lek is groter", "clear", 2)
    assert item.revised_at == NOON
    with pytest.raises(WrongState):
        publishing.publish(item=item, by=network.member, at=NOON)


def test_indicators_stay_from_the_version_that_brought_them_to_the_one_that_left_them_out(network):
    item = begin(network)
    first = item.versions.get()
    later = document(
        indicators=(Indicator(kind="ip", value="192.0.2.9"), Indicator(kind="url", value="https://x.example/"))
    )
    second = drafting.revise(item=item, document=later, terms=terms(), by=network.member, at=NOON)
    assert [one.value for one in content.document_of(first).indicators] == ["poort.example", "192.0.2.9"]
    assert {one.value for one in content.document_of(second).indicators} == {"192.0.2.9", "https://x.example/"}
    assert ItemIndicator.objects.count() == 3


def test_it_is_found_by_the_weaknesses_and_products_of_its_newest_version(network):
    item = begin(network)
    assert list(item.weaknesses.values_list("cve", "score")) == [("CVE-2026-0101", 9.8)]
    assert list(item.products.values_list("name_key", "version")) == [("poortwachter", "4.1")]
    drafting.revise(item=item, document=document(weaknesses=()), terms=terms(), by=network.member, at=NOON)
    assert not item.weaknesses.exists()


@pytest.mark.parametrize(
    ("told", "how", "words"),
    [
        (document(action=""), terms(), "say what the reader can do"),
        (document("  "), terms(), "title"),
        (document(), terms(holds_personal_data=True), "ground on which personal data"),
        (document(), terms(legal_basis="made-up"), "ground on which"),
    ],
)
def test_what_is_not_ready_does_not_go_out(network, told, how, words):
    item = begin(network, document=told, terms=how)
    with pytest.raises(Invalid, match=words):
        publishing.publish(item=item, by=network.member, at=NOON)
    assert SharedItem.objects.get().state == "draft"


@pytest.mark.parametrize(
    ("told", "how"),
    [(document(action=""), {"no_action_reason": "Nog geen oplossing."}), (document(action="", kind="request"), {})],
)
def test_without_advice_it_goes_out_for_a_reason_or_as_a_question(network, told, how):
    assert out(by=network.member, owner=network.harbour, document=told, **how).state == "published"


@pytest.mark.parametrize(
    ("tlp", "addresses", "words"),
    [
        ("red", ["everyone:"], "name the people"),
        ("red", ["partner:1"], "name the people"),
        ("amber", ["everyone:"], "need to know"),
        ("green", [], "at least one"),
        ("green", ["planet:mars"], "not known"),
    ],
)
def test_a_label_and_its_addresses_go_together(network, tlp, addresses, words):
    with pytest.raises(Invalid, match=words):
        begin(network, terms=terms(tlp, addresses))
    assert not SharedItem.objects.exists()


def test_above_the_chosen_label_a_second_person_says_yes_to_this_very_version(network):
    item = begin(network, terms=terms("amber", ["sector:health"]))
    with pytest.raises(NotReviewed):
        publishing.publish(item=item, by=network.member, at=NOON)
    publishing.submit(item=item, by=network.member, at=NOON)
    with pytest.raises(publishing.OwnWork):
        publishing.approve(item=item, by=network.member, at=NOON)
    with pytest.raises(NotPermitted):
        publishing.approve(item=item, by=network.neighbour, at=NOON)
    publishing.approve(item=item, by=network.colleague, at=NOON)
    drafting.revise(
        item=item, document=document("Anders"), terms=terms("amber", ["sector:health"]), by=network.member, at=NOON
    )
    with pytest.raises(NotReviewed):
        publishing.publish(item=item, by=network.member, at=NOON)
    publishing.approve(item=item, by=network.colleague, at=NOON)
    publishing.publish(item=item, by=network.member, at=NOON)
    assert item.state == "published"


def test_under_red_the_second_person_is_one_of_the_named(network):
    item = begin(network, terms=terms("red", [f"person:{network.colleague.user_id}"]))
    second = world.person("adam", Role.PARTNER, partner=network.harbour)
    with pytest.raises(NotPermitted):
        publishing.approve(item=item, by=second, at=NOON)
    publishing.approve(item=item, by=network.colleague, at=NOON)
    publishing.publish(item=item, by=network.member, at=NOON)
    assert not SharedItem.objects.visible_to(second).exists()


def test_a_reviewer_sends_it_back_with_a_reason(network):
    item = begin(network, terms=terms("amber", ["sector:health"]))
    publishing.submit(item=item, by=network.member, at=NOON)
    with pytest.raises(Invalid):
        publishing.send_back(item=item, words=" ", by=network.colleague, at=NOON)
    publishing.send_back(item=item, words="Noem de versies.", by=network.colleague, at=NOON)
    assert item.state == "draft"


def test_who_has_no_agreement_for_sharing_publishes_nothing(network):
    item = begin(network)
    Agreement.objects.filter(partner=network.harbour).update(state=AgreementState.SUSPENDED)
    with pytest.raises(NoAgreement):
        publishing.publish(item=item, by=network.member, at=NOON)


def test_what_came_from_outside_keeps_its_sources_label(network):
    amber = document(marking=Marking(tlp=Tlp.AMBER), key="ABC-1")
    with pytest.raises(Invalid, match="source"):
        begin(network, document=amber, is_received=True)
    item = begin(network, document=amber, is_received=True, terms=terms("amber", ["sector:health"]))
    with pytest.raises(Invalid, match="source"):
        drafting.revise(item=item, document=amber, terms=terms(), by=network.member, at=NOON)


def test_retracting_asks_for_a_reason_and_leaves_the_item_to_those_who_had_it(network):
    item = out(by=network.member, owner=network.harbour)
    with pytest.raises(Invalid):
        publishing.retract(item=item, reason="", by=network.member, at=NOON)
    publishing.retract(item=item, reason="Het lek bestaat niet.", by=network.member, at=NOON)
    assert item in SharedItem.objects.visible_to(network.neighbour)
    with pytest.raises(WrongState):
        drafting.revise(item=item, document=document(), terms=terms(), by=network.member, at=NOON)
    with pytest.raises(WrongState):
        publishing.publish(item=item, by=network.member, at=NOON)


def test_a_dropped_draft_never_goes_out(network):
    item = begin(network)
    drafting.drop(item=item, by=network.member, at=NOON)
    with pytest.raises(WrongState):
        publishing.publish(item=item, by=network.member, at=NOON)


def test_only_its_members_write_in_a_circle_and_nothing_of_a_closed_one_stands_in_the_clear(network):
    group = world.circle(is_closed=True)
    world.join(group, network.member, partner=network.harbour)
    inside = {"circle": group, "terms": terms("amber", [f"circle:{group.pk}"])}
    with pytest.raises(NotPermitted):
        begin(network, by=network.colleague, **inside)
    told = document(
        "Geheime naam", original=Original(format="text", version="", content=b"Geheime bijlage", digest="cd" * 32)
    )
    item = begin(network, document=told, **inside)
    assert not ItemIndicator.objects.exists()
    assert not item.products.exists()
    version = item.versions.get()
    rows = [*SharedItem.objects.values(), *ItemVersion.objects.values(), *Event.objects.values()]
    kept = repr([{k: bytes(v) if isinstance(v, memoryview) else v for k, v in row.items()} for row in rows])
    assert not any(word in kept for word in ("Geheime", "Poortwachter", "poort.example", "CVE-2026"))
    assert bytes(version.original.content).find(b"Geheime") == -1
    assert replace(content.document_of(version), original=None) == replace(told, original=None)
    assert content.document_of(version).original.content == b"Geheime bijlage"


def test_every_field_of_a_document_survives_the_rows(network):
    empty = Document(title="Leeg", texts=(Text(action="Lees dit."),))
    assert content.document_of(begin(network, document=empty).versions.get()) == empty
