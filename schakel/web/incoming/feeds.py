"""The news feed of shared items (Atom, RFC 4287): what is public for all, and by a key what its holder may read.

Readers of feeds know HTTP's basic scheme: the key is the password, the name may be anything.
"""

import base64
import binascii

from django.http import HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from schakel.people import tokens
from schakel.policy.access import NOBODY
from schakel.sharing.outgoing import news
from schakel.web.middleware import Request

KIND = "application/atom+xml; charset=utf-8"


@require_safe
def show(request: Request) -> HttpResponse:
    """The feed for whom the key stands for; a session counts for nothing here, and a key that is none is told so."""
    key = _key(request.headers.get("Authorization", ""))
    actor = tokens.actor_of_key(key, at=timezone.now()) if key else NOBODY
    if key and actor is NOBODY:
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="Schakel", charset="UTF-8"'})
    found = news.newest(to=actor, at=timezone.now())
    etag = f'"{found.digest}"'
    known = get_conditional_response(request, etag=etag)
    url = request.build_absolute_uri(request.path)
    response = known if known is not None else HttpResponse(news.written(found, url=url), content_type=KIND)
    response.headers["ETag"] = etag
    response.headers["Vary"] = "Authorization"
    response.headers["Cache-Control"] = "private, no-cache" if key else "public, no-cache"
    return response


def _key(header: str) -> str:
    scheme, _, given = header.partition(" ")
    if scheme.lower() == "bearer":
        return given.strip()
    if scheme.lower() != "basic":
        return header and "none"
    try:
        return base64.b64decode(given, validate=True).decode().partition(":")[2] or "none"
    except (binascii.Error, UnicodeDecodeError):
        return "none"
