"""Finding the documents of a CSAF provider: metadata, feeds or folders, and what lies beside each (CSAF 2.0, 7).

What is asked of the network is given as a function, so that the walk itself knows none.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from schakel.sharing.formats import strict_json
from schakel.sharing.formats.base import Unreadable
from schakel.sharing.formats.csaf.tracking import moment

Ask = Callable[[str], bytes | None]
"""What is at an address, or None where there is nothing."""
TRUSTED = "csaf_trusted_provider"
METADATA = "/.well-known/csaf/provider-metadata.json"
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """One document: where it is, when it last changed (LONG_AGO where that is not said), what lies beside it.

    `tells_hash`, `tells_signature`: whether its provider says that they lie there, rather than that we look for them.
    """

    url: str
    updated: datetime = LONG_AGO
    hashes: tuple[str, ...] = ()
    signature: str = ""
    tells_hash: bool = False
    tells_signature: bool = False


@dataclass(frozen=True, slots=True)
class Provider:
    """What a provider says of itself. `keys`: addresses of its OpenPGP keys, by fingerprint."""

    url: str
    is_trusted: bool
    keys: dict[str, str]
    feeds: tuple[str, ...]
    folders: tuple[str, ...]


def provider_at(address: str, ask: Ask) -> Provider | None:
    """The provider of an address: of its metadata, else of a domain, in the order of the standard (7.3.1).

    None where nobody knows of any. Raises Unreadable where the metadata are none.
    """
    for url in _places(address, ask):
        content = ask(url)
        if content is not None:
            return _provider(url, strict_json.parse(content))
    return None


def _places(address: str, ask: Ask) -> Iterator[str]:
    base = address if "://" in address else f"https://{address}"
    if urlsplit(base).path.endswith(".json"):
        yield base
        return
    yield urljoin(base, METADATA)
    for place in ("/.well-known/security.txt", "/security.txt"):
        lines = (ask(urljoin(base, place)) or b"").decode(errors="replace").splitlines()
        yield from (urljoin(base, line.partition(":")[2].strip()) for line in lines if line.lower().startswith("csaf:"))
    yield f"https://csaf.data.security.{urlsplit(base).hostname}"


def _provider(url: str, told: Any) -> Provider:
    try:
        spread = told["distributions"] if isinstance(told["distributions"], list) else []
        rolie = [feed for one in spread for feed in one.get("rolie", {}).get("feeds", ())]
        return Provider(
            url=url,
            is_trusted=told["role"] == TRUSTED,
            keys={str(key["fingerprint"]).upper(): key["url"] for key in told.get("public_openpgp_keys", ())},
            feeds=tuple(urljoin(url, feed["url"]) for feed in rolie),
            folders=tuple(urljoin(url, one["directory_url"]) for one in spread if "directory_url" in one),
        )
    except (KeyError, TypeError, AttributeError) as fault:
        raise Unreadable(f"provider-metadata: {fault}", place=url) from fault


def entries(place: str, ask: Ask, *, is_feed: bool) -> list[Entry]:
    """The documents of a feed or a folder, oldest change first. Raises Unreadable."""
    found = list(_of_feed(place, ask) if is_feed else _of_folder(f"{place.rstrip('/')}/", ask))
    return sorted(found, key=lambda entry: (entry.updated, entry.url))


def _of_feed(url: str, ask: Ask) -> Iterator[Entry]:
    told = strict_json.parse(ask(url) or b"")
    try:
        for entry in told["feed"].get("entry", ()):
            links = [(link.get("rel", ""), urljoin(url, link["href"])) for link in entry["link"]]
            own = urljoin(url, entry["content"]["src"]) if "content" in entry else ""
            own = next((href for relation, href in links if relation == "self"), own)
            hashes = tuple(href for relation, href in links if relation == "hash")
            signature = next((href for relation, href in links if relation == "signature"), "")
            beside = _beside(own, moment(entry["updated"], place=url))
            yield replace(
                beside,
                hashes=hashes or beside.hashes,
                signature=signature or beside.signature,
                tells_hash=bool(hashes),
                tells_signature=bool(signature),
            )
    except (KeyError, TypeError, AttributeError) as fault:
        raise Unreadable(f"ROLIE: {fault}", place=url) from fault


def _of_folder(url: str, ask: Ask) -> Iterator[Entry]:
    """By changes.csv, which says when; else by index.txt."""
    changes = ask(urljoin(url, "changes.csv"))
    if changes is not None:
        for row in csv.reader(changes.decode(errors="replace").splitlines()):
            if len(row) > 1:
                yield _beside(urljoin(url, row[0]), moment(row[1], place=urljoin(url, "changes.csv")))
        return
    names = (ask(urljoin(url, "index.txt")) or b"").decode(errors="replace").split()
    yield from (_beside(urljoin(url, name), LONG_AGO) for name in names)


def _beside(url: str, updated: datetime) -> Entry:
    return Entry(url, updated, (f"{url}.sha512", f"{url}.sha256"), f"{url}.asc")
