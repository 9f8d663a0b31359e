"""What somebody types, as a question to the index: CVE ids, indicators in any writing, and words."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from django.db import connection

from schakel.sharing.indicators import kind_of, normal
from schakel.sharing.search.spelling import cves_of, parts_of, without_cves, words_of

MOST_WORDS: Final = 12
LONGEST: Final = 300
SHORTEST_ROOT: Final = 3
HARDENED: Final = {"s": "z", "z": "s", "f": "v", "v": "f"}
# The two languages stem what we fold; a word that either calls a stop word finds too much to be worth asking.
STEMS = "SELECT ts_lexize('dutch_stem', word), ts_lexize('english_stem', word) FROM unnest(%s::text[]) AS word"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question taken apart. `lexemes` is a `tsquery` as text; `roots` is what to mark in what is found."""

    lexemes: str = ""
    indicators: tuple[tuple[str, str], ...] = ()
    roots: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether it asks for anything."""
        return bool(self.lexemes or self.indicators)


def asked(text: str) -> Asked:
    """Take apart what was typed. All of it must be found. One query at most."""
    text = text[:LONGEST].replace("\x00", " ")
    cves = cves_of(text)
    indicators, words = _sorted_out(without_cves(text).split())
    parsed = _groups(words[:MOST_WORDS])
    groups = [quoted(cve.lower()) for cve in cves] + [group for group, _roots in parsed]
    roots = {root for _group, found in parsed for root in found} | {cve.lower() for cve in cves}
    return Asked(" & ".join(groups), tuple(indicators), tuple(sorted(roots)))


def _sorted_out(typed: Iterable[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """The indicators among the pieces, and the words of the others."""
    indicators: dict[tuple[str, str], None] = {}
    words: dict[str, None] = {}
    for piece in typed:
        kind = kind_of(piece)
        value = normal(kind, piece) if kind else None
        if kind and value:
            indicators[kind, value] = None
        else:
            words.update(dict.fromkeys(words_of(piece)))
    return list(indicators), list(words)


def _groups(words: list[str]) -> list[tuple[str, set[str]]]:
    """Of each word that says something: the ways in which it may be written, and what to mark."""
    plain = [word for word in words if "." not in word]
    found = [(quoted(word), {word}) for word in words if "." in word]
    every = list(dict.fromkeys([*plain, *(part for word in plain for part in parts_of(word))]))
    stems = dict(zip(every, _stems(every), strict=True)) if every else {}
    for word in plain:
        if None in stems[word]:
            continue
        ways = [_either(word, stems[word])]
        if parts := parts_of(word):
            ways.append(f"({' & '.join(_either(part, stems[part]) for part in parts)})")
        roots = {_root(one, stem) for one in (word, *parts) for stem in stems[one] if stem}
        found.append((f"({' | '.join(ways)})", {root for root in roots if len(root) >= SHORTEST_ROOT}))
    return found


def _stems(words: list[str]) -> list[tuple[str | None, str | None]]:
    """Each word's stem in Dutch and in English; None where it is a stop word there."""
    with connection.cursor() as cursor:
        cursor.execute(STEMS, [words])
        return [(_first(dutch), _first(english)) for dutch, english in cursor.fetchall()]


def _first(found: list[str] | None) -> str | None:
    return found[0] if found else None


def _either(word: str, stems: tuple[str | None, str | None]) -> str:
    ways = dict.fromkeys([word, *(one for stem in stems if stem for one in (stem, _hardened(stem)))])
    return f"({' | '.join(map(quoted, ways))})"


def _hardened(stem: str) -> str:
    """The stem with its last sign as in the singular or the plural: Dutch writes `sluis` and `sluizen`."""
    return stem[:-1] + HARDENED.get(stem[-1], stem[-1])


def _root(word: str, stem: str) -> str:
    """The beginning that a word and its stem share: other forms of the word have it too."""
    shared = takewhile(lambda pair: pair[0] == pair[1], zip(word, stem, strict=False))
    return "".join(sign for sign, _other in shared)


def quoted(lexeme: str) -> str:
    """A lexeme as a `tsquery` has it."""
    escaped = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
