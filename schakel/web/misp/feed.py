"""The feed of MISP: a folder of files for each reader, by a key that its server sends along; without, what is public.

The key goes in the header Authorization, with or without the word Bearer: MISP sends what its own settings say.
"""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase, JsonResponse

from schakel.sharing.misp import feed
from schakel.web.keyed import keyed, unless_known
from schakel.web.middleware import Request
from schakel.web.streams import stream


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
    return unless_known(request, etag, lambda: HttpResponse(bytes(row.content), content_type="application/json"))


def _fresh(request: Request, make: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    return unless_known(request, f'"{feed.digest(request.actor)}"', make)
