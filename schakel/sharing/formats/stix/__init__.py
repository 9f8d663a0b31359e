"""STIX 2.1 in and out; bundles of STIX 2.0 are read as 2.1.

OASIS, STIX Version 2.1 (10 June 2021). What of it we read and write, and how 2.0 becomes 2.1: docs/reference/stix.md.
"""

import re
from collections.abc import Iterator
from typing import Final

import orjson
from django.utils.translation import gettext as _

from schakel.sharing.document import Document
from schakel.sharing.formats.base import Uncarried, Written
from schakel.sharing.formats.stix import fresh, overlay, reading
from schakel.sharing.formats.stix.extension import key

MEDIA_TYPE: Final = "application/stix+json;version=2.1"
_CLAIM: Final = re.compile(rb'"type"\s*:\s*"bundle"|"id"\s*:\s*"bundle--')
_LOOK: Final = 4096


class Stix:
    """STIX bundles."""

    slug = reading.SLUG

    def recognises(self, content: bytes) -> bool:
        """Whether it opens or ends as a bundle does."""
        opens = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"
        return opens and bool(_CLAIM.search(content[:_LOOK]) or _CLAIM.search(content[-_LOOK:]))

    def read(self, content: bytes) -> Iterator[Document]:
        """The documents in a bundle; all of it is checked before the first. Raises Unreadable."""
        return reading.documents(content)

    def write(self, document: Document, *, version: str = "") -> Written:
        """One bundle of STIX 2.1: the original with what changed laid over it, else a new one. Raises Uncarried."""
        if version not in {"", "2.1"}:
            raise Uncarried(_("We write STIX 2.1 alone."), fields=("version",))
        if document.original and document.original.format == self.slug:
            own, objects = overlay.objects_of(document, document.original.content)
        else:
            objects = fresh.objects_of(document)
            own = key("bundle", objects[0]["id"], objects[0]["modified"])
        content = orjson.dumps({"type": "bundle", "id": own, "objects": objects}, option=orjson.OPT_APPEND_NEWLINE)
        return Written(content=content, media_type=MEDIA_TYPE, name=f"{own}.json", left_out={})
