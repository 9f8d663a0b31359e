"""What the standard asks of one object beyond its schema. STIX 2.1, sections 2.9, 2.11, 3.2, 4, 7.2 and 8.1."""

import re
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from schakel.sharing.formats.base import Unreadable
from schakel.sharing.formats.stix import patterns, schemas
from schakel.sharing.formats.stix.limits import Json

ORDERED: Final = (
    ("created", "modified"),
    ("first_seen", "last_seen"),
    ("first_observed", "last_observed"),
    ("analysis_started", "analysis_ended"),
    ("start", "end"),
)
"""Pairs of times of which the second may not be earlier…"""
LATER: Final = (("valid_from", "valid_until"), ("start_time", "stop_time"))
"""…and pairs of which it must be later."""
TIMES: Final = frozenset(name for pair in ORDERED + LATER for name in pair)
_INDEX: Final = re.compile(r"\[(\d{1,9})\]")


def check(one: Json, *, place: str) -> None:
    """Go on where the object, upgraded to 2.1, is sound in itself. Raises Unreadable."""
    schemas.check(_without_label(one), place=place)
    if not one["id"].startswith(f"{one['type']}--"):
        raise Unreadable(_("The id does not begin with the type of the object."), place=f"{place}/id")
    _times(one, place)
    _pointers(one, place)
    for index, marking in enumerate(one.get("granular_markings", ())):
        _selectors(one, marking, f"{place}/granular_markings/{index}/selectors")
    if one["type"] == "indicator" and one["pattern_type"] == "stix":
        version = one.get("pattern_version", "2.1")
        patterns.check(one["pattern"], version=version, place=f"{place}/pattern")


def _without_label(one: Json) -> Json:
    """The schema knows the labels of TLP 1 under their own ids alone; `markings` judges all of them, and forgeries."""
    is_label = one["type"] == "marking-definition" and str(one.get("definition_type", "")).lower() == "tlp"
    return one | {"definition_type": "statement", "definition": {"statement": ""}} if is_label else one


def moment(text: str) -> datetime | None:
    """The time that a STIX timestamp names, with its zone; None where there is none. A leap second counts as 59."""
    try:
        return datetime.fromisoformat(text.replace(":60", ":59"))
    except ValueError:
        return None


def _times(one: Json, place: str) -> None:
    moments: dict[str, datetime] = {}
    for name in TIMES & one.keys():
        if isinstance(one[name], str):
            found = moment(one[name])
            if found is None:
                raise Unreadable(_("There is no such moment."), place=f"{place}/{name}", code="time")
            moments[name] = found
    for first, second in ORDERED:
        if first in moments and second in moments and moments[second] < moments[first]:
            raise _untimely(first, second, place)
    for first, second in LATER:
        if first in moments and second in moments and moments[second] <= moments[first]:
            raise _untimely(first, second, place)


def _untimely(first: str, second: str, place: str) -> Unreadable:
    reason = _("“%(second)s” is not later than “%(first)s”.") % {"first": first, "second": second}
    return Unreadable(reason, place=f"{place}/{second}", code="time")


def _pointers(one: Json, place: str) -> None:
    author = one.get("created_by_ref", "identity--")
    if not author.startswith("identity--"):
        raise Unreadable(_("Only an identity makes objects."), place=f"{place}/created_by_ref", code="reference")
    for index, marking in enumerate(one.get("object_marking_refs", ())):
        if not marking.startswith("marking-definition--"):
            where = f"{place}/object_marking_refs/{index}"
            raise Unreadable(_("Only a marking definition marks objects."), place=where, code="reference")


def _selectors(one: Json, marking: Json, place: str) -> None:
    for index, selector in enumerate(marking["selectors"]):
        if not _selects(one, selector.split(".")):
            reason = _("This selects nothing in the object.")
            raise Unreadable(reason, place=f"{place}/{index}", code="reference")


def _selects(value: Any, steps: list[str]) -> bool:
    for step in steps:
        number = _INDEX.fullmatch(step)
        if number and isinstance(value, list) and int(number[1]) < len(value):
            value = value[int(number[1])]
        elif not number and isinstance(value, dict) and step in value:
            value = value[step]
        else:
            return False
    return True
