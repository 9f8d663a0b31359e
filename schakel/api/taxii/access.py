"""Who asks: a program with a key, as the password of HTTP Basic (with any user name) or as a bearer token."""

from base64 import b64decode
from binascii import Error
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from schakel.api.taxii.answers import Fault, is_acceptable, refusal
from schakel.kit.refusals import Invalid, NotPermitted, Refused
from schakel.people import tokens
from schakel.policy.access import NOBODY, Actor

View = Callable[..., HttpResponse]
_REFUSED: tuple[tuple[type[Refused], HTTPStatus], ...] = (
    (NotPermitted, HTTPStatus.FORBIDDEN),
    (Invalid, HTTPStatus.BAD_REQUEST),
    (Refused, HTTPStatus.CONFLICT),
)


class Request(HttpRequest):
    """A request that has been let in by its key."""

    program: Actor


def resource(*methods: str, is_open: bool = False) -> Callable[[View], View]:
    """A TAXII resource: it knows who asks, speaks the media type, and translates every refusal."""

    def around(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def answered(request: Request, *arguments: Any, **named: Any) -> HttpResponse:
            try:
                _check(request, methods)
                request.program = _program(request, is_open=is_open)
                return view(request, *arguments, **named)
            except Fault as fault:
                return refusal(fault.status, str(fault.words))
            except Http404:
                return refusal(HTTPStatus.NOT_FOUND, _("There is nothing here, or it is not for you to see."))
            except Refused as refused:
                status = next(status for kind, status in _REFUSED if isinstance(refused, kind))
                return refusal(status, str(refused))

        return answered

    return around


def _check(request: HttpRequest, methods: tuple[str, ...]) -> None:
    if request.method not in methods:
        raise Fault(HTTPStatus.METHOD_NOT_ALLOWED, _("This cannot be done with this resource."))
    if not is_acceptable(request.headers.get("Accept", "")):
        raise Fault(HTTPStatus.NOT_ACCEPTABLE, _("We answer with application/taxii+json;version=2.1."))


def _program(request: HttpRequest, *, is_open: bool) -> Actor:
    key = _key(request.headers.get("Authorization", ""))
    actor = tokens.actor_of_key(key, at=timezone.now()) if key else NOBODY
    if actor == NOBODY and not is_open:
        raise Fault(HTTPStatus.UNAUTHORIZED, _("Give your key, as the password or as a bearer token."))
    return actor


def _key(header: str) -> str:
    scheme, _blank, given = header.partition(" ")
    if scheme.lower() in {"bearer", "token"}:
        return given.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return b64decode(given, validate=True).decode().partition(":")[2]
    except (Error, UnicodeDecodeError):
        return ""
