"""Telling authors what came back: at most one mail a day on an item, with a link and no word of what it says."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from schakel.journal.actions import record
from schakel.kit.refusals import permit
from schakel.people.models import User, actor_of
from schakel.policy.access import Actor, Permission
from schakel.post import actions as post
from schakel.post.messages import Message
from schakel.sharing.feedback.returns import Returns, returns_of
from schakel.sharing.models import Feedback, SharedItem, Sighting

WAITS = timedelta(days=30)
"""So long something that may not be told yet waits for others to say the same."""
MOST = 500


@transaction.atomic
def tell_authors(*, by: Actor, at: datetime) -> int:
    """Write to the authors of items on which something came back that they may know of; how many were written to.

    What fewer people said than may be told is told with what others say later. Raises NotPermitted.
    """
    permit(by.may(Permission.EXCHANGE_MANAGE))
    items = [item for item in _waiting(at) if item.author is not None and _told(item, item.author)]
    messages = [_message(item, item.author, at) for item in items if item.author is not None]
    post.hand_over(messages, by=by, at=at)
    Feedback.objects.filter(item__in=items, told_at=None).update(told_at=at)
    Sighting.objects.filter(item__in=items, told_at=None).update(told_at=at)
    if items:
        record("sharing.feedback.told", by=by, at=at, count=len(items))
    return len(items)


def _waiting(at: datetime) -> list[SharedItem]:
    fresh = Q(told_at=None, given_at__gt=at - WAITS)
    answered, seen = Feedback.objects.filter(fresh).values("item"), Sighting.objects.filter(fresh).values("item")
    rows = SharedItem.objects.filter(Q(pk__in=answered) | Q(pk__in=seen)).exclude(author__email="")
    return list(rows.filter(Q(circle=None) | Q(circle__is_closed=False)).select_related("author").order_by("pk")[:MOST])


def _told(item: SharedItem, author: User) -> Returns | None:
    """What the author may know, where that is anything."""
    found = returns_of(item, to=actor_of(author))
    return found if found and (found.answers or found.sightings) else None


def _message(item: SharedItem, author: User, at: datetime) -> Message:
    with override(author.language):
        return Message(
            key=f"feedback:{item.pk}:{at:%Y%m%d}",
            address=author.email,
            language=author.language,
            subject=_("Feedback on what you shared"),
            body="\n\n".join(_paragraphs(item)) + "\n",
        )


def _paragraphs(item: SharedItem) -> list[str]:
    return [
        _("Hello,"),
        _("There is new feedback on something that you shared on %(platform)s. Log in to read it:")
        % {"platform": settings.PLATFORM_NAME},
        f"{settings.BASE_URL}/sharing/items/{item.uid}#feedback",
        _("You get at most one such mail a day on each thing that you share."),
    ]
