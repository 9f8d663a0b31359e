"""What a partner and the network expect of each other, for programs of either."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Path, Query, Router, Status

from schakel.api.balance_shapes import (
    ExpectationGiven,
    ExpectationPage,
    ExpectationQuery,
    ExpectationShape,
    ReasonGiven,
    ReviewGiven,
)
from schakel.api.pages import listed
from schakel.api.requests import Request
from schakel.api.shapes import Key
from schakel.collaboration import expectations
from schakel.collaboration.models import Expectation
from schakel.policy.access import Permission
from schakel.registry.models import Partner

router = Router(tags=["balance"], by_alias=True)


@router.get("/expectations", response=ExpectationPage, operation_id="listExpectations")
def index(request: Request, query: Query[ExpectationQuery]) -> Any:
    """Expectations of one's own partner, or for the coordinator of all, newest first."""
    rows = Expectation.objects.visible_to(request.auth).prefetch_related("reviews")
    asked = query.model_dump(include={"partner_id", "state"}, exclude_none=True)
    return listed(request, rows.filter(**asked), query)


@router.post("/partners/{partner_id}/expectations", response={201: ExpectationShape}, operation_id="addExpectation")
def expect(request: Request, partner_id: Path[Key], given: ExpectationGiven) -> Any:
    """Put down what a partner brings or takes. Who writes it has agreed for its own side."""
    partner = get_object_or_404(Partner.objects.of(request.auth, Permission.BALANCE_EDIT), pk=partner_id)
    row = expectations.expect(partner=partner, by=request.auth, at=timezone.now(), **given.model_dump())
    return Status(201, row)


@router.post("/expectations/{expectation_id}/agreement", response=ExpectationShape, operation_id="agreeExpectation")
def agree(request: Request, expectation_id: Path[Key]) -> Any:
    """Agree for the side that has not yet."""
    row = _seen(request, expectation_id)
    expectations.agree(expectation=row, by=request.auth, at=timezone.now())
    return row


@router.post("/expectations/{expectation_id}/reviews", response={201: ExpectationShape}, operation_id="addReview")
def review(request: Request, expectation_id: Path[Key], given: ReviewGiven) -> Any:
    """Say whether it was met, and when to look again."""
    expectations.review(
        expectation=_seen(request, expectation_id), by=request.auth, at=timezone.now(), **given.model_dump()
    )
    return Status(201, _seen(request, expectation_id))


@router.post("/expectations/{expectation_id}/end", response=ExpectationShape, operation_id="endExpectation")
def end(request: Request, expectation_id: Path[Key], given: ReasonGiven) -> Any:
    """Drop it, with the reason; it stays to be read."""
    row = _seen(request, expectation_id)
    expectations.end(expectation=row, reason=given.reason, by=request.auth, at=timezone.now())
    return row


def _seen(request: Request, expectation_id: int) -> Expectation:
    rows = Expectation.objects.visible_to(request.auth).prefetch_related("reviews")
    return get_object_or_404(rows, pk=expectation_id)
