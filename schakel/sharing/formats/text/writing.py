"""A document as Markdown that people can read in a mail or a terminal, and that `PlainText` reads again."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from schakel.sharing.document import Document, Indicator, Text
from schakel.sharing.formats.base import Written
from schakel.sharing.indicators import defanged

LEFT_OUT: Final = "A text has no place for it."
_CARRIED: Final = frozenset(
    {"kind", "title", "texts", "marking", "publisher", "weaknesses", "references", "indicators", "original"}
)
_UNSAFE_IN_NAMES: Final = re.compile(r"[^a-z0-9]+")


def written(document: Document) -> Written:
    """The document in words; what it says to several readers comes one after the other."""
    with override(next((text.language for text in document.texts if text.language), get_language())):
        content = "\n\n".join(part for part in _parts(document) if part)
    name = _UNSAFE_IN_NAMES.sub("-", document.title.lower()).strip("-")[:80] or "item"
    return Written(
        content=f"{content}\n".encode(errors="replace"),
        media_type="text/markdown; charset=utf-8",
        name=f"{name}.md",
        left_out=dict.fromkeys(_left_out(document), LEFT_OUT),
    )


def _left_out(document: Document) -> Iterator[str]:
    """The fields that say something which the text does not."""
    empty = Document(title="")
    fields = (name for name in Document.__dataclass_fields__ if name not in _CARRIED)
    yield from (name for name in fields if getattr(document, name) != getattr(empty, name))


def _parts(document: Document) -> Iterator[str]:
    yield "\n".join(label.marking for label in (document.marking.tlp, document.marking.pap) if label)
    yield f"# {document.title}"
    yield _("From: %(name)s") % {"name": document.publisher} if document.publisher else ""
    for text in document.texts:
        yield from _words(text, is_first=text is document.texts[0])
    yield _list("CVE", [weakness.cve or weakness.name for weakness in document.weaknesses])
    yield _list(_("Indicators"), map(_shown, document.indicators))
    yield _list(_("Read more"), [f"[{one.summary or one.url}]({one.url})" for one in document.references])
    yield "\n".join(document.marking.terms)


def _words(text: Text, *, is_first: bool) -> Iterator[str]:
    yield f"## {text.title}" if text.title and not is_first else ""
    yield f"## {_('Summary')}\n\n{text.summary}" if text.summary else ""
    yield f"## {_('Details')}\n\n{text.body}" if text.body and text.summary else text.body
    yield f"## {_('What to do')}\n\n{text.action}" if text.action else ""


def _shown(indicator: Indicator) -> str:
    return f"{defanged(indicator.value) or indicator.pattern} {indicator.comment}".strip()


def _list(heading: str, entries: Iterable[str]) -> str:
    lines = [f"- {entry}" for entry in entries if entry]
    return "\n".join([f"## {heading}", "", *lines]) if lines else ""
