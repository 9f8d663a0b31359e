"""`schakel user`: accounts of people."""

import secrets
import sys
from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from schakel.commands.base import SchakelCommand
from schakel.kit.refusals import Invalid, Refused
from schakel.people import actions
from schakel.people.models import User
from schakel.policy.access import SYSTEM, Level, Role
from schakel.registry.models import Organisation, Partner

ROLES = [role.value for role in Role if role != Role.SYSTEM]
PASSWORD_BYTES = 15
"""120 bits: 20 letters that nobody guesses."""


class Unknown(Refused):
    """There is nothing of that name."""

    wording = "There is no such user, partner or organisation:"


class Command(SchakelCommand):
    """Adds, closes, renews and lists accounts."""

    help = "add, close, renew or list accounts of people; the second factor is set up at the first login"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The act, whom it is about, and where the password comes from."""
        parser.add_argument("act", choices=["add", "close", "renew", "list"])
        parser.add_argument("name", nargs="?", default="", help="the name to log in with")
        parser.add_argument("--role", choices=ROLES, help="what this person is in the network (add)")
        parser.add_argument("--partner", default="", metavar="KEY", help="the partner this person works for (add)")
        organisation = "the organisation this person works for (add)"
        parser.add_argument("--organisation", default="", metavar="KEY", help=organisation)
        level = "how far the rights go within that partner or organisation (add; default member)"
        parser.add_argument("--level", choices=[one.value for one in Level], default=Level.MEMBER.value, help=level)
        mail = "an address for mail; what is sent there this person chooses (add)"
        parser.add_argument("--mail", default="", metavar="ADDRESS", help=mail)
        password = parser.add_mutually_exclusive_group()
        password.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
        password.add_argument("--print-password", action="store_true", help="make a password and print it, once")

    def run(self, **options: Any) -> dict[str, Any]:
        """Do the act."""
        if options["act"] == "list":
            return {
                "users": [
                    _row(user)
                    for user in User.objects.prefetch_related("grants__partner", "grants__organisation").order_by("pk")
                ]
            }
        if not options["name"]:
            raise Invalid("say whom: a name to log in with.")
        if options["act"] == "close":
            actions.close_user(user=_user(options["name"]), by=SYSTEM, at=timezone.now())
            return {"closed": options["name"]}
        password = _password(options)
        done = self._add(password, options) if options["act"] == "add" else _renew(password, options)
        return done | ({"password": password} if options["print_password"] else {})

    def _add(self, password: str, options: dict[str, Any]) -> dict[str, Any]:
        if not options["role"]:
            raise Invalid("say which role: --role " + "|".join(ROLES))
        user = actions.add_user(
            name=options["name"],
            role=Role(options["role"]),
            partner=_partner(options["partner"]),
            organisation=_organisation(options["organisation"]),
            level=Level(options["level"]),
            mail=options["mail"],
            password=password,
            by=SYSTEM,
            at=timezone.now(),
        )
        return {"user": user.username, "role": options["role"]}

    def words(self, figures: dict[str, Any]) -> str:
        """A line per account, or per outcome."""
        if "users" in figures:
            return "\n".join("{name}: {roles}{closed}".format(**row) for row in figures["users"])
        return super().words(figures)


def _password(options: dict[str, Any]) -> str:
    if options["password_stdin"]:
        return sys.stdin.readline().rstrip("\n")
    if options["print_password"]:
        return secrets.token_urlsafe(PASSWORD_BYTES)
    raise Invalid("say where the password comes from: --password-stdin or --print-password.")


def _renew(password: str, options: dict[str, Any]) -> dict[str, Any]:
    actions.renew_user(user=_user(options["name"]), password=password, by=SYSTEM, at=timezone.now())
    return {"renewed": options["name"]}


def _user(name: str) -> User:
    user = User.objects.filter(username=name).first()
    if user is None:
        raise Unknown(name)
    return user


def _partner(key: str) -> Partner | None:
    if not key:
        return None
    partner = Partner.objects.filter(key=key).first()
    if partner is None:
        raise Unknown(key)
    return partner


def _organisation(key: str) -> Organisation | None:
    if not key:
        return None
    organisation = Organisation.objects.filter(key=key).first()
    if organisation is None:
        raise Unknown(key)
    return organisation


def _row(user: User) -> dict[str, Any]:
    roles = [
        f"{grant.role} of {whose.key}" if (whose := grant.partner or grant.organisation) else grant.role
        for grant in user.grants.all()
    ]
    return {"name": user.username, "roles": ", ".join(roles), "closed": "" if user.is_active else " (closed)"}
