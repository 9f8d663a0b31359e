"""Who may read a shared item: its addresses, its label, its circle, agreements and embargo. Pure rules.

An item is addressed: to people by name, to partners and organisations, to circles, to kinds of partners, to everyone. A
label then says how loosely an address may mean somebody. Where a label or an address is not known, the answer is no.
TLP: FIRST, Traffic Light Protocol 2.0 (August 2022), section 4.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from schakel.policy.sharing import Refusal, Tlp, is_wider, label


class Address(StrEnum):
    """What an item may be addressed to. An address is written `kind:value`; the desk and everyone have no value."""

    PERSON = "person"
    PARTNER = "partner"
    ORGANISATION = "organisation"
    DESK = "desk"
    CIRCLE = "circle"
    TASK = "task"  # Those in a circle who take part for one of its tasks: `task:<circle>.<task>`.
    PARTNER_TYPE = "partner-type"
    SECTOR = "sector"
    REGION = "region"
    FUNCTION = "function"
    CLIENTS = "clients"  # Of a partner that passed the item on.
    EVERYONE = "everyone"

    def of(self, value: object = "") -> str:
        """The address, as it is kept."""
        return f"{self.value}:{value}"


class Meant(StrEnum):
    """How an address means a reader, from close to loose."""

    NAMED = "named"  # This person, by name.
    PARTY = "party"  # The reader's own partner, organisation or circle, by name.
    GROUP = "group"  # The reader's partner, as one of a kind, a sector, a region, a function.
    CLIENT = "client"  # An organisation to which a partner that passed it on gives security services.
    COMMUNITY = "community"  # Anybody with a place in the network, member or constituent.
    PUBLIC = "public"


# RED names people. AMBER+STRICT stays inside the organisations that it was sent to. AMBER may go on to clients, by an
# act of the partner that serves them. GREEN is the network's, CLEAR the world's. Both AMBERs ask for a need to know:
# "everyone" names no need, so it means nobody there (it is no address of a group).
MEANS: dict[Tlp, frozenset[Meant]] = {
    Tlp.RED: frozenset({Meant.NAMED}),
    Tlp.AMBER_STRICT: frozenset({Meant.NAMED, Meant.PARTY, Meant.GROUP}),
    Tlp.AMBER: frozenset({Meant.NAMED, Meant.PARTY, Meant.GROUP, Meant.CLIENT}),
    Tlp.GREEN: frozenset({Meant.NAMED, Meant.PARTY, Meant.GROUP, Meant.CLIENT, Meant.COMMUNITY}),
    Tlp.CLEAR: frozenset(Meant),
}

GROUPS = frozenset({Address.PARTNER_TYPE, Address.SECTOR, Address.REGION, Address.FUNCTION})
ADDRESSABLE: dict[Tlp, frozenset[Address]] = {
    Tlp.RED: frozenset({Address.PERSON}),
    Tlp.AMBER_STRICT: frozenset(Address) - {Address.EVERYONE, Address.CLIENTS},
    Tlp.AMBER: frozenset(Address) - {Address.EVERYONE},
    Tlp.GREEN: frozenset(Address),
    Tlp.CLEAR: frozenset(Address),
}


class Hidden(StrEnum):
    """Why somebody may not read an item."""

    UNKNOWN_LABEL = "unknown-label"
    NOT_OUT = "not-out"
    EMBARGO = "embargo"
    OUTSIDE_CIRCLE = "outside-circle"
    NO_AGREEMENT = "no-agreement"
    NOT_ADDRESSED = "not-addressed"
    TOO_WIDE = "too-wide"


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who may be meant. `meant`: the addresses that would mean it, by how they do.

    `circles` are those it is in, `tasks` those for which it is in them. `barred`: why its party takes no part in
    sharing now, if so; then only what is public reaches it.
    """

    meant: Mapping[Meant, frozenset[str]] = field(default_factory=dict)
    circles: frozenset[int] = frozenset()
    tasks: Mapping[int, frozenset[str]] = field(default_factory=dict)
    barred: Refusal | None = None

    def addresses(self, tlp: Tlp) -> frozenset[str]:
        """The addresses by which an item of that label reaches it."""
        means = MEANS[tlp] & {Meant.PUBLIC} if self.barred else MEANS[tlp]
        return frozenset().union(*(self.meant.get(one, frozenset()) for one in means))


@dataclass(frozen=True, slots=True)
class Addressed:
    """What of an item decides who reads it."""

    tlp: str
    addresses: frozenset[str]
    circle: int | None = None
    is_out: bool = True
    embargo_until: datetime | None = None


def hidden(item: Addressed, *, reader: Reader, at: datetime) -> Hidden | None:
    """Say why `reader` may not read `item`, or None when it may."""
    tlp = label(item.tlp)
    if tlp is None:
        return Hidden.UNKNOWN_LABEL
    loosely = frozenset().union(*reader.meant.values()) & item.addresses
    checks = (
        (not item.is_out, Hidden.NOT_OUT),
        (item.embargo_until is not None and at < item.embargo_until, Hidden.EMBARGO),
        (item.circle is not None and item.circle not in reader.circles, Hidden.OUTSIDE_CIRCLE),
        (not reader.addresses(tlp) & item.addresses, _why_not(reader, loosely=bool(loosely))),
    )
    return next((reason for is_met, reason in checks if is_met), None)


def _why_not(reader: Reader, *, loosely: bool) -> Hidden:
    if not loosely:
        return Hidden.NOT_ADDRESSED
    return Hidden.NO_AGREEMENT if reader.barred else Hidden.TOO_WIDE


def closest(item: Addressed, *, reader: Reader) -> str:
    """The address that means the reader most closely, whether or not the label allows it; empty where none does."""
    tlp = label(item.tlp)
    allowed = reader.addresses(tlp) if tlp else frozenset()
    for among in (item.addresses & allowed, item.addresses):
        for means in Meant:
            if found := among & reader.meant.get(means, frozenset()):
                return min(found)
    return ""


class Unaddressable(StrEnum):
    """Why an item may not be addressed so."""

    UNKNOWN_LABEL = "unknown-label"
    UNKNOWN_ADDRESS = "unknown-address"
    NOBODY = "nobody"
    ONLY_PEOPLE = "only-people"
    NO_NEED_TO_KNOW = "no-need-to-know"
    LEAVES_CIRCLE = "leaves-circle"


# Inside a circle an item goes to the circle or to some of it; to nobody by kind, and never to everyone.
IN_A_CIRCLE = frozenset(
    {Address.PERSON, Address.PARTNER, Address.ORGANISATION, Address.DESK, Address.CIRCLE, Address.TASK}
)


def unaddressable(tlp: str, addresses: Collection[str], *, circle: int | None = None) -> Unaddressable | None:
    """Say why an item under that label, in that circle if any, may not be addressed so, or None when it may."""
    known = label(tlp)
    if known is None:
        return Unaddressable.UNKNOWN_LABEL
    kinds = [kind_of(address) for address in addresses]
    if None in kinds:
        return Unaddressable.UNKNOWN_ADDRESS
    if not kinds:
        return Unaddressable.NOBODY
    if not ADDRESSABLE[known].issuperset(kinds):
        return Unaddressable.ONLY_PEOPLE if known == Tlp.RED else Unaddressable.NO_NEED_TO_KNOW
    if circle is None:
        return Unaddressable.LEAVES_CIRCLE if Address.TASK in kinds else None
    others = [address for address in addresses if kind_of(address) in {Address.CIRCLE, Address.TASK}]
    stays = IN_A_CIRCLE.issuperset(kinds) and all(circle_of(address) == str(circle) for address in others)
    return None if stays else Unaddressable.LEAVES_CIRCLE


def circle_of(address: str) -> str:
    """The circle that the address of a circle, or of a task in one, names."""
    return address.partition(":")[2].partition(".")[0]


def kind_of(address: str) -> Address | None:
    """What kind of address it is, or None when it is none."""
    kind, colon, value = address.partition(":")
    if not colon or kind not in set(Address):
        return None
    known = Address(kind)
    has_no_value = known in {Address.DESK, Address.EVERYONE}
    return known if bool(value) != has_no_value else None


class Unpassable(StrEnum):
    """Why a partner may not pass an item on to an organisation."""

    UNKNOWN_LABEL = "unknown-label"
    TOO_CLOSED = "too-closed"
    NOT_SWITCHED_ON = "not-switched-on"
    NO_SERVICES = "no-services"
    IN_CIRCLE = "in-circle"


def unpassable(tlp: str, *, is_switched_on: bool, has_services: bool, circle: int | None = None) -> Unpassable | None:
    """Say why a partner may not pass an item on to one of its constituency, or None when it may.

    Under AMBER only to clients: those to whom it gives security services, where it has switched this on. A tie of
    membership alone is not enough (our reading of TLP 2.0, section 4). What is in a circle leaves it by release alone.
    """
    known = label(tlp)
    if known is None:
        return Unpassable.UNKNOWN_LABEL
    if circle is not None:
        return Unpassable.IN_CIRCLE
    if not MEANS[known] & {Meant.CLIENT, Meant.COMMUNITY}:
        return Unpassable.TOO_CLOSED
    if Meant.COMMUNITY in MEANS[known]:
        return None
    if not is_switched_on:
        return Unpassable.NOT_SWITCHED_ON
    return None if has_services else Unpassable.NO_SERVICES


def is_for_all(tlp: str) -> bool:
    """Whether what stands under `tlp` may stand on a page that anybody opens."""
    known = label(tlp)
    return known is not None and Meant.PUBLIC in MEANS[known]


def needs_review(tlp: str, *, above: str) -> bool:
    """Whether a second person must say yes before an item under `tlp` goes out: for labels stricter than `above`.

    With a label that is not known, always.
    """
    asked, limit = label(tlp), label(above)
    return asked is None or limit is None or is_wider(limit, than=asked)
