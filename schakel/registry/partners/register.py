"""Reading the register of partners: how large the network is, and who does what in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q

from schakel.policy.access import Actor
from schakel.registry.files.lists import facts, slugs
from schakel.registry.models import (
    AgreementRole,
    Category,
    Commitment,
    Partner,
    PartnerQuerySet,
    PartnerStanding,
)


@dataclass(frozen=True, slots=True)
class Size:
    """How many take part, by category, and whether that can still be managed.

    At most `ceiling` in the core network and the ecosystem keep it manageable (build plan, section 3.1): a reason to
    warn, never to refuse.
    """

    core: int
    ecosystem: int
    connection: int
    unassessed: int
    warn_at: int
    ceiling: int

    @property
    def close(self) -> int:
        """Partners in the core network and the ecosystem."""
        return self.core + self.ecosystem

    @property
    def is_near(self) -> bool:
        """Whether it comes near the ceiling."""
        return self.warn_at <= self.close <= self.ceiling

    @property
    def is_above(self) -> bool:
        """Whether it is above the ceiling."""
        return self.close > self.ceiling


def size(*, to: Actor) -> Size:
    """The size of the network as far as the actor sees it. One query."""
    partners = Partner.objects.visible_to(to).filter(standing=PartnerStanding.PARTNER).order_by()
    counts = dict(partners.values_list("category").annotate(Count("pk")))
    return Size(
        core=counts.get(Category.CORE, 0),
        ecosystem=counts.get(Category.ECOSYSTEM, 0),
        connection=counts.get(Category.CONNECTION, 0),
        unassessed=counts.get("", 0),
        warn_at=settings.PARTNERS_WARN,
        ceiling=settings.PARTNERS_CEILING,
    )


def functions_on(day: date) -> tuple[str, ...]:
    """The functions that the network has on `day`: they may come and go, by `from` and `until` in their list."""
    listed = facts("functions")
    return tuple(
        slug
        for slug in slugs("functions")
        if listed[slug].get("from", date.min) <= day < listed[slug].get("until", date.max)
    )


def in_function(partners: PartnerQuerySet, function: str, *, on: date) -> PartnerQuerySet:
    """Those that take part in a function on `on`, or say that they are suited to it."""
    takes_part = Commitment.objects.on(on).filter(function=function, partner=OuterRef("pk"))
    return partners.filter(Q(functions__contains=[function]) | Exists(takes_part))


@dataclass(frozen=True, slots=True)
class Cast:
    """Who takes part in one function, by role: who leads, who contributes, who informs."""

    function: str
    leads: list[Commitment]
    contributors: list[Commitment]
    informers: list[Commitment]


def roles(*, to: Actor, on: date) -> list[Cast]:
    """The roles in every function of the network on a day, by name of partner. One query. Source: vision, choice 5."""
    seen = Commitment.objects.visible_to(to).on(on).filter(partner__standing=PartnerStanding.PARTNER)
    rows = list(seen.select_related("partner").order_by("partner__name", "pk"))
    return [
        Cast(
            function,
            leads=_of(rows, function, AgreementRole.LEAD),
            contributors=_of(rows, function, AgreementRole.CONTRIBUTOR),
            informers=_of(rows, function, AgreementRole.INFORMER),
        )
        for function in functions_on(on)
    ]


def _of(rows: Iterable[Commitment], function: str, role: AgreementRole) -> list[Commitment]:
    return [row for row in rows if row.function == function and row.role == role]
