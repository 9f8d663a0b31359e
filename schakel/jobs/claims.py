"""Claims as jobs: proofs are looked for, contacts are written to, and what is over ends."""

from dataclasses import asdict

from django.utils import timezone
from procrastinate.contrib.django import app

from schakel.policy.access import SYSTEM
from schakel.post import actions as post
from schakel.post.messages import Message
from schakel.registry.claims import letters, proving
from schakel.registry.models import Claim


@app.task(name="registry.check_claims", queue="look-ups")
def check_claims(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """Look for the proofs of claims that are due, and renew those that are about to expire."""
    proving.check_due(by=SYSTEM, at=timezone.now())


@app.task(name="registry.expire_claims", queue="registry")
def expire_claims(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """End the claims whose time is over."""
    while proving.expire_due(by=SYSTEM, at=timezone.now()):
        pass


@app.task(name="registry.write_claim", queue="outgoing")
def write_claim(*, claim_id: int, **_later_arguments: object) -> None:
    """Write to the contact of what is claimed, and ask for a yes or a no."""
    letter = letters.of_claim(Claim.objects.select_related("organisation").get(pk=claim_id))
    post.hand_over([Message(**asdict(letter))], by=SYSTEM, at=timezone.now())
