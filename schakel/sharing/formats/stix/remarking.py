"""Objects under new labels, with what they refer to, and with later versions where they changed."""

from datetime import datetime, timedelta
from typing import Final

from schakel.sharing.document import Marking
from schakel.sharing.formats.stix import fresh
from schakel.sharing.formats.stix.graph import MARKING
from schakel.sharing.formats.stix.limits import Json
from schakel.sharing.formats.stix.rules import moment

_STEP: Final = timedelta(milliseconds=1)
_NAMES: Final = ("object_marking_refs", "granular_markings")


def remarked(objects: list[Json], marking: Marking, frame: fresh.Frame) -> list[Json]:
    """All objects under this marking alone. Definitions that nobody refers to any more are left out."""
    elsewhere = [term for term in marking.terms if term.startswith(f"{MARKING}--")]  # It never came along: only its id.
    marks = [one for one in frame.marks if not _is_statement_of(one, elsewhere)]
    keys = [*(one["id"] for one in marks), *elsewhere]
    kept = [one for one in objects if one["type"] != MARKING]
    bare = [{name: value for name, value in one.items() if name not in _NAMES} for one in kept]
    languages = [_languages(one) for one in kept]
    marked = [
        one | ({"object_marking_refs": keys} if keys else {}) | lang for one, lang in zip(bare, languages, strict=True)
    ]
    return [*marked, *marks]


def supported(objects: list[Json], frame: fresh.Frame) -> list[Json]:
    """With the identities and definitions that they refer to and that are not among them."""
    known = {one["id"] for one in objects}
    named = {one.get("created_by_ref") for one in objects} | {
        key for one in objects for key in one.get("object_marking_refs", ())
    }
    needed = [one for one in frame.support(objects) if one["id"] in named or one["type"] != MARKING]
    return [*objects, *(one for one in needed if one["id"] not in known and not _is_spare(one, named, frame))]


def later(objects: list[Json], came: list[Json], at: datetime | None) -> list[Json]:
    """Changed objects with a later `modified`: when it was revised, or a millisecond after the version that came."""
    before = {(one["id"], one.get("modified")): one for one in came}
    return [_later(one, before.get((one["id"], one.get("modified"))), at) for one in objects]


def _later(one: Json, old: Json | None, at: datetime | None) -> Json:
    then = moment(old["modified"]) if old and "modified" in old else None
    if old is None or then is None or one == old:
        return one
    return one | {"modified": fresh.stamp(at if at and at > then else then + _STEP)}


def _is_statement_of(one: Json, terms: list[str]) -> bool:
    return one.get("definition", {}).get("statement") in terms


def _languages(one: Json) -> Json:
    """Granular markings that name a language are no markings of what may be done."""
    kept = [marking for marking in one.get("granular_markings", ()) if "marking_ref" not in marking]
    return {"granular_markings": kept} if kept else {}


def _is_spare(one: Json, named: set[str | None], frame: fresh.Frame) -> bool:
    return frame.author is not None and one["id"] == frame.author["id"] and one["id"] not in named
