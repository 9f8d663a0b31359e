"""Stopping what is no alarm: a link in each mail that works in one click (RFC 8058), for that mailbox alone."""

from datetime import datetime
from functools import cache
from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from schakel.journal.actions import record
from schakel.kit.refusals import permit
from schakel.people.models import User
from schakel.policy.access import Actor, Grant, Permission, Role
from schakel.registry.models import Contact, Partner
from schakel.sharing.ledger.ways import Way
from schakel.sharing.models import MailStop, Preference

LINK = Actor(name="link:mail-stop", grants=(Grant(Role.SYSTEM),))
"""Whoever holds the link in a mail: the link itself is the permission."""
SALT = "schakel.sharing.ledger.stopping"


class Stopping(NamedTuple):
    """Who stops what: a contact or an account; items, bulletins of a partner, or newsletters."""

    what: str
    contact: int | None
    user: int | None
    partner: int | None = None


def footer(way: Way, *, what: str = "items", partner: int | None = None) -> tuple[str, dict[str, str]]:
    """The last line of a mail, and the header by which mail programs stop it; nothing for machines."""
    if way.contact is None and way.user is None:
        return "", {}
    url = f"{settings.BASE_URL}/mail/stop/{token_of(Stopping(what, way.contact, way.user, partner))}"
    return f"\n-- \n{_words(way.spoken) % {'url': url}}\n", {"List-Unsubscribe": f"<{url}>"}


@cache
def _words(language: str) -> str:
    with override(language):
        return _("You no longer want mail like this? Stop it here: %(url)s")


@cache
def _signer() -> signing.Signer:
    """Made once: a hundred thousand mails have a link each."""
    return signing.Signer(salt=SALT)


def token_of(stopping: Stopping) -> str:
    """What the link carries."""
    return _signer().sign("-".join("" if part is None else str(part) for part in stopping))


def read(token: str) -> Stopping | None:
    """What a link stops, or None where nobody of us wrote it."""
    try:
        what, *numbers = _signer().unsign(token).split("-")
        contact, user, partner = (int(number) if number else None for number in numbers)
    except (signing.BadSignature, ValueError):
        return None
    return Stopping(what, contact, user, partner)


@transaction.atomic
def stop(stopping: Stopping, *, by: Actor, at: datetime) -> None:
    """Write no more of it there; alarms still come. Safe to repeat. Raises NotPermitted."""
    permit(by.may(Permission.NOTICE_SEND))
    if stopping.user is not None:
        user = User.objects.filter(pk=stopping.user).first()
        if user is not None:
            given = {"pace": "never", "set_at": at, "set_by": by.name}
            Preference.objects.update_or_create(user=user, defaults=given)
    elif (contact := Contact.objects.filter(pk=stopping.contact or 0).first()) is not None:
        partner = Partner.objects.filter(pk=stopping.partner or 0).first()
        MailStop.objects.get_or_create(contact=contact, what=stopping.what, partner=partner, defaults={"at": at})
    record("sharing.mail.stopped", by=by, at=at, what=stopping.what, contact=stopping.contact, user=stopping.user)
