"""News feeds: asked for only what changed (RFC 9110, section 13)."""

from collections.abc import Iterator
from datetime import datetime

from schakel.sharing.formats.feed.guard import MAXIMUM_BYTES
from schakel.sharing.incoming.asking import get
from schakel.sharing.incoming.fetching import Fetched, Unreachable
from schakel.sharing.models import ItemSource

ACCEPTED = "application/atom+xml, application/rss+xml, application/xml;q=0.8, text/xml;q=0.8"
OK, NOT_MODIFIED = 200, 304


class FeedFetcher:
    """RSS and Atom over HTTP."""

    def fetch(self, source: ItemSource, *, at: datetime) -> Iterator[Fetched]:  # noqa: ARG002 - the server knows the time
        """The feed, where it changed. Raises Unreachable."""
        conditions = {"If-None-Match": "etag", "If-Modified-Since": "modified"}
        known = {header: source.position[name] for header, name in conditions.items() if source.position.get(name)}
        answer = get(source.address, headers={"Accept": ACCEPTED, **known}, largest=MAXIMUM_BYTES)
        if answer.status == NOT_MODIFIED:
            return
        if answer.status != OK:
            raise Unreachable(f"{source.address} answers {answer.status}.")
        position = {"etag": answer.headers.get("etag", ""), "modified": answer.headers.get("last-modified", "")}
        yield Fetched(content=answer.body, name=source.address, position=position)
