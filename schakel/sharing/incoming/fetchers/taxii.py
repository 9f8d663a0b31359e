"""A TAXII 2.1 collection: what was added since the last time, page by page, as STIX bundles."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import orjson
from django.utils.translation import gettext as _

from schakel.sharing.formats.stix.extension import key
from schakel.sharing.incoming.asking import Answer, basic, get
from schakel.sharing.incoming.fetching import Fetched, Unreachable
from schakel.sharing.models import ItemSource

ACCEPTED: Final = "application/taxii+json;version=2.1"
LAST: Final = "x-taxii-date-added-last"
OK: Final = 200
PAGE, MOST_AT_ONCE, MOST_PAGES = 1000, 50_000, 10_000
"""Objects asked for at once, objects of one bundle, and pages of one visit."""


class TaxiiFetcher:
    """The address of a collection; in the source's file `user:password`, or a key alone as bearer token."""

    def fetch(self, source: ItemSource, *, at: datetime) -> Iterator[Fetched]:  # noqa: ARG002 - the server knows the time
        """What was added, in bundles: a report and its parts come in one where they came in one. Raises Unreachable."""
        held: list[Any] = []
        last = str(source.position.get("added_after", ""))
        for objects, added in _pages(source, last):
            held += objects
            last = added or last
            if len(held) >= MOST_AT_ONCE:
                yield _bundle(held, source, last)
                held = []
        if held:
            yield _bundle(held, source, last)


def _pages(source: ItemSource, added_after: str) -> Iterator[tuple[list[Any], str]]:
    """The objects of each page, and when its last was added."""
    headers, wish = {"Accept": ACCEPTED, **_secret(source)}, {"limit": str(PAGE)}
    after = {"added_after": added_after} if added_after else {}
    for _page in range(MOST_PAGES):
        answer = get(f"{source.address.rstrip('/')}/objects/?{urlencode(wish | after)}", headers=headers)
        envelope = _envelope(answer, source)
        objects, added = envelope.get("objects", []), answer.headers.get(LAST, "")
        yield objects, added
        if not envelope.get("more"):
            return
        if not objects or not (envelope.get("next") or added):
            break
        # A server without "next" goes on behind the last one (TAXII 2.1, section 3.4).
        after = after | {"next": str(envelope["next"])} if envelope.get("next") else {"added_after": added}
    raise Unreachable(_("%(place)s sends us on without end.") % {"place": source.address})


def _envelope(answer: Answer, source: ItemSource) -> dict[str, Any]:
    if answer.status != OK:
        raise Unreachable(f"{source.address}: {answer.status}")
    try:
        envelope = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        envelope = None
    if not isinstance(envelope, dict) or not isinstance(envelope.get("objects", []), list):
        raise Unreachable(_("%(place)s answers with what is no TAXII envelope.") % {"place": source.address})
    return envelope


def _bundle(objects: list[Any], source: ItemSource, added_after: str) -> Fetched:
    """The same objects make the same bundle, so that what comes twice is known."""
    versions = sorted(f"{one.get('id')} {one.get('modified')}" for one in objects if isinstance(one, dict))
    bundle = {"type": "bundle", "id": key("bundle", source.address, *versions), "objects": objects}
    return Fetched(content=orjson.dumps(bundle), name=source.address, position={"added_after": added_after})


def _secret(source: ItemSource) -> Mapping[str, str]:
    if not source.secret_file:
        return {}
    user, colon, password = Path(source.secret_file).read_text(encoding="utf-8").strip().partition(":")
    return basic(user, password) if colon else {"Authorization": f"Bearer {user}"}
