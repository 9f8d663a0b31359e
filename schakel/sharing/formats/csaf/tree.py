"""The product tree of a CSAF document: what is defined in it and where it is spoken of (CSAF 2.0 and 2.1, 3.2.2)."""

from collections.abc import Iterator
from typing import Any

LISTS = frozenset({"product_ids", "products"})
GROUPS = frozenset({"group_ids"})
SINGLE = frozenset(
    {"product_reference", "relates_to_product_reference", "beginning_product_reference", "next_product_reference"}
)
"""The names under which CSAF refers to products; `relationships` of 2.0 became `product_paths` in 2.1."""


def branches(node: dict[str, Any], place: str = "/product_tree") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every branch below `node`, with its JSON pointer, parents first."""
    for number, branch in enumerate(node.get("branches", ())):
        here = f"{place}/branches/{number}"
        yield here, branch
        yield from branches(branch, here)


def products(tree: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every product that the tree defines, with its JSON pointer."""
    for place, branch in branches(tree):
        if "product" in branch:
            yield f"{place}/product", branch["product"]
    for number, product in enumerate(tree.get("full_product_names", ())):
        yield f"/product_tree/full_product_names/{number}", product
    for name in ("relationships", "product_paths"):
        for number, relation in enumerate(tree.get(name, ())):
            yield f"/product_tree/{name}/{number}/full_product_name", relation["full_product_name"]


def references(node: Any, place: str = "", *, lists: frozenset[str] = LISTS) -> Iterator[tuple[str, list[str]]]:
    """Every mention of products below `node`, with its JSON pointer: that of the list, or of the single name.

    With `lists` of other names, the mentions of those.
    """
    for name, value in node.items() if isinstance(node, dict) else enumerate(node):
        if name in lists or (lists is LISTS and place.endswith("/product_status")):
            yield f"{place}/{name}", value
        elif name in SINGLE and lists is LISTS:
            yield f"{place}/{name}", [value]
        elif isinstance(value, dict | list) and name != "branches" and not str(name).startswith("x_"):
            yield from references(value, f"{place}/{name}", lists=lists)
