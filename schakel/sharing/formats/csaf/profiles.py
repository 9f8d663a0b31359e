"""What the profiles of CSAF 2.0 demand (6.1.27.1 to 6.1.27.11).

Ours, as the `csaf` package holds documents of 2.0 to rules that came with 2.1: it wants a remedy for what is fixed.
"""

from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]
Flaw = tuple[str, str]
INFORMING = {"csaf_informational_advisory", "csaf_security_incident_response"}
ADVISING = {"csaf_security_advisory", "csaf_vex"}
TELLING_NOTES = {"description", "details", "general", "summary"}
VEX_STATUSES = frozenset({"fixed", "known_affected", "known_not_affected", "under_investigation"})


def without_notes(document: Json) -> Iterator[Flaw]:
    """6.1.27.1: no note says what it is about."""
    if not any(note["category"] in TELLING_NOTES for note in document["document"].get("notes", ())):
        yield "/document/notes", ", ".join(sorted(TELLING_NOTES))


def without_external_reference(document: Json) -> Iterator[Flaw]:
    """6.1.27.2: it refers to nothing beyond itself."""
    references = document["document"].get("references", ())
    if not any(one.get("category", "external") == "external" for one in references):
        yield "/document/references", "external"


def with_weaknesses(document: Json) -> Iterator[Flaw]:
    """6.1.27.3: it informs, yet speaks of weaknesses."""
    if "vulnerabilities" in document:
        yield "/vulnerabilities", document["document"]["category"]


def without_products(document: Json) -> Iterator[Flaw]:
    """6.1.27.4: no product tree."""
    if "product_tree" not in document:
        yield "/product_tree", document["document"]["category"]


def weakness_without_notes(document: Json) -> Iterator[Flaw]:
    """6.1.27.5: a weakness says nothing."""
    yield from _lacking(document, "notes")


def weakness_without_status(document: Json) -> Iterator[Flaw]:
    """6.1.27.6: a weakness says nothing of products."""
    yield from _lacking(document, "product_status")


def vex_without_status(document: Json) -> Iterator[Flaw]:
    """6.1.27.7: a weakness of a VEX says of no product whether it is affected."""
    for number, weakness in enumerate(document.get("vulnerabilities", ())):
        if VEX_STATUSES.isdisjoint(weakness.get("product_status", {})):
            yield f"/vulnerabilities/{number}/product_status", ", ".join(sorted(VEX_STATUSES))


def weakness_without_number(document: Json) -> Iterator[Flaw]:
    """6.1.27.8: nobody can tell which weakness is meant."""
    for number, weakness in enumerate(document.get("vulnerabilities", ())):
        if not {"cve", "ids"} & weakness.keys():
            yield f"/vulnerabilities/{number}", "cve, ids"


def unaffected_without_reason(document: Json) -> Iterator[Flaw]:
    """6.1.27.9: a product is not affected, and nothing says why."""
    for number, weakness in enumerate(document.get("vulnerabilities", ())):
        reasons = [one for one in weakness.get("threats", ()) if one["category"] == "impact"]
        said = _meant(document, [*weakness.get("flags", ()), *reasons])
        yield from _unsaid(number, weakness, "known_not_affected", said)


def affected_without_action(document: Json) -> Iterator[Flaw]:
    """6.1.27.10: a product is affected, and nothing says what to do."""
    for number, weakness in enumerate(document.get("vulnerabilities", ())):
        yield from _unsaid(number, weakness, "known_affected", _meant(document, weakness.get("remediations", ())))


def without_weaknesses(document: Json) -> Iterator[Flaw]:
    """6.1.27.11: it advises on no weakness."""
    if "vulnerabilities" not in document:
        yield "/vulnerabilities", document["document"]["category"]


def _lacking(document: Json, name: str) -> Iterator[Flaw]:
    for number, weakness in enumerate(document.get("vulnerabilities", ())):
        if name not in weakness:
            yield f"/vulnerabilities/{number}/{name}", document["document"]["category"]


def _meant(document: Json, statements: Any) -> set[str]:
    """The products that the statements are about, those of groups too."""
    groups = {one["group_id"]: one["product_ids"] for one in document.get("product_tree", {}).get("product_groups", ())}
    by_group = {
        product for one in statements for group in one.get("group_ids", ()) for product in groups.get(group, ())
    }
    return by_group | {product for one in statements for product in one.get("product_ids", ())}


def _unsaid(number: int, weakness: Json, status: str, said: set[str]) -> Iterator[Flaw]:
    for at, product in enumerate(weakness.get("product_status", {}).get(status, ())):
        if product not in said:
            yield f"/vulnerabilities/{number}/product_status/{status}/{at}", product


DEMANDS: tuple[tuple[str, set[str], Callable[[Json], Iterator[Flaw]]], ...] = (
    ("6.1.27.1", INFORMING, without_notes),
    ("6.1.27.2", INFORMING, without_external_reference),
    ("6.1.27.3", {"csaf_informational_advisory"}, with_weaknesses),
    ("6.1.27.4", ADVISING, without_products),
    ("6.1.27.5", ADVISING, weakness_without_notes),
    ("6.1.27.6", {"csaf_security_advisory"}, weakness_without_status),
    ("6.1.27.7", {"csaf_vex"}, vex_without_status),
    ("6.1.27.8", {"csaf_vex"}, weakness_without_number),
    ("6.1.27.9", {"csaf_vex"}, unaffected_without_reason),
    ("6.1.27.10", {"csaf_vex"}, affected_without_action),
    ("6.1.27.11", ADVISING, without_weaknesses),
)


def flaws(document: Json) -> Iterator[tuple[str, str, str]]:
    """What the document's own profile finds wrong: number of the test, place, what about it."""
    for number, profiles, demand in DEMANDS:
        if document["document"]["category"] in profiles:
            yield from ((number, *flaw) for flaw in demand(document))
