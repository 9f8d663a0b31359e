"""Words for names that sound Dutch and belong to nobody.

A name is a made-up word of two parts, in large countries followed by a made-up place of two parts, so each
organisation has its own. Domain names end in `.example` or `.test`, which never exist (RFC 2606).
"""

from schakel.registry.files.lists import facts


def _list(name: str) -> tuple[str, ...]:
    return tuple(facts("words")[name].split())


FIRST, SECOND = _list("first"), _list("second")
PLACE_HEAD, PLACE_TAIL = _list("place_head"), _list("place_tail")
EXTRA_NAMES, HOSTS = _list("extra_names"), _list("hosts")
TRADES: dict[str, list[str]] = facts("words")["trades"]
ARTICLES = ("", "", "De ", "Het ")
