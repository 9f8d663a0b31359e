"""What people do to one contact."""

import base64
import secrets
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, permit
from schakel.policy.access import Actor, Permission
from schakel.registry.models import ChannelKind, Contact, Organisation

SECRET_BYTES = 32  # Standard Webhooks wants 24 to 64.


@transaction.atomic
def add_address(*, organisation: Organisation, address: str, is_verified: bool, by: Actor, at: datetime) -> Contact:
    """Remember a mail address for an organisation's security; one that is known keeps its role.

    `is_verified` says that a person has made sure that the address is theirs. Raises NotPermitted, Invalid.
    """
    permit(by.may(Permission.REGISTRY_IMPORT))
    address = address.strip()
    try:
        validate_email(address)
    except ValidationError as fault:
        raise Invalid(_("this is not an e-mail address.")) from fault
    contact, _is_new = Contact.objects.get_or_create(
        organisation=organisation, address=address, defaults={"language": organisation.language}
    )
    if is_verified and not contact.is_verified:
        contact.is_verified = True
        contact.save(update_fields=["is_verified"])
    record("registry.contact.added", by=by, at=at, on=contact, organisation=organisation.pk, verified=is_verified)
    return contact


@transaction.atomic
def renew_secret(*, contact: Contact, by: Actor, at: datetime) -> Contact:
    """Give a webhook a new secret; messages already on their way keep the old one. Raises NotPermitted, Invalid."""
    permit(by.may(Permission.REGISTRY_IMPORT))
    if contact.channel != ChannelKind.WEBHOOK:
        raise Invalid(_("only a webhook has a secret."))
    contact.webhook_secret = "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    contact.save(update_fields=["webhook_secret"])
    record("registry.contact.secret-renewed", by=by, at=at, on=contact)
    return contact
