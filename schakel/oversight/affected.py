"""Who is affected by what an item speaks of, as far as is known and as far as the reader may know it.

Known are findings with one of its weaknesses, and what organisations say that they use. A partner reads of its
constituency, the coordinator of all, an organisation of itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from schakel.notices.models import HOST, Campaign, Finding, FindingQuerySet
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Organisation, Product
from schakel.registry.models.product import ProductQuerySet
from schakel.sharing.models import ItemIndicator, ItemProduct, ItemWeakness, SharedItem
from schakel.sharing.words import IndicatorKind

MOST_WEAKNESSES = 200
MOST_PRODUCTS = 500
MOST_COMPARED = 2000
COUNTED_UP_TO = 10_000
SHOWN = 20
SOUND = ("fixed", "not-affected")
"""What an advisory says of products that need nothing done."""


@dataclass(frozen=True, slots=True)
class Affected:
    """What is known. Counts end at COUNTED_UP_TO. `may_start`: whether the reader may follow these as a campaign."""

    weaknesses: Sequence[str]
    findings_count: int
    found_count: int
    using_count: int
    organisations: Sequence[Organisation]
    campaigns: Sequence[Campaign]
    sees_findings: bool
    may_start: bool


@dataclass(frozen=True, slots=True)
class SeenHere:
    """Open findings on systems that an item's indicators name."""

    count: int
    findings: Sequence[Finding]


def affected_by(item: SharedItem, *, to: Actor) -> Affected | None:
    """Who is affected by an item that `to` may read; None where that answers for nobody. Seven queries."""
    cves = list(ItemWeakness.objects.filter(item=item).order_by("cve").values_list("cve", flat=True)[:MOST_WEAKNESSES])
    findings, products = _findings(cves, to), _products(item, to)
    sees_findings, answers_for = bool(to.reach(Permission.FINDING_VIEW)), bool(to.reach(Permission.CONSTITUENCY_VIEW))
    if not (sees_findings or answers_for):
        return None
    either = Q(pk__in=findings.values("organisation")) | Q(pk__in=products.values("organisation"))
    known = Organisation.objects.filter(either).order_by("name", "pk")
    return Affected(
        weaknesses=cves,
        findings_count=_count(findings.values("pk")),
        found_count=_count(findings.values("organisation").distinct()),
        using_count=_count(products.values("organisation").distinct()),
        organisations=list(known[:SHOWN]),
        campaigns=list(_campaigns(cves, to)),
        sees_findings=sees_findings,
        may_start=bool(cves) and to.may(Permission.CAMPAIGN_MANAGE),
    )


def seen_here(item: SharedItem, *, to: Actor) -> SeenHere | None:
    """Open findings that `to` may see on the addresses and names among the indicators of an item that it reads.

    None for who sees no findings. Three queries.
    """
    if not to.reach(Permission.FINDING_VIEW):
        return None
    ours = ItemIndicator.objects.out().filter(item=item, kind__in=[IndicatorKind.IP, IndicatorKind.DOMAIN])
    values = list(ours.order_by("pk").values_list("value", flat=True)[:MOST_COMPARED])
    findings = Finding.objects.visible_to(to).unsolved().alias(host=HOST).filter(host__in=values)
    shown = findings.select_related("organisation").order_by("-pk")[:SHOWN]
    return SeenHere(count=_count(findings.values("pk")), findings=list(shown))


def _findings(cves: Sequence[str], to: Actor) -> FindingQuerySet:
    return Finding.objects.visible_to(to).unsolved().filter(weakness__in=cves)


def _campaigns(cves: Sequence[str], to: Actor) -> QuerySet[Campaign]:
    running = Campaign.objects.visible_to(to).filter(weakness__in=cves, ended_at=None)
    return running.order_by("-pk")[:SHOWN]


def _products(item: SharedItem, to: Actor) -> ProductQuerySet:
    """What organisations say that they use, under a name of the item's; an empty version is any version."""
    told = ItemProduct.objects.filter(item=item).exclude(status__in=SOUND).order_by("pk")
    named = Q(pk__in=[])
    for name, vendor, version in told.values_list("name_key", "vendor", "version")[:MOST_PRODUCTS]:
        one = Q(folded=name)
        one &= Q(vendor__iexact=vendor) if vendor else Q()
        one &= Q(version__in=["", version]) if version else Q()
        named |= one
    return Product.objects.visible_to(to).alias(folded=Lower("product")).filter(named)


def _count(rows: QuerySet[Any, Any]) -> int:
    return rows.order_by()[:COUNTED_UP_TO].count()
