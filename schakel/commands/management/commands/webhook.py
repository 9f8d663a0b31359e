"""`schakel webhook`: the secrets by which receivers know that a message is ours."""

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from schakel.commands.base import SchakelCommand
from schakel.kit.refusals import Refused
from schakel.policy.access import SYSTEM
from schakel.registry.constituents import contacts
from schakel.registry.models import ChannelKind, Contact


class Unknown(Refused):
    """There is no such webhook."""

    wording = "No contact in the registry has this webhook:"


class Command(SchakelCommand):
    """Lists webhooks, and gives or renews the secret of one."""

    help = "list webhooks, or give or renew the secret of one"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The act, and the address it is about."""
        parser.add_argument("act", choices=["list", "secret", "renew"])
        parser.add_argument("address", nargs="?", default="", help="the webhook's address (secret, renew)")

    def run(self, **options: Any) -> dict[str, Any]:
        """Do the act. A secret is shown only where it is asked for."""
        hooks = Contact.objects.filter(channel=ChannelKind.WEBHOOK).select_related("partner", "organisation")
        if options["act"] == "list":
            return {"webhooks": [_row(contact) for contact in hooks.order_by("address", "pk")]}
        contact = hooks.filter(address=options["address"]).order_by("pk").first()
        if contact is None:
            raise Unknown(options["address"])
        if options["act"] == "renew" or not contact.webhook_secret:
            contact = contacts.renew_secret(contact=contact, by=SYSTEM, at=timezone.now())
        return {"secret": contact.webhook_secret}

    def words(self, figures: dict[str, Any]) -> str:
        """A line per webhook, or the secret alone, so that a script can catch it."""
        if "secret" in figures:
            return str(figures["secret"])
        rows = ["{address}: {holder}, secret {state}".format(**row) for row in figures["webhooks"]]
        return "\n".join(rows) or "No contact has a webhook."


def _row(contact: Contact) -> dict[str, Any]:
    return {
        "address": contact.address,
        "holder": str(contact.partner or contact.organisation),
        "state": "set" if contact.webhook_secret else "missing",
    }
