"""One entry of a document as the part of an event that says it: what `facts` reads, the other way round.

The same entry has the same UUID for ever, so that a server that gets it again knows it again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from schakel.sharing.document import Indicator, Product, Reference, Text, Weakness
from schakel.sharing.formats.misp import facts, tags
from schakel.sharing.formats.misp.vocabulary import EXPRESSIONS, KINDS, PATTERNS, usual_category
from schakel.sharing.words import IndicatorKind as Kind
from schakel.sharing.words import Reader

Json = dict[str, Any]

TYPES = {
    Kind.IP: "ip-dst",
    Kind.NETWORK: "ip-dst",
    Kind.ASN: "AS",
    Kind.DOMAIN: "domain",
    Kind.URL: "url",
    Kind.MAIL: "email",
    Kind.SUBJECT: "email-subject",
    Kind.FILE_NAME: "filename",
    Kind.REGISTRY_KEY: "regkey",
    Kind.MUTEX: "mutex",
    Kind.USER_AGENT: "user-agent",
    Kind.PATTERN: "stix2-pattern",
}
# By the number of hexadecimal digits.
HASHES = {32: "md5", 40: "sha1", 56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}
FINGERPRINTS = {32: "ja3-fingerprint-md5", 62: "jarm-fingerprint"}
RULES = {
    language: name for name, kinds in KINDS.items() if Kind.RULE in kinds for language in [PATTERNS.get(name, name)]
}
# Template → its UUID, version and group in misp-objects, without which a server shows a bare list.
TEMPLATES = {
    "vulnerability": ("81650945-f186-437b-8945-9f31715d32da", "12", "vulnerability"),
    "software": ("b1b5dc0e-73fe-443c-8d9d-0e208de3951e", "1", "misc"),
    "course-of-action": ("3d1c2c06-68a9-4394-8c8d-258d115f796f", "1", "misc"),
    "report": ("70a68471-df22-4e3f-aa1a-5a3be19f82df", "8", "misc"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part, and the list of the event in which it stands."""

    place: str
    content: Json


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes the parts of one event: all carry its moment."""

    event: UUID
    timestamp: str

    def of(self, aspect: str, value: Any) -> Iterator[Part]:
        """The parts that say one entry of the field `aspect`."""
        yield from MAKERS[aspect](self, value)

    def attribute(self, name: str, value: str, *, key: str = "", comment: str = "", **more: Any) -> Json:
        """An attribute of that type, in the category that is usual for it."""
        known = {"category": usual_category(name), "to_ids": False, "distribution": "5", **more}
        return {
            "uuid": _own_uuid(key) or str(uuid5(self.event, f"attribute/{name}/{value}/{comment}")),
            "type": name,
            "value": value,
            "comment": comment,
            "timestamp": self.timestamp,
            **known,
        }

    def object(self, name: str, key: str, related: Iterator[tuple[str, str, str]], *, comment: str = "") -> Part:
        """An object of that template; `related` gives relation, type and value of what is filled in."""
        own = uuid5(self.event, f"object/{name}/{key}")
        template, version, group = TEMPLATES[name]
        inside = Maker(own, self.timestamp)
        attributes = [
            inside.attribute(kind, value) | {"object_relation": relation} for relation, kind, value in related
        ]
        head = {"uuid": str(own), "name": name, "meta-category": group, "template_uuid": template}
        shared = {"template_version": version, "timestamp": self.timestamp, "distribution": "5", "comment": comment}
        return Part("Object", {**head, **shared, "Attribute": attributes})


def type_of(indicator: Indicator) -> str:
    """The type of attribute that an indicator becomes; `other` where MISP has none for it."""
    size = len(indicator.value)
    if indicator.kind == Kind.RULE:
        return RULES.get(indicator.pattern_type, "other")
    if indicator.kind == Kind.PATTERN and indicator.pattern_type != "stix":
        return indicator.pattern_type if Kind.PATTERN in KINDS.get(indicator.pattern_type, ()) else "other"
    sized = {
        Kind.HASH: HASHES.get(size),
        Kind.CERTIFICATE: f"x509-fingerprint-{HASHES[size]}" if size in {32, 40, 64} else None,
        Kind.FINGERPRINT: FINGERPRINTS.get(size),
    }
    return TYPES.get(Kind(indicator.kind)) or sized.get(Kind(indicator.kind)) or "other"


def fields_of(indicator: Indicator) -> Json:
    """What an indicator says beside its value, as fields of an attribute."""
    names = [*map(_label_tag, indicator.labels)]
    if indicator.confidence is not None:
        names.append(tags.confidence_tag(indicator.confidence))
    if type_of(indicator) == "other" and indicator.kind != Kind.OTHER:
        names.append(f'{tags.INDICATOR}{indicator.kind}"')
    spans = {"first_seen": indicator.valid_from, "last_seen": indicator.valid_until}
    return {
        "to_ids": indicator.for_detection,
        "comment": indicator.comment,
        **{name: at.isoformat(timespec="microseconds") for name, at in spans.items() if at},
        **({"Tag": [{"name": name} for name in names]} if names else {}),
    }


def _label_tag(name: str) -> str:
    """A label of TLP or PAP was never meant for one indicator: it is quoted, like any that would say more as a tag."""
    is_galaxy = name.startswith("misp-galaxy:")
    return name if is_galaxy or name.startswith(f"{tags.OURS}:") else tags.written(tags.Said("labels", name))


def _own_uuid(key: str) -> str:
    """The UUID that an entry brought along: MISP's own, or that of a STIX id."""
    bare = key.partition("--")[2] or key
    try:
        return str(UUID(bare))
    except ValueError:
        return ""


def _indicator(make: Maker, indicator: Indicator) -> Iterator[Part]:
    name, fields = type_of(indicator), fields_of(indicator)
    value = indicator.value if name not in EXPRESSION_TYPES else indicator.pattern
    if name == "AS":
        value = value.upper().removeprefix("AS")
    yield Part("Attribute", make.attribute(name, value or indicator.pattern, key=indicator.key, **fields))


def _weakness(make: Maker, weakness: Weakness) -> Iterator[Part]:
    """An attribute for a bare number, an object where more is known; the class of weakness has a place of its own."""
    number = weakness.cve or weakness.name
    if weakness.scores or weakness.score is not None or (weakness.cve and weakness.name):
        yield make.object("vulnerability", number, _vulnerability(weakness))
    else:
        yield Part("Attribute", make.attribute("vulnerability", number))
    if weakness.cwe and weakness.cve:
        yield Part("Attribute", make.attribute("weakness", weakness.cwe, comment=weakness.cve))


def _vulnerability(weakness: Weakness) -> Iterator[tuple[str, str, str]]:
    if weakness.cve:
        yield "id", "vulnerability", weakness.cve
    if weakness.name:
        yield "summary", "text", weakness.name
    yield from (("cvss-string", "text", score) for score in weakness.scores)
    if weakness.score is not None:
        yield "cvss-score", "float", str(weakness.score)


def _product(make: Maker, product: Product) -> Iterator[Part]:
    comment = product.status + (f": {', '.join(product.cves)}" if product.cves else "")
    filled = (("name", "text", product.name), ("vendor", "text", product.vendor), ("version", "text", product.version))
    related = (one for one in (*filled, ("cpe", "cpe", product.cpe)) if one[2])
    yield make.object("software", f"{product.key}/{product.name}/{product.version}", related, comment=comment)


def _text(make: Maker, text: Text) -> Iterator[Part]:
    """The body as a report; the summary and what to do, each in the template that MISP has for it."""
    whom = "" if text.reader == Reader.EXPERT and not text.language else _for_whom(text)
    key = f"{text.reader}/{text.language}"
    name = f"{text.title} {whom}".strip()
    report = {"uuid": str(uuid5(make.event, f"report/{key}")), "name": name, "content": text.body}
    yield Part("EventReport", report | {"timestamp": make.timestamp, "distribution": "5"})
    if text.summary:
        related = (("title", "text", text.title or text.summary[:80]), ("summary", "text", text.summary))
        yield make.object("report", key, iter(related), comment=whom)
    if text.action:
        related = (("name", "text", text.title or text.action[:80]), ("description", "text", text.action))
        yield make.object("course-of-action", key, iter(related), comment=whom)


def _for_whom(text: Text) -> str:
    return f"[{text.reader}{f', {text.language}' if text.language else ''}]"


def _reference(make: Maker, reference: Reference) -> Iterator[Part]:
    yield Part("Attribute", make.attribute("link", reference.url, comment=reference.summary))


EXPRESSION_TYPES = {name for name, kinds in KINDS.items() if EXPRESSIONS.intersection(kinds)}
MAKERS: dict[str, Callable[[Maker, Any], Iterator[Part]]] = {
    "texts": _text,
    "weaknesses": _weakness,
    "products": _product,
    "references": _reference,
    "indicators": _indicator,
    "contributors": lambda make, name: iter(
        [Part("Attribute", make.attribute("text", name, comment=facts.CONTRIBUTOR, category="Attribution"))]
    ),
    "terms": lambda make, words: iter([Part("Attribute", make.attribute("text", words, comment=facts.TERMS))]),
}
