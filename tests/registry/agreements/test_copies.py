"""What another signing service made of a signature is kept beside it: its name, its reference, its file."""

import hashlib

import pytest

from schakel.journal.models import Event
from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from schakel.registry.agreements import agreeing, copies, ending
from schakel.registry.agreements.copies import LARGEST, LINK, Elsewhere
from schakel.registry.models import Agreement, Signature, SignatureSide, SignedCopy
from tests.cast import DESK, NOON, STEWARD, STRANGER, head_of
from tests.joining import joining, offered, sign, signed

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.fixture
def offer(country):
    joining(country.harbour_circle)
    return offered(country.harbour_circle)


def test_a_signature_takes_its_copy_along(offer):
    given = Elsewhere(provider="Tekenhier", reference="TH-2026-17", content=PDF)
    signature = sign(offer, elsewhere=given)
    copy = signature.copy
    assert (copy.provider, copy.reference, bytes(copy.content)) == ("Tekenhier", "TH-2026-17", PDF)
    assert copy.digest == hashlib.sha256(PDF).hexdigest()
    assert Event.objects.get(tag="registry.signature.copied").facts["digest"] == copy.digest


def test_our_own_two_signatures_bind_with_or_without_it(offer):
    sign(offer, by=LINK, elsewhere=Elsewhere(provider="Tekenhier", reference="TH-1"))
    offer.refresh_from_db()
    assert offer.state == "offered"
    sign(offer, SignatureSide.NETWORK)
    offer.refresh_from_db()
    assert offer.state == "signed"


@pytest.mark.parametrize(
    "given",
    [
        Elsewhere(provider=" ", reference="TH-1"),
        Elsewhere(provider="Tekenhier"),
        Elsewhere(provider="Tekenhier", content=b"PK\x03\x04 a zip"),
        Elsewhere(provider="Tekenhier", content=PDF[:-7]),
        Elsewhere(provider="Tekenhier", content=b"<html>" + PDF),
        Elsewhere(provider="Tekenhier", content=b"%PDF-1.7" + bytes(LARGEST) + b"%%EOF"),
    ],
    ids=["no service", "nothing to show", "no PDF", "cut short", "HTML before it", "too large"],
)
def test_what_cannot_be_evidence_is_refused_and_nothing_is_signed(offer, given):
    with pytest.raises(Invalid):
        sign(offer, elsewhere=given)
    assert not Signature.objects.exists()
    assert not SignedCopy.objects.exists()


def test_a_copy_can_come_later_once(country):
    joining(country.harbour_circle)
    agreement = signed(country.harbour_circle)
    signature = agreement.signatures.get(side="partner")
    given = {"signature": signature, "elsewhere": Elsewhere(provider="Tekenhier", content=PDF), "at": NOON}
    copies.keep(by=head_of(country.harbour_circle), **given)
    with pytest.raises(WrongState):
        copies.keep(by=head_of(country.harbour_circle), **given)


@pytest.mark.parametrize(
    ("side", "who"),
    [
        ("partner", "desk"), ("partner", "member"), ("partner", "neighbour"), ("partner", "stranger"), ("partner", "steward"),
        ("network", "owner"), ("network", "neighbour"), ("network", "stranger"), ("network", "steward"),
    ],
)  # fmt: skip
def test_each_side_shows_its_own_copy_alone(country, side, who):
    joining(country.harbour_circle)
    signature = signed(country.harbour_circle).signatures.get(side=side)
    actor = {
        "desk": DESK, "member": country.member, "owner": head_of(country.harbour_circle), "neighbour": country.neighbour, "stranger": STRANGER, "steward": STEWARD,
    }[who]  # fmt: skip
    with pytest.raises(NotPermitted):
        copies.keep(signature=signature, elsewhere=Elsewhere(provider="X", reference="1"), by=actor, at=NOON)
    assert not SignedCopy.objects.exists()


def test_what_has_ended_takes_no_copy_and_what_is_taken_back_keeps_none(country, offer):
    sign(offer, elsewhere=Elsewhere(provider="Tekenhier", reference="TH-1"))
    agreeing.take_back(agreement=offer, by=DESK, at=NOON)
    assert not SignedCopy.objects.exists()
    joining(country.care_csirt)
    agreement = signed(country.care_csirt)
    ending.end(agreement=Agreement.objects.get(pk=agreement.pk), reason="Klaar", by=DESK, at=NOON)
    signature = agreement.signatures.get(side="network")
    with pytest.raises(WrongState):
        copies.keep(signature=signature, elsewhere=Elsewhere(provider="X", reference="1"), by=DESK, at=NOON)
