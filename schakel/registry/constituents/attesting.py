"""Whether contacts still live: asked every year by a mail with a link, judged by answers, silence and returned mail.

Only who once said yes is suspended for silence: an address that came with a list and never had a word of ours
answered is put in doubt, no more, as it may be the only way to somebody.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from schakel.journal.actions import record
from schakel.kit import queue
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.policy.access import Actor, Grant, Permission, Role
from schakel.registry.letters import Letter, joined
from schakel.registry.models import ChannelKind, Contact, ContactStanding, Silence

LINK = Actor(name="link:contact", grants=(Grant(Role.SYSTEM),))
"""Whoever holds the link in a mail: the link itself is the permission."""
SALT = "schakel.registry.constituents.contacts"
LETTER = "registry.write_contact"
YEAR = timedelta(days=365)
REMIND = timedelta(days=14)
PATIENCE = timedelta(days=42)
LINK_DAYS = 60
BATCH = 500
MOST_BOUNCES = 3
_ACTIVE, _DOUBTFUL, _SUSPENDED = ContactStanding.ACTIVE, ContactStanding.DOUBTFUL, ContactStanding.SUSPENDED


def ask(contact: Contact, *, at: datetime) -> bool:
    """Queue the mail that asks a contact to confirm, once a day at most; says whether it was."""
    yesterday = Q(asked_at=None) | Q(asked_at__lte=at - timedelta(days=1))
    asked = Contact.objects.filter(yesterday, pk=contact.pk, channel=ChannelKind.MAIL)
    if not asked.update(asked_at=at, asks_count=F("asks_count") + 1):
        return False
    queue.later(LETTER, queue="outgoing", contact_id=contact.pk)
    return True


@transaction.atomic
def ask_due(*, by: Actor, at: datetime) -> dict[str, int]:
    """The yearly round: ask who was not asked this year, remind the silent, and judge those who stay silent.

    At most BATCH of each, so that a large registry is asked over days. Returns counts. Raises NotPermitted.
    """
    permit(by.may(Permission.REGISTRY_IMPORT))
    living = Contact.objects.filter(channel=ChannelKind.MAIL, is_verified=True).exclude(standing=_SUSPENDED)
    due = living.filter(Q(attested_at=None) | Q(attested_at__lte=at - YEAR))
    new = due.filter(Q(asked_at=None) | Q(asked_at__lte=at - YEAR)).order_by(
        F("attested_at").asc(nulls_last=True), "pk"
    )
    silent = due.filter(asks_count=1, asked_at__lte=at - REMIND, asked_at__gt=at - YEAR).order_by("asked_at")
    given_up = due.filter(asks_count__gte=2, asked_at__lte=at - PATIENCE + REMIND, asked_at__gt=at - YEAR)
    over = list(
        given_up.filter(Q(standing=_ACTIVE) | Q(attested_at__isnull=False)).values_list("pk", flat=True)[:BATCH]
    )
    first = list(new.values_list("pk", flat=True)[:BATCH])
    again = list(silent.values_list("pk", flat=True)[:BATCH])
    Contact.objects.filter(pk__in=first).update(asks_count=0)
    counts: dict[str, Any] = {"asked": _ask_all(first, at), "reminded": _ask_all(again, at), **_judge_silence(over, at)}
    if any(counts.values()):
        record("registry.contacts.asked", by=by, at=at, **counts)
    return counts


@transaction.atomic
def confirm(*, contact: Contact, by: Actor, at: datetime) -> None:
    """The contact says that it is still right; one that it takes the place of ends. Raises NotPermitted, WrongState."""
    permit(by.may(Permission.REGISTRY_IMPORT))
    fresh = {"attested_at": at, "asks_count": 0, "bounces_count": 0, "is_verified": True, "suspended_at": None}
    fresh |= {"standing": _ACTIVE, "silence": Silence.NONE}
    if not Contact.objects.filter(pk=contact.pk, asked_at=contact.asked_at, asks_count__gt=0).update(**fresh):
        raise WrongState
    if contact.replaces_id:
        ended = Contact.objects.filter(pk=contact.replaces_id).exclude(standing=_SUSPENDED)
        ended.update(standing=_SUSPENDED, silence=Silence.REPLACED, suspended_at=at)
    record("registry.contact.confirmed", by=by, at=at, on=contact)


@transaction.atomic
def decline(*, contact: Contact, by: Actor, at: datetime) -> None:
    """The contact says that it is not, or no longer, the one: nothing goes there. Raises NotPermitted, WrongState."""
    permit(by.may(Permission.REGISTRY_IMPORT))
    off = {"standing": _SUSPENDED, "silence": Silence.DECLINED, "suspended_at": at, "asks_count": 0}
    if not Contact.objects.filter(pk=contact.pk, asks_count__gt=0).update(**off):
        raise WrongState
    record("registry.contact.declined", by=by, at=at, on=contact)


@transaction.atomic
def change(*, contact: Contact, address: str, by: Actor, at: datetime) -> Contact:
    """The contact names another address in its place, which must say yes first; until then this one stays.

    Raises NotPermitted, Invalid for an address that is none or the same, WrongState.
    """
    permit(by.may(Permission.REGISTRY_IMPORT))
    address = address.strip()
    try:
        validate_email(address)
    except ValidationError as fault:
        raise Invalid(gettext_lazy("this is not an e-mail address.")) from fault
    if address.lower() == contact.address.lower():
        raise Invalid(gettext_lazy("this is the address that we have."))
    if not Contact.objects.filter(pk=contact.pk, asks_count__gt=0).update(asks_count=0, attested_at=at):
        raise WrongState
    whose = {"organisation_id": contact.organisation_id, "partner_id": contact.partner_id, "role": contact.role}
    given = {"language": contact.language, "replaces": contact}
    new, _is_new = Contact.objects.get_or_create(**whose, channel=ChannelKind.MAIL, address=address, defaults=given)
    ask(new, at=at)
    record("registry.contact.changed", by=by, at=at, on=contact, to=new.pk)
    return new


def bounced(address: str, *, by: Actor, at: datetime) -> None:
    """Mail to this address came back for good: it is in doubt, and after MOST_BOUNCES times not in use.

    To be called in the transaction that notes the bounce.
    """
    hit = Contact.objects.filter(channel=ChannelKind.MAIL, address=address).exclude(standing=_SUSPENDED)
    if not hit.update(bounces_count=F("bounces_count") + 1, standing=_DOUBTFUL, silence=Silence.BOUNCED):
        return
    ended = hit.filter(bounces_count__gte=MOST_BOUNCES).update(standing=_SUSPENDED, suspended_at=at)
    record("registry.contact.bounced", by=by, at=at, suspended=ended)


def token_of(contact: Contact) -> str:
    """The token of the link in the last mail to a contact."""
    asked = int(contact.asked_at.timestamp()) if contact.asked_at else 0
    return signing.Signer(salt=SALT).sign_object([contact.pk, asked])


def contact_of(token: str, *, at: datetime) -> Contact | None:
    """The contact that a token opens, or None: wrong, old, used and replaced look the same."""
    try:
        key, asked = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    waiting = Contact.objects.filter(pk=key, asks_count__gt=0, asked_at__gt=at - timedelta(days=LINK_DAYS))
    contact = waiting.select_related("organisation", "partner").first()
    return contact if contact and contact.asked_at and int(contact.asked_at.timestamp()) == asked else None


def letter_of(contact: Contact) -> Letter:
    """The mail that asks a contact whether it is still right."""
    asked = int(contact.asked_at.timestamp()) if contact.asked_at else 0
    with override(contact.language):
        facts: dict[str, object] = {
            "platform": settings.PLATFORM_NAME,
            "holder": str(contact.organisation or contact.partner),
            "role": contact.get_role_display(),
            "link": f"{settings.BASE_URL}/contacts/confirm/{token_of(contact)}",
        }
        subject = _("Do warnings for %(holder)s still go to you?") % facts
        return Letter(
            f"contact:{contact.pk}:{asked}", contact.address, contact.language, subject, joined(_text(), facts)
        )


def _text() -> list[str]:
    return [
        _("Hello,"),
        _(
            "%(platform)s warns organisations of weak spots in their systems. Your address stands with us as the "
            "contact of %(holder)s, for: %(role)s. We ask this once a year: is that still right?"
        ),
        _("Say yes here, give another address, or say that it is not you:"),
        "%(link)s",
        _(
            "Without an answer we may stop using this address, and a warning may come too late. We never ask for a "
            "password."
        ),
    ]


def _ask_all(keys: Iterable[int], at: datetime) -> int:
    rows = Contact.objects.filter(pk__in=list(keys))
    return sum(ask(contact, at=at) for contact in rows)


def _judge_silence(keys: list[int], at: datetime) -> dict[str, int]:
    silent = Contact.objects.filter(pk__in=keys)
    suspended = silent.filter(attested_at__isnull=False).update(
        standing=_SUSPENDED, silence=Silence.DORMANT, suspended_at=at
    )
    doubtful = silent.filter(attested_at=None, standing=_ACTIVE).update(standing=_DOUBTFUL, silence=Silence.DORMANT)
    return {"suspended": suspended, "doubtful": doubtful}
