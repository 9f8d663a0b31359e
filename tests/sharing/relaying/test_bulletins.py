"""A partner passes an item on: to whom, under which label, with which words, and what is counted of it."""

from datetime import timedelta

import pytest

from schakel.kit.refusals import Invalid, NotPermitted
from schakel.policy.access import SYSTEM
from schakel.post.models import Delivery
from schakel.registry.models import Constituency, Contact, Organisation, Relation
from schakel.sharing.items import drafting, publishing
from schakel.sharing.ledger import figures, telling
from schakel.sharing.models import MailStop, Passing, Receipt, SharedItem
from schakel.sharing.relaying import bulletins, constituents, letters
from tests.cast import NOON, head_of
from tests.sharing import world

LATER = NOON + timedelta(hours=3)


def given(network, **how):
    """An item of the care CSIRT that the harbour circle may read."""
    how = {"addresses": [f"partner:{network.harbour.pk}"]} | how
    reviewer = network.neighbours_colleague if how.get("tlp", "green") in {"amber", "amber+strict"} else None
    return world.out(by=network.neighbour, owner=network.care, reviewer=reviewer, **how)


def pass_on(network, item, *, by=None, **words):
    told = {"title": "Let op in de haven", "intro": "Beste leden,"} | words
    return bulletins.pass_on(item=item, partner=network.harbour, by=by or network.member, at=NOON, **told)


def tell(passing, at=NOON):
    passing.refresh_from_db()
    return constituents.tell_constituents(
        passing=Passing.objects.select_related("item", "partner").get(pk=passing.pk), by=SYSTEM, at=at
    )


def mails():
    return {one.address: one for one in Delivery.objects.select_related("content").order_by("pk")}


def test_members_get_the_partners_words_the_item_and_who_checked_it(network):
    passing = pass_on(network, given(network))
    assert tell(passing) == {"members": 1, "told": 1, "refused": 0}
    mail = mails()["beveiliging@haven.example"]
    assert mail.subject == "[TLP:GREEN] Let op in de haven"
    for words in (
        "Beste leden,",
        "Werk Poortwachter bij",
        "Nagekeken door Havenkring op 02-11-2026",
        "Bron: Havenkring",
    ):
        assert words in mail.text
    assert mail.text.startswith("TLP:GREEN\n")
    assert "TLP:GREEN" in mail.text[-400:]
    assert "List-Unsubscribe" in mail.headers


def test_nobody_is_told_twice_and_an_update_goes_to_who_got_it(network):
    item = given(network)
    passing = pass_on(network, item)
    tell(passing)
    assert tell(passing) == {"members": 0, "told": 0, "refused": 0}
    drafting.revise(
        item=item, document=world.document(), terms=world.terms("green", [f"partner:{network.harbour.pk}"]),
        by=network.neighbour, at=LATER,
    )  # fmt: skip
    publishing.publish(item=item, by=network.neighbour, at=LATER)
    constituents.review(item=item, by=SYSTEM, at=LATER)
    assert Delivery.objects.filter(subject="[TLP:GREEN] Bijgewerkt: Let op in de haven").count() == 1


def test_what_may_no_longer_go_on_is_taken_back(network):
    item = given(network)
    tell(pass_on(network, item))
    drafting.revise(
        item=item, document=world.document("Geheim"), terms=world.terms("amber+strict", [f"partner:{network.harbour.pk}"]),
        by=network.neighbour, at=LATER,
    )  # fmt: skip
    publishing.approve(item=item, by=network.neighbours_colleague, at=LATER)
    publishing.publish(item=item, by=network.neighbour, at=LATER)
    constituents.review(item=item, by=SYSTEM, at=LATER)
    assert Passing.objects.get().stopped_at == LATER
    assert Receipt.objects.get(passing__isnull=False).recalled_at == LATER
    latest = Delivery.objects.select_related("content").latest("pk")
    assert latest.address == "beveiliging@haven.example"
    assert "Geheim" not in latest.text + latest.subject
    assert not SharedItem.objects.visible_to(network.client).filter(pk=item.pk).exists()


def test_a_retraction_reaches_the_members_too(network):
    item = given(network)
    tell(pass_on(network, item))
    publishing.retract(item=item, reason="Fout.", by=network.neighbour, at=LATER)
    telling.tell(item=item, version=1, by=SYSTEM, at=LATER)
    assert Receipt.objects.get(passing__isnull=False).recalled_at == LATER


@pytest.mark.parametrize(
    ("tlp", "is_switched", "error"),
    [
        ("green", False, None),
        ("amber", False, bulletins.NotToBePassedOn),
        ("amber", True, None),
        ("amber+strict", True, bulletins.NotToBePassedOn),
    ],
)
def test_the_label_decides(network, tlp, is_switched, error):
    if is_switched:
        head = head_of(network.harbour)
        bulletins.switch_clients(partner=network.harbour, relations=[Relation.MEMBER], by=head, at=NOON)
    item = given(network, tlp=tlp)
    if error:
        with pytest.raises(error):
            pass_on(network, item)
        return
    tell(pass_on(network, item))
    assert Receipt.objects.get(passing__isnull=False).sent_at == NOON


def test_under_amber_only_clients_get_a_link_and_members_without_services_nothing(network):
    bakery = network.country.bakery
    Constituency.objects.create(partner=network.harbour, organisation=bakery, relation=Relation.CUSTOMER)
    Contact.objects.create(organisation=bakery, address="bakker@korenaar.example", is_verified=True)
    bulletins.switch_clients(
        partner=network.harbour, relations=[Relation.CUSTOMER], by=head_of(network.harbour), at=NOON
    )
    tell(pass_on(network, given(network, tlp="amber")))
    assert set(mails()) == {"bakker@korenaar.example"}
    mail = mails()["bakker@korenaar.example"]
    assert "Poortwachter" not in mail.text + mail.subject
    assert "/bulletin/" in mail.text
    refused = Receipt.objects.get(organisation=network.country.harbour, passing__isnull=False)
    assert refused.refusal == "no-services"


@pytest.mark.parametrize("how", ["objected", "unverified", "suspended", "stopped"])
def test_who_cannot_or_will_not_be_told_is_kept_with_the_reason(network, how):
    contact = Contact.objects.get(address="beveiliging@haven.example")
    if how == "objected":
        Organisation.objects.filter(pk=network.country.harbour.pk).update(has_objected=True)
    elif how == "unverified":
        Contact.objects.filter(pk=contact.pk).update(is_verified=False)
    elif how == "suspended":
        Contact.objects.filter(pk=contact.pk).update(standing="suspended", suspended_at=NOON)
    else:
        MailStop.objects.create(contact=contact, what="bulletins", partner=network.harbour, at=NOON)
    tell(pass_on(network, given(network)))
    expected = {"objected": "objected", "stopped": "unsubscribed"}.get(how, "no-channel")
    assert Receipt.objects.get(passing__isnull=False).refusal == expected
    assert not Delivery.objects.exists()


def test_who_may_pass_on(network):
    item = given(network)
    for by in (network.neighbour, network.client, network.steward, network.auditor):
        with pytest.raises(NotPermitted):
            pass_on(network, item, by=by)
    for_others = given(network, addresses=["desk:"])
    with pytest.raises(NotPermitted):  # The partner itself may not read it.
        pass_on(network, for_others)


def test_only_an_administrator_switches_clients_on(network):
    for by in (network.member, network.neighbour, head_of(network.care), network.steward):
        with pytest.raises(NotPermitted):
            bulletins.switch_clients(partner=network.harbour, relations=["member"], by=by, at=NOON)


def test_only_what_is_clear_gets_a_public_page(network):
    with pytest.raises(Invalid):
        pass_on(network, given(network), is_public=True)
    assert pass_on(network, given(network, tlp="clear"), is_public=True).is_public


def test_the_publisher_counts_who_was_reached_and_learns_no_names(network):
    for number in range(3):
        body = Organisation.objects.create(key=f"m{number}", name=f"Lid {number}", size_class="small")
        Constituency.objects.create(partner=network.harbour, organisation=body)
        Contact.objects.create(organisation=body, address=f"m{number}@example.org", is_verified=True)
    item = given(network)
    tell(pass_on(network, item))
    found = figures.of_item(item, by=network.neighbour)
    assert found.relays == 1
    assert found.relayed is not None
    assert found.relayed["told"] == 4
    seen = Receipt.objects.visible_to(network.neighbour)
    assert not seen.filter(passing__isnull=False).exists()
    assert Receipt.objects.visible_to(network.member).filter(passing__isnull=False).count() == 4


def test_few_members_are_not_counted(network):
    item = given(network)
    tell(pass_on(network, item))
    assert figures.of_item(item, by=network.neighbour).relayed is None


def test_a_batch_of_members_costs_the_same(network, django_assert_max_num_queries):
    for number in range(20):
        body = Organisation.objects.create(key=f"m{number}", name=f"Lid {number}", size_class="small")
        Constituency.objects.create(partner=network.harbour, organisation=body)
        Contact.objects.create(organisation=body, address=f"m{number}@example.org", is_verified=True)
    passing = pass_on(network, given(network))
    with django_assert_max_num_queries(60):
        tell(passing)
    assert Delivery.objects.count() == 21


def test_a_link_opens_the_bulletin_while_it_is_out(network):
    passing = pass_on(network, given(network))
    tell(passing)
    receipt = Receipt.objects.get(passing=passing)
    token = letters.token_of(receipt)
    assert letters.receipt_of(token) == receipt
    assert letters.receipt_of("x") is None
    assert letters.receipt_of(token + "x") is None
    bulletins.stop(passing=passing, by=network.member, at=LATER)
    assert letters.receipt_of(token) is None
