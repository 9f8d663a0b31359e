"""Badges of applications, agreements and breaches."""

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from schakel.registry.models import Agreement, AgreementState, ApplicationState, BreachState, Verdict
from schakel.web.templatetags.ui import badge

register = template.Library()
AGREEMENT_TONES = {
    AgreementState.SIGNED: "good",
    AgreementState.OFFERED: "medium",
    AgreementState.SUSPENDED: "critical",
    AgreementState.ENDED: "low",
}
APPLICATION_TONES = {
    ApplicationState.RECEIVED: "medium",
    ApplicationState.ASKED: "info",
    ApplicationState.ACCEPTED: "good",
    ApplicationState.REFUSED: "high",
}
BREACH_TONES = {BreachState.OPEN: "high", BreachState.DISCUSSED: "medium", BreachState.SETTLED: "good"}
VERDICT_TONES = {Verdict.MET: "good", Verdict.PARTLY: "medium", Verdict.NOT_MET: "high"}


@register.simple_tag
def agreement_state(agreement: Agreement) -> str:
    """How far an agreement is; one that has run out, or is still to come, says so."""
    state, today = AgreementState(agreement.state), timezone.localdate()
    if state == AgreementState.SIGNED and agreement.until_on is not None and agreement.until_on <= today:
        return badge(_("run out"), tone="low")
    if state == AgreementState.SIGNED and agreement.from_on > today:
        return badge(_("signed, still to begin"), tone="medium")
    return badge(str(state.label), tone=AGREEMENT_TONES.get(state, "info"))


@register.simple_tag
def application_state(value: str) -> str:
    """How far an application is."""
    state = ApplicationState(value)
    return badge(str(state.label), tone=APPLICATION_TONES.get(state, "info"))


@register.simple_tag
def breach_state(value: str) -> str:
    """How far a breach is."""
    state = BreachState(value)
    return badge(str(state.label), tone=BREACH_TONES[state])


@register.simple_tag
def verdict(value: str) -> str:
    """What was found of a condition."""
    found = Verdict(value)
    return badge(str(found.label), tone=VERDICT_TONES[found])
