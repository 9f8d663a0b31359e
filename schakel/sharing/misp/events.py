"""A published item as an event of MISP: as it came where it came so, under the label by which we share it."""

from dataclasses import replace
from typing import Any

from schakel.policy.channels import Load
from schakel.policy.sharing import Pap, Tlp
from schakel.sharing.document import Document
from schakel.sharing.formats.misp.format import event_of
from schakel.sharing.items import content
from schakel.sharing.models import ItemVersion, SharedItem
from schakel.sharing.words import ItemState


def load_of(item: SharedItem) -> Load:
    """What of an item the policy of channels judges."""
    return Load(tlp=item.tlp, iep=item.iep, is_sealed=item.circle is not None and item.circle.is_closed)


def event(item: SharedItem) -> dict[str, Any]:
    """The event of the published version; of a retracted item the same, with every part taken back."""
    version = item.versions.get(number=item.published_version or 0)
    return event_of(_as_shared(item, version, content.document_of(version)))


def _as_shared(item: SharedItem, version: ItemVersion, document: Document) -> Document:
    marking = replace(document.marking, tlp=Tlp(item.tlp), pap=Pap(item.pap) if item.pap else None)
    is_as_it_came = version.number == 1 and item.received_at is not None
    is_retracted = item.state == ItemState.RETRACTED
    if is_as_it_came and not is_retracted:
        return replace(document, marking=marking)
    return replace(
        document,
        marking=marking,
        key=document.key or str(item.uid),
        published_at=document.published_at or item.published_at,
        revised_at=item.retracted_at if is_retracted else version.published_at,  # Servers look for what is newer.
        is_withdrawn=is_retracted,
    )
