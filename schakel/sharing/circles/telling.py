"""Word to the members of a circle: that there is something to read, and nothing of what it is."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from schakel.people.models import User
from schakel.policy.access import Actor
from schakel.post import actions as post
from schakel.post.messages import Message
from schakel.sharing.models import CircleMember, CirclePhase
from schakel.sharing.models.circle import in_now

LETTERS = {
    "nl": (
        "Er is nieuws voor u in Schakel",
        (
            "Er is iets veranderd in een kring waar u aan meedoet.\n\nLog in om het te lezen: {url}\n\n"
            "Uit voorzorg staat hier niet meer in.\n"
        ),
    ),
    "en": (
        "There is news for you in Schakel",
        (
            "Something has changed in a circle that you take part in.\n\nLog in to read it: {url}\n\n"
            "As a precaution, this mail says no more.\n"
        ),
    ),
}


@transaction.atomic
def tell_phase(*, change: CirclePhase, by: Actor, at: datetime) -> int:
    """Write to each person in the circle who gave an address, once however often it is asked. Returns to how many.

    A body that is in an open circle as a whole is not written to: its people see the phase on the page.
    """
    members = CircleMember.objects.filter(in_now(), circle=change.circle_id).exclude(user=None).values("user")
    people = list(User.objects.filter(pk__in=members, is_active=True).exclude(email="").order_by("pk"))
    post.hand_over([_message(change, user) for user in people], by=by, at=at)
    return len(people)


def _message(change: CirclePhase, user: User) -> Message:
    language = user.language if user.language in LETTERS else "nl"
    subject, body = LETTERS[language]
    # The key stands in the post's table: it says which change it is, and not of which circle.
    key = f"news:{change.pk}:{user.pk}"
    url = f"{settings.BASE_URL}/circles"
    return Message(key=key, address=user.email, subject=subject, body=body.format(url=url), language=language)
