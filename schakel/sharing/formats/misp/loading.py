"""Bytes to events: the limits come before anything else, then the shapes in which MISP hands events out.

`{"Event": …}`, `{"response": […]}`, a list of these, and an event alone, as older tools write it.
"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from schakel.sharing.formats import strict_json
from schakel.sharing.formats.base import Unreadable

MAXIMUM_EVENTS = 10_000
MAXIMUM_PARTS = 500_000
"""No event has more attributes, those of its objects included."""

Event = dict[str, Any]


def events(content: bytes) -> Iterator[tuple[str, Event]]:
    """Each event with the place where it stands (JSON pointer, RFC 6901). Raises Unreadable."""
    found = list(_unwrapped(strict_json.parse(content)))
    if len(found) > MAXIMUM_EVENTS:
        raise Unreadable(_("more than %d events in one document") % MAXIMUM_EVENTS, code="too-large")
    yield from found


def _unwrapped(loaded: Any, place: str = "") -> Iterator[tuple[str, Event]]:
    if isinstance(loaded, list):
        for number, inner in enumerate(loaded):
            yield from _unwrapped(_wrapper(inner, f"{place}/{number}"), f"{place}/{number}")
    elif isinstance(loaded, dict) and "response" in loaded:
        yield from _unwrapped(loaded["response"], f"{place}/response")
    elif isinstance(loaded, dict) and isinstance(loaded.get("Event"), dict):
        yield f"{place}/Event", loaded["Event"]
    elif isinstance(loaded, dict) and "info" in loaded:
        yield place, loaded
    else:
        raise Unreadable(_("there is no MISP event here"), place=place or "/", code="unknown-format")


def _wrapper(inner: Any, place: str) -> Any:
    """What stands in a list. The lines of an index tell of events, but are none: their contents are missing."""
    if isinstance(inner, dict) and ("Event" in inner or "response" in inner):
        return inner
    raise Unreadable(_("this list holds no whole events"), place=place, code="unknown-format")
