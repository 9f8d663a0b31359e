"""Answers and refusals as TAXII wants them: one media type, and errors as messages (TAXII 2.1, sections 1.6.8, 3.6)."""

from http import HTTPStatus
from typing import Any, Final

import orjson
from django.http import HttpResponse
from django.utils.functional import Promise

TAXII: Final = "application/taxii+json"
MEDIA_TYPE: Final = f"{TAXII};version=2.1"
OBJECT_TYPE: Final = "application/stix+json;version=2.1"
_ACCEPTED: Final = frozenset({TAXII, "application/*", "*/*"})


class Fault(Exception):  # noqa: N818 - it reads as a sentence where it is raised
    """A request that cannot be answered, with its status and words for whoever runs the program."""

    def __init__(self, status: HTTPStatus, words: str | Promise) -> None:
        """Keep both."""
        super().__init__(words)
        self.status, self.words = status, words


def answer(value: Any, *, status: int = HTTPStatus.OK) -> HttpResponse:
    """A resource as JSON; bytes are one already."""
    content = value if isinstance(value, bytes) else orjson.dumps(value)
    return HttpResponse(content, content_type=MEDIA_TYPE, status=status)


def refusal(status: int, words: str) -> HttpResponse:
    """An error message. Who did not say who it is is told how to."""
    body = {"title": HTTPStatus(status).phrase, "description": words, "http_status": str(status)}
    response = answer(body, status=status)
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Basic realm="taxii", charset="UTF-8"'
    return response


def is_acceptable(accept: str) -> bool:
    """Whether a program takes what we answer with: no wish is any, and a wish may name no other version."""
    return not accept.strip() or any(_fits(one) for one in accept.split(","))


def is_taxii(content_type: str) -> bool:
    """Whether what was sent is a TAXII resource of a version that we speak."""
    kind, *parameters = _parts(content_type)
    return kind == TAXII and _version(parameters)


def _fits(wish: str) -> bool:
    kind, *parameters = _parts(wish)
    return kind in _ACCEPTED and (kind != TAXII or _version(parameters))


def _version(parameters: list[str]) -> bool:
    return all(one == "version=2.1" for one in parameters if one.startswith("version="))


def _parts(text: str) -> list[str]:
    return [part.strip().lower().replace('"', "").replace(" ", "") for part in text.split(";")]
