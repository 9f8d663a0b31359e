"""Who is told of an item, by which way, and what stands in the ledger of it."""

from datetime import timedelta

import pytest

from schakel.kit.refusals import NotPermitted
from schakel.policy.access import SYSTEM, Actor
from schakel.post.models import Delivery
from schakel.registry.models import Agreement, AgreementState, ChannelKind, Contact
from schakel.sharing.items import drafting, publishing
from schakel.sharing.ledger import telling
from schakel.sharing.models import Dispatch, Receipt, Telling
from tests.cast import NOON, STRANGER
from tests.sharing import world


def mails(subject=""):
    return {one.address: one for one in Delivery.objects.select_related("content") if subject in one.subject}


def update(network, item, *, at, title="Lek in Poortwachter, tweede bericht", change="Versie 4.3 is uit.", **terms):
    drafting.revise(
        item=item, document=world.document(title), terms=world.terms(**terms), by=network.member, at=at, change=change
    )
    publishing.publish(item=item, by=network.member, at=at)


def test_partners_are_told_in_full_and_the_publisher_is_not(network, tell, receipt_of):
    item = world.out(by=network.member, owner=network.harbour)
    tell(item)
    assert set(mails()) == {"meldingen@care-csirt.example"}
    mail = mails()["meldingen@care-csirt.example"]
    assert mail.subject == "[TLP:GREEN] Lek in Poortwachter"
    assert mail.text.startswith("TLP:GREEN\n\nLek in Poortwachter\n")
    assert "Werk Poortwachter bij tot versie 4.2." in mail.text
    assert "CVE-2026-0101" in mail.text
    assert mail.headers["X-TLP"] == "TLP:GREEN"
    receipt = receipt_of(item, partner=network.care)
    assert (receipt.sent_at, receipt.address, receipt.refusal) == (NOON, "everyone:", "")
    assert not Receipt.objects.filter(partner=network.harbour).exists()


def test_the_words_are_kept_once_however_many_are_told(network, tell):
    Contact.objects.create(partner=network.care, address="wacht@care-csirt.example", is_verified=True)
    tell(world.out(by=network.member, owner=network.harbour))
    contents = {one.content_id for one in mails().values()}
    assert len(mails()) == 2
    assert len(contents) == 1
    assert all("Werk Poortwachter" not in one.body for one in mails().values())


def test_telling_again_tells_nobody_twice(network, tell):
    item = world.out(by=network.member, owner=network.harbour)
    tell(item)
    assert tell(item, at=NOON + timedelta(hours=1)) == {}
    Telling.objects.update(ended_at=None)  # As if the worker had died before it could say that it was done.
    tell(item, at=NOON + timedelta(hours=1))
    assert Delivery.objects.count() == 1
    assert Receipt.objects.filter(partner=network.care).count() == 1


def test_above_what_mail_may_carry_goes_a_link_alone(network, tell):
    item = world.out(
        by=network.member, owner=network.harbour, tlp="amber", addresses=[f"partner:{network.care.pk}"],
        reviewer=network.colleague,
    )  # fmt: skip
    tell(item)
    mail = mails()["meldingen@care-csirt.example"]
    assert mail.subject == "[TLP:AMBER] Er is nieuwe informatie voor u"
    assert "Poortwachter" not in mail.subject + mail.text
    assert f"/sharing/items/{item.uid}" in mail.text
    assert Dispatch.objects.get().is_bare


def test_with_a_key_it_goes_in_full(network, tell):
    Contact.objects.filter(partner=network.care).update(openpgp_key="a key")
    item = world.out(
        by=network.member, owner=network.harbour, tlp="amber", addresses=[f"partner:{network.care.pk}"],
        reviewer=network.colleague,
    )  # fmt: skip
    tell(item)
    mail = mails()["meldingen@care-csirt.example"]
    assert "Werk Poortwachter bij" in mail.text
    assert mail.openpgp_key == "a key"


def test_an_author_that_asks_for_encryption_gets_it(network, tell):
    marking = world.Marking(tlp=world.Tlp.GREEN, iep={"encrypt_in_transit": "must"})
    tell(world.out(by=network.member, owner=network.harbour, document=world.document(marking=marking)))
    assert "Poortwachter" not in mails()["meldingen@care-csirt.example"].text


def test_a_partner_may_lower_what_its_ways_carry_and_never_raise_it(network, tell, prefer):
    prefer(partner=network.care, mail_ceiling="clear")
    tell(world.out(by=network.member, owner=network.harbour))
    assert "Poortwachter" not in mails()["meldingen@care-csirt.example"].text
    network.care.sharing_preference.mail_ceiling = "red"
    network.care.sharing_preference.save()
    item = world.out(
        by=network.member, owner=network.harbour, tlp="amber", addresses=[f"partner:{network.care.pk}"],
        reviewer=network.colleague,
    )  # fmt: skip
    tell(item)
    assert all("Poortwachter" not in one.text for one in mails("AMBER").values())


def test_a_machine_gets_what_its_way_may_carry_and_else_the_refusal_is_kept(network, tell):
    Contact.objects.create(
        partner=network.care, channel=ChannelKind.WEBHOOK, address="https://care.example/hook", is_verified=True,
        webhook_secret="whsec_c2VjcmV0",
    )  # fmt: skip
    tell(world.out(by=network.member, owner=network.harbour))
    hook = Delivery.objects.get(channel=ChannelKind.WEBHOOK)
    assert hook.carried["type"] == "sharing.item.new"
    assert hook.carried["data"]["weaknesses"] == ["CVE-2026-0101"]
    item = world.out(
        by=network.member, owner=network.harbour, tlp="amber+strict", addresses=[f"partner:{network.care.pk}"],
        reviewer=network.colleague,
    )  # fmt: skip
    tell(item)
    assert Delivery.objects.filter(channel=ChannelKind.WEBHOOK).count() == 1
    assert Dispatch.objects.get(receipt__item=item, delivery=None).stop == "above-ceiling"


def test_who_is_refused_stands_in_the_ledger_with_the_reason(network, tell, receipt_of):
    Agreement.objects.filter(partner=network.care).update(state=AgreementState.SUSPENDED)
    item = world.out(by=network.member, owner=network.harbour)
    counts = tell(item)
    assert receipt_of(item, partner=network.care).refusal == "agreement-suspended"
    assert not Delivery.objects.exists()
    assert counts["refused"] == 1


def test_who_is_not_addressed_is_counted_and_not_listed(network, tell):
    item = world.out(by=network.member, owner=network.harbour, addresses=["desk:"])
    counts = tell(item)
    assert counts["outside"] == 1
    assert list(Receipt.objects.filter(item=item).values_list("is_desk", flat=True)) == [True]


def test_under_embargo_nobody_is_told_before_its_end(network, tell):
    until = NOON + timedelta(hours=2)
    item = world.out(by=network.member, owner=network.harbour, embargo_until=until)
    assert tell(item) == {}
    assert not Receipt.objects.exists()
    tell(item, at=until)
    assert set(mails()) == {"meldingen@care-csirt.example"}


def test_an_update_reaches_who_got_the_first_as_an_update_and_others_as_new(network, tell, receipt_of):
    item = world.out(by=network.member, owner=network.harbour, addresses=[f"partner:{network.care.pk}"])
    tell(item)
    Contact.objects.create(organisation=network.country.hospital, address="soc@linde.example", is_verified=True)
    later = NOON + timedelta(days=1)
    update(
        network, item, at=later,
        addresses=[f"partner:{network.care.pk}", f"organisation:{network.country.hospital.pk}"],
    )  # fmt: skip
    tell(item, at=later)
    found = mails("tweede bericht")
    assert found["meldingen@care-csirt.example"].subject.startswith("[TLP:GREEN] Bijgewerkt: ")
    assert "Versie 4.3 is uit." in found["meldingen@care-csirt.example"].text
    assert found["soc@linde.example"].subject == "[TLP:GREEN] Lek in Poortwachter, tweede bericht"
    assert receipt_of(item, partner=network.care).version == 2


def test_who_may_not_read_the_new_version_hears_that_the_old_one_is_withdrawn_and_nothing_else(
    network, tell, receipt_of
):
    item = world.out(by=network.member, owner=network.harbour)
    tell(item)
    later = NOON + timedelta(days=1)
    update(network, item, at=later, title="Geheim vervolg", addresses=["desk:"])
    tell(item, at=later)
    latest = Delivery.objects.select_related("content").filter(address="meldingen@care-csirt.example").latest("pk")
    assert "Geheim" not in latest.subject + latest.text
    assert str(item.uid) in latest.text
    receipt = receipt_of(item, partner=network.care)
    assert (receipt.recalled_at, receipt.version) == (later, 1)
    tell(item, at=later)
    assert Delivery.objects.filter(address="meldingen@care-csirt.example").count() == 2


def test_a_retraction_reaches_all_who_got_it_and_only_them(network, tell, receipt_of, prefer):
    item = world.out(by=network.member, owner=network.harbour)
    tell(item)
    later = NOON + timedelta(days=1)
    publishing.retract(item=item, reason="De bron had het mis.", by=network.member, at=later)
    Contact.objects.create(organisation=network.country.hospital, address="soc@linde.example", is_verified=True)
    tell(item, at=later)
    assert set(mails("Ingetrokken")) == {"meldingen@care-csirt.example"}
    assert "De bron had het mis." in mails("Ingetrokken")["meldingen@care-csirt.example"].text
    assert receipt_of(item, partner=network.care).recalled_at == later


def test_people_are_told_when_they_ask_for_it(network, tell, prefer, users):
    tell(world.out(by=network.member, owner=network.harbour))
    assert "carla@example.org" not in mails()
    prefer(user=users["client"])
    prefer(user=users["desk"])
    tell(world.out(by=network.member, owner=network.harbour))
    assert {"carla@example.org", "dora@example.org"} <= set(mails())


def test_who_is_named_gets_a_link_alone_under_red(network, tell, users):
    item = world.out(
        by=network.member, owner=network.harbour, tlp="red",
        addresses=[f"person:{users['desk'].pk}", f"person:{network.colleague.user_id}"],
        reviewer=network.colleague,
    )  # fmt: skip
    tell(item)
    assert set(mails()) == {"dora@example.org", "arjan@example.org"}
    assert "Poortwachter" not in mails()["dora@example.org"].text


def test_only_the_system_tells(network, tell):
    item = world.out(by=network.member, owner=network.harbour)
    for actor in (network.member, network.steward, STRANGER, Actor(name="nobody")):
        with pytest.raises(NotPermitted):
            telling.tell(item=item, version=1, by=actor, at=NOON)


def test_a_batch_costs_the_same_however_many_are_told(network, tell, django_assert_max_num_queries):
    for number in range(30):
        partner = type(network.care).objects.create(
            key=f"p{number}", name=f"P{number}", type="isac", functions=["information-sharing"]
        )
        Contact.objects.create(partner=partner, address=f"p{number}@example.org", is_verified=True)
        Agreement.objects.create(
            partner=partner, functions=["information-sharing"], from_on=NOON.date(), state=AgreementState.SIGNED
        )
    item = world.out(by=network.member, owner=network.harbour)
    with django_assert_max_num_queries(85):  # Two batches: the first is small.
        tell(item)
    assert len(mails()) == 31


def test_rounds_that_were_cut_off_are_taken_up_again(network, tell):
    item = world.out(by=network.member, owner=network.harbour)
    Telling.objects.create(item=item, version=1, occasion="new", begun_at=NOON)
    assert telling.resume(by=SYSTEM, at=NOON + timedelta(minutes=5)) == 0
    assert telling.resume(by=SYSTEM, at=NOON + timedelta(minutes=11)) == 1
