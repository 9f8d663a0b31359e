"""Texts by kind and language, and how their placeholders are filled."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, Self

from schakel.intake import kinds
from schakel.notices.texts import rendering

FOLDER: Final = Path(__file__).parent
LANGUAGES: Final = ("nl", "en")
HEADINGS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "nl": (
            "Wat zagen wij",
            "Waarom is dit belangrijk",
            "Wat moet u nu doen",
            "Voor wanneer",
            "Hulp nodig",
        ),
        "en": ("What we saw", "Why it matters", "What to do now", "By when", "Need help"),
    }
)
"""The headings of every text, in their order."""
PLACEHOLDERS: Final = frozenset({"count", "first_seen", "last_seen", "source", "weakness_line", "deadline"})
"""All that a text may leave open: how many systems, two moments and the source as words for people, a whole
sentence on the weakness or nothing, and the time that the owner has."""
DEADLINES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "nl": {
            "critical": "vandaag nog",
            "high": "binnen een week",
            "medium": "binnen een maand",
            "low": "binnen drie maanden",
            "info": "binnen een half jaar",
        },
        "en": {
            "critical": "today",
            "high": "within a week",
            "medium": "within a month",
            "low": "within three months",
            "info": "within half a year",
        },
    }
)
_WEAKNESS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "nl": ("De zwakke plek heet {}.", "Kenmerk in de melding: {}."),
        "en": ("The weakness is called {}.", "Name in the report: {}."),
    }
)
_CVE: Final = re.compile(r"CVE-\d{4}-\d{4,}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The words for one kind of finding in one language.

    `kind` and `language` say which text this is, after falling back. `sections` are pairs of heading and
    Markdown, in the order of HEADINGS. `version` is the first 12 hex digits of the file's SHA-256, so that a
    notice can say which words were sent.
    """

    kind: str
    language: str
    subject: str
    sections: tuple[tuple[str, str], ...]
    version: str

    def filled(self, **values: object) -> Self:
        """This text with its placeholders filled, for reading; lines that stay empty are left out.

        `deadline` may be left out: it then follows from the usual severity of the kind. Raises ValueError
        for a value that no text knows, and KeyError where the text needs one that is not given.
        """
        words = self._words(values)
        return replace(
            self,
            subject=self.subject.format_map(words),
            sections=tuple((heading, rendering.filled(body, words)) for heading, body in self.sections),
        )

    def as_plain(self, values: Mapping[str, object]) -> str:
        """The sections as plain text, wrapped at 72 columns where words allow; errors as `filled`."""
        return rendering.plain(self.sections, self._words(values))

    def as_html(self, values: Mapping[str, object]) -> str:
        """The sections as HTML: only our own marks count, every value is escaped; errors as `filled`."""
        return rendering.html(self.sections, self._words(values))

    def _words(self, values: Mapping[str, object]) -> dict[str, str]:
        if strangers := values.keys() - PLACEHOLDERS:
            raise ValueError(f"no text has the placeholder {', '.join(sorted(strangers))}")
        usual = {"deadline": deadline(kinds.kind(self.kind).severity, self.language)}
        return usual | {name: " ".join(str(value).split()) for name, value in values.items()}


def text(kind: str, language: str) -> Text:
    """The text of `kind` in `language`; of the kind `other` and in English where there is no such text."""
    return _read(kinds.kind(kind).slug, language if language in LANGUAGES else "en")


def deadline(severity: str, language: str) -> str:
    """The time to act on a finding of `severity`, as words within a sentence; KeyError for no severity."""
    return DEADLINES.get(language, DEADLINES["en"])[severity]


def weakness_line(weakness: str | None, language: str) -> str:
    """A whole sentence on a CVE number, a family of malware or another mark; empty where there is none."""
    if not weakness:
        return ""
    as_cve, as_mark = _WEAKNESS.get(language, _WEAKNESS["en"])
    return as_cve.format(weakness.upper()) if _CVE.fullmatch(weakness) else as_mark.format(weakness)


@cache
def _read(kind: str, language: str) -> Text:
    content = (FOLDER / kind / f"{language}.md").read_bytes()
    subject, *sections = _parts(content.decode())
    return Text(
        kind=kind,
        language=language,
        subject=subject,
        sections=tuple(zip(HEADINGS[language], sections, strict=True)),
        version=hashlib.sha256(content).hexdigest()[:12],
    )


def _parts(content: str) -> list[str]:
    """The subject and the bodies of the sections; a test sees to it that every file has this shape."""
    _, front, body = content.split("---\n", 2)
    bodies = re.split(r"^## .+\n", body, flags=re.MULTILINE)[1:]
    return [front.removeprefix("subject:").strip(), *(one.strip() for one in bodies)]
