"""The JSON door: one version, one way to say no.

NL API Design Rules: names in kebab-case and camelCase, no trailing slash, the version in the path and in a header,
problems as RFC 9457, invalid input as 400 with everything that is wrong with it, the description open to all.
"""

from functools import cache
from http import HTTPStatus
from typing import Any, TypeVar

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, URLResolver, path, re_path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from schakel.api import (
    advice,
    agreements,
    balance,
    campaigns,
    changes,
    coverage,
    departures,
    expectations,
    finding,
    findings,
    initiatives,
    interests,
    items,
    joining,
    law,
    measurements,
    network,
    notices,
    partners,
    questions,
    rematches,
    reports,
    rounds,
    self_service,
)
from schakel.api.requests import Key
from schakel.api.shapes import Fault, Problem
from schakel.kit.refusals import Invalid, NotPermitted, Refused
from schakel.sharing.ledger.following import Outdated

Answer = TypeVar("Answer", bound=HttpResponse)
VERSION = "1.0.0"
PATH = "api/v1/"
PROBLEM = "application/problem+json"
REFUSED: tuple[tuple[type[Refused], int], ...] = (
    (NotPermitted, 403),
    (Invalid, 400),
    (Outdated, 410),
    (Refused, 409),
)


class Api(NinjaAPI):
    """The API, which names its version with every answer."""

    def create_temporal_response(self, request: HttpRequest) -> HttpResponse:
        """An answer that already has its headers."""
        return _versioned(super().create_temporal_response(request))


api = Api(
    title="Schakel",
    version=VERSION,
    description=_("Findings, notices, campaigns and reports of the network's switchboard."),
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    auth=Key(),
)
for part in (
    findings,
    notices,
    campaigns,
    reports,
    rematches,
    initiatives,
    balance,
    expectations,
    interests,
    partners,
    measurements,
    network,
    questions,
    rounds,
    self_service,
    coverage,
    advice,
    agreements,
    departures,
    joining,
    law,
    changes,
    finding,
    items,
):
    api.add_router("", part.router)


@api.exception_handler(Refused)
def refused(_request: HttpRequest, refusal: Refused) -> HttpResponse:
    """The one translation of a refusal: 403, 400, 410 or 409 with its words and nothing else."""
    status = next(status for kind, status in REFUSED if isinstance(refusal, kind))
    return problem(status, str(refusal))


@api.exception_handler(ValidationError)
def invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Everything that is wrong with the input, at once. What was sent is not repeated."""
    faults = [Fault(location=_place(one["loc"]), message=one["msg"]) for one in error.errors]
    return problem(HTTPStatus.BAD_REQUEST, _("The request has mistakes."), faults)


@api.exception_handler(Http404)
def absent(_request: HttpRequest, _error: Http404) -> HttpResponse:
    """What is not there and what is not yours look the same."""
    return problem(HTTPStatus.NOT_FOUND, _("There is nothing here, or it is not for you to see."))


@api.exception_handler(HttpError)
def other(_request: HttpRequest, error: HttpError) -> HttpResponse:
    """No key, a body that is no JSON, too many requests."""
    answer = problem(error.status_code, str(error))
    if error.status_code == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = "Bearer"
    return answer


@cache
def _described() -> bytes:
    """Making it takes a tenth of a second, and it is the same for everybody."""
    return JsonResponse(api.get_openapi_schema(path_prefix=PATH)).content


@require_safe
def description(_request: HttpRequest) -> HttpResponse:
    """The OpenAPI description, which any page in any browser may read."""
    answer = HttpResponse(_described(), content_type="application/json")
    answer["Access-Control-Allow-Origin"] = "*"
    return _versioned(answer)


@csrf_exempt
def unknown(_request: HttpRequest) -> HttpResponse:
    """An address that the API does not have."""
    return problem(HTTPStatus.NOT_FOUND, _("There is nothing here, or it is not for you to see."))


def problem(status: int, detail: str, faults: list[Fault] | None = None) -> HttpResponse:
    """A problem by RFC 9457."""
    title = HTTPStatus(status).phrase
    body = Problem(type="about:blank", title=title, status=status, detail=detail, errors=faults or [])
    return _versioned(JsonResponse(body.model_dump(by_alias=True), status=status, content_type=PROBLEM))


def _versioned(answer: Answer) -> Answer:
    answer["API-Version"] = VERSION
    return answer


def _place(location: tuple[Any, ...]) -> str:
    """`query.size` or `body.dueOn`: where a fault is, without ninja's own name for the argument."""
    place, *rest = map(str, location)
    names = [name for name in rest if name not in {"query", "given"}]
    return ".".join([place, *names])


urlpatterns: list[URLPattern | URLResolver] = [
    path("openapi.json", description, name="openapi"),
    path("", unknown),
    path("", api.urls),
    re_path("", unknown),
]
