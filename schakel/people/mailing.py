"""Who is written to about what: everybody chooses for themselves, and nobody hears of what is not theirs to know."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, permit
from schakel.people.models import MailTopic, User
from schakel.policy.access import BOUND, ROLES, Actor, Permission

TOPICS = {MailTopic.APPLICATIONS: Permission.APPLICATION_MANAGE}
"""Each topic, with the permission that opens it; it must be held for the whole network."""


def topics_for(actor: Actor) -> list[MailTopic]:
    """What the actor can be written to about."""
    return [topic for topic, permission in TOPICS.items() if actor.reach(permission).is_everything]


@transaction.atomic
def choose(*, mail: str, topics: Iterable[str], by: Actor, at: datetime) -> None:
    """Say at which address, and about what, one wants to be written to; nobody says it for another.

    Raises NotPermitted for who has no account or may not read of a topic, and Invalid for an address that is none.
    """
    chosen = sorted(set(topics))
    user_id = by.user_id or 0
    permit(user_id > 0 and set(chosen) <= set(topics_for(by)))
    mail = mail.strip()
    try:
        if mail or chosen:
            validate_email(mail)
    except ValidationError:
        raise Invalid(_("this is not the address of a mailbox.")) from None
    User.objects.filter(pk=user_id).update(email=mail, mail_topics=chosen)
    record("people.mail.chosen", by=by, at=at, topics=chosen)


def wanting(topic: MailTopic) -> list[User]:
    """Whoever wants to be written to about a topic, has an address and may (still) read of it. One query."""
    roles = [role for role, held in ROLES.items() if TOPICS[topic] in held and role not in BOUND]
    rows = User.objects.filter(is_active=True, mail_topics__contains=[topic], grants__role__in=roles)
    return list(rows.filter(grants__partner=None).exclude(email="").distinct().order_by("pk"))
