"""What a feed of MISP is made of: an event in its form for others, its line in the manifest, and its hashes.

A feed is a folder: `manifest.json` names every event with what a reader chooses by, `<uuid>.json` is one event, and
`hashes.csv` lets a server look a value up without fetching anything (MD5, as MISP looks for it).
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from schakel.policy.sharing import Tlp
from schakel.sharing.formats.misp import facts, tags
from schakel.sharing.formats.misp.markings import PARTS
from schakel.sharing.formats.misp.vocabulary import PAIRS

# What was true on the server that an event came from, or tells who saw, wrote or discussed it: no matter of others.
PRIVATE = frozenset(
    {
        "id", "org_id", "orgc_id", "event_id", "object_id", "user_id", "sharing_group_id", "event_creator_email", "Org",
        "RelatedEvent", "RelatedAttribute", "ShadowAttribute", "SharingGroup", "Sighting", "Feed", "Server", "warnings",
        "distribution", "proposal_email_lock", "locked", "attribute_count", "local",
    }
)  # fmt: skip
CHOSEN_BY = ("info", "date", "analysis", "threat_level_id", "timestamp")


@dataclass(frozen=True, slots=True)
class Published:
    """One event of a feed: `content` the file, `line` its entry in the manifest, `hashes` its lines in the list."""

    uuid: str
    content: bytes
    line: bytes
    hashes: str


def published(event: dict[str, Any], *, tlp: Tlp) -> Published:
    """The event as a feed under that label has it."""
    event = for_others(event, tlp=tlp)
    uuid = event["uuid"]
    entry = {name: event[name] for name in CHOSEN_BY if name in event} | {
        "Orgc": event.get("Orgc", {}),
        "Tag": event["Tag"],
    }
    line = orjson.dumps({uuid: entry})[1:-1]
    return Published(uuid, orjson.dumps({"Event": event}), line, "".join(f"{one},{uuid}\n" for one in _hashes(event)))


def for_others(event: dict[str, Any], *, tlp: Tlp) -> dict[str, Any]:
    """The event without what is nobody else's matter, and with that label: the one under which we share it."""
    event = _bare(event)
    kept = [tag for tag in event.get("Tag", ()) if tags.said(tag["name"], "").aspect != "tlp"]
    event["Tag"] = [{"name": tags.written(tags.Said("tlp", tlp))}, *kept]
    for kind in PARTS:
        if kind in event:
            event[kind] = [_part(part) for part in event[kind]]
    return event


def _part(part: dict[str, Any]) -> dict[str, Any]:
    part = _bare(part)
    if part.get("Attribute"):
        part["Attribute"] = [_bare(one) for one in part["Attribute"]]
    return part


def _bare(part: dict[str, Any]) -> dict[str, Any]:
    bare = {name: value for name, value in part.items() if name not in PRIVATE}
    if bare.get("Tag"):
        bare["Tag"] = [_bare(tag) for tag in bare["Tag"] if tag.get("local") not in (True, 1, "1")]
    return bare


def _hashes(event: dict[str, Any]) -> Iterator[str]:
    for kind in ("Attribute", "Object"):
        for part in event.get(kind) or ():
            for attribute in part.get("Attribute") or () if kind == "Object" else (part,):
                if not facts.is_deleted(part) and not facts.is_deleted(attribute):
                    yield from _of_value(attribute)


def _of_value(attribute: dict[str, Any]) -> Iterator[str]:
    value = str(attribute["value"])
    for half in value.split("|") if attribute["type"] in PAIRS else (value,):
        yield hashlib.md5(half.encode(), usedforsecurity=False).hexdigest()
