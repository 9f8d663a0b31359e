"""Small STIX bundles of an invented harbour, written by us."""

from typing import Any
from uuid import UUID, uuid5

import orjson

SPACE = UUID("3f0d6a3e-59bb-4f0e-8f5e-0a3d2c1b0a99")
AT = "2026-03-01T08:00:00.000Z"
GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
RED = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
WHITE_1 = "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"
AMBER_1 = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"


def key(kind: str, name: str) -> str:
    return f"{kind}--{uuid5(SPACE, name)}"


def one(kind: str, called: str, **given: Any) -> dict[str, Any]:
    base = {"type": kind, "spec_version": "2.1", "id": key(kind, called), "created": AT, "modified": AT}
    return base | given


def indicator(called: str, pattern: str = "[domain-name:value = 'kraan.example']", **given: Any) -> dict[str, Any]:
    told = {"name": called, "pattern": pattern, "pattern_type": "stix", "valid_from": AT}
    return one("indicator", called, **(told | given))


def report(called: str, refs: list[str], **given: Any) -> dict[str, Any]:
    return one("report", called, **({"name": called, "published": AT, "object_refs": refs} | given))


def relationship(source: str, target: str, tie: str = "related-to", **given: Any) -> dict[str, Any]:
    told = {"relationship_type": tie, "source_ref": source, "target_ref": target}
    return one("relationship", source + target, **(told | given))


def statement(called: str, **given: Any) -> dict[str, Any]:
    told = {"type": "marking-definition", "spec_version": "2.1", "id": key("marking-definition", called), "created": AT}
    return told | {"definition_type": "statement", "definition": {"statement": called}} | given


def bundle(*objects: dict[str, Any], **given: Any) -> bytes:
    return orjson.dumps({"type": "bundle", "id": key("bundle", "bundle"), "objects": list(objects)} | given)
