"""What an organisation keeps itself, as jobs: proofs are looked for, contacts are asked, people are invited."""

from dataclasses import asdict

from django.utils import timezone
from procrastinate.contrib.django import app

from schakel.people import delegating
from schakel.people.models import Invitation
from schakel.policy.access import SYSTEM
from schakel.post import actions as post
from schakel.post.messages import Message
from schakel.registry.claims import letters, proving
from schakel.registry.constituents import attesting
from schakel.registry.models import Claim, Contact


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


@app.task(name="registry.ask_contacts", queue="registry")
def ask_contacts(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """Ask contacts once a year whether they are still right, and judge those who stay silent."""
    attesting.ask_due(by=SYSTEM, at=timezone.now())


@app.task(name="registry.write_contact", queue="outgoing")
def write_contact(*, contact_id: int, **_later_arguments: object) -> None:
    """Write to a contact and ask whether it is still right."""
    contact = Contact.objects.select_related("organisation", "partner").get(pk=contact_id)
    post.hand_over([Message(**asdict(attesting.letter_of(contact)))], by=SYSTEM, at=timezone.now())


@app.task(name="people.write_invitation", queue="outgoing")
def write_invitation(*, invitation_id: int, **_later_arguments: object) -> None:
    """Write to who is invited to have an account."""
    invitation = Invitation.objects.select_related("partner", "organisation").get(pk=invitation_id)
    post.hand_over([Message(**asdict(delegating.letter_of(invitation)))], by=SYSTEM, at=timezone.now())
