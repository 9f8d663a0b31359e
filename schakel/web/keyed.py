"""Files for programs that send a key of the API along: whom the key stands for, and what need not be sent again."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from schakel.people import tokens
from schakel.policy.access import NOBODY
from schakel.web.middleware import Request

View = Callable[..., HttpResponseBase]


def keyed(view: View) -> View:
    """Serve whom the key stands for; a session counts for nothing here, and a key that is none is told so.

    The key goes in the header Authorization, with or without the word Bearer.
    """

    @wraps(view)
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


def unless_known(request: HttpRequest, etag: str, make: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The answer, or that it has not changed since it was sent."""
    known = get_conditional_response(request, etag=etag)
    response = known if known is not None else make()
    response.headers["ETag"] = etag
    return response
