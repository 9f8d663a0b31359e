"""`schakel token`: keys by which programs use the API."""

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from schakel.commands.base import SchakelCommand
from schakel.kit.refusals import Refused
from schakel.people import tokens
from schakel.people.models import Token, User
from schakel.policy.access import SYSTEM

DAYS = 90


class Unknown(Refused):
    """There is nothing of that name."""

    wording = "There is no such user or key."


class Command(SchakelCommand):
    """Adds, lists and revokes keys."""

    help = "add, list or revoke keys for programs that use the API"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The act, and whom or what it is about."""
        parser.add_argument("act", choices=["add", "list", "revoke"])
        parser.add_argument("subject", help="a user's name (add, list) or a key's number (revoke)")
        parser.add_argument("--name", default="program", help="what uses the key")
        parser.add_argument("--days", type=int, default=DAYS, help=f"how long it lives (default {DAYS})")

    def run(self, **options: Any) -> dict[str, Any]:
        """Do the act. A new key is printed once and kept nowhere."""
        subject = options["subject"]
        if options["act"] == "revoke":
            return _revoked(subject)
        user = User.objects.filter(username=subject).first()
        if user is None:
            raise Unknown
        if options["act"] == "list":
            return {"keys": [_row(token) for token in user.tokens.order_by("pk")]}
        key = tokens.add(user=user, name=options["name"], days=options["days"], by=SYSTEM, at=timezone.now())
        return {"key": key}

    def words(self, figures: dict[str, Any]) -> str:
        """A line per key, or the new key alone, so that a script can catch it."""
        if "keys" in figures:
            return "\n".join(
                "{id}: {name}, until {expires_at}, revoked {revoked_at}".format(**row) for row in figures["keys"]
            )
        return str(figures.get("key") or super().words(figures))


def _revoked(number: str) -> dict[str, Any]:
    token = Token.objects.filter(pk=int(number)).first() if number.isdecimal() else None
    if token is None:
        raise Unknown
    tokens.revoke(token=token, by=SYSTEM, at=timezone.now())
    return {"revoked": token.pk}


def _row(token: Token) -> dict[str, Any]:
    return {
        "id": token.pk,
        "name": token.name,
        "made_at": token.made_at,
        "expires_at": token.expires_at,
        "revoked_at": token.revoked_at,
    }
