"""Saved searches: what one person keeps to ask again, and wants to hear of."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, permit
from schakel.people.models import User
from schakel.policy.access import Actor, Permission
from schakel.sharing.models import Alert, SavedSearch

MOST = 50
NAME_LIMIT = 100
QUERY_LIMIT = 1000


@transaction.atomic
def keep(*, name: str, query: str, alert: str, by: Actor, at: datetime) -> SavedSearch:
    """Keep a question under a name, and say when one wants to hear of what is new.

    `query`: the question as an address has it. Raises NotPermitted for who has no account, and Invalid for a name that
    is empty, too long or taken, one search too many, or alerts without an address to write to.
    """
    permit(by.user_id is not None and bool(by.reach(Permission.ITEM_VIEW)))
    name = _name(name)
    user = User.objects.select_for_update(no_key=True).get(pk=by.user_id or 0)
    _check(user, query, alert)
    if SavedSearch.objects.filter(user=user).count() >= MOST:
        raise Invalid(_("you have enough saved searches: delete one first."))
    try:
        with transaction.atomic():
            row = SavedSearch.objects.create(
                user=user, name=name, query=query, alert=alert, made_at=at, told_until=at
            )  # fmt: skip
    except IntegrityError:
        raise Invalid(_("you already have a saved search of that name.")) from None
    record("sharing.search.saved", by=by, at=at, on=row)
    return row


@transaction.atomic
def set_alert(*, search: SavedSearch, alert: str, by: Actor, at: datetime) -> None:
    """Change when one hears of what is new; from now on. Raises NotPermitted, Invalid."""
    permit(search.user_id == by.user_id)
    _check(search.user, search.query, alert)
    search.alert, search.told_until = alert, at
    search.save(update_fields=["alert", "told_until"])
    record("sharing.search.set", by=by, at=at, on=search, alert=alert)


@transaction.atomic
def forget(*, search: SavedSearch, by: Actor, at: datetime) -> None:
    """Delete a saved search. Raises NotPermitted."""
    permit(search.user_id == by.user_id)
    record("sharing.search.forgotten", by=by, at=at, on=search)
    search.delete()


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > NAME_LIMIT or "\x00" in name:
        raise Invalid(_("give it a name of at most 100 characters."))
    return name


def _check(user: User, query: str, alert: str) -> None:
    if alert not in Alert.values or len(query) > QUERY_LIMIT or "\x00" in query:
        raise Invalid(_("this search cannot be saved."))
    if alert != Alert.NEVER and not user.email:
        raise Invalid(_("give your e-mail address first, on the page about mail to you."))
