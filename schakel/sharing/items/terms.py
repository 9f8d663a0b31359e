"""How one version of an item is to be shared: to whom, in which circle, on what ground."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from schakel.policy.sharing import Tlp
from schakel.sharing.models import ItemVersion

WORDS = ("no_action_reason",)
"""What of the terms is written by people: in a closed circle it lies sealed beside the document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharingTerms:
    """What its owner decides of a version beside what it says.

    `addresses`: see `policy.audience.Address`. `legal_basis`: the slug of a ground in law. `is_statutory`: whether
    it is a task that the law gives, or the network's own sharing. `no_action_reason`: why it advises nothing.
    """

    tlp: Tlp
    addresses: tuple[str, ...]
    legal_basis: str = ""
    is_statutory: bool = False
    holds_personal_data: bool = False
    no_action_reason: str = ""
    embargo_until: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """As plain values."""
        until = self.embargo_until.isoformat() if self.embargo_until else None
        return asdict(self) | {"tlp": self.tlp.value, "addresses": list(self.addresses), "embargo_until": until}


def terms_of(version: ItemVersion) -> SharingTerms:
    """Those of a version. Raises Unsealable."""
    sealed = version.opened
    return from_json({**version.terms, **{name: sealed[name] for name in WORDS if name in sealed}})


def from_json(given: Mapping[str, Any]) -> SharingTerms:
    """Those that `as_json` wrote."""
    until = given["embargo_until"]
    changed = {
        "tlp": Tlp(given["tlp"]),
        "addresses": tuple(given["addresses"]),
        "embargo_until": datetime.fromisoformat(until) if until else None,
    }
    return SharingTerms(**(dict(given) | changed))
