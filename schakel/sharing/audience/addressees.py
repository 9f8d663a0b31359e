"""Whom one may choose: names to addresses and back, never beyond what the chooser may know of.

People appear as they let themselves be found in the directory, and to those who are in a circle with them.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.db.models import Q, QuerySet

from schakel.kit.paging import key_of
from schakel.people.models import Listing, User
from schakel.policy.access import Actor
from schakel.policy.audience import GROUPS, Address, kind_of
from schakel.registry.files.lists import slugs
from schakel.registry.models import Organisation, Partner, PartnerStanding
from schakel.sharing.models import Circle, CircleMember
from schakel.sharing.models.circle import in_now

FOUND_AT_MOST = 12
"""So many of each kind are offered; who looks for another types more of its name."""
LISTS = {
    Address.PARTNER_TYPE: "partner_types",
    Address.SECTOR: "sectors",
    Address.REGION: "regions",
    Address.FUNCTION: "functions",
}


class Named(NamedTuple):
    """An address and the name of who it is; a group has the slug of its list here, which doors put into words."""

    address: str
    kind: Address
    name: str


@dataclass(frozen=True)
class Book:
    """The addresses that one actor may know of."""

    actor: Actor

    def found(self, words: str, *, circle: Circle | None = None) -> list[Named]:
        """Who has these words in its name: partners, organisations, circles, people. At most four queries."""
        words = " ".join(words.split())
        if not words:
            return []
        by_account = Q(listing=None, username__istartswith=words)
        people = self._people(circle).filter(Q(listing__name__icontains=words) | by_account)
        return [
            *_named(Address.PARTNER, self._partners.filter(name__icontains=words, standing=PartnerStanding.PARTNER)),
            *_named(Address.ORGANISATION, self._organisations.filter(name__icontains=words)),
            *_named(Address.CIRCLE, self._circles.filter(name__icontains=words)),
            *(_person(one) for one in people.order_by("pk")[:FOUND_AT_MOST]),
        ]

    def names(self, addresses: Collection[str], *, circle: Circle | None = None) -> dict[str, Named]:
        """The names of those of these addresses that the actor may know of. At most four queries."""
        numbers = _numbers(addresses)
        found: Iterator[Named] = (
            one
            for kind, rows in (
                (Address.PARTNER, self._partners),
                (Address.ORGANISATION, self._organisations),
                (Address.CIRCLE, self._circles),
            )
            if numbers[kind]
            for one in _named(kind, rows.filter(pk__in=numbers[kind]), at_most=None)
        )
        people = self._people(circle).filter(pk__in=numbers[Address.PERSON]) if numbers[Address.PERSON] else ()
        known = [*found, *map(_person, people), *filter(None, map(_plain, addresses))]
        return {one.address: one for one in known}

    @cached_property
    def _partners(self) -> QuerySet[Partner]:
        return Partner.objects.visible_to(self.actor).order_by("name", "pk")

    @cached_property
    def _organisations(self) -> QuerySet[Organisation]:
        return Organisation.objects.visible_to(self.actor).filter(successor=None).order_by("name", "pk")

    @cached_property
    def _circles(self) -> QuerySet[Circle]:
        """Those that the actor is in: into others it sends nothing."""
        return Circle.objects.filter(pk__in=CircleMember.objects.of(self.actor).values("circle")).order_by("name", "pk")

    def _people(self, circle: Circle | None) -> QuerySet[User]:
        """Who lets the actor find it, who is in this circle with it, and itself."""
        listed = Listing.objects.visible_to(self.actor).values("user")
        wanted = Q(pk__in=listed) | Q(pk=self.actor.user_id or 0)
        if circle is not None and CircleMember.objects.of(self.actor).filter(circle=circle).exists():
            wanted |= Q(pk__in=CircleMember.objects.filter(in_now(), circle=circle).values("user"))
        return User.objects.filter(wanted, is_active=True).select_related("listing")


def _named(
    kind: Address,
    rows: QuerySet[Partner] | QuerySet[Organisation] | QuerySet[Circle],
    *,
    at_most: int | None = FOUND_AT_MOST,
) -> Iterator[Named]:
    for pk, name in rows.values_list("pk", "name")[:at_most]:
        yield Named(kind.of(pk), kind, name)


def _person(user: User) -> Named:
    listing = getattr(user, "listing", None)
    return Named(Address.PERSON.of(user.pk), Address.PERSON, listing.name if listing else user.get_username())


def _plain(address: str) -> Named | None:
    """The desk, everyone, and groups that are on their list."""
    kind, value = kind_of(address), address.partition(":")[2]
    if kind in {Address.DESK, Address.EVERYONE}:
        return Named(address, kind, "")
    if kind in GROUPS and value in slugs(LISTS[kind]):
        return Named(address, kind, value)
    return None


def _numbers(addresses: Collection[str]) -> dict[Address, set[int]]:
    found: dict[Address, set[int]] = {kind: set() for kind in Address}
    for address in addresses:
        kind, number = kind_of(address), key_of(address.partition(":")[2])
        if kind and number:
            found[kind].add(number)
    return found
