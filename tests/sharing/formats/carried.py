"""What of a document each format carries: written by it, read again, and compared field by field."""

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from schakel.policy.sharing import Pap, Tlp
from schakel.sharing.document import Document, Indicator, Marking, Product, Reference, Revision, Text, Weakness
from schakel.sharing.formats.base import Format
from schakel.sharing.formats.csaf.format import Csaf
from schakel.sharing.formats.misp.format import Misp
from schakel.sharing.formats.stix import Stix
from schakel.sharing.words import IndicatorKind, ItemKind

FORMATS: dict[str, Format] = {"CSAF 2.0": Csaf(), "STIX 2.1": Stix(), "MISP": Misp()}
NOON, LATER = datetime(2026, 3, 4, 12, tzinfo=UTC), datetime(2026, 3, 5, 12, tzinfo=UTC)
# Every field says something, and not what a reader would fill in by itself.
FULL = Document(
    kind=ItemKind.ADVISORY,
    title="Lek in Poortwachter",
    texts=(
        Text(reader="expert", language="nl", title="Lek in Poortwachter", summary="Kort.", body="Lang.", action="Doe."),
    ),
    marking=Marking(tlp=Tlp.GREEN, pap=Pap.AMBER, iep={"id": "iep--1", "name": "Haven"}, terms=("Vraag het eerst.",)),
    key="VN-2026-17",
    version="2",
    publisher="Vangnet",
    contributors=("Havenbedrijf",),
    published_at=NOON,
    revised_at=LATER,
    valid_from=NOON,
    valid_until=LATER,
    probability="high",
    damage="medium",
    reliability="b",
    credibility="2",
    phase="warm",
    is_withdrawn=False,
    weaknesses=(Weakness(cve="CVE-2026-10001", name="Geen slot", cwe="CWE-287", scores=("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",), score=9.8),),
    products=(
        Product(name="Poort", vendor="Poort BV", version="1.2", cpe="cpe:2.3:a:poort:poort:1.2:*:*:*:*:*:*:*", purl="pkg:deb/poort@1.2", key="P-1", status="affected", cves=("CVE-2026-10001",)),
    ),
    references=(Reference(url="https://vangnet.example/17", summary="het hele verhaal"),),
    indicators=(
        Indicator(kind=IndicatorKind.DOMAIN, value="evil.example", key="indicator--0a4f6c1e-77f3-4c55-9f3c-51d2a3b6c101", valid_from=NOON, valid_until=LATER, confidence=75, for_detection=False, labels=("c2",), comment="de afzender"),
        Indicator(kind=IndicatorKind.RULE, pattern="rule a { condition: true }", pattern_type="yara", valid_from=NOON),
    ),
    names=("Grey Heron",),
    labels=('rsit:fraud="phishing"',),
    revisions=(Revision(number="1", at=NOON, summary="begin"), Revision(number="2", at=LATER, summary="meer")),
)  # fmt: skip
PARTS = {"texts", "weaknesses", "products", "references", "indicators", "revisions"}
NAMES = {"key", "original"}
"""What a document is called in a format is the format's own."""


def again(document: Document, form: Format) -> Document:
    """The document as the format brings it back, from a document of its own making."""
    (found,) = form.read(form.write(replace(document, original=None)).content)
    return found


def facts(document: Document) -> Iterator[tuple[str, Any]]:
    """Each field, of lists each field of their entries, as something to compare."""
    for field in dataclasses.fields(Document):
        value = getattr(document, field.name)
        if field.name == "marking":
            yield from ((f"marking.{one.name}", getattr(value, one.name)) for one in dataclasses.fields(Marking))
        elif field.name in PARTS:
            kind = type(getattr(FULL, field.name)[0])
            yield from ((f"{field.name}.{one}", sorted(map(repr, column))) for one, column in _columns(kind, value))
        elif field.name not in NAMES:
            yield field.name, sorted(value) if isinstance(value, tuple) else value


def table() -> Iterator[tuple[str, ...]]:
    """A row for each field: what becomes of it in each format."""
    wanted = dict(facts(FULL))
    empty = dict(facts(Document(title="")))
    found = [dict(facts(again(FULL, form))) for form in FORMATS.values()]
    for name, value in wanted.items():
        yield name, *(_word(one[name], value, empty[name]) for one in found)


def _columns(kind: Any, entries: Iterable[Any]) -> Iterator[tuple[str, list[Any]]]:
    entries = list(entries)
    for field in dataclasses.fields(kind):
        if field.name != "key":
            yield field.name, [getattr(entry, field.name) for entry in entries]


def _word(found: Any, wanted: Any, empty: Any) -> str:
    if found == wanted:
        return "yes"
    return "no" if found == empty else "changed"
