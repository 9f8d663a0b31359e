"""What of an item decides who reads it, as the policy asks for it."""

from schakel.policy.audience import Addressed
from schakel.sharing.models.item import OUT, SharedItem


def addressed(item: SharedItem) -> Addressed:
    """What of a published item decides who reads it. One query, where its audience is not loaded."""
    return Addressed(
        tlp=item.tlp,
        addresses=frozenset(item.audience.addresses),
        circle=item.circle_id,
        is_out=item.state in OUT,
        embargo_until=item.embargo_until,
    )
