"""Keys for programs: made once, kept as a digest, ended by time or by hand."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, permit
from schakel.people.models import Token, User, actor_of
from schakel.policy.access import NOBODY, Actor, Permission

PREFIX = "schakel_"  # So that a key that leaks is recognised, by people and by scanners.
KEY_BYTES = 32
LONGEST_DAYS = 366


@transaction.atomic
def add(*, user: User, name: str, days: int, by: Actor, at: datetime) -> str:
    """Make a key by which a program acts for `user`, for so many days; returns the key, which is not kept.

    Raises NotPermitted, and Invalid without a name or for less than one day or more than a year.
    """
    permit(by.may(Permission.PEOPLE_MANAGE))
    if not name.strip():
        raise Invalid(_("give the key a name, so that you know later what uses it."))
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid(_("a key lives for a day at least, and for a year at most."))
    key = PREFIX + secrets.token_urlsafe(KEY_BYTES)
    token = Token.objects.create(
        user=user, name=name.strip(), digest=_digest(key), made_at=at, expires_at=at + timedelta(days=days)
    )
    record("people.token.added", by=by, at=at, on=token, user=user.pk, days=days)
    return key


@transaction.atomic
def revoke(*, token: Token, by: Actor, at: datetime) -> None:
    """End a key now; ending it again changes nothing. Raises NotPermitted."""
    permit(by.may(Permission.PEOPLE_MANAGE))
    if Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at):
        record("people.token.revoked", by=by, at=at, on=token, user=token.user_id)


def actor_of_key(key: str, *, at: datetime) -> Actor:
    """Whom a key stands for: its user's actor, or NOBODY where it is unknown, over, revoked, or its user is gone."""
    live = Token.objects.filter(digest=_digest(key), expires_at__gt=at, revoked_at=None)
    token = live.select_related("user").first()
    return actor_of(token.user) if token else NOBODY


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()
