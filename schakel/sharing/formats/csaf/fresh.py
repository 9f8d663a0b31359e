"""A `Document` that did not come as CSAF, as a complete CSAF document of our own."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from schakel.sharing.document import Document, Reference, Text
from schakel.sharing.formats.csaf import marking, notes, products, tracking, weaknesses
from schakel.sharing.words import Reader

Json = dict[str, Any]
SCHEMA_2_1 = "https://docs.oasis-open.org/csaf/csaf/v2.1/schema/csaf.json"
PROFILES = ("csaf_security_advisory", "csaf_base")
"""The profiles that a document of ours may have, the most telling first."""
WITHDRAWN = "csaf_withdrawn"
NO_PLACE = ("indicators", "names", "phase", "reliability", "credibility", "valid_from", "valid_until")
"""Fields of ours that CSAF has nothing for."""


def publisher() -> Json:
    """Who issues what we write ourselves: this installation, for the network that it coordinates."""
    found = {
        "category": "coordinator",
        "name": settings.COORDINATOR or settings.PLATFORM_NAME,
        "namespace": settings.BASE_URL,
    }
    return found | ({"contact_details": settings.HELP_LINE} if settings.HELP_LINE else {})


def written(document: Document, *, version: str, profile: str, strict_as_red: bool = False) -> Json:
    """The document in that version and profile of CSAF; it may yet fail the tests of its profile. Raises Uncarried."""
    head: Json = {
        "category": profile,
        "csaf_version": version,
        "publisher": publisher(),
        "title": document.title,
        "tracking": tracking.written(document),
    }
    distribution = marking.written(document.marking, version=version, strict_as_red=strict_as_red, beside=[])
    head |= _filled(
        distribution=distribution,
        lang=language(document),
        notes=list(_notes(document)),
        references=[reference(one) for one in document.references],
        acknowledgments=acknowledgments(document),
    )
    found: Json = {"$schema": SCHEMA_2_1} if version == "2.1" else {}
    return found | _filled(
        document=head,
        product_tree=products.tree(document, version=version),
        vulnerabilities=[
            vulnerability(document, number, version=version) for number in range(len(document.weaknesses))
        ],
    )


def withdrawn(document: Document, *, strict_as_red: bool = False) -> Json:
    """The document of CSAF 2.1 that says that this one no longer holds (profile 7), and nothing besides."""
    whole = written(document, version="2.1", profile=WITHDRAWN, strict_as_red=strict_as_red)["document"]
    whole["notes"] = [withdrawal()]
    trace = whole["tracking"]
    if (
        len(trace["revision_history"]) == 1
    ):  # The standard wants the step from the first version to this one (6.1.27.16).
        step = trace["revision_history"][0] | {"number": "2", "date": trace["current_release_date"]}
        trace["revision_history"].append({name: step[name] for name in ("date", "number", "summary")})
        trace["version"] = "2"
    return {"$schema": SCHEMA_2_1, "document": whole}


def withdrawal() -> Json:
    """The note that says so."""
    return notes.note("description", notes.WITHDRAWAL, _("Its author has withdrawn this document."))


def language(document: Document) -> str:
    """The one language of the document: that of the text for experts, or of the first."""
    return next((text.language for text in _texts(document) if text.language), "")


def vulnerability(document: Document, number: int, *, version: str) -> Json:
    """One weakness with its notes, products and scores."""
    weakness = document.weaknesses[number]
    name = notes.own_name(weakness, number)
    said = products.statuses(document, name)
    text = notes.of_weakness(document, name) or [notes.note("description", "", weakness.name or name)]
    every = [key for ids in said.values() for key in ids]
    return _filled(
        cve=weakness.cve,
        title=weakness.name,
        notes=text,
        product_status=said,
        **weaknesses.kind(weakness.cwe, version=version),
        **weaknesses.scores(weakness, list(dict.fromkeys(every)), version=version),
    )


def reference(one: Reference) -> Json:
    """One reference; without words of its own, its address is them."""
    return {"category": "external", "summary": one.summary or one.url, "url": one.url}


def acknowledgments(document: Document) -> list[Json]:
    """Who contributed; its author too, where that is not who issues it."""
    author = [document.publisher] if document.publisher not in {"", publisher()["name"]} else []
    return [{"organization": name} for name in dict.fromkeys([*author, *document.contributors])]


def as_issued(document: Document) -> Document:
    """The document as it reads when we issue it: its author is thanked, the text for experts bears its title."""
    texts = [replace(text, language=language(document)) for text in carried(document)]
    titled = [replace(text, title=document.title) if text.reader == Reader.EXPERT else text for text in texts]
    return replace(
        document,
        publisher=publisher()["name"],
        contributors=tuple(thanks["organization"] for thanks in acknowledgments(document)),
        marking=replace(document.marking, terms=marking.paragraphs(document.marking.terms)),
        texts=tuple(titled) or (Text(title=document.title),),
        references=tuple(replace(one, summary=one.summary or one.url) for one in document.references),
        published_at=document.published_at or document.revised_at,
        revised_at=document.revised_at or document.published_at,
    )


def _notes(document: Document) -> Iterator[Json]:
    for text in carried(document):
        yield from notes.written(document, text)
    yield from notes.axes(document)
    if document.is_withdrawn:
        yield withdrawal()


def carried(document: Document) -> list[Text]:
    """The texts that go in: those in the document's one language."""
    return [text for text in _texts(document) if text.language == language(document) or not text.language]


def _texts(document: Document) -> list[Text]:
    return sorted(document.texts, key=lambda text: text.reader != Reader.EXPERT)


def left_out(document: Document, *, version: str) -> dict[str, str]:
    """What has no place in a fresh document, with the reason."""
    found = {name: _("CSAF has no place for it.") for name in NO_PLACE if getattr(document, name)}
    if len(carried(document)) < len(document.texts):
        found["texts"] = _("A CSAF document has one language: %(language)s.") % {"language": language(document)}
    has_products = bool(document.products)
    if weaknesses.left_out(document.weaknesses, version=version, has_products=has_products):
        found["weaknesses.scores"] = _("This version of CSAF has no place for these scores.")
    if has_products and not document.weaknesses and any(one.status != "unknown" for one in document.products):
        found["products.status"] = _("CSAF says what is affected by a weakness, and none is named.")
    return found


def _filled(**parts: Any) -> Json:
    return {name: part for name, part in parts.items() if part}
