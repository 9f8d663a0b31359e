"""Sealing: what closed circles share is kept as ciphertext, in the tables and so in every backup of them.

Each circle has keys of its own, kept under the key of the machine; that one lies in a file beside the database and not
in it. AES-256-GCM (NIST SP 800-38D) with random nonces. What is sealed is bound to its circle, and begins with the
number of the key that it was sealed with, so that a key can be changed while people go on working.
"""

import os
import secrets
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from schakel.kit.refusals import Refused

NUMBER = struct.Struct(">I")
NONCE_BYTES = 12
KEY_BYTES = 32
_FOR_KEYS = b"schakel.circle.key"


class Unsealable(Refused):
    """What is sealed cannot be opened with the key that is here."""

    wording = _("This content cannot be opened: the key of this machine is not the one it was sealed with.")


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of one circle by number, each under the key of the machine; the one with the highest number seals."""

    bound_to: str
    keys: Mapping[int, bytes]

    def seal(self, content: bytes) -> bytes:
        """The content as ciphertext that opens in this circle alone. Raises Unsealable."""
        number = max(self.keys)
        return NUMBER.pack(number) + _encrypted(self._key(number), content, self._label(number))

    def unseal(self, sealed: bytes) -> bytes:
        """The content again. Raises Unsealable, also where the key with which it was sealed is not on the ring."""
        number = number_of(sealed)
        return _decrypted(self._key(number), sealed[NUMBER.size :], self._label(number))

    def _key(self, number: int) -> bytes:
        return _decrypted(_machine_key(), self.keys.get(number, b""), _FOR_KEYS)

    def _label(self, number: int) -> bytes:
        return f"schakel.circle:{self.bound_to}:{number}".encode()


def new_key() -> bytes:
    """A key for a circle, under the key of the machine: what the circle's row holds."""
    return _encrypted(_machine_key(), secrets.token_bytes(KEY_BYTES), _FOR_KEYS)


def number_of(sealed: bytes) -> int:
    """The number of the key that something was sealed with. Raises Unsealable where it is too short to say."""
    if len(sealed) < NUMBER.size:
        raise Unsealable
    number: int = NUMBER.unpack_from(sealed)[0]
    return number


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
        _make(place)
    return place.read_bytes()


def _make(place: Path) -> None:
    """Written aside and then named, so that nobody reads half a key, and of two who make one the first wins."""
    place.parent.mkdir(parents=True, exist_ok=True)
    aside = place.with_name(f".{place.name}-{secrets.token_hex(8)}")
    aside.touch(mode=0o600)
    aside.write_bytes(secrets.token_bytes(KEY_BYTES))
    try:
        os.link(aside, place)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
