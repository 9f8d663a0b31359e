"""The products of a CSAF document and what is said of them (CSAF 2.0 and 2.1, 3.2.2 and 3.2.3.9)."""

import re
from collections.abc import Iterator
from typing import Any, cast

from schakel.sharing.document import Document, Product
from schakel.sharing.formats.csaf import notes

Json = dict[str, Any]
STATUSES = {
    "first_affected": "affected",
    "known_affected": "affected",
    "last_affected": "affected",
    "first_fixed": "fixed",
    "fixed": "fixed",
    "recommended": "fixed",
    "known_not_affected": "not-affected",
    "under_investigation": "unknown",
    "unknown": "unknown",
}
WRITTEN = {
    "affected": "known_affected",
    "fixed": "fixed",
    "not-affected": "known_not_affected",
    "unknown": "under_investigation",
}
NAMING = {"vendor": "vendor", "product_name": "name", "product_version": "version", "product_version_range": "version"}
"""The branches that name a product, and the field of ours that each fills."""
RANGE = re.compile(
    r"[<>=*|]|vers:|\b(all|after|before|earlier|later|newer|older|prior|through|until|versions?)\b", re.IGNORECASE
)
"""What makes a version a range of versions (6.1.31)."""
SIGNS = re.compile(r"[<>=*]")
"""What a range is made of where it is more than words (CSAF 2.1, 6.1.50 and 6.1.59)."""


def read(csaf: Json) -> tuple[Product, ...]:
    """Each product once per status, with the weaknesses that the status is about; without a status it is unknown."""
    said = _said(csaf)
    weaknesses = len(csaf.get("vulnerabilities", ()))
    found = []
    for fields in _fields(csaf.get("product_tree", {})):
        for status, names in (said.get(fields["key"]) or {"unknown": []}).items():
            unique = tuple(dict.fromkeys(names))
            found.append(Product(**fields, status=status, cves=() if len(unique) == weaknesses else unique))
    return tuple(found)


def _said(csaf: Json) -> dict[str, dict[str, list[str]]]:
    """What is said of each product: names of weaknesses by status, by id."""
    said: dict[str, dict[str, list[str]]] = {}
    for number, weakness in enumerate(csaf.get("vulnerabilities", ())):
        name = notes.name_of(weakness, number)
        for status, ids in weakness.get("product_status", {}).items():
            for one in ids if status in STATUSES else ():
                said.setdefault(one, {}).setdefault(STATUSES[status], []).append(name)
    return said


def _fields(tree: Json) -> Iterator[dict[str, str]]:
    yield from _of_branches(tree, {})
    whole = [
        relation["full_product_name"] for name in ("relationships", "product_paths") for relation in tree.get(name, ())
    ]
    for product in (*tree.get("full_product_names", ()), *whole):
        yield _of(product, {})


def _of_branches(node: Json, path: dict[str, str]) -> Iterator[dict[str, str]]:
    for branch in node.get("branches", ()):
        field = NAMING.get(branch["category"])
        here = path | ({field: branch["name"]} if field else {})
        if "product" in branch:
            yield _of(branch["product"], here)
        yield from _of_branches(branch, here)


def _of(product: Json, path: dict[str, str]) -> dict[str, str]:
    helper = product.get("product_identification_helper", {})
    purl = helper.get("purl") or next(iter(helper.get("purls", ())), "")
    return {"name": product["name"], **path, "cpe": helper.get("cpe", ""), "purl": purl, "key": product["product_id"]}


def keyed(document: Document) -> list[tuple[str, Product]]:
    """The products with the id that each has in the document: its own, or one counted out; the same for the same."""
    keys: dict[tuple[str, ...], str] = {}
    taken = {product.key for product in document.products if product.key}
    found = []
    for product in document.products:
        same = (product.vendor, product.name, product.version, product.cpe, product.purl)
        key = product.key or keys.get(same) or _free(taken)
        keys[same] = key
        taken.add(key)
        found.append((key, product))
    return found


def _free(taken: set[str]) -> str:
    number = len(taken) + 1
    while f"CSAFPID-{number:04}" in taken:
        number += 1
    return f"CSAFPID-{number:04}"


def tree(document: Document, *, version: str) -> Json:
    """The product tree: vendor, product, version where they are known, else the full name; empty without products."""
    root: Json = {}
    for key, product in dict(keyed(document)).items():
        plant(root, key, product, version=version)
    return root


def plant(root: Json, key: str, product: Product, *, version: str) -> None:
    """Add one product to a tree."""
    whole = {"name": full_name(product), "product_id": key} | _helper(product, version)
    steps = _steps(product, version=version)
    if len(steps) > 1:
        _branch(root, steps)["product"] = whole
    else:
        root.setdefault("full_product_names", []).append(whole)


def _steps(product: Product, *, version: str) -> list[tuple[str, str]]:
    """The branches that lead to a product. A range in words has no place in 2.1 (6.1.50): the full name says it."""
    is_range = bool(RANGE.search(product.version))
    is_in_words = " " in product.version or not SIGNS.search(product.version)
    held = "" if is_range and is_in_words and version == "2.1" else product.version
    kind = "product_version_range" if is_range else "product_version"
    steps = (("vendor", product.vendor), ("product_name", product.name), (kind, held))
    return [(category, name) for category, name in steps if name]


def full_name(product: Product) -> str:
    """Vendor, name and version, each once."""
    name = product.name if product.name.startswith(product.vendor) else f"{product.vendor} {product.name}"
    return name if not product.version or name.endswith(product.version) else f"{name} {product.version}"


def _helper(product: Product, version: str) -> Json:
    purl: Json = {"purl": product.purl} if version == "2.0" else {"purls": [product.purl]}
    helper = ({"cpe": product.cpe} if product.cpe else {}) | (purl if product.purl else {})
    return {"product_identification_helper": helper} if helper else {}


def _branch(node: Json, steps: list[tuple[str, str]]) -> Json:
    """A new branch at the end of `steps`; those on the way are shared, as one with a product can have no branches."""
    for category, name in steps[:-1]:
        children = node.setdefault("branches", [])
        fits = (one for one in children if (one["category"], one["name"]) == (category, name) and "product" not in one)
        found = next(fits, None) or {"category": category, "name": name}
        if "branches" not in found:
            children.append(found)
            found["branches"] = []
        node = found
    category, name = steps[-1]
    node.setdefault("branches", []).append({"category": category, "name": name})
    return cast("Json", node["branches"][-1])


def statuses(document: Document, name: str) -> dict[str, list[str]]:
    """What is said of products in the weakness of that name: ids by status, as CSAF names it."""
    said: dict[str, list[str]] = {}
    for key, product in keyed(document):
        if not product.cves or name in product.cves:
            ids = said.setdefault(WRITTEN.get(product.status, "under_investigation"), [])
            if key not in ids:
                ids.append(key)
    return said


def claims(document: Document, name: str) -> set[tuple[str, str]]:
    """What the document says of products in the weakness of that name, as id and status."""
    return {
        (key, product.status)
        for key, product in keyed(document)
        if name in product.cves or (not product.cves and product.status != "unknown")
    }


def restate(weakness: Json, *, new: set[tuple[str, str]], old: set[tuple[str, str]]) -> None:
    """Change what a weakness says of products from `old` to `new`; every other mention keeps its own shade."""
    said = weakness.get("product_status", {})
    kept = {name: [one for one in ids if (one, STATUSES.get(name)) not in old - new] for name, ids in said.items()}
    for key, status in sorted(new - old):
        kept.setdefault(WRITTEN.get(status, "under_investigation"), []).append(key)
    if any(kept.values()):
        weakness["product_status"] = {name: ids for name, ids in kept.items() if ids}
    else:
        weakness.pop("product_status", None)
