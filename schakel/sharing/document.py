"""A shared document between its format and our rows: what the formats have to say, in one shape. No database.

Each format reads bytes into it and writes bytes from it. What a format says beyond these fields is not lost: it stays
in `original`, and whoever writes the same format again starts from there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from schakel.policy.sharing import Pap, Tlp
from schakel.sharing.words import IndicatorKind, ItemKind, Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The document as it came. `digest` is its SHA-256 in hexadecimal; `version` is the format's own (`2.0`, `2.1`)."""

    format: str
    version: str
    content: bytes
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking:
    """What its author lets be done with it. No label at all (`None`) is not the same as TLP:CLEAR.

    `iep`: the fields of FIRST IEP 2.0 as written. `terms`: statements in words (copyright, distribution text, the name
    of a sharing group), to be kept and shown.
    """

    tlp: Tlp | None = None
    pap: Pap | None = None
    iep: Mapping[str, object] = field(default_factory=dict)
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What it says, for one kind of reader, in one language (BCP 47). Bodies are Markdown.

    `action` is the course of action: what the reader can do now.
    """

    reader: str = Reader.EXPERT
    language: str = ""
    title: str = ""
    summary: str = ""
    body: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weakness:
    """One weakness that it speaks of. `scores`: CVSS vectors, as written. `score`: the highest base score, 0-10."""

    cve: str = ""
    name: str = ""
    cwe: str = ""
    scores: tuple[str, ...] = ()
    score: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One product that it speaks of, and what it says of it: `affected`, `fixed`, `not-affected`, `unknown`.

    `key` names it within the document. `cves` are the weaknesses that the status is about; none: of all.
    """

    name: str
    vendor: str = ""
    version: str = ""
    cpe: str = ""
    purl: str = ""
    key: str = ""
    status: str = "unknown"
    cves: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Where more is to be read. Addresses are kept as written, never opened."""

    url: str
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """By what something is recognised.

    `value` is the normal form (`sharing.indicators.normal`), `pattern` the expression where there is more than a value,
    in the language `pattern_type` (`stix`, `yara`, `sigma`, `snort`). `key` is its own name in the original (STIX id,
    MISP uuid). `confidence` is 0-100, `for_detection` whether its author means it to raise alarms.
    """

    kind: str = IndicatorKind.OTHER
    value: str = ""
    key: str = ""
    pattern: str = ""
    pattern_type: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    confidence: int | None = None
    for_detection: bool = True
    labels: tuple[str, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One step of its history, as its author tells it."""

    number: str
    at: datetime | None
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One thing to share: an advisory, a report, a set of indicators.

    `key` is its author's own lasting name for it (CSAF tracking id, STIX id, MISP uuid), the same over its versions.
    `names` of threats, campaigns, malware and actors are labels, as written. Times are aware.
    """

    kind: str = ItemKind.THREAT_REPORT
    title: str
    texts: tuple[Text, ...] = ()
    marking: Marking = Marking()
    key: str = ""
    version: str = ""
    publisher: str = ""
    contributors: tuple[str, ...] = ()
    published_at: datetime | None = None
    revised_at: datetime | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    probability: str = ""
    damage: str = ""
    reliability: str = ""
    credibility: str = ""
    phase: str = ""
    is_withdrawn: bool = False
    weaknesses: tuple[Weakness, ...] = ()
    products: tuple[Product, ...] = ()
    references: tuple[Reference, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    names: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    revisions: tuple[Revision, ...] = ()
    original: Original | None = None
