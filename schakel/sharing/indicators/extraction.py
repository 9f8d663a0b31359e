"""Indicators in prose, defanged or not. The text is cut into pieces and each piece judged: no search over the whole."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import ip_address, ip_network
from itertools import groupby, pairwise
from typing import Final

from schakel.sharing.document import Indicator, Weakness
from schakel.sharing.indicators.fanging import MARK, marked
from schakel.sharing.indicators.forms import kind_of, normal
from schakel.sharing.indicators.names import FILE_ENDINGS
from schakel.sharing.words import IndicatorKind

MOST: Final = 200_000
"""No text yields more indicators; whoever has more sends a file of them."""
LONGEST_PART: Final = 2048
SHORTEST_LIST: Final = 3
MOSTLY: Final = 0.65
"""From this share of lines that begin with one, a text is a list of indicators."""

_PIECE: Final = re.compile(r"[^\s<>\"'`|\\\u2018-\u201f\u00ab\u00bb]+")
_PARTS: Final = re.compile(r"[^,;()\[\]{}=*]+")
_SCHEME: Final = re.compile(r"(?:(?<=[,;:(\[{=*])|^)[a-z\ue000][a-z0-9+.\ue000-]{1,15}://", re.IGNORECASE)
_MAYBE: Final = re.compile(r"\w\.\w|:|^as ?[0-9]|^[0-9a-f]{32}", re.IGNORECASE)
"""What every indicator has; most words of a text have not."""
_ENDS: Final = ".,;:!?*_\u2026"
_PAIRS: Final = {")": "(", "]": "[", "}": "{"}
_BULLETS: Final = frozenset({"-", "*", "+", "\u2022", "|"})
_VERSION_WORDS: Final = frozenset(
    {"build", "firmware", "release", "v", "v.", "ver", "ver.", "version", "versions", "versie", "versies"}
)
_PROGRAM_NAMES: Final = frozenset({"ado.net", "asp.net", "socket.io", "system.net", "vb.net"})
_PACKAGE_STARTS: Final = frozenset({"com", "org"})
"""Program packages are written as names back to front: `com.vendor.part`."""
_NAMED: Final = frozenset({IndicatorKind.DOMAIN, IndicatorKind.URL, IndicatorKind.MAIL})
_EMPTY_FILE: Final = frozenset(
    {
        "d41d8cd98f00b204e9800998ecf8427e",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    }
)
_EVERYWHERE: Final = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.168.0.0/16", "224.0.0.0/3", "::/127", "fc00::/7", "fe80::/10", "ff00::/8",
        ),
    )
)  # fmt: skip
"""Addresses that mean something within one network only (IANA's special-purpose registries)."""
_CVE: Final = re.compile(r"\bCVE[-\u2010-\u2013](\d{4})[-\u2010-\u2013](\d{4,19})\b", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class _Line:
    found: list[Indicator]
    is_entry: bool


def of_text(text: str) -> Iterator[Indicator]:
    """Each indicator of a text once, in the order in which they come, at most MOST.

    `for_detection` where its author means it so: written defanged, in a list of them, or of a kind that is nothing else
    (hashes and public addresses); a web page that prose refers to is no alarm.
    """
    found: dict[tuple[str, str], Indicator] = {}
    for indicator in _all_of(text):
        key = (indicator.kind, indicator.value)
        if key not in found or (indicator.for_detection and not found[key].for_detection):
            found[key] = indicator
        if len(found) == MOST:
            break
    yield from found.values()


def _all_of(text: str) -> Iterator[Indicator]:
    lines = [_Line(*_of_line(line)) for line in marked(text).splitlines() if line.strip()]
    is_list = sum(line.is_entry for line in lines) >= MOSTLY * len(lines)
    for is_entry, run in groupby(lines, key=lambda line: line.is_entry):
        run_of_lines = list(run)
        is_run = is_entry and len(run_of_lines) >= SHORTEST_LIST
        for line in run_of_lines:
            if is_list or is_run:
                yield from _meant(line, with_pages=is_list)
            yield from line.found


def _meant(line: _Line, *, with_pages: bool) -> Iterator[Indicator]:
    """What a list is a list of. Prose lists web pages as references, so a list within it says nothing of those."""
    first = next(iter(line.found), None)
    if line.is_entry and first and (with_pages or first.kind != IndicatorKind.URL):
        yield replace(first, for_detection=_tells(first.kind, first.value))


def weaknesses_of(text: str) -> Iterator[Weakness]:
    """Each CVE that a text names, once, in the order in which they come."""
    names = dict.fromkeys(f"CVE-{year}-{number}" for year, number in _CVE.findall(text))
    yield from (Weakness(cve=name) for name in names)


def _of_line(line: str) -> tuple[list[Indicator], bool]:
    """Its indicators, and whether it begins with one."""
    found: list[Indicator] = []
    before, is_head, is_entry = "", True, False
    for piece in _PIECE.finditer(line):
        words = piece[0]
        judged = [_judged(part, before=before) for part in _parts(words)]
        is_entry = is_entry or (is_head and bool(judged and judged[0]) and "](" not in words)  # No link of Markdown.
        found += filter(None, judged)
        is_head = is_head and words in _BULLETS
        before = words.lower()
    return found, is_entry


def _parts(piece: str) -> Iterator[str]:
    """A piece cut where values meet: a web address keeps its commas and brackets, all else is parted by them."""
    starts = [found.start() for found in _SCHEME.finditer(piece)]
    for part in _PARTS.findall(piece[: starts[0]] if starts else piece):
        yield _trimmed(part)
    for start, end in pairwise([*starts, len(piece)]):
        yield _trimmed(piece[start:end])


def _trimmed(part: str) -> str:
    """Without what belongs to the sentence: full stops, and brackets that close what was opened before."""
    end = len(part)
    opened = {sign: part.count(sign) for sign in "()[]{}"}
    while end:
        last = part[end - 1]
        if last in _PAIRS and opened[last] > opened[_PAIRS[last]]:
            opened[last] -= 1
        elif last in _ENDS or last in _PAIRS.values():
            opened[last] = opened.get(last, 1) - 1
        else:
            break
        end -= 1
    return part[:end].lstrip("*_.")


def _judged(part: str, *, before: str) -> Indicator | None:
    is_meant = MARK in part
    bare = part.replace(MARK, "")
    if len(bare) > LONGEST_PART or not _MAYBE.search(bare):
        return None
    kind = kind_of(bare)
    value = normal(kind, bare) if kind else None
    if kind is None or value is None or (not is_meant and _is_prose(kind, bare, before)):
        return None
    is_alarm = is_meant or kind not in _NAMED
    return Indicator(kind=kind, value=value, for_detection=is_alarm and _tells(kind, value))


def _is_prose(kind: str, text: str, before: str) -> bool:
    """Whether it only looks like an indicator: a version, a file, a program word, two sentences without a blank."""
    if kind == IndicatorKind.IP:
        return before in _VERSION_WORDS or (":" in text and not any(map(str.isdigit, text)))
    if kind == IndicatorKind.HASH:
        return len(set(text)) == 1
    if kind != IndicatorKind.DOMAIN:
        return False
    head, *_, last = text.split(".")
    is_file = last.lower() in FILE_ENDINGS and text.count(".") == 1
    is_sentence = not last.islower() and not text.isupper()
    return is_file or is_sentence or head.lower() in _PACKAGE_STARTS or text.lower() in _PROGRAM_NAMES


def _tells(kind: str, value: str) -> bool:
    """Whether seeing it means anything: an empty file and an address of one's own network are everywhere."""
    if kind == IndicatorKind.HASH:
        return value not in _EMPTY_FILE
    return kind != IndicatorKind.IP or not any(ip_address(value) in network for network in _EVERYWHERE)
