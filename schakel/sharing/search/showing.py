"""What is shown of an item that was found: the lines around what was asked for, with that marked."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

from django.db.models import F

from schakel.sharing.models import ItemVersion
from schakel.sharing.search.spelling import folded

LONGEST: Final = 240
LOOKED_AT: Final = 6000
BEFORE: Final = 60
_SIGNS: Final = re.compile(r"[*_#>`|\[\]]+|\s+")

Piece = tuple[str, bool]
"""Some text, and whether it is what was asked for."""


def excerpts(item_ids: Sequence[int], *, roots: Sequence[str], language: str) -> dict[int, list[Piece]]:
    """For each item the lines that fit best, in the reader's language where it has them. One query.

    Whoever calls it has made sure that its reader may read the items; of closed circles there is nothing here.
    """
    versions = ItemVersion.objects.filter(item__in=item_ids, number=F("item__published_version"))
    told = versions.exclude(document=None).values_list("item", "document__texts")
    return {pk: list(_pieces(_text(texts or [], language), roots)) for pk, texts in told}


def marked(text: str, roots: Sequence[str]) -> list[Piece]:
    """A whole text, with the words marked that have one of the roots."""
    ends = sorted({0, len(text), *(end for span in _spans(text, roots) for end in span)})
    starts = {start for start, _end in _spans(text, roots)}
    return [(text[start:end], start in starts) for start, end in pairwise(ends)]


def _text(texts: Sequence[dict[str, Any]], language: str) -> str:
    ours = [text for text in texts if text.get("language", "").startswith(language)] or texts
    parts = [str(text.get(name, "")) for text in ours for name in ("summary", "body", "action")]
    return _SIGNS.sub(" ", " ".join(filter(None, parts))[:LOOKED_AT]).strip()


def _pieces(text: str, roots: Sequence[str]) -> Iterator[Piece]:
    first = next(iter(_spans(text, roots)), (0, 0))[0]
    start = text.rfind(" ", 0, max(first - BEFORE, 0)) + 1 if first > BEFORE else 0
    end = start + LONGEST
    cut = text[start:end].rsplit(" ", 1)[0] if end < len(text) else text[start:]
    if start:
        yield "… ", False
    yield from marked(cut, roots)
    if end < len(text):
        yield " …", False


def _spans(text: str, roots: Sequence[str]) -> list[tuple[int, int]]:
    """Where words stand that have one of the roots, from first to last."""
    if not roots:
        return []
    wanted = "|".join(map(re.escape, sorted(roots, key=len, reverse=True)))
    plain = text.lower() if text.isascii() else "".join(map(_one, text))
    return [found.span() for found in re.finditer(rf"[^\W_]*(?:{wanted})[^\W_]*", plain)]


def _one(sign: str) -> str:
    """One sign folded, where that is one sign again: places must stay what they are."""
    plain = folded(sign)
    return plain if len(plain) == 1 else sign
