"""Words and colours of claims, evidence and contacts."""

from django import template

from schakel.registry.models import ClaimState, ContactStanding, Evidence
from schakel.web.templatetags.ui import badge

register = template.Library()
EVIDENCE_TONES = {Evidence.VERIFIED: "good", Evidence.CLAIMED: "low", Evidence.INFERRED: "medium"}
CLAIM_TONES = {
    ClaimState.OPEN: "medium",
    ClaimState.PROVEN: "good",
    ClaimState.DISPUTED: "high",
    ClaimState.REFUSED: "critical",
}
CONTACT_TONES = {
    ContactStanding.ACTIVE: "good",
    ContactStanding.DOUBTFUL: "medium",
    ContactStanding.SUSPENDED: "critical",
}


@register.simple_tag
def contact_standing(value: str) -> str:
    """How far a contact can be relied on, as a badge."""
    return badge(str(ContactStanding(value).label), tone=CONTACT_TONES[ContactStanding(value)])


@register.simple_tag
def evidence(value: str) -> str:
    """How sure we are, as a badge."""
    return badge(str(Evidence(value).label), tone=EVIDENCE_TONES[Evidence(value)])


@register.simple_tag
def claim_state(value: str) -> str:
    """A claim's state as a badge."""
    state = ClaimState(value)
    return badge(str(state.label), tone=CLAIM_TONES.get(state, "info"))
