"""A constituency described by counts, where a partner gives no list: by relation, sector, SBI section, region, size."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid
from schakel.policy.access import Actor
from schakel.registry.models import Constituency, Estimate, Partner, Relation, SizeClass
from schakel.registry.partners.words_given import line, one_known, permit_edit

CELL = ("relation", "sector", "sbi_section", "region", "size_class")
"""What tells the counts of one partner apart."""
LARGEST = 20_000_000
"""More organisations than the Kingdom has people: a slip of the finger."""


@dataclass(frozen=True, slots=True)
class Row:
    """One relation: how many organisations are on the list, and how many more are known as counts."""

    relation: Relation
    listed: int
    counted: int


@transaction.atomic
def estimate(
    *,
    partner: Partner,
    relation: str,
    count: int,
    source: str,
    counted_on: date,
    by: Actor,
    at: datetime,
    sector: str = "",
    sbi_section: str = "",
    region: str = "",
    size_class: str = SizeClass.UNKNOWN,
) -> Estimate:
    """Say how many organisations of a kind a partner reaches; the same cell again replaces its count.

    Raises NotPermitted, and Invalid for a word on no list, no source, a day to come, or a count that cannot be.
    """
    permit_edit(partner, by)
    if relation not in Relation.values or size_class not in SizeClass.values:
        raise Invalid(_("choose a relation and a size."))
    if not 1 <= count <= LARGEST:
        raise Invalid(_("the count must lie between 1 and 20 million."))
    if counted_on > timezone.localdate(at):
        raise Invalid(_("the day of counting cannot lie ahead."))
    if not line(source):
        raise Invalid(_("say where the count comes from."))
    cell: dict[str, Any] = {
        "relation": relation,
        "sector": one_known(sector, among="sectors") if sector else "",
        "sbi_section": one_known(sbi_section, among="sbi_sections") if sbi_section else "",
        "region": one_known(region, among="regions") if region else "",
        "size_class": size_class,
    }
    given = {"count": count, "source": line(source), "counted_on": counted_on}
    row, _is_new = Estimate.objects.update_or_create(partner=partner, **cell, defaults=given)
    record("registry.estimate.stated", on=row, by=by, at=at, partner=partner.pk, count=count)
    return row


@transaction.atomic
def drop_estimate(*, row: Estimate, by: Actor, at: datetime) -> None:
    """Take a count back. Raises NotPermitted."""
    permit_edit(row.partner, by)
    record("registry.estimate.dropped", on=row, by=by, at=at, partner=row.partner_id, count=row.count)
    row.delete()


def by_relation(partner: Partner, *, on: date) -> list[Row]:
    """The constituency of one partner by relation, listed and counted. Two queries."""
    running = Q(valid_from=None) | Q(valid_from__lte=on)
    running &= Q(valid_until=None) | Q(valid_until__gt=on)
    members = Constituency.objects.filter(running, partner=partner).order_by()
    listed = dict(members.values_list("relation").annotate(rows=Count("*")))  # Of an id it would read every row.
    counted: dict[str, int] = {}
    for relation, count in Estimate.objects.filter(partner=partner).values_list("relation", "count"):
        counted[relation] = counted.get(relation, 0) + count
    return [
        Row(relation=Relation(one), listed=listed.get(one, 0), counted=counted.get(one, 0))
        for one in Relation.values
        if one in listed or one in counted
    ]
