"""What every request passes: security headers, the actor, and refusals turned into answers."""

from collections.abc import Callable
from dataclasses import replace

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django_htmx.middleware import HtmxDetails

from schakel.kit.refusals import NotPermitted, Refused
from schakel.people.models import User, actor_of
from schakel.policy.access import NOBODY, Actor, Permission
from schakel.registry.partners import capacities

Next = Callable[[HttpRequest], HttpResponse]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
LOOKING = {"GET", "HEAD", "OPTIONS"}
CAPACITY = "capacity"
"""Under this name the session keeps the chosen capacity."""
OPEN_PATHS = (
    "/.well-known/",
    "/account/",
    "/language/",
    "/static/",
    "/n/",
    "/mail/stop/",
    "/bulletin/",
    "/bulletins/",
    "/api/",
    "/claims/confirm/",
    "/contacts/confirm/",
    "/feeds/",
    "/invitation/",
    "/sharing/search/stop/",
)
"""Where a member without a second factor may still come: to set it up, and where no session counts."""


class Request(HttpRequest):
    """A request that knows who asks."""

    actor: Actor
    htmx: HtmxDetails


def headers(get_response: Next) -> Next:
    """Headers that browsers obey: only our own scripts and styles, no framing, no caching of what is private."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answer


def readable(get_response: Next) -> Next:
    """Turn away what holds NUL: nobody types it, and PostgreSQL cannot keep it. The API says so itself."""

    def answer(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(("/api/", "/taxii2/")):
            sent = [*request.GET.lists(), *(request.POST.lists() if request.method == "POST" else [])]
            if any("\x00" in str(value) for _name, values in sent for value in values):
                raise BadRequest
        return get_response(request)

    return answer


def actor(get_response: Next) -> Next:
    """Put the actor on the request. Who has no second factor yet is nobody, and is sent to set it up."""

    def answer(request: HttpRequest) -> HttpResponse:
        is_known = isinstance(request.user, User)
        is_sure = is_known and is_mfa_enabled(request.user, [Authenticator.Type.TOTP])
        request.actor = actor_of(request.user) if is_sure else NOBODY  # type: ignore[attr-defined]
        if is_known and not is_sure and not request.path.startswith(OPEN_PATHS):
            return redirect("mfa_activate_totp")
        return get_response(request)

    return answer


def capacity(get_response: Next) -> Next:
    """Whoever acts for the coordinator does so in a capacity; who only looks acts in none."""

    def answer(request: HttpRequest) -> HttpResponse:
        actor: Actor = request.actor  # type: ignore[attr-defined]
        if request.method not in LOOKING and actor.may(Permission.PARTNER_MANAGE):
            acting = capacities.acting(request.session.get(CAPACITY, ""), on=timezone.localdate())
            request.actor = replace(actor, capacity=acting)  # type: ignore[attr-defined]
        return get_response(request)

    return answer


class refusals:  # noqa: N801 - middleware are named by what they do
    """A `Refused` becomes 403 or 409, with its words and nothing else."""

    def __init__(self, get_response: Next) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self._next(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a refusal; leave the rest to Django."""
        if not isinstance(exception, Refused):
            return None
        status = 403 if isinstance(exception, NotPermitted) else 409
        return render(request, "refused.html", {"words": str(exception)}, status=status)
