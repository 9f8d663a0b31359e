"""To whom an organisation can turn that wants to become resilient itself: partners that serve its like.

Only partners that agreed to be named in public are given, by name and not by rank.
"""

from dataclasses import dataclass

from django.db.models import Q

from schakel.registry.models import Partner, PartnerStanding, SizeClass

BRANCH = frozenset({"csirt", "isac", "trade-association", "umbrella-organisation", "chain"})
REGIONAL = frozenset({"regional"})
SUPPLIERS = frozenset({"msp", "mssp", "supplier", "isp", "cloud-provider"})
SMALL = frozenset({SizeClass.ONE, SizeClass.MICRO, SizeClass.SMALL})
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Referral:
    """Partners that fit, each in one group; all empty where nobody does."""

    branch: tuple[Partner, ...]
    regional: tuple[Partner, ...]
    suppliers: tuple[Partner, ...]

    def __bool__(self) -> bool:
        """Whether anybody fits."""
        return bool(self.branch or self.regional or self.suppliers)


def refer(*, sector: str = "", region: str = "", size_class: str = "") -> Referral:
    """The partners that serve organisations of this sector, region and size. One query.

    A CSIRT or an ISAC serves larger organisations; who is small finds its trade body, its region and suppliers.
    """
    fits = Q(sectors__contains=[sector]) if sector else Q(pk=None)
    near = Q(regions__contains=[region]) | (Q(regions=[]) & ~Q(type__in=REGIONAL))
    rows = Partner.objects.filter(is_public=True, standing=PartnerStanding.PARTNER).order_by("name")
    rows = rows.filter((fits & Q(type__in=BRANCH)) | Q(type__in=REGIONAL | SUPPLIERS))
    rows = rows.filter(near) if region else rows
    if size_class in SMALL:
        rows = rows.exclude(type__in=["csirt", "isac"])
    found = list(rows[: 3 * SHOWN])
    return Referral(_of(found, BRANCH), _of(found, REGIONAL) if region else (), _of(found, SUPPLIERS))


def _of(partners: list[Partner], types: frozenset[str]) -> tuple[Partner, ...]:
    return tuple(one for one in partners if one.type in types)[:SHOWN]
