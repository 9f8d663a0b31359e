"""Shared items: the list, one item version by version, its indicators, who gets it, and what its own party does."""

from collections import Counter
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Status

from schakel.api.item_shapes import (
    AudienceShape,
    IndicatorPage,
    IndicatorQuery,
    ItemInFull,
    ItemPage,
    ItemQuery,
    ItemShape,
    PublishGiven,
    RetractGiven,
    SendBackGiven,
    VersionPage,
    in_full,
    of_audience,
    of_indicators,
    of_version,
    told,
)
from schakel.api.pages import address_after, no_strangers
from schakel.api.requests import Request
from schakel.kit.refusals import WrongState
from schakel.policy.access import Actor, Permission
from schakel.policy.channels import Channel, Load, stop
from schakel.policy.sharing import Refusal, Tlp
from schakel.sharing.audience.preview import summary, when_out
from schakel.sharing.items import publishing, reading
from schakel.sharing.items.listing import Question
from schakel.sharing.items.reading import Reading
from schakel.sharing.items.terms import terms_of
from schakel.sharing.ledger import answers
from schakel.sharing.models import ItemQuerySet, ItemVersion, SharedItem

router = Router(tags=["items"], by_alias=True)
MACHINE = Channel(ceiling=Tlp.AMBER_STRICT, is_encrypted=True)
"""A program with a key, over an encrypted line: what is for named people, or in a closed circle, is for pages alone."""


@router.get("/items", response=ItemPage, operation_id="listItems")
def index(request: Request, query: Query[ItemQuery]) -> Any:
    """Items that you may read, latest first."""
    no_strangers(request, query)
    asked = {name: value for name, value in query.model_dump(exclude={"after", "size"}).items() if value}
    found = Question(**asked).page(_for_machines(request.auth), place=query.after, size=query.size)
    return {"items": [told(row) for row in found.rows], "next": address_after(request, found.next_place or None)}


@router.get("/items/{item}", response={200: ItemInFull, 304: None}, operation_id="getItem")
def show(request: Request, response: HttpResponse, item: UUID) -> Any:
    """One item as it is published; your own draft where it was never out. With `If-None-Match`: 304 while unchanged."""
    return _answer(request, response, _seen(request.auth, item), None)


@router.get("/items/{item}/versions", response=VersionPage, operation_id="listItemVersions")
def versions(request: Request, item: UUID) -> Any:
    """The versions that you may read, newest first."""
    found = _read(request.auth, _seen(request.auth, item), None)
    return {"items": [of_version(one, found) for one in found.versions], "next": None}


@router.get("/items/{item}/versions/{number}", response={200: ItemInFull, 304: None}, operation_id="getItemVersion")
def version(request: Request, response: HttpResponse, item: UUID, number: int) -> Any:
    """One version of an item, where it is for you."""
    return _answer(request, response, _seen(request.auth, item), number)


@router.get("/items/{item}/indicators", response=IndicatorPage, operation_id="listItemIndicators")
def indicators(request: Request, item: UUID, query: Query[IndicatorQuery]) -> Any:
    """The indicators of an item, in the order in which they came."""
    no_strangers(request, query)
    found = _read(request.auth, _seen(request.auth, item), None)
    listed, following = reading.indicators(found.version, after=query.after, size=query.size)
    return {"items": of_indicators(listed), "next": address_after(request, following)}


@router.get("/items/{item}/audience", response=AudienceShape, operation_id="getItemAudience")
def audience(request: Request, item: UUID) -> Any:
    """Who would get the newest version if it were published now: for its own party."""
    row = _own(request.auth, item)
    terms = terms_of(row.versions.get(number=row.version_count))
    counted = summary(when_out(terms, circle=row.circle), at=timezone.now())
    may_know = request.auth.reach(Permission.AGREEMENT_VIEW).is_everything
    refused = Counter[str]()
    for reason, count in counted.refused.items():
        is_of_agreement = reason in set(Refusal) - {Refusal.NO_CHANNEL}
        refused["no-agreement" if is_of_agreement and not may_know else reason.value] += count
    return of_audience(counted, by_address=dict(counted.by_address), refused=dict(refused))


@router.post("/items/{item}/submit", response=ItemShape, operation_id="submitItem")
def submit(request: Request, item: UUID) -> Any:
    """Ask a second person for a yes to the newest version."""
    row = _own(request.auth, item)
    publishing.submit(item=row, by=request.auth, at=timezone.now())
    return told(row)


@router.post("/items/{item}/approve", response=ItemShape, operation_id="approveItem")
def approve(request: Request, item: UUID, given: PublishGiven) -> Any:
    """Say yes as the second person, to the version that you read."""
    row = _own(request.auth, item)
    _is_newest(row, given.version)
    publishing.approve(item=row, by=request.auth, at=timezone.now())
    return told(row)


@router.post("/items/{item}/send-back", response=ItemShape, operation_id="sendItemBack")
def send_back(request: Request, item: UUID, given: SendBackGiven) -> Any:
    """Give it back to its author, with what has to change."""
    row = _own(request.auth, item)
    publishing.send_back(item=row, words=given.words, by=request.auth, at=timezone.now())
    return told(row)


@router.post("/items/{item}/publish", response=ItemShape, operation_id="publishItem")
def publish(request: Request, item: UUID, given: PublishGiven) -> Any:
    """Let the newest version go out, if it is the one that you looked at."""
    row = _own(request.auth, item)
    _is_newest(row, given.version)
    publishing.publish(item=row, by=request.auth, at=timezone.now())
    return told(row)


@router.post("/items/{item}/retract", response=ItemShape, operation_id="retractItem")
def retract(request: Request, item: UUID, given: RetractGiven) -> Any:
    """Take back what was published; everybody who got it is told."""
    row = _own(request.auth, item)
    publishing.retract(item=row, reason=given.reason, by=request.auth, at=timezone.now())
    return told(row)


def _for_machines(actor: Actor) -> ItemQuerySet:
    """What the actor may read and a machine may carry."""
    labels = [tlp.value for tlp in Tlp if stop(Load(tlp=tlp.value, iep={}), channel=MACHINE) is None]
    seen = SharedItem.objects.visible_to(actor).filter(tlp__in=labels).exclude(circle__is_closed=True)
    return seen.select_related("owner", "circle", "audience")


def _seen(actor: Actor, uid: UUID) -> SharedItem:
    return get_object_or_404(_for_machines(actor), uid=uid)


def _own(actor: Actor, uid: UUID) -> SharedItem:
    """One's own item; of others nobody prepares anything here."""
    mine = _for_machines(actor).filter(SharedItem.objects.own(actor))
    return get_object_or_404(mine, uid=uid)


def _read(actor: Actor, item: SharedItem, number: int | None) -> Reading:
    found = reading.read(item, by=actor, at=timezone.now(), number=number)
    if found is None or not _may_go(found.version):
        raise Http404
    return found


def _may_go(version: ItemVersion) -> bool:
    load = Load(tlp=version.terms["tlp"], iep=version.item.iep, is_sealed=version.sealed is not None)
    return stop(load, channel=MACHINE) is None


def _is_newest(item: SharedItem, number: int) -> None:
    if item.version_count != number:
        raise WrongState


def _answer(request: Request, response: HttpResponse, item: SharedItem, number: int | None) -> Any:
    """A version with its mark; 304 to who has it already."""
    found = _read(request.auth, item, number)
    answers.fetched([item], by=request.auth, at=timezone.now(), door="api")
    mark = _mark(item, found.version)
    response["ETag"] = mark
    if request.headers.get("If-None-Match", "") == mark:
        return Status(304, None)
    return in_full(found, indicators_count=reading.indicator_count(found.version))


def _mark(item: SharedItem, version: ItemVersion) -> str:
    """What changes when the answer does: version, state and moments of the row."""
    parts = (item.uid, version.number, item.state, item.published_version, item.revised_at, item.retracted_at)
    return f'"{sha256("|".join(map(str, parts)).encode()).hexdigest()[:32]}"'
