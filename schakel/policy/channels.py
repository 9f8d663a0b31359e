"""Which way an item may leave by: the ceiling of a channel, encryption, the author's own policy. Pure rules.

PAP: MISP taxonomy PAP. IEP: FIRST, Information Exchange Policy 2.0.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from schakel.policy.sharing import Pap, Tlp, label


class Stop(StrEnum):
    """Why an item may not leave by a channel."""

    UNKNOWN_LABEL = "unknown-label"
    NAMED_PEOPLE_ONLY = "named-people-only"
    ABOVE_CEILING = "above-ceiling"
    MUST_BE_ENCRYPTED = "must-be-encrypted"
    IN_CLOSED_CIRCLE = "in-closed-circle"


@dataclass(frozen=True, slots=True)
class Channel:
    """A way out. `ceiling`: the most closed label that it takes. `is_encrypted`: nobody but the recipient reads it."""

    ceiling: Tlp
    is_encrypted: bool = False
    is_for_people: bool = False  # One person at a time, by name: a page after login, a mail to one's own key.


MISP_FEED = Channel(ceiling=Tlp.AMBER_STRICT, is_encrypted=True)
"""Fetched over TLS with a key of the reader's own."""
MISP_SERVER = Channel(ceiling=Tlp.AMBER_STRICT, is_encrypted=True)
"""Put over TLS on a server of the recipient's own."""
CHAT = Channel(ceiling=Tlp.GREEN, is_encrypted=False)
"""A room of the recipient's chat: who is in it is not ours to know, and who runs it reads along."""
MAIL = Channel(ceiling=Tlp.GREEN)
"""The most that mail may carry which others can read on its way; above it goes a link."""
SEALED_MAIL = Channel(ceiling=Tlp.AMBER_STRICT, is_encrypted=True)
"""Mail to a recipient's OpenPGP key. A mailbox is read by more than one person, so nothing that names people."""
WEBHOOK = Channel(ceiling=Tlp.AMBER, is_encrypted=True)
"""A signed call over TLS to a machine of the recipient."""

PROGRAM = Channel(ceiling=Tlp.AMBER_STRICT, is_encrypted=True)
"""An answer over TLS to a program that acts for somebody with a place in the network."""
CSAF_PROVIDER = Channel(ceiling=Tlp.AMBER, is_encrypted=True)
"""Fetched over TLS with a key of the reader's own; CSAF 2.0 has no word for AMBER+STRICT."""


@dataclass(frozen=True, slots=True)
class Load:
    """What of an item decides which ways it may go."""

    tlp: str
    iep: Mapping[str, object]
    is_sealed: bool = False  # In a closed circle.


def stop(load: Load, *, channel: Channel) -> Stop | None:
    """Say why it may not leave by `channel`, or None when it may. RED is never exported: only people read it."""
    tlp = label(load.tlp)
    if tlp is None:
        return Stop.UNKNOWN_LABEL
    checks = (
        (load.is_sealed and not channel.is_for_people, Stop.IN_CLOSED_CIRCLE),
        (tlp == Tlp.RED and not channel.is_for_people, Stop.NAMED_PEOPLE_ONLY),
        (_is_above(tlp, channel.ceiling), Stop.ABOVE_CEILING),
        (encryption_asked(load.iep) and not channel.is_encrypted, Stop.MUST_BE_ENCRYPTED),
    )
    return next((reason for is_met, reason in checks if is_met), None)


def at_most(channel: Channel, ceiling: str) -> Channel:
    """The channel with the ceiling that its owner chose, where that is lower than ours; an unknown word means CLEAR."""
    chosen = label(ceiling) or Tlp.CLEAR
    return channel if _is_above(chosen, channel.ceiling) else replace(channel, ceiling=chosen)


def encryption_asked(iep: Mapping[str, object]) -> bool:
    """Whether its author lets it travel encrypted only (IEP 2.0, `encrypt_in_transit`); an unknown word asks for it."""
    return str(iep.get("encrypt_in_transit", "may")).lower() != "may"


def may_block(pap: str) -> bool:
    """Whether a machine may act on it where the adversary can notice: blocking, for one. No label allows it."""
    return not pap or pap in {Pap.CLEAR, Pap.GREEN}


def _is_above(tlp: Tlp, ceiling: Tlp) -> bool:
    order = list(Tlp)
    return order.index(tlp) > order.index(ceiling)
