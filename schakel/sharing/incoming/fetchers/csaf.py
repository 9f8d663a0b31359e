"""Providers of CSAF: found by their metadata or their domain, walked by feeds or folders, each document proven."""

from collections.abc import Iterator
from datetime import datetime

import pysequoia

from schakel.kit.refusals import Invalid
from schakel.sharing.csaf import proving, walking
from schakel.sharing.formats.base import Unreadable
from schakel.sharing.formats.csaf.format import MAXIMUM_BYTES
from schakel.sharing.formats.csaf.tracking import text_of
from schakel.sharing.incoming.asking import get
from schakel.sharing.incoming.fetching import Fetched, Unreachable
from schakel.sharing.incoming.sources import certificates_of
from schakel.sharing.models import ItemSource

OK, GONE = 200, frozenset({401, 403, 404, 410})
Position = dict[str, dict[str, object]]


class CsafFetcher:
    """CSAF providers. `source.address`: a domain, or the address of provider-metadata.json."""

    def fetch(self, source: ItemSource, *, at: datetime) -> Iterator[Fetched]:  # noqa: ARG002 - its lists know the time
        """The documents that changed, oldest first; what is not proven comes with the reason. Raises Unreachable."""
        try:
            provider = walking.provider_at(source.address, asked)
            if provider is None:
                raise Unreachable(f"{source.address}: provider-metadata.json")
            certificates = list(certificates_of(source.certificates)) or _certificates(provider)
            places = [(feed, True) for feed in provider.feeds] or [(folder, False) for folder in provider.folders]
            position: Position = dict(source.position)
            for place, is_feed in places:
                for entry in _new(walking.entries(place, asked, is_feed=is_feed), position.get(place, {})):
                    yield from _fetched(entry, provider, certificates, _after(position, place, entry))
        except Unreadable as refusal:
            raise Unreachable(f"{refusal.place}: {refusal.reason}") from refusal


def asked(url: str) -> bytes | None:
    """What is at an address, or None where there is nothing for us. Raises Unreachable."""
    answer = get(url, largest=MAXIMUM_BYTES)
    if answer.status == OK:
        return answer.body
    if answer.status in GONE:
        return None
    raise Unreachable(f"{url}: {answer.status}")


def _fetched(
    entry: walking.Entry, provider: walking.Provider, certificates: list[pysequoia.Cert], position: Position
) -> Iterator[Fetched]:
    content = asked(entry.url)
    if content is None:  # Listed and yet not there: the next run asks again, as its place is not noted.
        return
    why = proving.fault(content, entry, is_trusted=provider.is_trusted, certificates=certificates, ask=asked)
    yield Fetched(content=content, name=entry.url, position=position, refusal=why)


def _certificates(provider: walking.Provider) -> list[pysequoia.Cert]:
    """The keys that its metadata name, each only where it has the fingerprint that is said."""
    found = []
    for fingerprint, url in provider.keys.items():
        try:
            found += [one for one in certificates_of((asked(url) or b"").decode(errors="replace"))
                      if str(one.fingerprint).upper() == fingerprint]  # fmt: skip
        except Invalid:
            continue
    return found


def _new(entries: list[walking.Entry], known: dict[str, object]) -> Iterator[walking.Entry]:
    """Those that changed since; of the last moment itself, those that did not come yet. Without a moment, always."""
    until, had = str(known.get("until", "")), known.get("had", [])
    for entry in entries:
        when = text_of(entry.updated)
        is_known = when < until or (when == until and isinstance(had, list) and entry.url in had)
        if entry.updated == walking.LONG_AGO or not is_known:
            yield entry


def _after(position: Position, place: str, entry: walking.Entry) -> Position:
    """Where we are when this entry is kept too."""
    if entry.updated == walking.LONG_AGO:
        return position
    when, known = text_of(entry.updated), position.get(place, {})
    had = known.get("had", []) if known.get("until") == when else []
    position[place] = {"until": when, "had": [*(had if isinstance(had, list) else []), entry.url]}
    return dict(position)
