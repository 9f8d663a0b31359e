"""An item as it goes out in any format: what its version says, under the label and with the times of the item."""

from dataclasses import replace

from schakel.policy.sharing import Tlp
from schakel.sharing.document import Document
from schakel.sharing.items import content
from schakel.sharing.models import ItemVersion, SharedItem


def published(item: SharedItem) -> Document:
    """What is out of an item. Whoever calls it has made sure that its reader may read it, and that it is out."""
    version = ItemVersion.objects.select_related("item__circle").get(item=item, number=item.published_version or 0)
    said = content.document_of(version)
    return replace(
        said,
        key=said.key or str(item.uid),
        publisher=said.publisher or (item.owner.name if item.owner else ""),
        marking=replace(said.marking, tlp=Tlp(item.tlp)),
        published_at=said.published_at or item.published_at,
        revised_at=item.retracted_at or item.revised_at or said.revised_at or item.published_at,
        is_withdrawn=said.is_withdrawn or item.retracted_at is not None,
    )
