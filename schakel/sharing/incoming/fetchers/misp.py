"""Feeds of MISP: the manifest says which events there are and when each changed, so that only those are read again.

`hashes.csv` is not asked for: it serves who looks a value up without fetching the events, and we have them.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
from django.utils.translation import gettext as _

from schakel.sharing.formats.base import MAXIMUM_BYTES
from schakel.sharing.formats.misp.shapes import UUID, moment
from schakel.sharing.incoming.asking import get
from schakel.sharing.incoming.fetching import Fetched, Unreachable
from schakel.sharing.models import ItemSource

MANIFEST = "manifest.json"
OK = 200
MOST_EVENTS = 100_000


class MispFetcher:
    """A feed on a web server, or in a folder of this machine."""

    def fetch(self, source: ItemSource, *, at: datetime) -> Iterator[Fetched]:  # noqa: ARG002 - the manifest has times
        """The events that are new or newer, in the order in which they changed. Raises Unreachable.

        One that the manifest names and that is not there does not keep the others from us; it is told at the end.
        """
        listed = _listed(_read(source, MANIFEST))
        known: dict[str, int] = source.position.get("events", {})
        known = {uuid: known[uuid] for uuid in known.keys() & listed.keys()}
        missing = []
        for uuid in sorted(listed, key=lambda uuid: (listed[uuid], uuid)):
            if listed[uuid] > known.get(uuid, -1):
                try:
                    content = _read(source, f"{uuid}.json")
                except Unreachable:
                    missing.append(uuid)
                    continue
                known = known | {uuid: listed[uuid]}
                yield Fetched(content=content, name=f"{uuid}.json", position={"events": known})
        if missing:
            raise Unreachable(_("the manifest names events that are not there: %s") % ", ".join(missing[:5]))


def _listed(content: bytes) -> dict[str, int]:
    """The events that a manifest names, and when each changed. Raises Unreachable for what is no manifest."""
    try:
        manifest: Any = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise Unreachable(_("its manifest is no JSON.")) from error
    if not isinstance(manifest, dict) or len(manifest) > MOST_EVENTS:
        raise Unreachable(_("its manifest is none of MISP."))
    for uuid, entry in manifest.items():  # A name becomes part of an address, so that nothing else may stand there.
        if not UUID.fullmatch(uuid) or not isinstance(entry, dict) or moment(entry.get("timestamp")):
            raise Unreachable(_("its manifest is none of MISP."))
    return {uuid: int(entry["timestamp"]) for uuid, entry in manifest.items()}


def _read(source: ItemSource, name: str) -> bytes:
    """One file of the feed. Raises Unreachable."""
    if urlsplit(source.address).scheme:
        return _asked(source, f"{source.address.rstrip('/')}/{name}")
    file = Path(source.address) / name
    try:
        if file.stat().st_size > MAXIMUM_BYTES:
            raise Unreachable(_("%s is longer than we read.") % name)
        return file.read_bytes()
    except OSError as error:
        raise Unreachable(f"{name}: {error.strerror}") from error


def _asked(source: ItemSource, url: str) -> bytes:
    """With the key of the source, as MISP's own servers send one."""
    headers = {"Accept": "application/json"}
    if source.secret_file:
        headers["Authorization"] = Path(source.secret_file).read_text(encoding="utf-8").strip()
    answer = get(url, headers=headers)
    if answer.status != OK:
        raise Unreachable(f"{url} answers {answer.status}.")
    return answer.body
