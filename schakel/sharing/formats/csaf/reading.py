"""A sound CSAF document as a `Document`."""

from typing import Any

from schakel.sharing.document import Document, Original, Reference
from schakel.sharing.formats.csaf import marking, notes, products, tracking, weaknesses
from schakel.sharing.words import ItemKind

Json = dict[str, Any]
KINDS = {"csaf_security_incident_response": ItemKind.THREAT_REPORT.value}
"""The kinds of documents that are no advisories; every other profile of the standard is one."""


def document_of(csaf: Json, *, original: Original | None = None) -> Document:
    """What it says, in our shape. Raises Unreadable for a label or a moment that cannot be read."""
    head, trace = csaf["document"], csaf["document"]["tracking"]
    chances = notes.chances(head)
    return Document(
        kind=KINDS.get(head["category"], ItemKind.ADVISORY.value),
        title=head["title"],
        texts=notes.texts(csaf),
        marking=marking.read(head),
        key=trace["id"],
        version=trace["version"],
        publisher=head["publisher"]["name"],
        contributors=contributors(csaf),
        published_at=tracking.moment(trace["initial_release_date"], place="/document/tracking/initial_release_date"),
        revised_at=tracking.moment(trace["current_release_date"], place="/document/tracking/current_release_date"),
        is_withdrawn=notes.is_withdrawn(head),
        weaknesses=weaknesses.read(csaf),
        products=products.read(csaf),
        references=references(csaf),
        labels=(head["category"], *([trace["status"]] if trace["status"] != "final" else [])),
        revisions=tracking.revisions(trace),
        original=original,
        probability=chances.get("probability", ""),
        damage=chances.get("damage", ""),
    )


def contributors(csaf: Json) -> tuple[str, ...]:
    """Everybody whom it thanks, once."""
    thanks = [*csaf["document"].get("acknowledgments", ())]
    thanks += [one for weakness in csaf.get("vulnerabilities", ()) for one in weakness.get("acknowledgments", ())]
    names = [name for one in thanks for name in (*one.get("names", ()), one.get("organization", ""))]
    return tuple(dict.fromkeys(name for name in names if name))


def references(csaf: Json) -> tuple[Reference, ...]:
    """Every address that it refers to, once."""
    found = [*csaf["document"].get("references", ())]
    found += [one for weakness in csaf.get("vulnerabilities", ()) for one in weakness.get("references", ())]
    unique = {one["url"]: one["summary"] for one in reversed(found)}
    return tuple(Reference(url=url, summary=unique[url]) for url in dict.fromkeys(one["url"] for one in found))
