"""What a partner brings and takes, for its own programs and the coordinator's; the register of interests."""

from decimal import Decimal
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Path, Query, Router, Status

from schakel.api.pages import address_after, no_strangers
from schakel.api.requests import Request
from schakel.api.shapes import LARGEST_SIZE, Given, Key, Shape, Word, Words
from schakel.collaboration import balance, contributions
from schakel.collaboration.models import Contribution, ContributionKind, Initiative, InterestStatement, Unit
from schakel.kit.paging import SIZE, ordered_page
from schakel.policy.access import Permission
from schakel.registry.models import Partner

router = Router(tags=["balance"], by_alias=True)


class YearQuery(Given):
    """Which year; this one where none is given."""

    year: int | None = Field(None, ge=2000, le=2999)


class ContributionGiven(Given):
    """What the partner brings. `initiative` is the name that its address has."""

    kind: ContributionKind
    amount: Decimal = Field(max_digits=12, decimal_places=2)
    unit: Unit
    what: Words
    year: int
    initiative: Word = ""
    project: Word = ""
    capacity: Word = ""


class ContributionShape(Shape):
    """What the partner brings."""

    id: int
    kind: ContributionKind
    amount: Decimal
    unit: Unit
    what: str
    year: int
    initiative: str | None
    project: str
    capacity: str
    is_withdrawn: bool


class TotalShape(Shape):
    """The sum of one kind in one unit."""

    kind: ContributionKind
    unit: Unit
    amount: Decimal


class CountShape(Shape):
    """What the platform counted."""

    slug: str
    count: int


class BalanceShape(Shape):
    """A partner's year."""

    partner: str
    year: int
    contributions: list[ContributionShape]
    totals: list[TotalShape]
    brings: list[CountShape]
    takes: list[CountShape]


class StatementQuery(Given):
    """How the register is read; `after` is as `next` gave it."""

    after: Word | None = None
    size: int = Field(SIZE, ge=1, le=LARGEST_SIZE)


class StatementShape(Shape):
    """The open part of a partner's statement of interests."""

    partner: str
    name: str
    year: int
    aims: str
    interests: str


class StatementPage(Shape):
    """Some statements, by partner, and where the next are."""

    items: list[StatementShape]
    next: str | None


@router.get("/partners/{partner_id}/balance", response=BalanceShape, operation_id="getBalance")
def show(request: Request, partner_id: Path[Key], query: Query[YearQuery]) -> Any:
    """What a partner brings and takes in a year."""
    no_strangers(request, query)
    partner = get_object_or_404(Partner.objects.of(request.auth, Permission.BALANCE_VIEW), pk=partner_id)
    found = balance.of(partner, year=query.year or timezone.localdate().year, to=request.auth)
    return {
        "partner": partner.key,
        "year": found.year,
        "contributions": [_told(row) for row in found.contributions],
        "totals": [{"kind": kind, "unit": unit, "amount": amount} for kind, unit, amount in found.totals],
        "brings": [{"slug": one.slug, "count": count} for one, count in found.brings],
        "takes": [{"slug": one.slug, "count": count} for one, count in found.takes],
    }


@router.post("/partners/{partner_id}/contributions", response={201: ContributionShape}, operation_id="addContribution")
def contribute(request: Request, partner_id: Path[Key], given: ContributionGiven) -> Any:
    """Write down what a partner brings. The partner itself may, and the coordinator."""
    partner = get_object_or_404(Partner.objects.of(request.auth, Permission.BALANCE_EDIT), pk=partner_id)
    told = given.model_dump()
    slug = told.pop("initiative")
    initiative = get_object_or_404(Initiative.objects.visible_to(request.auth), slug=slug) if slug else None
    row = contributions.contribute(partner=partner, initiative=initiative, by=request.auth, at=timezone.now(), **told)
    return Status(201, _told(row))


@router.get("/interests", response=StatementPage, operation_id="listInterests")
def interests(request: Request, query: Query[StatementQuery]) -> Any:
    """What partners want of the network, by the key of the partner; the year's statements, old and new."""
    no_strangers(request, query)
    rows = InterestStatement.objects.visible_to(request.auth).select_related("partner")
    found = ordered_page(rows.by_partner(), by=["sorted_key", "year"], place=query.after, size=query.size)
    return {
        "items": [
            {
                "partner": row.partner.key,
                "name": row.partner.name,
                "year": row.year,
                "aims": row.aims,
                "interests": row.interests,
            }
            for row in found.rows
        ],
        "next": address_after(request, found.next_place or None),
    }


def _told(row: Contribution) -> dict[str, Any]:
    same = ("id", "kind", "amount", "unit", "what", "year", "project")
    told = {name: getattr(row, name) for name in same}
    return told | {
        "initiative": row.initiative.slug if row.initiative else None,
        "capacity": row.capacity.label if row.capacity else "",
        "is_withdrawn": row.withdrawn_at is not None,
    }
