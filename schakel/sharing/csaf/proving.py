"""Whether a document is what its provider let out: hashes and OpenPGP signature (CSAF 2.0, 7.1.18 to 7.1.20)."""

import hashlib
from collections.abc import Sequence

import pysequoia
from django.utils.translation import gettext as _

from schakel.sharing.csaf.walking import Ask, Entry
from schakel.sharing.formats.base import Unreadable


def fault(
    content: bytes, entry: Entry, *, is_trusted: bool, certificates: Sequence[pysequoia.Cert], ask: Ask
) -> Unreadable | None:
    """Say why it is not to be believed, or None. What a provider tells of, or as a trusted one owes, must be there."""
    told = [(place, ask(place)) for place in entry.hashes]
    there = [(place, found) for place, found in told if found is not None]
    wrong = next((place for place, found in there if not _is_hash(found, content, place)), "")
    if wrong:
        return Unreadable(_("this is not the hash of the document"), place=wrong, code="hash")
    if not there and (is_trusted or entry.tells_hash):
        return Unreadable(_("the hash of the document is not there"), place=entry.url, code="hash")
    must = is_trusted or entry.tells_signature
    signature = ask(entry.signature)
    if signature is None:
        return Unreadable(_("the signature is not there"), place=entry.url, code="signature") if must else None
    if not certificates and not must:  # Nobody promised one, so that there is no key to judge it by.
        return None
    return _signature_fault(content, signature, certificates, entry.signature)


def _is_hash(found: bytes, content: bytes, place: str) -> bool:
    """Whether the file holds the hash, with or without the name of the document behind it."""
    name = place.rpartition(".")[2]
    said = found.decode(errors="replace").split()
    return name in {"sha256", "sha512"} and bool(said) and said[0].lower() == hashlib.new(name, content).hexdigest()


def _signature_fault(
    content: bytes, signature: bytes, certificates: Sequence[pysequoia.Cert], place: str
) -> Unreadable | None:
    if not certificates:
        return Unreadable(_("no key of this provider is known"), place=place, code="signature")
    try:
        parsed = pysequoia.Sig.from_bytes(signature)
        checked = pysequoia.verify(bytes=content, store=lambda _ids: list(certificates), signature=parsed)
    except RuntimeError:
        checked = None
    if checked is None or not checked.valid_sigs:
        return Unreadable(_("the signature is not that of this provider"), place=place, code="signature")
    return None
