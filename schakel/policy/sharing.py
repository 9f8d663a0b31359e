"""Who may receive what: TLP 2.0, the source's terms, the legal basis and the agreement. Pure rules.

TLP: FIRST, Traffic Light Protocol 2.0 (August 2022). Where a label, a basis or a term is not known, the answer is no.
"""

from collections.abc import Iterable
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


class Pap(StrEnum):
    """The labels of the Permissible Actions Protocol (MISP taxonomy PAP), from open to closed. Never translated."""

    CLEAR = "clear"
    GREEN = "green"
    AMBER = "amber"
    RED = "red"

    @property
    def marking(self) -> str:
        """The label as it is written: capitals, no blanks."""
        return f"PAP:{self.value.upper()}"


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
    OBJECTED = "objected"
    NOT_STARTED = "not-started"
    SOURCE_TERMS = "source-terms"
    NO_LEGAL_BASIS = "no-legal-basis"
    BASIS_NOT_BEGUN = "basis-not-begun"
    BASIS_ENDED = "basis-ended"
    BASIS_WITHOUT_PERSONAL_DATA = "basis-without-personal-data"
    NO_AGREEMENT = "no-agreement"
    AGREEMENT_NOT_BEGUN = "agreement-not-begun"
    AGREEMENT_ENDED = "agreement-ended"
    AGREEMENT_SUSPENDED = "agreement-suspended"
    FUNCTION_NOT_COVERED = "function-not-covered"
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
    """A legal ground for sharing, in force on days from `from_on` up to `until_on` (end excluded).

    Personal data go by it only where it says so.
    """

    slug: str
    from_on: date
    until_on: date | None = None
    allows_personal_data: bool = True

    def in_force(self, day: date) -> bool:
        """Whether it may be used on that day."""
        return self.from_on <= day and (self.until_on is None or day < self.until_on)


@dataclass(frozen=True, slots=True)
class AgreementTerms:
    """What one agreement says that matters here: it runs on days from `from_on` up to `until_on` (end excluded)."""

    state: str
    functions: frozenset[str]
    from_on: date
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """One candidate way to an organisation; `agreement` says why its partner's agreement does not allow it, if so.

    `has_started`: whether the function already works in the organisation's region.
    """

    standing: Standing
    agreement: Refusal | None = None
    has_channel: bool = True
    is_encrypted: bool = False
    is_verified: bool = False
    has_started: bool = True


def label(text: str) -> Tlp | None:
    """The label that `text` writes (`TLP:AMBER`, `amber`, `WHITE` of TLP 1), or None when it is none of them."""
    bare = text.strip().lower().removeprefix("tlp:").replace(" ", "").replace("_", "+")
    bare = {"white": "clear", "amber-strict": "amber+strict"}.get(bare, bare)
    return Tlp(bare) if bare in set(Tlp) else None


def first_word(tlp: Tlp) -> str | None:
    """The word that TLP 1.0 (FIRST, 2016) has for the label, or None where it has none: AMBER+STRICT."""
    return {Tlp.CLEAR: "WHITE", Tlp.AMBER_STRICT: None}.get(tlp, tlp.value.upper())


def actions_label(text: str) -> Pap | None:
    """The label that `text` writes (`PAP:AMBER`, `WHITE` of old), or None when it is none of them."""
    bare = text.strip().lower().removeprefix("pap:").strip()
    bare = {"white": "clear"}.get(bare, bare)
    return Pap(bare) if bare in set(Pap) else None


def strictest(labels: Iterable[Tlp]) -> Tlp:
    """The label of what is made of parts: that of its most closed part (our own rule; the standard is silent).

    Raises ValueError without any part.
    """
    return max(labels, key=list(Tlp).index)


def of_parts(parts: Iterable[Tlp], *, whole: Tlp | None) -> Tlp | None:
    """The label of a whole that has parts with labels of their own; `whole` is what it says of itself.

    What carries no label itself is as closed as a part that is kept from the community, and else of unknown label: its
    own text is not open because a part of it is (our own rule; the standard is silent).
    """
    known = [*parts, *([whole] if whole else [])]
    found = strictest(known) if known else None
    return found if whole or found in PROTECTED else None


def refusal(terms: Terms, *, way: Way, basis: Basis | None, at: datetime) -> Refusal | None:
    """Say why what stands under `terms` may not go by `way`, or None when it may."""
    tlp = label(terms.tlp)
    if tlp is None:
        return Refusal.UNKNOWN_LABEL
    checks = (
        (terms.embargo_until is not None and at < terms.embargo_until, Refusal.EMBARGO),
        (True, held_back(has_objected=False, has_started=way.has_started)),
        (way.standing not in REACH[tlp], Refusal.TOO_WIDE),
        (way.standing == Standing.OPERATOR and not terms.operator_allowed, Refusal.SOURCE_TERMS),
        (terms.holds_personal_data, basis_refusal(basis, day=at.date(), holds_personal_data=True)),
        (True, way.agreement),
        (not way.has_channel, Refusal.NO_CHANNEL),
        (
            terms.holds_personal_data and tlp in PROTECTED and not (way.is_encrypted or way.is_verified),
            Refusal.UNPROTECTED,
        ),
    )
    return next((reason for is_met, reason in checks if is_met and reason), None)


def basis_refusal(basis: Basis | None, *, day: date, holds_personal_data: bool) -> Refusal | None:
    """Say why `basis` is no ground for sharing anything new on `day`, or None when it is."""
    if basis is None:
        return Refusal.NO_LEGAL_BASIS
    if day < basis.from_on:
        return Refusal.BASIS_NOT_BEGUN
    if not basis.in_force(day):
        return Refusal.BASIS_ENDED
    return Refusal.BASIS_WITHOUT_PERSONAL_DATA if holds_personal_data and not basis.allows_personal_data else None


def agreement_refusal(agreements: Iterable[AgreementTerms], *, function: str, day: date) -> Refusal | None:
    """Say why none of a partner's agreements lets it take part in `function` on `day`, or None when one does.

    Of several reasons the nearest to a yes is given: the one that a person can do something about.
    """
    found = {_agreement_refusal(one, function, day) for one in agreements}
    order = (
        None,
        Refusal.AGREEMENT_SUSPENDED,
        Refusal.FUNCTION_NOT_COVERED,
        Refusal.AGREEMENT_NOT_BEGUN,
        Refusal.AGREEMENT_ENDED,
    )
    return next((reason for reason in order if reason in found), Refusal.NO_AGREEMENT)


def _agreement_refusal(agreement: AgreementTerms, function: str, day: date) -> Refusal | None:
    if agreement.state not in {"signed", "suspended", "ended"}:  # A draft or an offer promises nothing yet.
        return Refusal.NO_AGREEMENT
    if agreement.state == "ended" or (agreement.until_on is not None and agreement.until_on <= day):
        return Refusal.AGREEMENT_ENDED
    if day < agreement.from_on:
        return Refusal.AGREEMENT_NOT_BEGUN
    if function not in agreement.functions:
        return Refusal.FUNCTION_NOT_COVERED
    return Refusal.AGREEMENT_SUSPENDED if agreement.state == "suspended" else None


def held_back(*, has_objected: bool, has_started: bool) -> Refusal | None:
    """Say why nobody may tell an organisation anything in a function, whoever has it on its list, or None.

    It objected, or the function has not begun in its region.
    """
    if has_objected:
        return Refusal.OBJECTED
    return None if has_started else Refusal.NOT_STARTED


def paper_refusal(
    agreements: Iterable[AgreementTerms], *, function: str, day: date, has_objected: bool, has_started: bool
) -> Refusal | None:
    """Say why a partner does not reach an organisation of its constituency in `function` on paper, or None.

    Routing and coverage both follow it: what is counted as reachable is what could be told.
    """
    held = held_back(has_objected=has_objected, has_started=has_started)
    return held or agreement_refusal(agreements, function=function, day=day)


def operator_refusal(terms: Terms) -> Refusal | None:
    """Say why whoever merely runs the network may not be told, or None when it may."""
    tlp = label(terms.tlp)
    if tlp is None or Standing.OPERATOR not in REACH[tlp]:
        return Refusal.TOO_WIDE
    return None if terms.operator_allowed else Refusal.SOURCE_TERMS


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
