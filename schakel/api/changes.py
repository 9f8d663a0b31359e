"""What changed among shared items, for programs that keep a copy: in order, each once, with tombstones."""

import hashlib
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Status

from schakel.api.pages import no_strangers
from schakel.api.requests import Request
from schakel.api.sharing_shapes import ChangePage, ChangesQuery
from schakel.sharing.ledger import following, letters
from schakel.sharing.ledger.following import Part, Step
from schakel.sharing.ledger.labels import effective
from schakel.sharing.models import SharedItem

router = Router(tags=["items"], by_alias=True)


@router.get("/changes", response={200: ChangePage, 304: None}, operation_id="listChanges")
def index(request: Request, response: HttpResponse, query: Query[ChangesQuery]) -> Any:
    """Shared items that changed after `cursor`, oldest first; without one, all that one may read.

    Keep the cursor of each answer and ask again with it: nothing is lost or comes twice. An entry without an item says
    that one has to drop what one has of it. 410 means: begin again, what you may read has changed.
    """
    no_strangers(request, query)
    part = following.follow(by=request.auth, cursor=query.cursor, size=query.size, at=timezone.now())
    tag = _tag(part)
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    if request.headers.get("If-None-Match", "") == tag:
        return Status(304, None)
    return {
        "items": [_told(step) for step in part.steps],
        "cursor": part.cursor,
        "next": _next(request, part),
    }


def _tag(part: Part) -> str:
    said = [(step.uid, step.gone, step.item.published_version if step.item else 0) for step in part.steps]
    return f'"{hashlib.sha256(repr((said, part.cursor)).encode()).hexdigest()[:32]}"'


def _next(request: HttpRequest, part: Part) -> str | None:
    if not part.has_more:
        return None
    query = request.GET.copy()
    query["cursor"] = part.cursor
    return f"{settings.BASE_URL}{request.path}?{query.urlencode()}"


def _told(step: Step) -> dict[str, Any]:
    item = None if step.item is None else _head(step.item)
    return {"id": step.uid, "change": step.gone or "shared", "at": step.at, "item": item}


def _head(item: SharedItem) -> dict[str, Any]:
    kept = ("kind", "title", "pap", "phase", "language", "publisher", "published_at", "revised_at", "valid_until")
    said = {name: getattr(item, name) for name in kept}
    url = f"{settings.BASE_URL}/api/v1/items/{item.uid}"
    page = letters.url_of(item)
    return said | {"tlp": effective(item).value, "version": item.published_version, "url": url, "page": page}
