"""Accounts for a demonstration on one's own machine: ready to use, with codes for the second factor."""

import secrets

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.utils import timezone

from schakel.people import actions
from schakel.people.models import User
from schakel.policy.access import SYSTEM, Level, Role
from schakel.registry.models import Organisation, Partner

SHOWN_CODES = 4


def demonstration() -> str:
    """Make an account for each who comes here anew, and say how to log in with them."""
    partner = partner_of_the_demonstration()
    member = Organisation.objects.filter(guardians__partner=partner).order_by("pk").first() if partner else None
    lines = ["", "Log in with a name, a password, and one of the codes (each works once):"]
    lines.append(_account("desk", Role.COORDINATOR))
    if partner is not None:
        lines.append(_account("partner", Role.PARTNER, partner=partner) + f"  ({partner.name})")
    if member is not None:
        lines.append(_account("member", Role.ORGANISATION, organisation=member) + f"  ({member.name})")
    lines.append(_account("steward", Role.STEWARD))
    lines.append(_account("auditor", Role.AUDITOR))
    return "\n".join(lines) + "\n"


def partner_of_the_demonstration() -> Partner | None:
    """The partner that one can log in as."""
    return Partner.objects.filter(type="trade-association").order_by("pk").first()


def _account(name: str, role: Role, *, partner: Partner | None = None, organisation: Organisation | None = None) -> str:
    password, at = secrets.token_urlsafe(9) + "-demo", timezone.now()
    user = User.objects.filter(username=name).first()
    if user is None:
        whose = {"partner": partner, "organisation": organisation, "level": Level.ADMINISTRATOR}
        user = actions.add_user(name=name, role=role, password=password, by=SYSTEM, at=at, **whose)  # type: ignore[arg-type]
    else:
        actions.renew_user(user=user, password=password, by=SYSTEM, at=at)
    return f"  {name:<8} {password}   {' '.join(_codes(user)[:SHOWN_CODES])}"


def _codes(user: User) -> list[str]:
    """A second factor is set up, and its recovery codes stand in for an authenticator."""
    Authenticator.objects.filter(user=user).delete()
    TOTP.activate(user, generate_totp_secret())
    return list(RecoveryCodes.activate(user).get_unused_codes())
