"""Exactly who gets an item, by which of its addresses, and who does not and why: decided by `policy.audience` alone."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Q

from schakel.people.models import UserGrant
from schakel.policy.access import Role
from schakel.policy.audience import Addressed, Hidden, Reader, closest, hidden
from schakel.policy.sharing import Refusal
from schakel.sharing.audience.parties import Network, Party
from schakel.sharing.items.terms import SharingTerms
from schakel.sharing.models import Circle, addressed

__all__ = ["LISTED", "Recipient", "Summary", "addressed", "recipients", "summary", "when_out"]

LISTED = 200
"""So many of each sort a summary names; the others it counts."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody whom an item gets to, or not: `refusal` says why.

    `pk` is the partner's, organisation's or account's; none for the desk. `address` is the closest of the item's
    addresses that means it; empty where none does. A person has no `name` here: who may read it asks the directory.
    """

    party: Party
    pk: int | None
    name: str
    address: str
    refusal: Hidden | Refusal | None


@dataclass(frozen=True, slots=True)
class Summary:
    """How many get it and how many do not, and the first of both. `people`: accounts that can read it then."""

    getting: Counter[Party] = field(default_factory=Counter)
    by_address: Counter[str] = field(default_factory=Counter)
    refused: Counter[Hidden | Refusal] = field(default_factory=Counter)
    people: int = 0
    listed: list[Recipient] = field(default_factory=list)
    listed_refused: list[Recipient] = field(default_factory=list)


def when_out(terms: SharingTerms, *, circle: Circle | None) -> Addressed:
    """The same of a version that is not out yet, as it will be when it is and its embargo has ended."""
    return Addressed(tlp=terms.tlp.value, addresses=frozenset(terms.addresses), circle=circle.pk if circle else None)


def recipients(told: Addressed, *, at: datetime) -> Iterator[Recipient]:
    """Whom the item gets to at that moment, and whom it means and does not get to.

    Partners and the desk that it does not mean at all are among them too, organisations and people are not. A constant
    number of queries; organisations come piece by piece, as there may be millions.
    """
    judged: dict[int, tuple[Reader, Hidden | None, str]] = {}  # Thousands of one group share their reader.
    for one in Network(told, at.date()).candidates():
        if id(one.reader) not in judged:
            judged[id(one.reader)] = (
                one.reader,
                hidden(told, reader=one.reader, at=at),
                closest(told, reader=one.reader),
            )
        reader, hides, address = judged[id(one.reader)]
        if hides != Hidden.NOT_ADDRESSED or one.party in {Party.PARTNER, Party.DESK}:
            yield Recipient(one.party, one.pk, one.name, address, _refusal(hides, reader, has_way=one.has_way))


def summary(told: Addressed, *, at: datetime) -> Summary:
    """Who gets it, counted and listed. A constant number of queries."""
    found = Summary()
    reached: dict[Party, list[int]] = {party: [] for party in Party}
    for one in recipients(told, at=at):
        if one.refusal is None:
            found.getting[one.party] += 1
            found.by_address[one.address] += 1
            reached[one.party].append(one.pk or 0)
            _list(found.listed, one, found.getting[one.party])
        else:
            found.refused[one.refusal] += 1
            if one.refusal != Hidden.NOT_ADDRESSED:
                _list(found.listed_refused, one, found.refused[one.refusal])
    return replace(found, people=_people(reached))


def _list(among: list[Recipient], one: Recipient, place: int) -> None:
    if place <= LISTED:
        among.append(one)


def _refusal(hides: Hidden | None, reader: Reader, *, has_way: bool) -> Hidden | Refusal | None:
    if hides == Hidden.NO_AGREEMENT:
        return reader.barred
    return Refusal.NO_CHANNEL if hides is None and not has_way else hides


def _people(reached: dict[Party, list[int]]) -> int:
    held = Q(role=Role.PARTNER, partner__in=reached[Party.PARTNER])
    held |= Q(role=Role.ORGANISATION, organisation__in=reached[Party.ORGANISATION])
    held |= Q(user__in=reached[Party.PERSON])
    held |= Q(role=Role.COORDINATOR) if reached[Party.DESK] else Q(pk__in=[])
    return UserGrant.objects.filter(held, user__is_active=True).values("user").distinct().count()
