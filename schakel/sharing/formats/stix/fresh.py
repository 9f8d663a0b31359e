"""A document of ours as STIX objects, where it did not come as STIX: a report and what it speaks of.

Ids are made of the document's own name, so that the same document has the same ids for ever, and two documents that
name the same weakness or address never label each other's.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid5

import orjson
from django.utils.translation import gettext as _

from schakel.policy.sharing import Pap, Tlp
from schakel.sharing.document import Document, Indicator, Marking, Product, Reference, Text, Weakness
from schakel.sharing.formats.base import Uncarried
from schakel.sharing.formats.stix import markings, patterns
from schakel.sharing.formats.stix.extension import AUTHOR_OBJECT, DEFINITION, EXTENSION, carry, key
from schakel.sharing.formats.stix.limits import Json
from schakel.sharing.words import Credibility, ItemKind

OBSERVABLES: Final = UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
"""The namespace of deterministic ids of observables: STIX 2.1, section 2.9."""
CONFIDENCE: Final = {Credibility.ONE: 90, Credibility.TWO: 70, Credibility.THREE: 50, Credibility.FOUR: 30}
"""Credibility to confidence: STIX 2.1, appendix A. Not judged is left out."""
REPORT_TYPES: Final = {ItemKind.ADVISORY: "vulnerability", ItemKind.INDICATORS: "indicator"}
_VERSIONS: Final = frozenset("12345")


def objects_of(document: Document) -> list[Json]:
    """The document as STIX 2.1 objects, its report first. Raises Uncarried where it has no time at all."""
    frame = Frame(document)
    parts = [*weaknesses(document, frame), *products(document, frame), *wordings(document, frame)]
    parts += [indicator(one, frame) for one in document.indicators]
    parts += relations(parts, frame)
    head = report(document, frame, parts)
    return [head, *frame.support([head, *parts]), *parts]


class Frame:
    """What all objects of one document share: times, author and markings."""

    def __init__(self, document: Document) -> None:
        """Raises Uncarried without a time: each object of STIX says when it was made."""
        times = (document.published_at, document.revised_at, document.valid_from, *(r.at for r in document.revisions))
        made = next((at for at in times if at), None)
        if made is None:
            raise Uncarried(_("STIX asks when it was published, and that is not known."), fields=("published_at",))
        self.name = document.key or (document.original.digest if document.original else document.title)
        self.made, self.revised = stamp(made), stamp(max(made, document.revised_at or made))
        self.marks = marks(document.marking, name=self.name, made=self.made)
        self.author = identity(document.publisher, made=self.made) if document.publisher else None
        self.is_withdrawn = document.is_withdrawn

    def key(self, kind: str, *parts: str) -> str:
        """The id of an object of this document."""
        return key(kind, self.name, *parts)

    def versioned(self, kind: str, own: str, **values: Any) -> Json:
        """An object with an author and versions; what is empty is left out."""
        base = {"type": kind, "spec_version": "2.1", "id": own, "created": self.made, "modified": self.revised}
        author = {"created_by_ref": self.author["id"]} if self.author else {}
        revoked = {"revoked": True} if self.is_withdrawn else {}
        return base | author | revoked | full(values) | self.marked()

    def marked(self) -> Json:
        """The markings, where there are any."""
        return {"object_marking_refs": [one["id"] for one in self.marks]} if self.marks else {}

    def support(self, objects: Iterable[Json]) -> list[Json]:
        """The definitions and identities that the objects refer to."""
        is_extended = any(EXTENSION in one.get("extensions", {}) for one in objects)
        return [
            *([self.author] if self.author else []),
            *self.marks,
            *([AUTHOR_OBJECT, DEFINITION] if is_extended else []),
        ]


def full(values: Mapping[str, Any]) -> Json:
    """Without what is empty: STIX allows no empty lists, and says nothing by absence."""
    return {name: value for name, value in values.items() if value not in (None, "", [], ())}


def stamp(at: datetime) -> str:
    """The time as STIX writes it: UTC, in milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def identity(name: str, *, made: str) -> Json:
    """The organisation of that name."""
    own = key("identity", name)
    base = {"type": "identity", "spec_version": "2.1", "id": own, "created": made, "modified": made}
    return base | {"name": name, "identity_class": "organization"}


def marks(marking: Marking, *, name: str, made: str) -> list[Json]:
    """The marking definitions that say what holds: TLP 2.0, PAP, IEP and statements."""
    labels = [label(marking.tlp)] if marking.tlp else []
    actions = [action(marking.pap)] if marking.pap else []
    return [*labels, *actions, *(_policy(marking, name, made)), *(statement(term, made=made) for term in marking.terms)]


def label(tlp: Tlp) -> Json:
    """The marking definition of a TLP 2.0 label."""
    own = next(key for key, text in markings.TLP_IDS.items() if text == tlp.value)
    said = {markings.TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": tlp.value}}
    return _definition(own, tlp.marking, said)


def action(pap: Pap) -> Json:
    """The marking definition of a PAP label."""
    own = next(key for key, text in markings.PAP_IDS.items() if text == pap.value)
    return _definition(
        own, pap.marking, {markings.PAP_EXTENSION: {"extension_type": "property-extension", "pap": pap.value}}
    )


def statement(term: str, *, made: str) -> Json:
    """The marking definition of a term in words."""
    base = {"type": "marking-definition", "spec_version": "2.1", "id": key("marking-definition", term), "created": made}
    return base | {"definition_type": "statement", "definition": {"statement": term}}


def _definition(own: str, name: str, extensions: Json) -> Json:
    base = {"type": "marking-definition", "spec_version": "2.1", "id": own, "created": "2022-10-01T00:00:00.000Z"}
    return base | {"name": name, "extensions": extensions}


def _policy(marking: Marking, name: str, made: str) -> Iterator[Json]:
    if marking.iep:
        base = {"type": "marking-definition", "spec_version": "2.1", "created": made, "name": "IEP 2.0"}
        said = {"extension_type": "property-extension"} | dict(marking.iep)
        yield base | {"id": key("marking-definition", "iep", name), "extensions": {markings.IEP_EXTENSION: said}}


def report(document: Document, frame: Frame, parts: list[Json]) -> Json:
    """The report over all parts."""
    first = document.texts[0] if document.texts else Text()
    own = document.key if _is_id(document.key, "report") else frame.key("report")
    listed = [one["id"] for one in parts] or [frame.author["id"] if frame.author else AUTHOR_OBJECT["id"]]
    made = frame.versioned(
        "report",
        own,
        name=document.title or first.title,
        description=_joined(first),
        lang=first.language,
        report_types=[REPORT_TYPES.get(ItemKind(document.kind), "threat-report")],
        published=frame.made,
        confidence=CONFIDENCE.get(Credibility(document.credibility)) if document.credibility else None,
        labels=list(dict.fromkeys([*document.labels, *document.names])),
        external_references=[reference(one) for one in document.references],
        object_refs=listed,
    )
    return carry(made, **told(document), reader=first.reader, summary=first.summary)


def told(document: Document) -> Json:
    """What only our extension has a place for."""
    plain = ("kind", "key", "version", "probability", "damage", "reliability", "credibility", "phase")
    times = {name: stamp(at) for name in ("valid_from", "valid_until") if (at := getattr(document, name))}
    revisions = [
        full({"number": one.number, "at": stamp(one.at) if one.at else "", "summary": one.summary})
        for one in document.revisions
    ]
    lists = {"contributors": list(document.contributors), "names": list(document.names), "revisions": revisions}
    return {name: str(getattr(document, name)) for name in plain} | times | lists


def reference(one: Reference) -> Json:
    """An address as an external reference."""
    return {"source_name": "url", **full({"description": one.summary}), "url": one.url}


def wordings(document: Document, frame: Frame) -> Iterator[Json]:
    """Notes for all texts but the first, and a course of action for each that has one."""
    about = [document.key if _is_id(document.key, "report") else frame.key("report")]
    for index, text in enumerate(document.texts):
        place = f"{text.reader}/{text.language}"
        if index:
            own = frame.key("note", place)
            note = frame.versioned(
                "note",
                own,
                abstract=text.title,
                content=_joined(text) or text.title or " ",
                lang=text.language,
                object_refs=about,
            )
            yield carry(note, reader=text.reader, summary=text.summary)
        if text.action:
            made = frame.versioned("course-of-action", frame.key("course-of-action", place), lang=text.language)
            yield carry(made | {"name": document.title, "description": text.action}, reader=text.reader)


def weaknesses(document: Document, frame: Frame) -> Iterator[Json]:
    """A vulnerability for each weakness."""
    for one in document.weaknesses:
        yield weakness(one, frame)


def weakness(one: Weakness, frame: Frame) -> Json:
    """A vulnerability by its CVE id or its name."""
    outside = [("cve", one.cve), ("cwe", one.cwe)]
    made = frame.versioned(
        "vulnerability",
        frame.key("vulnerability", one.cve or one.name),
        name=one.cve or one.name or one.cwe,
        external_references=[{"source_name": name, "external_id": text} for name, text in outside if text],
    )
    return carry(made, name=one.name if one.cve else "", scores=list(one.scores), score=one.score)


def products(document: Document, frame: Frame) -> Iterator[Json]:
    """A software observable for each product."""
    for one in document.products:
        yield product(one, frame)


def product(one: Product, frame: Frame) -> Json:
    """A software observable, with the id that the standard gives it."""
    values = full({"name": one.name, "cpe": one.cpe, "vendor": one.vendor, "version": one.version})
    own = f"software--{uuid5(OBSERVABLES, orjson.dumps(values, option=orjson.OPT_SORT_KEYS).decode())}"
    if one.key or one.purl or one.status != "unknown" or one.cves:  # Ours differs from others' of the same name.
        own = frame.key("software", one.key, *values.values(), one.status, *one.cves)
    base = {"type": "software", "spec_version": "2.1", "id": own} | values | frame.marked()
    return carry(base, key=one.key, purl=one.purl, status=one.status, cves=list(one.cves))


def indicator(one: Indicator, frame: Frame) -> Json:
    """An indicator with its pattern; the name it has already stays its name."""
    pattern = one.pattern or patterns.written(one.kind, one.value)
    made = frame.versioned(
        "indicator",
        indicator_key(one, frame),
        name=one.value,
        description=one.comment,
        pattern=pattern,
        pattern_type=one.pattern_type or "stix",
        valid_from=stamp(one.valid_from) if one.valid_from else frame.made,
        valid_until=stamp(one.valid_until) if one.valid_until else None,
        labels=list(one.labels),
    )
    confidence = {} if one.confidence is None else {"confidence": one.confidence}
    return carry(made | confidence, for_detection=None if one.for_detection else False)


def indicator_key(one: Indicator, frame: Frame) -> str:
    """Its STIX id, that of its UUID, or one made of what it recognises."""
    if _is_id(one.key, "indicator"):
        return one.key
    if _is_id(f"indicator--{one.key}", "indicator"):
        return f"indicator--{one.key}"
    return frame.key("indicator", one.kind, one.value, one.pattern)


def relations(parts: list[Json], frame: Frame) -> list[Json]:
    """What ties them: a course of action mitigates each weakness."""
    actions = [one["id"] for one in parts if one["type"] == "course-of-action"]
    weak = [one["id"] for one in parts if one["type"] == "vulnerability"]
    return [
        frame.versioned(
            "relationship",
            frame.key("relationship", source, target),
            relationship_type="mitigates",
            source_ref=source,
            target_ref=target,
        )
        for source in actions
        for target in weak
    ]


def _joined(text: Text) -> str:
    return "\n\n".join(part for part in (text.summary, text.body) if part)


def _is_id(text: str, kind: str) -> bool:
    """Whether it is a STIX id of an object of that type (section 2.9, UUIDs of RFC 4122)."""
    before, _dashes, given = text.partition("--")
    try:
        return before == kind and str(UUID(given)) == given.lower() and given[14] in _VERSIONS and given[19] in "89abAB"
    except ValueError:
        return False
