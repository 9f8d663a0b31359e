"""Searching what is shared, what else has the same, who is affected, and feedback to the source."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Path, Query, Router, Status

from schakel.api.finding_shapes import (
    AffectedShape,
    FeedbackGiven,
    FeedbackList,
    FeedbackShape,
    RelatedList,
    SearchPage,
    SearchQuery,
    SightingGiven,
    SightingShape,
)
from schakel.api.pages import address_after, no_strangers
from schakel.api.requests import Request
from schakel.api.shapes import Key
from schakel.oversight.affected import affected_by
from schakel.sharing.correlation import related_to
from schakel.sharing.feedback import giving
from schakel.sharing.feedback.returns import returns_of
from schakel.sharing.models import Feedback, SharedItem
from schakel.sharing.search import questions
from schakel.sharing.search.finding import found

router = Router(tags=["items"], by_alias=True)


@router.get("/search", response=SearchPage, operation_id="searchItems")
def search(request: Request, query: Query[SearchQuery]) -> Any:
    """Shared items that you may read and that fit a question, best or newest first."""
    no_strangers(request, query)
    asked = {name: str(value) for name, value in query.dict(exclude_none=True).items()}
    answer = found(questions.of(asked), to=request.auth, sort=query.sort, place=query.after, size=query.size)
    items = SharedItem.objects.visible_to(request.auth).in_bulk(answer.item_ids)
    return {
        "items": [items[pk] for pk in answer.item_ids if pk in items],
        "count": answer.count,
        "is_more": answer.is_more,
        "facets": {
            name: [{"value": str(value), "count": count} for value, count in values]
            for name, values in answer.facets.items()
        },
        "next": address_after(request, answer.next_place or None),
    }


@router.get("/items/{uid}/related", response=RelatedList, operation_id="listRelatedItems")
def related(request: Request, uid: Path[UUID]) -> Any:
    """Other items with the same indicators or weaknesses, of those that you may read."""
    return {"items": related_to(_item(request, uid), to=request.auth)}


@router.get("/items/{uid}/affected", response=AffectedShape, operation_id="getAffected")
def affected(request: Request, uid: Path[UUID]) -> Any:
    """Who is affected by what an item speaks of, of those that you answer for."""
    known = affected_by(_item(request, uid), to=request.auth)
    if known is None:
        raise Http404
    return known


@router.get("/items/{uid}/feedback", response=FeedbackList, operation_id="listFeedback")
def feedback(request: Request, uid: Path[UUID]) -> Any:
    """What you said of an item; where you are its source, what came back too."""
    item = _item(request, uid)
    given = Feedback.objects.visible_to(request.auth).filter(item=item).order_by("pk")
    returned = returns_of(item, to=request.auth)
    return {"given": list(given), "returned": asdict(returned) if returned else None}


@router.post("/items/{uid}/feedback", response={201: FeedbackShape}, operation_id="giveFeedback")
def give(request: Request, uid: Path[UUID], given: FeedbackGiven) -> Any:
    """Say what an item was worth to you."""
    item = _item(request, uid)
    return Status(201, giving.give(item=item, by=request.auth, at=timezone.now(), **given.model_dump()))


@router.delete("/items/{uid}/feedback/{feedback_id}", response={204: None}, operation_id="takeFeedbackBack")
def take_back(request: Request, uid: Path[UUID], feedback_id: Path[Key]) -> Any:
    """Take back what you said."""
    rows = Feedback.objects.visible_to(request.auth).filter(item=_item(request, uid))
    giving.take_back(feedback=get_object_or_404(rows, pk=feedback_id), by=request.auth, at=timezone.now())
    return Status(204, None)


@router.post("/items/{uid}/sightings", response={201: SightingShape}, operation_id="giveSighting")
def sight(request: Request, uid: Path[UUID], given: SightingGiven) -> Any:
    """Say that you saw an indicator of an item: how often, and from when to when."""
    item = _item(request, uid)
    return Status(201, giving.sight(item=item, by=request.auth, at=timezone.now(), **given.model_dump()))


def _item(request: Request, uid: UUID) -> SharedItem:
    return get_object_or_404(SharedItem.objects.visible_to(request.auth).select_related("circle"), uid=uid)
