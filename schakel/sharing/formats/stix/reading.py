"""A bundle, read: each report with its parts becomes a document, loose objects one for each label."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace

import orjson

from schakel.sharing.document import Document, Original
from schakel.sharing.formats.stix.extension import key
from schakel.sharing.formats.stix.graph import Graph, graph_of
from schakel.sharing.formats.stix.limits import Bundle, Json, bundle_of
from schakel.sharing.formats.stix.meaning import document_of
from schakel.sharing.formats.stix.parts import Part, parts_of

SLUG = "stix"


def documents(content: bytes) -> Iterator[Document]:
    """The documents in a bundle; all of it is checked before the first. Raises Unreadable."""
    return of_bundle(bundle_of(content), content)


def of_bundle(bundle: Bundle, content: bytes = b"") -> Iterator[Document]:
    """The same; `content` is the bundle as it came, where it came as one. Raises Unreadable."""
    graph = graph_of(bundle)
    parts = parts_of(graph)
    for part in parts:
        own = content if content and len(parts) == 1 else _own_bundle(bundle, graph, part)
        yield replace(document_of(graph, part, bundle=bundle.id), original=_original(own, bundle.version))


def _own_bundle(bundle: Bundle, graph: Graph, part: Part) -> bytes:
    """The part alone, its objects as they came: the original of one document holds nothing of another's."""
    first = graph.came[part.members[0] if part.head is None else part.head]["id"]
    version = {"spec_version": bundle.version} if bundle.version == "2.0" else {}
    own: Json = {"type": "bundle", "id": key("bundle", bundle.id, first)} | version
    return orjson.dumps(own | {"objects": [graph.came[index] for index in part.members]})


def _original(content: bytes, version: str) -> Original:
    return Original(format=SLUG, version=version, content=content, digest=hashlib.sha256(content).hexdigest())
