"""One spelling for what is indexed and what is asked: words without accents, CVE ids, compounds taken apart."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from schakel.sharing.search.dutch_parts import PARTS

LONGEST: Final = 100_000
"""Characters of one text that are looked at; what is longer is found by its beginning."""
LONGEST_WORD: Final = 60
SHORTEST_PART: Final = 3
SHORTEST_REST: Final = 5

_WORD: Final = re.compile(r"[^\W_]+(?:\.[^\W_]+)*")
_CVE: Final = re.compile(r"\bcve[\s:_\u2010-\u2015-]*(\d{4})[\s:_\u2010-\u2015-]*(\d{1,19})\b", re.IGNORECASE)
_LINKS: Final = ("", "s", "en", "e", "n")
"""What Dutch puts between the parts of a compound."""


def folded(text: str) -> str:
    """The text in small letters and without accents."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def words_of(text: str) -> Iterator[str]:
    """Its words, folded; names and numbers with dots in them stay whole."""
    return (found[0][:LONGEST_WORD] for found in _WORD.finditer(folded(text[:LONGEST])))


def cves_of(text: str) -> list[str]:
    """The CVE ids that a text names, however they are written, each once (`CVE-2026-0101`)."""
    found = (f"CVE-{year}-{number.lstrip('0').zfill(4)}" for year, number in _CVE.findall(text[:LONGEST]))
    return list(dict.fromkeys(found))


def without_cves(text: str) -> str:
    """The text without its CVE ids."""
    return _CVE.sub(" ", text)


@lru_cache(maxsize=50_000)
def parts_of(word: str) -> tuple[str, ...]:
    """The parts of a Dutch compound, or none where it is no compound of words that we know.

    Its last part must be a word that we know; of what stands before it, that or five letters at least.
    """
    for cut in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
        tail, rest = word[cut:], word[:cut]
        if _base_of(tail) and (known := _known(rest)):
            return (*known, _base_of(tail))
    for cut in range(SHORTEST_REST, len(word) - SHORTEST_REST + 1):
        tail = _base_of(word[cut:])
        if len(tail) >= SHORTEST_REST:
            return (_without_link(word[:cut]), tail)
    return ()


def _known(rest: str) -> tuple[str, ...]:
    """The parts before the last one, where all of them are known."""
    for link in _LINKS:
        if rest.endswith(link) and (base := _base_of(rest.removesuffix(link))):
            return (base,)
    return parts_of(rest) if len(rest) >= 2 * SHORTEST_PART and _is_known_whole(rest) else ()


def _is_known_whole(rest: str) -> bool:
    return all(part in PARTS for part in parts_of(rest))


def _base_of(word: str) -> str:
    """The word as PARTS has it, where that has it or it is a plural of one; else nothing."""
    plain = (word, word.removesuffix("en"), word.removesuffix("s"), word.removesuffix("n"), _heden(word))
    doubled = word.removesuffix("en")
    single = doubled[:-1] if len(doubled) > SHORTEST_PART and doubled[-1] == doubled[-2] else ""
    return next((form for form in (*plain, single) if form in PARTS), "")


def _heden(word: str) -> str:
    return f"{word.removesuffix('heden')}heid" if word.endswith("heden") else word


def _without_link(rest: str) -> str:
    return rest.removesuffix("s") if len(rest) > SHORTEST_REST else rest
