"""Versions of the functions' plans, and what each function chose to make in a year."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from ninja import Path, Query, Router
from pydantic import AwareDatetime

from schakel.api.pages import listed
from schakel.api.requests import Request
from schakel.api.shapes import Key, PageQuery, Shape, Word
from schakel.governance.functions import function
from schakel.governance.models import PARTS, Canvas, Criterion, Decision, OfferingKind, RoundState, SelectionRound

router = Router(tags=["network"], by_alias=True)


class VersionShape(Shape):
    """One version of a function's plan, and why it was written."""

    version: int
    reason: str
    made_at: AwareDatetime
    coordinator: str
    lead: str | None
    plan: dict[str, str]

    @staticmethod
    def resolve_lead(row: Canvas) -> str | None:
        """The partner that leads, by name."""
        return row.lead.name if row.lead else None

    @staticmethod
    def resolve_plan(row: Canvas) -> dict[str, str]:
        """Its parts."""
        return {name: getattr(row, name) for name in PARTS}


class VersionPage(Shape):
    """Some versions, newest first, and where the next are."""

    items: list[VersionShape]
    next: str | None


class OfferingShape(Shape):
    """A product or service that was put forward, its points on each criterion (1 to 5), and what was decided."""

    title: str
    kind: OfferingKind
    words: str
    points: dict[Criterion, int]
    decision: Decision
    reason: str

    @staticmethod
    def resolve_points(row: Any) -> dict[str, int]:
        """Points by criterion."""
        return {one.criterion: one.points for one in row.scores.all()}


class RoundShape(Shape):
    """One year's choice."""

    function: str
    year: int
    state: RoundState
    places_count: int
    words: str
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None


class RoundPage(Shape):
    """Some rounds, newest first, and where the next are."""

    items: list[RoundShape]
    next: str | None


class RoundInFull(RoundShape):
    """One year's choice with what was put forward."""

    offerings: list[OfferingShape]

    @staticmethod
    def resolve_offerings(row: SelectionRound) -> Any:
        """In the order in which they were put forward."""
        return row.offerings.order_by("pk").prefetch_related("scores")


@router.get("/functions/{function_slug}/versions", response=VersionPage, operation_id="listPlanVersions")
def versions(request: Request, function_slug: Path[Word], query: Query[PageQuery]) -> Any:
    """Every version of a function's plan, newest first."""
    rows = Canvas.objects.visible_to(request.auth).filter(function=_known(function_slug)).select_related("lead")
    return listed(request, rows, query)


@router.get("/functions/{function_slug}/rounds", response=RoundPage, operation_id="listRounds")
def rounds(request: Request, function_slug: Path[Word], query: Query[PageQuery]) -> Any:
    """The years in which a function chose what to make; for members those that are closed."""
    return listed(
        request, SelectionRound.objects.visible_to(request.auth).filter(function=_known(function_slug)), query
    )


@router.get("/functions/{function_slug}/rounds/{year}", response=RoundInFull, operation_id="getRound")
def round_of(request: Request, function_slug: Path[Word], year: Path[Key]) -> Any:
    """One year's choice with what was put forward, weighed and decided."""
    return get_object_or_404(SelectionRound.objects.visible_to(request.auth), function=function_slug, year=year)


def _known(slug: str) -> str:
    if function(slug) is None:
        raise Http404
    return slug
