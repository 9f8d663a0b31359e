"""The keys of closed circles: what they share is kept as ciphertext, in the tables and so in every backup of them.

Each circle has a key of its own, kept under the key of the machine; that one lies in a file beside the database and not
in it. AES-256-GCM (NIST SP 800-38D) with random nonces; what is sealed is bound to its circle.
"""

import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from schakel.kit.refusals import Refused
from schakel.sharing.models import Circle

NONCE_BYTES = 12
KEY_BYTES = 32
_FOR_KEYS = b"schakel.circle.key"


class Unsealable(Refused):
    """What is sealed cannot be opened with the key that is here."""

    wording = _("This content cannot be opened: the key of this machine is not the one it was sealed with.")


def new_key() -> bytes:
    """A key for a new circle, under the key of the machine: what `Circle.sealed_key` holds."""
    return _encrypted(_machine_key(), secrets.token_bytes(KEY_BYTES), _FOR_KEYS)


def seal(circle: Circle, content: bytes) -> bytes:
    """The content as ciphertext that opens in this circle alone. Raises Unsealable."""
    return _encrypted(_key_of(circle), content, _bound_to(circle))


def unseal(circle: Circle, sealed: bytes) -> bytes:
    """The content again. Whoever calls it has made sure that its reader is in the circle. Raises Unsealable."""
    return _decrypted(_key_of(circle), bytes(sealed), _bound_to(circle))


def _key_of(circle: Circle) -> bytes:
    return _decrypted(_machine_key(), bytes(circle.sealed_key), _FOR_KEYS)


def _bound_to(circle: Circle) -> bytes:
    return f"schakel.circle:{circle.key}".encode()


def _encrypted(key: bytes, content: bytes, bound_to: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, bound_to)


def _decrypted(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to)
    except (InvalidTag, ValueError) as error:
        raise Unsealable from error


def _machine_key() -> bytes:
    """The key in the file that SCHAKEL_CIRCLE_KEY names; made on first use, readable to us alone."""
    place = Path(settings.CIRCLE_KEY)
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch(mode=0o600)
        place.write_bytes(secrets.token_bytes(KEY_BYTES))
    return place.read_bytes()
