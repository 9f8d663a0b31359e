"""The message of one notice: its words, its systems, its link and its reason, as plain text and HTML, with a CSV.

Made from stored rows only, so that a message made twice is the same message.
"""

import csv
import io
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override

from schakel.notices import links, texts
from schakel.notices.models import Notice, Occasion, Severity
from schakel.policy import sharing
from schakel.policy.sharing import Standing

SHOWN = 20
WIDTH = 72  # Of plain text, as the rest of the letter.
ATTACHED = 10_000
COLUMNS = ("organisation", "asset", "kind", "weakness", "severity", "first_seen", "last_seen", "detail")


@dataclass(frozen=True, slots=True)
class Line:
    """One finding as the recipient reads it."""

    organisation: str
    asset: str
    weakness: str
    severity: int
    first_seen_at: datetime
    last_seen_at: datetime
    detail: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to hand over."""

    subject: str
    plain: str
    html: str
    attachment: bytes
    payload: dict[str, object]
    text_version: str


def letter(notice: Notice, *, lines: Sequence[Line], source: str) -> Letter:
    """Compose the message for `notice` about `lines`.

    A bare notice names no system and no weakness: its way is not protected enough for what may be personal, so those
    stand behind its link. An operator reads of addresses in its network, not who the registry believes to use them,
    nor what a scan read there, which may name them.
    """
    language = notice.language if notice.language in texts.LANGUAGES else "en"
    text = texts.text(notice.kind, language)
    if notice.standing is Standing.OPERATOR:
        lines = [replace(line, organisation="", detail="") for line in lines]
    with override(language):
        context = _context(notice, text, lines, source=source, language=language)
        subject = _subject(notice, text)
        return Letter(
            subject=subject,
            plain=_tidy(render_to_string("notices/letter.txt", context)),
            html=render_to_string("notices/letter.html", context | {"subject": subject, "language": language}),
            attachment=b"" if notice.is_bare else table(lines[:ATTACHED], kind=notice.kind),
            payload=payload(notice, lines, source=source),
            text_version=text.version,
        )


def preface(notice: Notice) -> str:
    """What a reader is told first whose own systems these are not, in the language at hand; '' for who runs them."""
    return {
        Standing.GUARDIAN: _(
            "These systems are of organisations that you act for. Please warn them, or help them solve it. "
            "Where it says “you” below, such an organisation is meant."
        ),
        Standing.OPERATOR: _(
            "These systems are in your network, but somebody else uses them, a customer for example. "
            "Please pass this on to them. Where it says “you” below, that user is meant."
        ),
    }.get(notice.standing, "")


def values_of(
    notice: Notice, *, span: tuple[datetime, datetime], weaknesses: Sequence[str], source: str, language: str
) -> dict[str, str]:
    """What the placeholders of a notice's text stand for; `span` is when its systems were first and last seen."""
    first, last = (f"{timezone.localtime(moment):%d-%m-%Y}" for moment in span)
    return {
        "count": str(notice.findings_count),
        "first_seen": first,
        "last_seen": last,
        "source": source,
        "weakness_line": texts.weakness_line(weaknesses[0] if len(weaknesses) == 1 else None, language),
        "deadline": texts.deadline(Severity(notice.severity).name.lower(), language),
    }


def table(lines: Iterable[Line], *, kind: str) -> bytes:
    """The systems as CSV (RFC 4180, UTF-8): machine-readable."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for line in lines:
        severity = Severity(line.severity).name.lower()
        seen = line.first_seen_at.isoformat(), line.last_seen_at.isoformat()
        cells = (line.organisation, line.asset, kind, line.weakness, severity, *seen, line.detail)
        writer.writerow(map(_harmless, cells))
    return out.getvalue().encode()


def payload(notice: Notice, lines: Sequence[Line], *, source: str) -> dict[str, object]:
    """The notice for a program, as a webhook carries it."""
    return {
        "type": "notices.notice.sent",
        "timestamp": notice.made_at.isoformat(),
        "data": {
            "notice": notice.pk,
            "kind": notice.kind,
            "severity": Severity(notice.severity).name.lower(),
            "tlp": notice.tlp,
            "source": source,
            "url": links.url_of(notice),
            "findings": [_plain(line) for line in lines[:ATTACHED]],
        },
    }


def _plain(line: Line) -> dict[str, object]:
    values = asdict(line)
    seen = {name: values[name].isoformat() for name in ("first_seen_at", "last_seen_at")}
    return values | seen | {"severity": Severity(line.severity).name.lower()}


def _harmless(cell: str) -> str:
    """No cell may begin like a formula: reports carry what strangers wrote (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _subject(notice: Notice, text: texts.Text) -> str:
    start = {Occasion.REMINDER: _("Reminder: "), Occasion.ESCALATION: _("Still open: ")}.get(
        Occasion(notice.occasion), ""
    )
    return f"{start}{text.subject} [{settings.PLATFORM_NAME} {notice.pk}]"


def _context(
    notice: Notice, text: texts.Text, lines: Sequence[Line], *, source: str, language: str
) -> dict[str, object]:
    lines = [] if notice.is_bare else lines
    weaknesses = sorted({line.weakness for line in lines if line.weakness})
    values = values_of(notice, span=_span(notice, lines), weaknesses=weaknesses, source=source, language=language)
    marking = sharing.label(notice.tlp)
    return {
        "notice": notice,
        "to": notice.recipient,
        "to_at_end": notice.recipient.removesuffix("."),  # Of a sentence: its own stop will do.
        "preface": textwrap.fill(preface(notice), WIDTH),
        "words": text.as_plain(values),
        "words_html": mark_safe(text.as_html(values)),  # noqa: S308 - the texts escape every value themselves
        "lines": lines[:SHOWN],
        "more": max(0, notice.findings_count - SHOWN),
        "is_all_attached": notice.findings_count <= ATTACHED,
        "attached": ATTACHED,
        "url": links.url_of(notice),
        "marking": marking.marking if marking else "",
        "source": source,
        "help_line": settings.HELP_LINE,
        "platform": settings.PLATFORM_NAME,
        "link_days": settings.LINK_DAYS,
        "names_organisations": notice.standing is Standing.GUARDIAN,
    }


def _span(notice: Notice, lines: Sequence[Line]) -> tuple[datetime, datetime]:
    """When its systems were first and last seen; of a bare notice, which tells of none, when it was made."""
    if not lines:
        return notice.made_at, notice.made_at
    return min(line.first_seen_at for line in lines), max(line.last_seen_at for line in lines)


def _tidy(text: str) -> str:
    """No more than one empty line in a row, none at the ends."""
    out: list[str] = []
    for line in text.strip().splitlines():
        if line.strip() or (out and out[-1]):
            out.append(line.rstrip())
    return "\n".join(out) + "\n"
