"""What a program asks for, from its query: TAXII 2.1, sections 3.4 and 3.5."""

import re
from datetime import datetime
from http import HTTPStatus
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from schakel.api.taxii.answers import Fault
from schakel.sharing.formats.stix.rules import moment
from schakel.sharing.taxii.asking import Wanted
from schakel.sharing.taxii.moments import place_of

USUAL: Final = 100
MOST: Final = 1000
WORDS: Final = frozenset({"first", "last", "all"})
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z")
_PLACE: Final = re.compile(r"[0-9]{1,18}")


def wanted(query: QueryDict, *, key: str = "", versions: bool = True) -> Wanted:
    """What the query asks for; of one object only where `key` is given. Raises Fault where it cannot be read.

    `versions` False: all of them, whatever the query says.
    """
    return Wanted(
        after=max(_next(query), _added_after(query)),
        limit=_limit(query),
        keys=(key,) if key else _listed(query, "id"),
        types=() if key else _listed(query, "type"),
        versions=_versions(query) if versions else ("all",),
        has_spec="2.1" in (_listed(query, "spec_version") or ("2.1",)),
    )


def _listed(query: QueryDict, name: str) -> tuple[str, ...]:
    given = query.get(f"match[{name}]", "")
    if "\x00" in given:
        raise Fault(HTTPStatus.BAD_REQUEST, _("The filter %(name)s cannot be read.") % {"name": name})
    return tuple(one for one in given.split(",") if one)


def _limit(query: QueryDict) -> int:
    """A program asks for as many as it likes, and gets as many as we give."""
    given = query.get("limit")
    if given is None:
        return USUAL
    if not _PLACE.fullmatch(given) or not int(given):
        raise Fault(HTTPStatus.BAD_REQUEST, _("The limit has to be a number above zero."))
    return min(int(given), MOST)


def _next(query: QueryDict) -> int:
    given = query.get("next", "0")
    if not _PLACE.fullmatch(given):
        raise Fault(HTTPStatus.BAD_REQUEST, _("This “next” is none that we gave."))
    return int(given)


def _added_after(query: QueryDict) -> int:
    given = query.get("added_after")
    return place_of(_time(given)) if given else 0


def _versions(query: QueryDict) -> tuple[str | datetime, ...]:
    given = _listed(query, "version")
    return tuple(one if one in WORDS else _time(one) for one in given) or ("last",)


def _time(text: str) -> datetime:
    at = moment(text) if _TIME.fullmatch(text) else None
    if at is None:
        raise Fault(HTTPStatus.BAD_REQUEST, _("A time is written as 2026-01-31T12:00:00.000Z."))
    return at
