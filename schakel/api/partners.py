"""Partners, as the register shows them to those who take part; prospects are not among them."""

from datetime import date
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Path, Query, Router

from schakel.api.pages import listed
from schakel.api.requests import Request
from schakel.api.shapes import Key, PageQuery, Shape, Word
from schakel.policy.access import Permission
from schakel.registry.models import (
    Activity,
    AgreementRole,
    Category,
    Commitment,
    Partner,
    PartnerQuerySet,
    PartnerStanding,
    Relation,
    Side,
    SizeClass,
)
from schakel.registry.partners import estimates
from schakel.registry.partners.register import in_function

router = Router(tags=["partners"], by_alias=True)


class PartnerQuery(PageQuery):
    """Which partners. `standing` is for whoever keeps the register."""

    type: Word | None = None
    function: Word | None = None
    sector: Word | None = None
    region: Word | None = None
    category: Category | None = None
    standing: PartnerStanding | None = None


class PartnerShape(Shape):
    """One partner."""

    id: int
    key: str
    name: str
    type: str
    standing: str
    category: str
    functions: list[str]
    sectors: list[str]
    regions: list[str]
    website: str
    joined_on: date | None


class CommitmentShape(Shape):
    """A function that a partner takes part in. `untilOn` is the day after the last.

    What effort was promised is between a partner and the coordinator: null for others.
    """

    function: str
    role: AgreementRole
    from_on: date
    until_on: date | None
    effort: str | None


class ActivityShape(Shape):
    """Something that a partner does."""

    title: str
    side: Side


class EstimateShape(Shape):
    """A part of a constituency as a count; an empty sector, section or region means any."""

    relation: Relation
    sector: str
    sbi_section: str
    region: str
    size_class: SizeClass
    count: int
    source: str
    counted_on: date


class PartnerInFull(PartnerShape):
    """A partner with what it does. Whom it reaches is between a partner and the coordinator: null for others."""

    about: str
    commitments: list[CommitmentShape]
    activities: list[ActivityShape]
    estimates: list[EstimateShape] | None


class PartnerPage(Shape):
    """Some partners, newest first, and where the next are."""

    items: list[PartnerShape]
    next: str | None


@router.get("/partners", response=PartnerPage, operation_id="listPartners")
def index(request: Request, query: Query[PartnerQuery]) -> Any:
    """Partners, newest first; those that take part, where the query does not ask otherwise."""
    rows = Partner.objects.visible_to(request.auth)
    may_choose = request.auth.may(Permission.PARTNER_MANAGE)
    standing = query.standing if query.standing and may_choose else PartnerStanding.PARTNER
    return listed(request, _narrowed(rows.filter(standing=standing), query), query)


@router.get("/partners/{partner_id}", response=PartnerInFull, operation_id="getPartner")
def show(request: Request, partner_id: Path[Key]) -> Any:
    """One partner."""
    partner = get_object_or_404(Partner.objects.visible_to(request.auth), pk=partner_id)
    commitments = Commitment.objects.visible_to(request.auth).filter(partner=partner)
    activities = Activity.objects.visible_to(request.auth).filter(partner=partner)
    plain = {name: getattr(partner, name) for name in (*PartnerShape.model_fields, "about")}
    is_inside = request.auth.may(Permission.AGREEMENT_VIEW, partner_id=partner.pk)
    lists: dict[str, Any] = {
        "commitments": [_commitment(one, is_inside=is_inside) for one in commitments.order_by("from_on", "pk")],
        "activities": list(activities.order_by("title")),
        "estimates": list(partner.estimates.order_by(*estimates.CELL)) if is_inside else None,
    }
    return plain | lists


def _commitment(commitment: Commitment, *, is_inside: bool) -> dict[str, Any]:
    plain = {name: getattr(commitment, name) for name in ("function", "role", "from_on", "until_on")}
    return plain | {"effort": commitment.effort if is_inside else None}


def _narrowed(rows: PartnerQuerySet, query: PartnerQuery) -> PartnerQuerySet:
    if query.function:
        rows = in_function(rows, query.function, on=timezone.localdate())
    plain: dict[str, Any] = {name: value for name in ("type", "category") if (value := getattr(query, name))}
    lists = {f"{name}s__contains": [value] for name in ("sector", "region") if (value := getattr(query, name))}
    return rows.filter(**plain, **lists)
