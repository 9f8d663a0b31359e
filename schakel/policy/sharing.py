"""Who may receive what: TLP 2.0, the source's terms, the legal basis and the agreement. Pure rules.

TLP: FIRST, Traffic Light Protocol 2.0 (August 2022). Where a label, a basis or a term is not known, the answer is no.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Tlp(StrEnum):
    """The labels of TLP 2.0, from open to closed. Never translated."""

    CLEAR = "clear"
    GREEN = "green"
    AMBER = "amber"
    AMBER_STRICT = "amber+strict"
    RED = "red"

    @property
    def marking(self) -> str:
        """The label as the standard writes it: capitals, no blanks."""
        return f"TLP:{self.value.upper()}"


class Standing(StrEnum):
    """What a recipient is to the organisation that a finding is about."""

    AFFECTED = "affected"  # The organisation itself.
    GUARDIAN = "guardian"  # A partner that answers for it under an agreement.
    OPERATOR = "operator"  # Who runs the network it sits in.
    PUBLIC = "public"


class Refusal(StrEnum):
    """Why something may not pass."""

    UNKNOWN_LABEL = "unknown-label"
    TOO_WIDE = "too-wide"
    EMBARGO = "embargo"
    SOURCE_TERMS = "source-terms"
    NO_LEGAL_BASIS = "no-legal-basis"
    NO_AGREEMENT = "no-agreement"
    NO_CHANNEL = "no-channel"
    UNPROTECTED = "unprotected"


# An affected organisation hears of its own system under every label but RED: the finding is about itself.
# A guardian acts for its client, so AMBER reaches it and AMBER+STRICT does not (TLP 2.0, section 4).
# An operator is community, so GREEN reaches it; AMBER does where the source itself allows it, which `refusal` asks too:
# the source may always allow more than its label (TLP 2.0, section 3).
REACH: dict[Tlp, frozenset[Standing]] = {
    Tlp.RED: frozenset(),  # Named people only, never through this function.
    Tlp.AMBER_STRICT: frozenset({Standing.AFFECTED}),
    Tlp.AMBER: frozenset({Standing.AFFECTED, Standing.GUARDIAN, Standing.OPERATOR}),
    Tlp.GREEN: frozenset({Standing.AFFECTED, Standing.GUARDIAN, Standing.OPERATOR}),
    Tlp.CLEAR: frozenset(Standing),
}


# Above GREEN with personal data, only an encrypted way or a verified contact will do.
PROTECTED = frozenset({Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED})


@dataclass(frozen=True, slots=True)
class Terms:
    """What the source and the law allow for one report."""

    tlp: str
    holds_personal_data: bool = True
    operator_allowed: bool = False
    embargo_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Basis:
    """A legal ground for sharing, in force on days from `from_on` up to `until_on` (end excluded)."""

    slug: str
    from_on: date
    until_on: date | None = None

    def in_force(self, day: date) -> bool:
        """Whether it may be used on that day."""
        return self.from_on <= day and (self.until_on is None or day < self.until_on)


@dataclass(frozen=True, slots=True)
class Way:
    """One candidate way to an organisation."""

    standing: Standing
    has_agreement: bool = True
    has_channel: bool = True
    is_encrypted: bool = False
    is_verified: bool = False


def label(text: str) -> Tlp | None:
    """The label that `text` writes (`TLP:AMBER`, `amber`, `WHITE` of TLP 1), or None when it is none of them."""
    bare = text.strip().lower().removeprefix("tlp:").replace(" ", "").replace("_", "+")
    bare = {"white": "clear", "amber-strict": "amber+strict"}.get(bare, bare)
    return Tlp(bare) if bare in set(Tlp) else None


def refusal(terms: Terms, *, way: Way, basis: Basis | None, at: datetime) -> Refusal | None:
    """Say why what stands under `terms` may not go by `way`, or None when it may."""
    tlp = label(terms.tlp)
    if tlp is None:
        return Refusal.UNKNOWN_LABEL
    checks = (
        (terms.embargo_until is not None and at < terms.embargo_until, Refusal.EMBARGO),
        (way.standing not in REACH[tlp], Refusal.TOO_WIDE),
        (way.standing == Standing.OPERATOR and not terms.operator_allowed, Refusal.SOURCE_TERMS),
        (terms.holds_personal_data and not _has_basis(basis, at), Refusal.NO_LEGAL_BASIS),
        (not way.has_agreement, Refusal.NO_AGREEMENT),
        (not way.has_channel, Refusal.NO_CHANNEL),
        (
            terms.holds_personal_data and tlp in PROTECTED and not (way.is_encrypted or way.is_verified),
            Refusal.UNPROTECTED,
        ),
    )
    return next((reason for is_met, reason in checks if is_met), None)


def operator_refusal(terms: Terms) -> Refusal | None:
    """Say why whoever merely runs the network may not be told, or None when it may."""
    tlp = label(terms.tlp)
    if tlp is None or Standing.OPERATOR not in REACH[tlp]:
        return Refusal.TOO_WIDE
    return None if terms.operator_allowed else Refusal.SOURCE_TERMS


def _has_basis(basis: Basis | None, at: datetime) -> bool:
    return basis is not None and basis.in_force(at.date())


def protected_labels() -> frozenset[str]:
    """The labels under which details go by encrypted ways only; by others goes a link to them."""
    return frozenset(tlp.value for tlp in PROTECTED)


def visible_labels(standing: Standing) -> frozenset[str]:
    """The labels under which a reader of that standing may see a finding."""
    return frozenset(tlp.value for tlp, reach in REACH.items() if standing in reach)


def is_wider(tlp: Tlp, *, than: Tlp | None) -> bool:
    """Whether `tlp` reaches further than the source's own label allows: only the source may widen it."""
    order = list(Tlp)
    return than is None or order.index(tlp) < order.index(than)
