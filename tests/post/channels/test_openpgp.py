"""Signed whenever we have a key, encrypted whenever the recipient has one, and never in clear by accident."""

import datetime as dt
import email
import os
import time
from collections.abc import Callable
from email.policy import default
from pathlib import Path

import pysequoia
import pytest

from schakel.post import steps
from schakel.post.channels.base import NotReady, Unsendable
from schakel.post.channels.mail import certificates, openpgp
from schakel.post.channels.mail.message import compose
from tests.cast import NOON
from tests.post.channels.test_message import LONG, delivery, read


def public(key):
    return str(key.extract_certificate())


def signed_part(content):
    """The signed bytes as they went over the line, and the signature beside them."""
    message = read(content)
    line = f"--{message.get_boundary()}".encode()
    _, signed, rest, _ = content.split(line)
    return signed.removeprefix(b"\r\n").removesuffix(b"\r\n"), rest.partition(b"\r\n\r\n")[2].strip()


def test_a_message_is_signed_whole(with_platform_key):
    content = compose(delivery(body_html="<p>é</p>", attachment_name="r.csv", attachment=b"a;b"))
    message = read(content)
    assert message.get_content_type() == "multipart/signed"
    assert message.get_param("protocol") == "application/pgp-signature"
    signed, signature = signed_part(content)
    proof = pysequoia.Sig.from_bytes(signature)
    assert message.get_param("micalg") == "pgp-" + str(proof.hash_algorithm).rpartition(".")[2].lower()
    verified = pysequoia.verify(signed, lambda _: [with_platform_key.extract_certificate()], signature=proof)
    assert len(verified.valid_sigs) == 1
    assert [part.get_content_type() for part in message.iter_parts()] == [
        "multipart/mixed", "application/pgp-signature",
    ]  # fmt: skip
    inner = email.message_from_bytes(signed, policy=default)
    body = inner.get_body(["plain"])
    assert body is not None
    assert body.get_content().splitlines() == LONG.splitlines()


def test_a_changed_letter_breaks_the_seal(with_platform_key):
    signed, signature = signed_part(compose(delivery(body="Betaal niets.\n")))
    forged = signed.replace(b"niets", b"alles")
    with pytest.raises(RuntimeError):
        pysequoia.verify(
            forged, lambda _: [with_platform_key.extract_certificate()], signature=pysequoia.Sig.from_bytes(signature)
        )


@pytest.mark.parametrize("is_signed", [True, False])
def test_a_message_is_encrypted_to_the_recipients_key(request, recipient_key, is_signed):
    if is_signed:
        platform = request.getfixturevalue("with_platform_key")
    content = compose(delivery(body="Geheim.\n", openpgp_key=public(recipient_key)))
    assert b"Geheim" not in content
    message = read(content)
    assert message.get_content_type() == "multipart/encrypted"
    version, sealed = message.iter_parts()
    assert version.get_content_type() == "application/pgp-encrypted"
    assert version.get_payload(decode=True) == b"Version: 1\r\n"
    store = (lambda _: [platform.extract_certificate()]) if is_signed else None
    opened = pysequoia.decrypt(sealed.get_payload(decode=True), decryptor=recipient_key.decryptor(), store=store)
    assert len(opened.valid_sigs) == int(is_signed)
    assert read(opened.bytes).get_content().strip() == "Geheim."


def revoked(key):
    certificate = key.extract_certificate()
    revocation = bytes(certificate.revoke(key.certifier()))
    return str(pysequoia.Cert.from_bytes(bytes(certificate) + revocation))


def expired():
    key = pysequoia.Tsk.generate("Oud <a@haven.example>", validity_seconds=1)
    return public(key)


BAD_KEYS: dict[str, Callable[[pysequoia.Tsk], str]] = {
    "cannot be read": lambda _: "geen sleutel",
    "secret key": str,
    "revoked": revoked,
    "expired": lambda _: expired(),
    "still valid": lambda _: with_expired_subkeys(),
    "No suitable encryption subkey": lambda key: str(without_subkeys(key)),
}


def with_expired_subkeys():
    key = pysequoia.Tsk.generate("Half <a@haven.example>", validity_seconds=62)  # Made a minute ago, it says.
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=9)
    certificate = key.extract_certificate().set_expiration(later, key.certifier())
    time.sleep(3)
    return str(certificate)


def without_subkeys(key):
    from pysequoia.packet import PacketPile, Tag

    packets = list(PacketPile.from_bytes(bytes(key.extract_certificate())))
    first_subkey = next(place for place, packet in enumerate(packets) if packet.tag == Tag.PublicSubkey)
    return pysequoia.Cert.from_packets(packets[:first_subkey])


@pytest.mark.parametrize("words", BAD_KEYS)
def test_a_key_that_cannot_be_used_stops_the_message_and_says_why(words, relay, hand_over, recipient_key):
    made = hand_over(openpgp_key=BAD_KEYS[words](recipient_key))
    assert steps.deliver_due(at=NOON)["dead"] == 1
    made.refresh_from_db()
    assert words in made.failure
    assert "\n" not in made.failure
    assert relay.received == []


def test_a_message_that_is_encrypted_arrives(relay, hand_over, recipient_key, with_platform_key):
    hand_over(openpgp_key=public(recipient_key))
    assert steps.deliver_due(at=NOON)["sent"] == 1
    assert read(relay.received[0][2]).get_content_type() == "multipart/encrypted"


@pytest.mark.parametrize("content", ["geen sleutel", None])
def test_our_own_key_must_be_there(content, settings, tmp_path):
    path = tmp_path / "key.asc"
    if content:
        path.write_text(content)
    settings.OPENPGP_KEY = str(path)
    with pytest.raises(NotReady) as refusal:
        openpgp.protect(b"x", recipient_key="", boundary="b")
    assert "\n" not in str(refusal.value)


def own_fingerprint():
    key = openpgp.own_key()
    assert key is not None
    return key.extract_certificate().fingerprint


def test_a_new_key_is_taken_up_without_a_restart(with_platform_key, settings):
    assert own_fingerprint() == with_platform_key.extract_certificate().fingerprint
    new = pysequoia.Tsk.generate("Schakel <meldingen@schakel.example>")
    Path(settings.OPENPGP_KEY).write_text(str(new))
    os.utime(settings.OPENPGP_KEY, ns=(1, 1))
    assert own_fingerprint() == new.extract_certificate().fingerprint


def test_without_any_key_a_message_stays_as_it_is():
    assert openpgp.protect(b"x\r\n", recipient_key="", boundary="b") == b"x\r\n"
    with pytest.raises(Unsendable):
        certificates.certificate_of("")
