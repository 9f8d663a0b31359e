"""Reminding partners of what is due between them and the network: one letter a month at most (section 3.4.3)."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from schakel.collaboration import balance
from schakel.collaboration.models import Expectation, ExpectationState, InterestStatement, ValueAnswer
from schakel.journal.actions import record
from schakel.kit.refusals import permit
from schakel.policy.access import Actor, Permission
from schakel.post import actions as post
from schakel.post.messages import Message
from schakel.registry.models import ChannelKind, Contact, ContactRole, Partner

ASKED_FROM_MONTH = 10
"""The year's statement and question are asked for in its last quarter: before that there is time."""
SPOKEN = {code for code, _name in settings.LANGUAGES}


@dataclass(frozen=True, slots=True)
class Due:
    """What is due of one partner."""

    reviews_count: int
    lacks_statement: bool
    lacks_answer: bool

    def __bool__(self) -> bool:
        """Whether anything is."""
        return bool(self.reviews_count) or self.lacks_statement or self.lacks_answer


def due(partner_ids: Collection[int], *, on: date) -> dict[int, Due]:
    """What is due of each partner on that day. Three queries."""
    late = Expectation.objects.filter(partner__in=partner_ids, review_on__lte=on).exclude(state=ExpectationState.ENDED)
    reviews = dict(late.order_by().values_list("partner").annotate(Count("pk")))
    stated, answered = (
        set(model.objects.filter(partner__in=partner_ids, year=on.year).values_list("partner", flat=True))
        for model in (InterestStatement, ValueAnswer)
    )
    is_asked = on.month >= ASKED_FROM_MONTH
    return {
        pk: Due(reviews.get(pk, 0), is_asked and pk not in stated, is_asked and pk not in answered)
        for pk in partner_ids
    }


@transaction.atomic
def remind(*, by: Actor, at: datetime) -> int:
    """Write to every partner of whom something is due, once a month at most; returns how many were written to.

    Raises NotPermitted. The post knows a letter of the same month again, so it is safe to repeat.
    """
    permit(by.may(Permission.BALANCE_EDIT))
    today = timezone.localdate(at)
    partners = list(balance.members())
    found = due([one.pk for one in partners], on=today)
    contacts = _contacts(partners)
    letters = [
        _letter(one, contacts[one.pk], found[one.pk], month=f"{today:%Y-%m}")
        for one in partners
        if found[one.pk] and one.pk in contacts
    ]
    post.hand_over(letters, by=by, at=at)
    record("collaboration.partners.reminded", by=by, at=at, count=len(letters))
    return len(letters)


def _contacts(partners: list[Partner]) -> dict[int, Contact]:
    """A mailbox per partner that is known to be right: the general one before others. One query."""
    rows: defaultdict[int | None, list[Contact]] = defaultdict(list)
    known = Contact.objects.filter(partner__in=partners, channel=ChannelKind.MAIL, is_verified=True, suspended_at=None)
    for row in known.order_by("pk"):
        rows[row.partner_id].append(row)
    return {
        pk: min(found, key=lambda one: (one.role != ContactRole.GENERAL, one.pk))
        for pk, found in rows.items()
        if pk is not None
    }


def _letter(partner: Partner, contact: Contact, found: Due, *, month: str) -> Message:
    language = partner.language if partner.language in SPOKEN else settings.LANGUAGE_CODE
    with override(language):
        return Message(
            key=f"balance:{partner.pk}:{month}",
            address=contact.address,
            language=language,
            subject=_("Between you and the network: what is due"),
            body="\n\n".join(_paragraphs(partner, found)),
            openpgp_key=contact.openpgp_key,
        )


def _paragraphs(partner: Partner, found: Due) -> Iterator[str]:
    yield _("Dear colleague of %(name)s,") % {"name": partner.name}
    if found.reviews_count:
        yield _("Expectations between you and the network that are due for a review: %(count)d.") % {
            "count": found.reviews_count
        }
    if found.lacks_statement:
        yield _("This year's statement of your interests is not given yet.")
    if found.lacks_answer:
        yield _("This year's question, how much taking part brings you, is not answered yet.")
    yield _("You find all of it here, after logging in:") + f"\n{settings.BASE_URL}/network/balance/{partner.pk}"
