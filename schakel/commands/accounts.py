"""Accounts for a demonstration on one's own machine: ready to use, with codes for the second factor."""

import secrets

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.utils import timezone

from schakel.people import actions
from schakel.people.models import User
from schakel.policy.access import SYSTEM, Role
from schakel.registry.models import Partner

SHOWN_CODES = 4


def demonstration() -> str:
    """Make the two accounts anew and say how to log in with them."""
    partner = Partner.objects.filter(type="trade-association").order_by("pk").first()
    lines = ["", "Log in with a name, a password, and one of the codes (each works once):"]
    lines.append(_account("desk", Role.COORDINATOR, None))
    if partner is not None:
        lines.append(_account("partner", Role.PARTNER, partner) + f"  ({partner.name})")
    return "\n".join(lines) + "\n"


def _account(name: str, role: Role, partner: Partner | None) -> str:
    password, at = secrets.token_urlsafe(9) + "-demo", timezone.now()
    user = User.objects.filter(username=name).first()
    if user is None:
        user = actions.add_user(name=name, role=role, partner=partner, password=password, by=SYSTEM, at=at)
    else:
        actions.renew_user(user=user, password=password, by=SYSTEM, at=at)
    return f"  {name:<8} {password}   {' '.join(_codes(user)[:SHOWN_CODES])}"


def _codes(user: User) -> list[str]:
    """A second factor is set up, and its recovery codes stand in for an authenticator."""
    Authenticator.objects.filter(user=user).delete()
    TOTP.activate(user, generate_totp_secret())
    return list(RecoveryCodes.activate(user).get_unused_codes())
