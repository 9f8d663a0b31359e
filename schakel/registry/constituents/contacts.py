"""What people do to one contact. What time, mail and the contact itself do to it stands in `attesting`."""

import base64
import secrets
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.policy.access import Actor, Permission
from schakel.registry import letters
from schakel.registry.constituents import attesting
from schakel.registry.models import (
    ChannelKind,
    Contact,
    ContactRole,
    ContactStanding,
    Language,
    Organisation,
    Partner,
    Silence,
)

SECRET_BYTES = 32  # Standard Webhooks wants 24 to 64.
MOST = 100
Holder = Organisation | Partner


@transaction.atomic
def add_address(*, organisation: Organisation, address: str, is_verified: bool, by: Actor, at: datetime) -> Contact:
    """Remember a mail address for an organisation's security; one that is known keeps its role.

    `is_verified` says that a person has made sure that the address is theirs. Raises NotPermitted, Invalid.
    """
    permit(by.may(Permission.REGISTRY_IMPORT))
    address = _mail(address)
    contact, _is_new = Contact.objects.get_or_create(
        organisation=organisation, address=address, defaults={"language": organisation.language}
    )
    if is_verified and not contact.is_verified:
        contact.is_verified = True
        contact.save(update_fields=["is_verified"])
    record("registry.contact.added", by=by, at=at, on=contact, organisation=organisation.pk, verified=is_verified)
    return contact


@transaction.atomic
def add(
    *,
    holder: Holder,
    role: str,
    address: str,
    by: Actor,
    at: datetime,
    channel: str = ChannelKind.MAIL,
    language: str = Language.DUTCH,
    replaces: Contact | None = None,
) -> Contact:
    """Give an organisation or a partner one more contact; a mail address counts once it has said yes to our mail.

    A webhook counts at once, as its secret proves each message. With `replaces`, the other contact ends when this
    one has said yes. The same again changes nothing, and one that was taken off is asked anew. Raises NotPermitted,
    and Invalid for an address, a role or a language that is none, or too many contacts.
    """
    permit(may_edit(holder, by))
    if role not in ContactRole.values or channel not in ChannelKind.values or language not in Language.values:
        raise Invalid(_("choose a role, a channel and a language from the list."))
    is_mail = channel == ChannelKind.MAIL
    whose = {"organisation": holder} if isinstance(holder, Organisation) else {"partner": holder}
    address = _mail(address) if is_mail else _hook(address)
    type(holder)._default_manager.select_for_update(no_key=True).get(pk=holder.pk)  # noqa: SLF001
    if Contact.objects.filter(**whose).exclude(standing=ContactStanding.SUSPENDED).count() >= MOST:
        raise Invalid(_("there are too many contacts; take some off first."))
    secret = "" if is_mail else _new_secret()
    given = {"language": language, "webhook_secret": secret, "is_verified": not is_mail, "replaces": replaces}
    contact, is_new = Contact.objects.get_or_create(
        **whose, role=role, channel=channel, address=address, defaults=given
    )
    if is_new or contact.standing == ContactStanding.SUSPENDED:
        if is_mail:
            _may_ask(contact, holder, at)
        _take_up(contact, at=at, is_mail=is_mail)
        record("registry.contact.added", by=by, at=at, on=contact, **{name: row.pk for name, row in whose.items()})
    return contact


@transaction.atomic
def remove(*, contact: Contact, by: Actor, at: datetime) -> None:
    """Take a contact off: nothing goes there any more. Raises NotPermitted, WrongState where it is off already."""
    permit(_may_edit_one(contact, by))
    off = {"standing": ContactStanding.SUSPENDED, "silence": Silence.REMOVED, "suspended_at": at}
    in_use = Contact.objects.filter(pk=contact.pk).exclude(standing=ContactStanding.SUSPENDED)
    if not in_use.update(**off):
        raise WrongState
    record("registry.contact.removed", by=by, at=at, on=contact)


@transaction.atomic
def ask_again(*, contact: Contact, by: Actor, at: datetime) -> None:
    """Ask a contact by mail whether it is still right; a suspended one may come back so. Raises NotPermitted, Invalid.

    It is asked once a day at most.
    """
    permit(_may_edit_one(contact, by))
    if contact.channel != ChannelKind.MAIL:
        raise Invalid(_("only a mail address can be asked."))
    _may_ask(contact, contact.organisation or contact.partner, at)
    if not attesting.ask(contact, at=at):
        raise Invalid(_("this contact was asked today already."))
    record("registry.contact.asked", by=by, at=at, on=contact)


@transaction.atomic
def renew_secret(*, contact: Contact, by: Actor, at: datetime) -> Contact:
    """Give a webhook a new secret; messages already on their way keep the old one. Raises NotPermitted, Invalid."""
    permit(_may_edit_one(contact, by))
    if contact.channel != ChannelKind.WEBHOOK:
        raise Invalid(_("only a webhook has a secret."))
    contact.webhook_secret = _new_secret()
    contact.save(update_fields=["webhook_secret"])
    record("registry.contact.secret-renewed", by=by, at=at, on=contact)
    return contact


def may_edit(holder: Holder, by: Actor) -> bool:
    """Whether somebody may change the contacts of an organisation or a partner."""
    return type(holder).objects.of(by, Permission.CONTACT_EDIT).filter(pk=holder.pk).exists()


def _may_edit_one(contact: Contact, by: Actor) -> bool:
    return Contact.objects.of(by, Permission.CONTACT_EDIT).filter(pk=contact.pk).exists()


def _may_ask(contact: Contact, holder: Holder | None, at: datetime) -> None:
    """Raises Invalid where a mailbox would be pressed: it said no this year, or got enough for today."""
    said_no = (
        contact.silence == Silence.DECLINED and contact.suspended_at and contact.suspended_at > at - attesting.YEAR
    )
    if said_no:
        raise Invalid(_("whoever reads this address said no; name another one."))
    if holder is not None:
        letters.count_one(contact.address, asked_by=holder, at=at)


def _take_up(contact: Contact, *, at: datetime, is_mail: bool) -> None:
    """Put a new contact to use, or one that was taken off; a mail address is asked first."""
    fresh = {"standing": ContactStanding.ACTIVE, "silence": Silence.NONE, "suspended_at": None, "bounces_count": 0}
    fresh["is_verified"] = not is_mail
    Contact.objects.filter(pk=contact.pk).update(**fresh)
    if is_mail:
        attesting.ask(contact, at=at)
    contact.refresh_from_db()


def _mail(address: str) -> str:
    address = address.strip()
    try:
        validate_email(address)
    except ValidationError as fault:
        raise Invalid(_("this is not an e-mail address.")) from fault
    return address


def _hook(address: str) -> str:
    address = address.strip()
    try:
        URLValidator(schemes=["https"])(address)
    except ValidationError as fault:
        raise Invalid(_("a webhook is an https address.")) from fault
    return address


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
