"""The core format as shapes: which fields a part must have, and what may stand in them.

MISP core format (draft-dulaunoy-misp-core-format). A field that no shape names is not looked at: it stays as it came.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schakel.sharing.formats.base import Unreadable
from schakel.sharing.formats.misp.vocabulary import categories

Reason = tuple[str, str | Promise]
Check = Callable[[Any], Reason | None]

UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
LAST_MOMENT = int(datetime(2200, 1, 1, tzinfo=UTC).timestamp())
LONGEST_VALUE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Shape:
    """What one part of an event looks like. `one` and `many`: the parts inside it, alone and in lists."""

    required: tuple[str, ...] = ()
    fields: Mapping[str, Check] = field(default_factory=dict)
    one: Mapping[str, "Shape"] = field(default_factory=dict)
    many: Mapping[str, "Shape"] = field(default_factory=dict)
    whole: Callable[[dict[str, Any]], tuple[str, Reason] | None] = lambda _part: None

    def check(self, part: Any, place: str) -> None:
        """Raise Unreadable at the first field that is not as it should be."""
        if not isinstance(part, dict):
            raise Unreadable(_("an object should stand here"), place=place or "/")
        for name in self.required:
            if part.get(name) in (None, ""):
                raise Unreadable(_("this field is missing"), place=f"{place}/{name}")
        for name, check in self.fields.items():
            if (given := part.get(name)) is not None and (reason := check(given)):
                raise Unreadable(reason[1], place=f"{place}/{name}", code=reason[0])
        if found := self.whole(part):
            raise Unreadable(found[1][1], place=f"{place}/{found[0]}", code=found[1][0])
        self._check_parts(part, place)

    def _check_parts(self, part: dict[str, Any], place: str) -> None:
        for name, shape in self.one.items():
            if part.get(name):
                shape.check(part[name], f"{place}/{name}")
        for name, shape in self.many.items():
            inner = part.get(name) or ()
            if not isinstance(inner, list | tuple):
                raise Unreadable(_("a list should stand here"), place=f"{place}/{name}")
            for number, one in enumerate(inner):
                shape.check(one, f"{place}/{name}/{number}")


def text(given: Any) -> Reason | None:
    """Text of a sane length."""
    if not isinstance(given, str):
        return "schema", gettext_lazy("text should stand here")
    return ("too-large", gettext_lazy("this text is too long")) if len(given) > LONGEST_VALUE else None


def value(given: Any) -> Reason | None:
    """What an attribute says: text, or a number where its writer did not mind."""
    return None if isinstance(given, int | float) and not isinstance(given, bool) else text(given)


def uuid(given: Any) -> Reason | None:
    """A UUID; the version does not matter."""
    if isinstance(given, str) and UUID.fullmatch(given):
        return None
    return "schema", gettext_lazy("this is no UUID")


def moment(given: Any) -> Reason | None:
    """Seconds since 1970, as a number or as text."""
    try:
        seconds = int(given) if not isinstance(given, bool) else -1
    except (TypeError, ValueError):
        return "time", gettext_lazy("this is no time in seconds")
    return None if 0 <= seconds < LAST_MOMENT else ("time", gettext_lazy("this time cannot be"))


def seen(given: Any) -> Reason | None:
    """A moment of RFC 3339, as MISP writes first and last sight."""
    try:
        datetime.fromisoformat(given)
    except (TypeError, ValueError):
        return "time", gettext_lazy("this is no date and time")
    return None


def day(given: Any) -> Reason | None:
    """A day that exists."""
    try:
        date.fromisoformat(given)
    except (TypeError, ValueError):
        return "time", gettext_lazy("this day does not exist")
    return None


def flag(given: Any) -> Reason | None:
    """True or false, in the ways that MISP has written it."""
    return None if given in (True, False, "0", "1", "") else ("schema", gettext_lazy("this is neither true nor false"))


def one_of(*choices: str) -> Check:
    """One of these, as text or as a number."""
    reason = "schema", gettext_lazy("this is none of the values that it may have")

    def check(given: Any) -> Reason | None:
        return None if not isinstance(given, bool) and str(given) in choices else reason

    return check


def type_in_category(attribute: dict[str, Any]) -> tuple[str, Reason] | None:
    """A type that MISP knows may stand in its own categories alone; one that it does not know yet is no mistake."""
    known = categories().get(attribute["type"])
    category = attribute.get("category")
    if category is None or known is None or category in known:
        return None
    return "category", ("schema", gettext_lazy("this type of attribute does not belong in this category"))


SHARED = {"uuid": uuid, "timestamp": moment, "distribution": one_of("0", "1", "2", "3", "4", "5"), "deleted": flag}
TAG = Shape(("name",), {"name": text})
ORGANISATION = Shape(("name",), {"uuid": uuid, "name": text})
CLUSTER = Shape((), {"value": text, "tag_name": text})
GALAXY = Shape((), {"type": text, "name": text}, many={"GalaxyCluster": CLUSTER})
SIGHTING = Shape((), {"type": one_of("0", "1", "2"), "date_sighting": moment})
WARNING = Shape((), {"warninglist_name": text})
ATTRIBUTE = Shape(
    ("type", "value"),
    {
        **SHARED,
        "type": text,
        "category": text,
        "value": value,
        "comment": text,
        "to_ids": flag,
        "first_seen": seen,
        "last_seen": seen,
    },
    many={"Tag": TAG, "Galaxy": GALAXY, "Sighting": SIGHTING, "warnings": WARNING},
    whole=type_in_category,
)
OBJECT = Shape(
    ("name",),
    {**SHARED, "name": text, "comment": text, "first_seen": seen, "last_seen": seen},
    many={"Attribute": ATTRIBUTE},
)
MEMBER = Shape((), one={"Organisation": ORGANISATION})
SHARING_GROUP = Shape((), {"name": text}, many={"SharingGroupOrg": MEMBER})
REPORT = Shape(("name",), {**SHARED, "name": text, "content": text})
EVENT = Shape(
    ("uuid", "info", "date"),
    {
        "uuid": uuid,
        "info": text,
        "date": day,
        "timestamp": moment,
        "publish_timestamp": moment,
        "published": flag,
        "distribution": one_of("0", "1", "2", "3", "4"),  # An event inherits from nothing.
        "threat_level_id": one_of("1", "2", "3", "4"),
        "analysis": one_of("0", "1", "2"),
    },
    one={"Orgc": ORGANISATION, "Org": ORGANISATION, "SharingGroup": SHARING_GROUP},
    many={"Attribute": ATTRIBUTE, "Object": OBJECT, "Tag": TAG, "Galaxy": GALAXY, "EventReport": REPORT},
)
