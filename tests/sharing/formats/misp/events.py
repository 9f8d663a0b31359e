"""The sample event of this folder, whole or with one thing changed."""

import copy
from pathlib import Path
from typing import Any

import orjson

from schakel.sharing.document import Document
from schakel.sharing.formats.misp.format import Misp

SAMPLE: dict[str, Any] = orjson.loads((Path(__file__).parent / "samples" / "event.json").read_bytes())["Event"]
FEW = {name: SAMPLE[name] for name in ("uuid", "info", "date", "timestamp", "Orgc")}


def with_changes(**changes: Any) -> dict[str, Any]:
    """The sample with other fields; None takes one away."""
    event = copy.deepcopy(SAMPLE) | changes
    return {name: value for name, value in event.items() if value is not None}


def few(**fields: Any) -> dict[str, Any]:
    """An event that says next to nothing but what is given."""
    return copy.deepcopy(FEW) | fields


def attribute(value: str = "192.0.2.7", **fields: Any) -> dict[str, Any]:
    """An attribute: an address, unless other fields say otherwise."""
    return {"type": "ip-dst", "category": "Network activity", "value": value, "to_ids": True} | fields


def read(event: dict[str, Any]) -> Document:
    """The document that Schakel makes of it."""
    (document,) = Misp().read(orjson.dumps({"Event": event}))
    return document


def written(document: Document) -> dict[str, Any]:
    """The event that Schakel makes of a document."""
    event: dict[str, Any] = orjson.loads(Misp().write(document).content)["Event"]
    return event
