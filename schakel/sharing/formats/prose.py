"""Words of people to a `Document`: its title, its label, what to do, and what it points at."""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

from schakel.sharing.document import Document, Reference, Text
from schakel.sharing.formats.labels import is_marking, marking_of
from schakel.sharing.formats.languages import language_of
from schakel.sharing.indicators import of_text, weaknesses_of
from schakel.sharing.words import IndicatorKind, ItemKind

TITLE_LENGTH: Final = 200
MOSTLY: Final = 0.65
"""From this share of lines that are an indicator on, a text is a list of them."""

_HEADING: Final = re.compile(r"#{1,6}\s+(\S.{0,198}?)\s*#*|\*\*(\S[^*]{0,80})\*\*:?|(\S[^.:]{0,60}):", re.ASCII)
_SECTIONS: Final = {
    "action": re.compile(
        r"handelingsperspectief|maatregelen|mitigerende maatregelen|oplossing(?:en)?|advies"
        r"|wat (?:kun|kunt|moet) .{0,20}doen\??|wat u kunt doen"
        r"|courses? of action|recommend(?:ed actions?|ations?)|mitigations?|solution|what to do|remediation|actions?",
        re.IGNORECASE,
    ),
    "body": re.compile(r"toelichting|details|bijzonderheden", re.IGNORECASE),
    "summary": re.compile(r"samenvatting|summary|executive summary|kern|in het kort", re.IGNORECASE),
}


def document_of(text: str, *, title: str = "", **known: Any) -> Document:
    """What `text` (Markdown or plain) says; `title` and `known` fields of Document outrank it.

    Raises Unreadable for a label that does not exist.
    """
    found = list(of_text(text))
    alarms = tuple(indicator for indicator in found if indicator.for_detection)
    pages = [one.value for one in found if one.kind == IndicatorKind.URL and not one.for_detection]
    parts = _sections(text)
    fields: dict[str, Any] = {
        "kind": ItemKind.INDICATORS if _is_list(text, len(alarms)) else ItemKind.THREAT_REPORT,
        "title": title[:TITLE_LENGTH] or _title(text),
        "texts": (Text(language=language_of(text), title=title[:TITLE_LENGTH] or _title(text), **parts),),
        "marking": marking_of(text, subject=title),
        "weaknesses": tuple(weaknesses_of(f"{title}\n{text}")),
        "references": tuple(Reference(url=page) for page in pages),
        "indicators": alarms,
    }
    return Document(**{**fields, **known})


def _title(text: str) -> str:
    """The first heading, else the first line that is no label."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not is_marking(line)]
    heading = next((line for line in lines if line.startswith("#") and line.strip("# ")), "")
    return (heading or next(iter(lines), "")).strip("#* \t")[:TITLE_LENGTH]


def _is_list(text: str, alarms: int) -> bool:
    return alarms >= MOSTLY * sum(1 for line in text.splitlines() if line.strip()) > 0


def _sections(text: str) -> dict[str, str]:
    """The text by what its headings say it is for: `body`, `summary`, `action`."""
    parts: dict[str, list[str]] = {"summary": [], "body": [], "action": []}
    for name, lines in groupby(_named_lines(text), key=lambda pair: pair[0]):
        parts[name].extend(line for _, line in lines)
    return {name: "\n".join(lines).strip() for name, lines in parts.items()}


def _named_lines(text: str) -> Iterator[tuple[str, str]]:
    name = "body"
    for line in text.splitlines():
        heading = _HEADING.fullmatch(line.strip())
        if heading:
            words = next(filter(None, heading.groups())).strip(" :*#")
            named = next((section for section, pattern in _SECTIONS.items() if pattern.fullmatch(words)), "")
            name = named or "body"
            if named:
                continue  # The heading is what the part is called already.
        yield name, line
