"""Mail about what is new in a saved search: only what its owner may read at the moment of sending."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from schakel.journal.actions import record
from schakel.kit.refusals import permit
from schakel.people.models import actor_of
from schakel.policy.access import Actor, Permission
from schakel.policy.channels import MAIL, Load, stop
from schakel.post import actions as post
from schakel.post.messages import Message
from schakel.sharing.models import Alert, SavedSearch, SharedItem
from schakel.sharing.search import questions
from schakel.sharing.search.finding import entries_of

BATCH = 200
MOST_TITLES = 10
MOST = 100
A_DAY = timedelta(hours=23)
SALT = "schakel.sharing.search"


@transaction.atomic
def send(alert: Alert, *, by: Actor, at: datetime) -> int:
    """Ask the saved searches of that alert that are due, and write about what is new; how many mails.

    At most BATCH at a time, those first that waited longest. Raises NotPermitted.
    """
    permit(by.may(Permission.EXCHANGE_MANAGE))
    due = SavedSearch.objects.filter(alert=alert, user__is_active=True).exclude(user__email="")
    if alert == Alert.DAILY:
        due = due.filter(told_until__lte=at - A_DAY)
    claimed = due.select_for_update(of=("self",), skip_locked=True)
    searches = list(claimed.select_related("user").order_by("told_until", "pk")[:BATCH])
    messages = [message for search in searches if (message := _message(search, at)) is not None]
    post.hand_over(messages, by=by, at=at)
    SavedSearch.objects.filter(pk__in=[search.pk for search in searches]).update(told_until=at)
    if messages:
        record("sharing.search.told", by=by, at=at, count=len(messages))
    return len(messages)


def stop_url(search: SavedSearch) -> str:
    """The address that ends the mails of one search, for whoever has the mail."""
    token = signing.Signer(salt=SALT).sign_object([search.pk, search.user_id])
    return f"{settings.BASE_URL}/sharing/search/stop/{token}"


def search_of(token: str) -> SavedSearch | None:
    """The search that a token stops, or None for one that is wrong or whose search is gone."""
    try:
        key, user_id = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return SavedSearch.objects.filter(pk=key, user=user_id).first()


@transaction.atomic
def end(*, search: SavedSearch, by: Actor, at: datetime) -> None:
    """End the mails of one search; `by` holds the link of one of them. Again, nothing changes."""
    SavedSearch.objects.filter(pk=search.pk).update(alert=Alert.NEVER)
    record("sharing.search.ended", by=by, at=at, on=search)


def _message(search: SavedSearch, at: datetime) -> Message | None:
    """The mail about what is new, or None where that is nothing."""
    reader = actor_of(search.user)
    question = questions.since(questions.read(search.query), search.told_until)
    keys = list(entries_of(question, to=reader).order_by("-updated_at").values_list("pk", flat=True)[: MOST + 1])
    items = list(SharedItem.objects.visible_to(reader).filter(pk__in=keys).order_by("-published_at", "-pk"))
    if not items:
        return None
    with override(search.user.language):
        return Message(
            key=f"saved-search:{search.pk}:{int(at.timestamp())}",
            address=search.user.email,
            language=search.user.language,
            subject=_("New in your search on %(platform)s") % {"platform": settings.PLATFORM_NAME},
            body="\n\n".join(_paragraphs(search, items)) + "\n",
            headers={"List-Unsubscribe": f"<{stop_url(search)}>"},
        )


def _paragraphs(search: SavedSearch, items: Sequence[SharedItem]) -> Iterable[str]:
    count = min(len(items), MOST)
    said = ngettext(
        'There is %(count)d new item in your search "%(name)s".',
        'There are %(count)d new items in your search "%(name)s".',
        count,
    )
    yield _("Hello,")
    yield said % {"count": count, "name": search.name}
    if titles := [f"- {item.title}" for item in items if _may_travel(item)][:MOST_TITLES]:
        yield "\n".join(titles)
    yield _("Log in to read them:")
    yield f"{settings.BASE_URL}/sharing/search?{search.query}"
    yield _("No more mail about this search:")
    yield stop_url(search)


def _may_travel(item: SharedItem) -> bool:
    """Whether its title may stand in an open mail; of the others it only says how many there are."""
    is_sealed = item.circle_id is not None
    return stop(Load(tlp=item.tlp, iep=item.iep, is_sealed=is_sealed), channel=MAIL) is None
