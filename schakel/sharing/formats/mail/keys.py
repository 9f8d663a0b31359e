"""With what mail is opened and judged: OpenPGP by pysequoia, and what its answers mean."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import pysequoia
from django.utils.translation import gettext as _
from pysequoia.packet import PacketPile, Tag

from schakel.sharing.formats.base import Unreadable

SEALED: Final = "openpgp:sealed"
GOOD: Final = "openpgp:signature-good"
UNKNOWN: Final = "openpgp:signature-by-unknown-key"
_KEYS: Final = [Tag.PublicKey, Tag.PublicSubkey]  # A list: the library's enums cannot be in a set.
_KEY_ID: Final = 16
"""The last signs of a fingerprint (RFC 9580, section 5.5.4), by which a signature may name its key."""


@dataclass(slots=True)
class Keys:
    """Our own key, and the certificates of those whose signatures we can judge."""

    own: pysequoia.Tsk | None = None
    certificates: tuple[pysequoia.Cert, ...] = ()
    _by_id: dict[str, pysequoia.Cert] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for certificate in self.certificates:
            for packet in PacketPile.from_bytes(bytes(certificate)):
                if packet.tag in _KEYS:
                    self._by_id[packet.fingerprint[-_KEY_ID:].lower()] = certificate

    def unsealed(self, sealed: bytes) -> tuple[bytes, list[str]]:
        """What was sealed, and what is to be noted of it. Raises Unreadable, code `signature`."""
        if self.own is None:
            raise Unreadable(_("it is sealed with OpenPGP, and there is no key here to open it"), code="signature")
        try:
            content = bytes(pysequoia.decrypt(sealed, decryptor=self.own.decryptor()).bytes or b"")
        except RuntimeError as error:
            reason = _("it is sealed with OpenPGP for somebody else, or damaged: %(words)s")
            raise Unreadable(reason % {"words": _first_line(error)}, code="signature") from error
        return content, [SEALED, *self._judged_within(sealed)]

    def judged(self, signed: bytes, signature: bytes) -> str:
        """What is to be noted of a signature beside its text. Raises Unreadable for one that is not good."""
        try:
            asked: list[str] = []
            pysequoia.verify(bytes=signed, store=self._store(asked), signature=pysequoia.Sig.from_bytes(signature))
        except RuntimeError as error:
            return self._unknown(asked, error)
        return GOOD

    def _judged_within(self, sealed: bytes) -> list[str]:
        asked: list[str] = []
        try:
            pysequoia.decrypt(sealed, decryptor=self.own.decryptor(), store=self._store(asked)) if self.own else None
        except RuntimeError as error:
            return [self._unknown(asked, error)] if asked else []  # Sealed, and not signed.
        return [GOOD]

    def _store(self, asked: list[str]) -> "object":
        def certificates(key_ids: list[str]) -> list[pysequoia.Cert]:
            asked.extend(key_ids)
            return list(self._known(key_ids))

        return certificates

    def _known(self, key_ids: Iterable[str]) -> list[pysequoia.Cert]:
        names = (key_id[-_KEY_ID:].lower() for key_id in key_ids)
        return [self._by_id[name] for name in names if name in self._by_id]

    def _unknown(self, asked: list[str], error: RuntimeError) -> str:
        """A signature by a key that we hold must be good; of another's we can say nothing."""
        if asked and not self._known(asked):
            return UNKNOWN
        reason = _("its signature is not good: %(words)s")
        raise Unreadable(reason % {"words": _first_line(error)}, code="signature") from error


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
