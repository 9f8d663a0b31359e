"""CSAF as one of the formats of sharing."""

import dataclasses
import hashlib
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import orjson
from django.utils.translation import gettext as _

from schakel.sharing.document import Document, Original, Text
from schakel.sharing.formats import strict_json
from schakel.sharing.formats.base import Uncarried, Unreadable, Written
from schakel.sharing.formats.csaf import checks, fresh, laying, marking, names, notes, reading

Json = dict[str, Any]
MAXIMUM_BYTES = 50 * 1024 * 1024
"""CSAF 2.1, appendix C.1: what every consumer should be able to read; 2.0 names less."""
MEDIA_TYPE = "application/json"
SLUG = "csaf"


class Csaf:
    """The Common Security Advisory Framework, versions 2.0 and 2.1."""

    slug = SLUG

    def recognises(self, content: bytes) -> bool:
        """Whether it is JSON that names a version of CSAF."""
        return content.lstrip()[:1] == b"{" and b'"csaf_version"' in content

    def read(self, content: bytes) -> Iterator[Document]:
        """The one document that it is. Raises Unreadable with JSON pointer, reason and code."""
        csaf, version = parse(content)
        digest = hashlib.sha256(content).hexdigest()
        original = Original(format=SLUG, version=version, content=content, digest=digest)
        yield reading.document_of(csaf, original=original)

    def write(self, document: Document, *, version: str = "", strict_as_red: bool = False) -> Written:
        """The document as CSAF, sound by the tests of the standard; unchanged where it came as such and is unchanged.

        Without `version` it is that of its original, else 2.0, which has no word for TLP:AMBER+STRICT: by choice
        (`strict_as_red`) it is raised to TLP:RED there. Raises Uncarried.
        """
        came = document.original if document.original and document.original.format == SLUG else None
        version = version or (came.version if came else "2.0")
        if version not in checks.DRAFTS:
            raise Uncarried(_("There is no such version of CSAF: %(version)s.") % {"version": version})
        if came and version >= came.version:  # A younger version says all that an older one does, not the reverse.
            return _from_original(document, came, version=version, strict_as_red=strict_as_red)
        made = _made(document, version=version, strict_as_red=strict_as_red)
        lost = {"original": _("It came as CSAF %(version)s.") % {"version": came.version}} if came else {}
        return dataclasses.replace(made, left_out=lost | dict(made.left_out))


def parse(content: bytes) -> tuple[Json, str]:
    """The sound JSON of a CSAF document, and its version. Raises Unreadable."""
    found = strict_json.parse(content, maximum=MAXIMUM_BYTES)
    head = found.get("document") if isinstance(found, dict) else None
    version = head.get("csaf_version") if isinstance(head, dict) else None
    if version is None:
        raise Unreadable(_("not a CSAF document"), code="unknown-format")
    if not isinstance(version, str) or version not in checks.DRAFTS:
        known = ", ".join(checks.DRAFTS)
        raise Unreadable(
            _("a version that is not read; known: %(known)s") % {"known": known}, place="/document/csaf_version"
        )
    checks.demand_sound(found, version=version)
    return found, version


def _from_original(document: Document, came: Original, *, version: str, strict_as_red: bool) -> Written:
    csaf = orjson.loads(came.content)
    before = reading.document_of(csaf)
    if version == came.version and _said(document) == _said(before):
        return Written(came.content, MEDIA_TYPE, names.file_name(document.key), {})
    if document.is_withdrawn and version == "2.1":  # Its profile has no room for what the original says.
        return _made(document, version=version, strict_as_red=strict_as_red)
    lost: dict[str, str] = {}
    if version != came.version:
        csaf, lost = _converted(csaf)
        before = reading.document_of(csaf)
        label = marking.word(document.marking, version=version, strict_as_red=strict_as_red)
        csaf["document"]["distribution"]["tlp"]["label"] = label  # The converter takes no label for CLEAR; we never do.
        before = dataclasses.replace(before, marking=reading.document_of(csaf).marking)
    laying.lay(csaf, document=document, before=before, version=version, strict_as_red=strict_as_red)
    flaws = checks.flaws(csaf, version=version)
    if flaws:
        raise _unsound(flaws)
    return _finished(csaf, document, lost | _differs(document, reading.document_of(csaf)))


def _converted(csaf: Json) -> tuple[Json, dict[str, str]]:
    """A document of 2.0 as one of 2.1, by the conversion of the standard (CSAF 2.1, 9.1.18), and what it lost."""
    made, report = import_module("csaf").convert(csaf)
    lost = {f"original{one.field}": one.message for one in report.findings if one.severity in {"warning", "error"}}
    return made, lost


def _differs(document: Document, written: Document) -> dict[str, str]:
    """The fields that what was written does not say quite so."""
    wanted, found = _said(document), _said(written)
    names_ = [field.name for field in dataclasses.fields(Document)]
    lost = [name for name in names_ if getattr(wanted, name) != getattr(found, name)]
    return dict.fromkeys(lost, _("CSAF cannot say this quite so."))


def _said(document: Document) -> Document:
    """What a document says, in the normal form of its comparison: without our own view of it, what is no order sorted.

    CSAF keeps the notes of the document apart from those of its weaknesses: sections of a body may change places.
    """
    return dataclasses.replace(
        document,
        texts=tuple(sorted((_sorted_parts(text) for text in document.texts), key=lambda text: text.reader)),
        products=tuple(sorted(document.products, key=lambda one: (one.key, one.name, one.version, one.status))),
        references=tuple(sorted(document.references, key=lambda one: one.url)),
        contributors=tuple(sorted(document.contributors)),
        **dict.fromkeys(("original", "kind", "labels", "version")),  # type: ignore[arg-type]
    )


def _sorted_parts(text: Text) -> Text:
    parts = [notes.section(heading, words) for heading, words in notes.parts(text.body)]
    action = [part for part in text.action.split("\n\n") if part.strip()]
    return dataclasses.replace(text, body="\n\n".join(sorted(parts)), action="\n\n".join(sorted(action)))


def _made(document: Document, *, version: str, strict_as_red: bool) -> Written:
    """A document of our own, in the most telling profile whose tests it passes."""
    if document.is_withdrawn and version == "2.1":
        candidates = [fresh.withdrawn(document, strict_as_red=strict_as_red)]
    else:
        candidates = [
            fresh.written(document, version=version, profile=profile, strict_as_red=strict_as_red)
            for profile in fresh.PROFILES
        ]
    for csaf in candidates:
        flaws = checks.flaws(csaf, version=version)
        if not flaws:
            lost = _differs(fresh.as_issued(document), reading.document_of(csaf))
            return _finished(csaf, document, lost | fresh.left_out(document, version=version))
    raise _unsound(flaws)


def _unsound(flaws: list[checks.Flaw]) -> Uncarried:
    reason = _("This cannot be written as sound CSAF. %(place)s: %(fault)s (%(test)s)")
    worst = flaws[0]
    return Uncarried(
        reason % {"place": worst.place, "fault": worst.reason, "test": worst.test},
        fields=tuple(flaw.place for flaw in flaws),
    )


def _finished(csaf: Json, document: Document, left_out: dict[str, str]) -> Written:
    content = orjson.dumps(csaf, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    key = csaf["document"]["tracking"]["id"]
    return Written(content, MEDIA_TYPE, names.file_name(key or document.key), left_out)
