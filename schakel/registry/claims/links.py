"""Signed links in mails about claims and contacts: each opens one thing, for a time, until it is used or replaced."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing

from schakel.registry.models import Claim, ClaimState, Proof

SALT = "schakel.registry.claims"
DAYS = 14


def token_of(claim: Claim) -> str:
    """The token of the link in the last mail about a claim."""
    mailed = int(claim.mailed_at.timestamp()) if claim.mailed_at else 0
    return signing.Signer(salt=SALT).sign_object([claim.pk, mailed])


def url_of(claim: Claim) -> str:
    """The address where the contact says yes or no."""
    return f"{settings.BASE_URL}/claims/confirm/{token_of(claim)}"


def claim_of(token: str, *, at: datetime) -> Claim | None:
    """The claim that a token opens, or None: wrong, old, used, replaced and withdrawn look the same."""
    try:
        key, mailed = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    waiting = Claim.objects.filter(proof=Proof.MAIL, state__in=[ClaimState.OPEN, ClaimState.PROVEN])
    young = waiting.filter(pk=key, mailed_at__gt=at - timedelta(days=DAYS), seen="mailed")
    claim = young.select_related("organisation").first()
    return claim if claim and claim.mailed_at and int(claim.mailed_at.timestamp()) == mailed else None
