"""Recipients' OpenPGP certificates: whether one may still be encrypted to.

The library takes a revoked certificate, and falls back to a key that has expired: both are for us to refuse.
"""

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import pysequoia
from pysequoia.packet import PacketPile, SignatureType, Tag

from schakel.post.channels.base import Unsendable

# Lists: the library's enums cannot be in a set.
KEYS = [Tag.PublicKey, Tag.PublicSubkey]
BINDINGS = [SignatureType.SubkeyBinding, SignatureType.DirectKey, SignatureType.PositiveCertification]


def certificate_of(armoured: str) -> pysequoia.Cert:
    """A recipient's certificate, fit to be encrypted to. Raises Unsendable with the reason."""
    if "PRIVATE KEY BLOCK" in armoured:
        raise Unsendable("The recipient's OpenPGP key is a secret key; ask for the public one.")
    try:
        certificate = pysequoia.Cert.from_bytes(armoured.encode())
    except RuntimeError as error:
        raise Unsendable(f"The recipient's OpenPGP key cannot be read: {first_line(error)}") from error
    if certificate.is_revoked:
        raise Unsendable("The recipient's OpenPGP key has been revoked.")
    if certificate.expiration is not None and certificate.expiration <= datetime.now(UTC):
        raise Unsendable(f"The recipient's OpenPGP key expired on {certificate.expiration:%Y-%m-%d}.")
    if _has_only_expired_keys(certificate):
        raise Unsendable("The recipient's OpenPGP key has no part for encryption that is still valid.")
    return certificate


def first_line(error: Exception) -> str:
    """What the library says; it adds a page of its own insides below."""
    return str(error).partition("\n")[0]


def _has_only_expired_keys(certificate: pysequoia.Cert) -> bool:
    """Whether every key for encryption has expired, by the newest signature that binds it (RFC 9580, 5.2.3.13)."""
    key: Any = None
    bindings = defaultdict[str, list[tuple[datetime, datetime]]](list)
    for packet in PacketPile.from_bytes(bytes(certificate)):
        if packet.tag in KEYS:
            key = packet
        elif _is_for_encryption(packet):
            bindings[key.fingerprint].append((packet.signature_created, _end(key, packet)))
    newest = [max(signatures)[1] for signatures in bindings.values()]
    return bool(newest) and max(newest) <= datetime.now(UTC)


def _end(key: Any, binding: Any) -> datetime:
    """When the key's validity ends by that signature."""
    if binding.key_validity_period is None:
        return datetime.max.replace(tzinfo=UTC)
    end: datetime = key.key_created + binding.key_validity_period
    return end


def _is_for_encryption(packet: Any) -> bool:
    if packet.tag != Tag.Signature or packet.key_flags is None:
        return False
    is_flagged = packet.key_flags.transport_encryption or packet.key_flags.storage_encryption
    return is_flagged and packet.signature_type in BINDINGS
