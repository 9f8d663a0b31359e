"""Mandatory tests of CSAF that we carry out ourselves, as the `csaf` package is slow in them or reads them otherwise.

Measured with csaf 2026.10.25: 6.1.1, 6.1.2, 6.1.4, 6.1.13 and 6.1.25 took 95 % of all its time on a document of 4,000
products. Its 6.1.3 calls itself for each step of a chain, which a long one breaks. Its 6.1.27.7 refuses every further
status beside those that a VEX needs, the standard asks for one of them; its 6.1.50 lets `vers:all/` carry versions.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from schakel.sharing.formats.csaf import profiles, tree

Flaw = tuple[str, str]
PURL = re.compile(r"pkg:/*[A-Za-z.+-][A-Za-z0-9.+-]*/([^@?#]*/)?[^/@?#]+/*(@[^?#]*)?(\?[^#]*)?(#.*)?", re.DOTALL)
"""Type, namespace, name, version, qualifiers, subpath (the specification of package URLs)."""
Json = dict[str, Any]


def undefined(document: Json) -> Iterator[Flaw]:
    """6.1.1: a product is spoken of that the tree does not define."""
    defined = {product["product_id"] for _place, product in tree.products(document.get("product_tree", {}))}
    for place, ids in tree.references(document):
        is_single = place.rpartition("/")[2] in tree.SINGLE
        yield from (((place if is_single else at), one) for at, one in _unknown(place, ids, defined))


def undefined_groups(document: Json) -> Iterator[Flaw]:
    """6.1.4: a group of products is spoken of that the tree does not define."""
    defined = {group["group_id"] for group in document.get("product_tree", {}).get("product_groups", ())}
    for place, ids in tree.references(document, lists=tree.GROUPS):
        yield from _unknown(place, ids, defined)


def _unknown(place: str, ids: list[str], defined: set[str]) -> Iterator[Flaw]:
    if not defined.issuperset(ids):
        yield from ((f"{place}/{number}", one) for number, one in enumerate(ids) if one not in defined)


def doubled(document: Json) -> Iterator[Flaw]:
    """6.1.2: two products have one id."""
    seen: set[str] = set()
    for place, product in tree.products(document.get("product_tree", {})):
        if product["product_id"] in seen:
            yield f"{place}/product_id", product["product_id"]
        seen.add(product["product_id"])


def circular(document: Json) -> Iterator[Flaw]:
    """6.1.3: a product is made of itself. Those made of nothing unknown are taken away until none is left."""
    made_of: dict[str, set[str]] = {}
    for name in ("relationships", "product_paths"):
        for relation in document.get("product_tree", {}).get(name, ()):
            mentions = {one for _place, ids in tree.references(relation) for one in ids}
            made_of.setdefault(relation["full_product_name"]["product_id"], set()).update(mentions)
    users: dict[str, list[str]] = {}
    for product, parts in made_of.items():
        for part in parts & made_of.keys():
            users.setdefault(part, []).append(product)
    waits_for = {product: len(parts & made_of.keys()) for product, parts in made_of.items()}
    ready = [product for product, number in waits_for.items() if not number]
    while ready:
        for user in users.get(ready.pop(), ()):
            waits_for[user] -= 1
            ready += [user] if not waits_for[user] else []
    for product in (product for product, number in waits_for.items() if number):
        yield "/product_tree", product


def doubled_hashes(document: Json) -> Iterator[Flaw]:
    """6.1.25: one file has two hashes of one algorithm."""
    for place, product in tree.products(document.get("product_tree", {})):
        for number, file in enumerate(product.get("product_identification_helper", {}).get("hashes", ())):
            names = [one["algorithm"] for one in file["file_hashes"]]
            if len(set(names)) != len(names):
                here = f"{place}/product_identification_helper/hashes/{number}/file_hashes"
                yield here, next(name for name in names if names.count(name) > 1)


def wrong_purls(document: Json) -> Iterator[Flaw]:
    """6.1.13: a package URL without a name, or with a type that cannot be one."""
    for place, product in tree.products(document.get("product_tree", {})):
        helper = product.get("product_identification_helper", {})
        here = f"{place}/product_identification_helper"
        given = [(f"{here}/purl", helper["purl"])] if "purl" in helper else []
        given += [(f"{here}/purls/{number}", purl) for number, purl in enumerate(helper.get("purls", ()))]
        yield from (flaw for flaw in given if not PURL.fullmatch(flaw[1]))


def vex_without_status(document: Json) -> Iterator[Flaw]:
    """6.1.27.7: a weakness of a VEX says of no product whether it is affected."""
    return profiles.vex_without_status(document) if document["document"]["category"] == "csaf_vex" else iter(())


def versions_of_all(document: Json) -> Iterator[Flaw]:
    """6.1.50: `vers:all` means every version, so that nothing but the star may follow it."""
    for place, branch in tree.branches(document.get("product_tree", {})):
        name = branch["name"]
        if branch["category"] == "product_version_range" and name.startswith("vers:all/") and name != "vers:all/*":
            yield f"{place}/name", name


REPLACED: dict[str, Callable[[Json], Iterator[Flaw]]] = {
    "6.1.1": undefined,
    "6.1.2": doubled,
    "6.1.3": circular,
    "6.1.4": undefined_groups,
    "6.1.13": wrong_purls,
    "6.1.25": doubled_hashes,
    "6.1.27.7": vex_without_status,
}
"""In the place of the package's own."""


def flaws(document: Json, *, version: str) -> Iterator[tuple[str, str, str]]:
    """What tests of ours find beside those of the package, in that version of CSAF: number, place, what about it."""
    if version == "2.0":
        yield from profiles.flaws(document)
    else:
        yield from (("6.1.50", *flaw) for flaw in versions_of_all(document))
