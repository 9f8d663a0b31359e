"""The feed of MISP: a folder of files for each reader, by a key that its server sends along; without, what is public.

The key goes in the header Authorization, with or without the word Bearer: MISP sends what its own settings say.
"""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from schakel.people import tokens
from schakel.policy.access import NOBODY
from schakel.sharing.misp import feed
from schakel.web.middleware import Request
from schakel.web.streams import stream

View = Callable[..., HttpResponseBase]


def keyed(view: View) -> View:
    """Serve whom the key stands for; a session counts for nothing here, and a key that is none is told so."""

    def answer(request: Request, **given: object) -> HttpResponseBase:
        key = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        request.actor = tokens.actor_of_key(key, at=timezone.now()) if key else NOBODY
        if key and request.actor is NOBODY:
            return JsonResponse({"message": "Unauthorized"}, status=401, headers={"WWW-Authenticate": "Bearer"})
        response = view(request, **given)
        response.headers["Cache-Control"] = "private, no-cache" if key else "public, no-cache"
        response.headers["Vary"] = "Authorization"
        return response

    return require_safe(answer)


@keyed
def manifest(request: Request) -> HttpResponseBase:
    """What there is."""
    return _fresh(request, lambda: stream(request, feed.manifest(request.actor), kind="application/json"))


@keyed
def hashes(request: Request) -> HttpResponseBase:
    """By which values an event can be found."""
    return _fresh(request, lambda: stream(request, feed.hashes(request.actor), kind="text/csv; charset=utf-8"))


@keyed
def event(request: Request, *, event_uuid: UUID) -> HttpResponseBase:
    """One event."""
    row = feed.rows(request.actor).filter(uuid=event_uuid).first()
    if row is None:
        return JsonResponse({"message": "Not Found"}, status=404)
    etag = f'"{row.version}-{row.made_at.timestamp()}"'
    return _unless_known(request, etag, lambda: HttpResponse(bytes(row.content), content_type="application/json"))


def _fresh(request: Request, make: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    return _unless_known(request, f'"{feed.digest(request.actor)}"', make)


def _unless_known(request: HttpRequest, etag: str, make: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    known = get_conditional_response(request, etag=etag)
    response = known if known is not None else make()
    response.headers["ETag"] = etag
    return response
