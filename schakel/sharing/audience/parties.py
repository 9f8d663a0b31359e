"""Who an item could reach: partners, organisations, the desk and people, each as the policy's `Reader`.

The same sets of addresses that `models.readers` makes of somebody who asks, made for many at once: a constant number of
queries, however large the network is.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import NamedTuple

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schakel.kit.paging import key_of
from schakel.people.models import User, UserGrant, actor_of
from schakel.policy.access import Permission
from schakel.policy.audience import Address, Addressed, Meant, Reader, kind_of
from schakel.policy.sharing import Refusal
from schakel.registry.agreements import in_force
from schakel.registry.models import Contact, ContactStanding, NetworkFunction, Organisation, Partner
from schakel.sharing.models import Circle, CircleMember
from schakel.sharing.models.circle import in_now
from schakel.sharing.models.readers import EVERYONE, groups_of
from schakel.sharing.words import CircleState

BATCH = 5000


class Party(models.TextChoices):
    """Who can get an item."""

    PARTNER = "partner", _("partner")
    ORGANISATION = "organisation", _("organisation")
    PERSON = "person", _("person")
    DESK = "desk", _("the coordinator's desk")


class Candidate(NamedTuple):
    """Somebody whom an item might reach. `has_way`: somebody there has an account, or it has a verified contact."""

    party: Party
    pk: int | None
    name: str
    reader: Reader
    has_way: bool


@dataclass(frozen=True)
class Network:
    """The parties of the network on one day, as far as an item's addresses and circle can mean them."""

    told: Addressed
    day: date

    def candidates(self) -> Iterator[Candidate]:
        """Everybody who could be meant: the desk, partners, organisations, people."""
        yield from self._desk()
        yield from self._partners()
        yield from self._organisations()
        yield from self._people()

    @cached_property
    def members(self) -> list[CircleMember]:
        """Who is now in the circles that the item is in or goes to. One query."""
        circles = self.numbers(Address.CIRCLE)
        circles |= {self.told.circle} if self.told.circle is not None else set()
        rows = CircleMember.objects.filter(in_now(), circle__in=circles, circle__state=CircleState.OPEN)
        return list(rows.select_related("circle")) if circles else []

    @cached_property
    def refusals(self) -> in_force.Refusals:
        """Why partners do not share now, None for those that do. Two queries."""
        return in_force.refusals_of([NetworkFunction.SHARING], day=self.day)[NetworkFunction.SHARING]

    @cached_property
    def partners(self) -> dict[int, list[Partner]]:
        """Every partner with those that became part of it, itself first. One query."""
        rows = {row.pk: row for row in Partner.objects.order_by("name", "pk")}
        family = {pk: [row] for pk, row in rows.items()}
        for row in rows.values():
            for heir in _heirs(row, rows):
                family[heir].append(row)
        return family

    @cached_property
    def is_closed(self) -> bool:
        """Whether the item lies in a closed circle, which has people and no bodies. One query."""
        return self.told.circle is not None and Circle.objects.filter(pk=self.told.circle, is_closed=True).exists()

    def asked(self, kind: Address) -> set[str]:
        """The values of the item's addresses of one kind."""
        return {address.partition(":")[2] for address in self.told.addresses if kind_of(address) == kind}

    def numbers(self, kind: Address) -> set[int]:
        """The same, of kinds that are numbers."""
        return {number for value in self.asked(kind) if (number := key_of(value))}

    def _circles_of(self, **body: object) -> frozenset[int]:
        """The open circles in which a body is: in closed ones there are people only."""
        return frozenset(
            one.circle_id
            for one in self.members
            if one.user_id is None
            and not one.circle.is_closed
            and all(getattr(one, name) == value for name, value in body.items())
        )

    def _desk(self) -> Iterator[Candidate]:
        circles = self._circles_of(is_desk=True)
        party = {Address.DESK.of(), *map(Address.CIRCLE.of, circles)}
        if not self.is_closed or self._is_absent(is_desk=True):
            yield Candidate(Party.DESK, None, "", _reader(party, community={EVERYONE}, circles=circles), has_way=True)

    def _partners(self) -> Iterator[Candidate]:
        reached = _with_a_way("partner")
        for pk, family in self.partners.items():
            if family[0].successor_id is not None or (self.is_closed and not self._is_absent(partner_id=pk)):
                continue
            circles = self._circles_of(partner_id=pk)
            party = {*(Address.PARTNER.of(one.pk) for one in family), *map(Address.CIRCLE.of, circles)}
            groups = {address for one in family for address in groups_of(one)}
            refusal = self.refusals.get(pk, Refusal.NO_AGREEMENT)
            reader = _reader(party, groups=groups, community={EVERYONE}, circles=circles, barred=refusal)
            yield Candidate(Party.PARTNER, pk, family[0].name, reader, has_way=pk in reached)

    def _organisations(self) -> Iterator[Candidate]:
        """Those that are named or in a circle, and of groups those in which somebody has an account.

        The others of a group hear of it from their partner, who passes it on.
        """
        heirs = self._heirs_of_organisations()
        named = self.numbers(Address.ORGANISATION) | {one.organisation_id for one in self.members} | heirs.keys()
        known = {*filter(None, named)}
        reached = _with_a_way("organisation", only=known)
        wanted = Q(pk__in=known) | self._account_holders()
        rows = Organisation.objects.filter(wanted, successor=None).order_by("pk")
        of_group = cache(_of_group)  # Readers that nothing but their group tells apart are one.
        for pk, name, sector, region in rows.values_list("pk", "name", "sector", "region").iterator(chunk_size=BATCH):
            if pk not in known:
                yield Candidate(Party.ORGANISATION, pk, name, of_group(sector, region), has_way=True)
            elif not self.is_closed or self._is_absent(organisation_id=pk):
                reader = self._organisation(pk, sector, region, *heirs.get(pk, (set(), set())))
                yield Candidate(Party.ORGANISATION, pk, name, reader, has_way=pk in reached)

    def _organisation(self, pk: int, sector: str, region: str, party: set[str], community: set[str]) -> Reader:
        circles = self._circles_of(organisation_id=pk)
        party = {Address.ORGANISATION.of(pk), *map(Address.CIRCLE.of, circles)} | party
        return _reader(party, community=_groups(sector, region) | community, circles=circles)

    def _account_holders(self) -> Q:
        groups = Q(sector__in=self.asked(Address.SECTOR)) | Q(region__in=self.asked(Address.REGION))
        asked = Q() if EVERYONE in self.told.addresses else groups
        holders = UserGrant.objects.filter(organisation__isnull=False, user__is_active=True).values("organisation")
        return Q(pk__in=holders) & asked

    def _heirs_of_organisations(self) -> dict[int, tuple[set[str], set[str]]]:
        """What is addressed to who became part of another means that one. One query."""
        asked = Q(pk__in=self.numbers(Address.ORGANISATION))
        asked |= Q(sector__in=self.asked(Address.SECTOR)) | Q(region__in=self.asked(Address.REGION))
        gone = Organisation.objects.filter(asked, successor__isnull=False).values_list(
            "pk", "sector", "region", "successor", "successor__successor"
        )
        heirs: dict[int, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
        for pk, sector, region, *successors in gone:
            for heir in filter(None, successors):
                heirs[heir][0].add(Address.ORGANISATION.of(pk))
                heirs[heir][1].update({Address.SECTOR.of(sector), Address.REGION.of(region)})
        return heirs

    def _people(self) -> Iterator[Candidate]:
        """Those who are named, and those who are in a circle by name."""
        wanted = self.numbers(Address.PERSON) | {one.user_id for one in self.members if one.user_id is not None}
        users = User.objects.filter(pk__in=wanted).prefetch_related("grants__partner").order_by("pk")
        for user in users:
            yield Candidate(Party.PERSON, user.pk, "", self._person(user), has_way=user.is_active)

    def _person(self, user: User) -> Reader:
        grants = actor_of(user).grants
        able = [one.partner_id for one in grants if one.partner_id and self.refusals.get(one.partner_id) is None]
        organisations = [one.organisation_id for one in grants if one.organisation_id]
        is_desk = any(one.is_for_all and one.holds(Permission.ITEM_VIEW) for one in grants)
        circles = frozenset(one.circle_id for one in self.members if one.user_id == user.pk).union(
            *(self._circles_of(partner_id=pk) for pk in able),
            *(self._circles_of(organisation_id=pk) for pk in organisations),
            self._circles_of(is_desk=True) if is_desk else (),
        )
        party = {Address.PARTNER.of(one.pk) for pk in able for one in self.partners.get(pk, [])}
        party |= {*map(Address.ORGANISATION.of, organisations), *map(Address.CIRCLE.of, circles)}
        party |= {Address.DESK.of()} if is_desk else set()
        has_place = bool(able or organisations or is_desk)
        barred = None if has_place else self._barred(one.partner_id for one in grants)
        return _reader(party, named={Address.PERSON.of(user.pk)}, circles=circles, barred=barred)

    def _barred(self, partners: Iterable[int | None]) -> Refusal:
        return next(filter(None, (self.refusals.get(pk) for pk in partners if pk)), Refusal.NO_AGREEMENT)

    def _is_absent(self, **body: object) -> bool:
        """Whether nobody is in the closed circle for that body."""
        return not any(all(getattr(one, name) == value for name, value in body.items()) for one in self.members)


def _groups(sector: str, region: str) -> set[str]:
    return {EVERYONE, Address.SECTOR.of(sector), Address.REGION.of(region)}


def _of_group(sector: str, region: str) -> Reader:
    return _reader(set(), community=_groups(sector, region))


def _heirs(row: Partner, rows: dict[int, Partner]) -> Iterator[int]:
    """Of whom it became part: two steps on, as `models.readers` looks two steps back."""
    for _step in range(2):
        if row.successor_id is None or row.successor_id not in rows:
            return
        yield row.successor_id
        row = rows[row.successor_id]


def _with_a_way(body: str, *, only: Collection[int] | None = None) -> set[int]:
    """Those with an active account or a verified contact. Two queries."""
    asked = Q(**{f"{body}__isnull": False}) if only is None else Q(**{f"{body}__in": only})
    grants = UserGrant.objects.filter(asked, user__is_active=True).values_list(body, flat=True).distinct()
    contacts = Contact.objects.filter(asked, is_verified=True).exclude(standing=ContactStanding.SUSPENDED)
    return {*filter(None, grants), *filter(None, contacts.values_list(body, flat=True).distinct())}


def _reader(
    party: set[str],
    *,
    named: Collection[str] = (),
    groups: Collection[str] = (),
    community: Collection[str] = (),
    circles: frozenset[int] = frozenset(),
    barred: Refusal | None = None,
) -> Reader:
    meant = {
        Meant.NAMED: frozenset(named),
        Meant.PARTY: frozenset(party),
        Meant.GROUP: frozenset(groups),
        Meant.COMMUNITY: frozenset(community),
        Meant.PUBLIC: frozenset({EVERYONE}) if community else frozenset(),
    }
    return Reader(meant=meant, circles=circles, barred=barred)
