"""The register of interests, and the talks where interests clash."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Path, Query, Router, Status

from schakel.api.balance_shapes import (
    ConflictEndGiven,
    ConflictGiven,
    ConflictPage,
    ConflictShape,
    StatementGiven,
    StatementPage,
    StatementQuery,
    StatementShape,
    TalkGiven,
)
from schakel.api.pages import address_after, listed, no_strangers
from schakel.api.requests import Request
from schakel.api.shapes import Key, PageQuery
from schakel.collaboration import interests
from schakel.collaboration.models import InterestConflict, InterestStatement
from schakel.kit.paging import ordered_page
from schakel.policy.access import Permission
from schakel.registry.models import Partner

router = Router(tags=["interests"], by_alias=True)


@router.get("/interests", response=StatementPage, operation_id="listInterests")
def index(request: Request, query: Query[StatementQuery]) -> Any:
    """What partners want of the network, by the key of the partner; the year's statements, old and new."""
    no_strangers(request, query)
    rows = InterestStatement.objects.visible_to(request.auth).select_related("partner")
    found = ordered_page(rows.by_partner(), by=["sorted_key", "year"], place=query.after, size=query.size)
    items = [_told(row) for row in found.rows]
    return {"items": items, "next": address_after(request, found.next_place or None)}


@router.put("/partners/{partner_id}/interests", response=StatementShape, operation_id="stateInterests")
def state(request: Request, partner_id: Path[Key], given: StatementGiven) -> Any:
    """Give a partner's statement for this year, or give it again."""
    partner = _own(request, partner_id)
    return _told(interests.state(partner=partner, by=request.auth, at=timezone.now(), **given.model_dump()))


@router.get("/interest-conflicts", response=ConflictPage, operation_id="listConflicts")
def conflicts(request: Request, query: Query[PageQuery]) -> Any:
    """Clashing interests that one has to do with, newest first."""
    return listed(request, InterestConflict.objects.visible_to(request.auth).prefetch_related("talks"), query)


@router.post("/partners/{partner_id}/interest-conflicts", response={201: ConflictShape}, operation_id="addConflict")
def raise_conflict(request: Request, partner_id: Path[Key], given: ConflictGiven) -> Any:
    """Say that a partner's interests clash with another's, or with the network's own."""
    partner, other = _own(request, partner_id), None
    if given.other_id is not None:
        other = get_object_or_404(Partner.objects.visible_to(request.auth), pk=given.other_id)
    row = interests.raise_conflict(partner=partner, other=other, what=given.what, by=request.auth, at=timezone.now())
    return Status(201, row)


@router.post("/interest-conflicts/{clash_id}/talks", response={201: ConflictShape}, operation_id="addTalk")
def talk(request: Request, clash_id: Path[Key], given: TalkGiven) -> Any:
    """Write down a talk about it; both sides may once it is shared."""
    interests.talk(conflict=_seen(request, clash_id), by=request.auth, at=timezone.now(), **given.model_dump())
    return Status(201, _seen(request, clash_id))


@router.post("/interest-conflicts/{clash_id}/share", response=ConflictShape, operation_id="shareConflict")
def share(request: Request, clash_id: Path[Key]) -> Any:
    """Let the other partner know of it. This cannot be taken back."""
    row = _seen(request, clash_id)
    interests.share(conflict=row, by=request.auth, at=timezone.now())
    return row


@router.post("/interest-conflicts/{clash_id}/end", response=ConflictShape, operation_id="endConflict")
def end(request: Request, clash_id: Path[Key], given: ConflictEndGiven) -> Any:
    """Say what the talks came to."""
    row = _seen(request, clash_id)
    interests.end(conflict=row, by=request.auth, at=timezone.now(), **given.model_dump())
    return row


def _told(row: InterestStatement) -> dict[str, Any]:
    said = {name: getattr(row, name) for name in ("year", "aims", "interests")}
    return said | {"partner": row.partner.key, "name": row.partner.name}


def _own(request: Request, partner_id: int) -> Partner:
    return get_object_or_404(Partner.objects.of(request.auth, Permission.BALANCE_EDIT), pk=partner_id)


def _seen(request: Request, clash_id: int) -> InterestConflict:
    rows = InterestConflict.objects.visible_to(request.auth).prefetch_related("talks")
    return get_object_or_404(rows, pk=clash_id)
