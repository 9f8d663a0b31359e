"""Writing one's own entry in the directory, and finding others by what they work on."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, permit
from schakel.people.listing import Listing, ListingQuerySet, Openness
from schakel.policy.access import Actor, Permission
from schakel.registry.partners.words_given import NAME_LIMIT, known, line

TOPICS_AT_MOST = 20
TOPIC_LIMIT = 60


@transaction.atomic
def list_oneself(
    *,
    name: str,
    job: str,
    mail: str,
    phone: str,
    functions: Iterable[str],
    topics: str,
    openness: str,
    by: Actor,
    at: datetime,
) -> Listing:
    """Write one's own entry; nobody writes another's. `topics` are words with commas between them.

    Raises NotPermitted for who has no account or no part in the network, and Invalid for an entry without a name, an
    address that is none, or a word on no list.
    """
    user_id = by.user_id or 0
    permit(user_id > 0 and bool(by.reach(Permission.PARTNER_VIEW)))
    name, mail = line(name, limit=NAME_LIMIT), mail.strip()
    if not name:
        raise Invalid(_("give a name."))
    if openness not in Openness.values:
        raise Invalid(_("choose who may see it."))
    given = {
        "name": name,
        "job": line(job, limit=NAME_LIMIT),
        "mail": _mail(mail),
        "phone": line(phone, limit=40),
        "functions": known(functions, among="functions"),
        "topics": _topics(topics),
        "openness": openness,
    }
    listing, _is_new = Listing.objects.update_or_create(user_id=user_id, defaults=given)
    record("people.listing.written", on=listing, by=by, at=at, openness=openness)
    return listing


@transaction.atomic
def leave(*, by: Actor, at: datetime) -> None:
    """Take one's own entry out of the directory for good. Raises NotPermitted for who has no account."""
    permit(by.user_id is not None)
    listing = Listing.objects.filter(user=by.user_id).first()
    if listing is not None:
        record("people.listing.removed", on=listing, by=by, at=at)
        listing.delete()


def found(seen: ListingQuerySet, *, words: str, function: str, sector: str, region: str) -> ListingQuerySet:
    """Those of `seen` that work on a topic or function, at a partner of a sector or region; empty means any.

    `words` is sought in topics, names and what somebody does.
    """
    if words:
        word = line(words).lower()
        seen = seen.filter(_about(word))
    if function:
        seen = seen.filter(functions__contains=[function])
    if sector:
        seen = seen.filter(user__grants__partner__sectors__contains=[sector])
    if region:
        seen = seen.filter(user__grants__partner__regions__contains=[region])
    return seen


def _about(word: str) -> Q:
    return Q(topics__contains=[word]) | Q(name__icontains=word) | Q(job__icontains=word)


def _topics(words: str) -> list[str]:
    """Topics in small letters, each once."""
    topics = list(dict.fromkeys(line(word, limit=TOPIC_LIMIT).lower() for word in words.split(",")))
    return [topic for topic in topics if topic][:TOPICS_AT_MOST]


def _mail(mail: str) -> str:
    try:
        if mail:
            validate_email(mail)
    except ValidationError:
        raise Invalid(_("this is not the address of a mailbox.")) from None
    return mail
