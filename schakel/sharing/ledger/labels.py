"""The label under which an item travels on: the strictest on its way."""

from schakel.policy.channels import Load
from schakel.policy.sharing import Tlp, label, strictest
from schakel.sharing.models import SharedItem


def effective(item: SharedItem) -> Tlp:
    """The stricter of the item's label and the one that it came with; what cannot be read counts as the strictest."""
    return strictest(label(one) or Tlp.RED for one in (item.tlp, item.source_tlp) if one or one == item.tlp)


def load_of(item: SharedItem) -> Load:
    """What of an item decides which ways it may go. No query where its circle is loaded."""
    is_sealed = item.circle is not None and item.circle.is_closed
    return Load(effective(item).value, item.iep, is_sealed=is_sealed)
