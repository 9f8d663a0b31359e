"""What a document that comes in is to what is there already. Pure, but for the rows that it is given."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

_NUMBERS: Final = re.compile(r"\d+")
_NUMBERED: Final = re.compile(r"v?\d+(?:\.\d+)*")


class Standing(StrEnum):
    """New, or one of the ways of being known."""

    NEW = "new"
    KNOWN = "known"  # The same, to the byte.
    OLDER = "older"
    UPDATE = "updated"
    CLASH = "clash"  # The same version, and yet another content.


@dataclass(frozen=True, slots=True)
class Edition:
    """Which edition of a thing: the author's version, when it was revised, and the digest of the whole."""

    version: str
    revised_at: datetime | None
    digest: str


def standing(coming: Edition, *, last: Edition | None) -> Standing:
    """What `coming` is beside the edition that came last. Of times and versions, times are believed first."""
    if last is None:
        return Standing.NEW
    if coming.digest == last.digest:
        return Standing.KNOWN
    if coming.revised_at and last.revised_at and coming.revised_at != last.revised_at:
        return Standing.UPDATE if coming.revised_at > last.revised_at else Standing.OLDER
    if coming.version and last.version:
        return _by_version(coming.version, last.version)
    return Standing.UPDATE


def _by_version(coming: str, last: str) -> Standing:
    """By the numbers of a version where both have them: 1.10 comes after 1.9."""
    if coming == last:
        return Standing.CLASH
    if not (_NUMBERED.fullmatch(coming) and _NUMBERED.fullmatch(last)):
        return Standing.UPDATE
    ours, theirs = (list(map(int, _NUMBERS.findall(text))) for text in (coming, last))
    return Standing.OLDER if ours < theirs else Standing.UPDATE
