"""A closed circle's own log: who opened what, who came and went. Its members read it; the journal does not hold it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from schakel.kit.refusals import permit
from schakel.people.models import User
from schakel.policy.access import Actor
from schakel.sharing.models import Circle, CircleEntry, CircleMember, SharedItem


class EntryKind(models.TextChoices):
    """What a line of the log tells."""

    OPENED = "opened", _("opened an item")
    TOOK_IN = "took-in", _("took somebody in")
    LET_OUT = "let-out", _("let somebody out")
    CHANGED = "changed", _("changed what the circle says of itself")
    PHASE = "phase", _("changed the phase")
    LENT = "lent", _("opened an item for another task")
    ACTED = "acted", _("acted together on an item")
    ASKED = "asked", _("asked to release an item")
    RELEASED = "released", _("released an item")
    REFUSED = "refused", _("refused a release")


@dataclass(frozen=True, slots=True)
class Line:
    """One line, as a member reads it: `who` and `whom` are accounts, `item` the number of an item."""

    at: datetime
    kind: EntryKind
    who: str
    whom: str = ""
    item: str = ""


def note(circle: Circle, kind: EntryKind, *, by: Actor, at: datetime, **facts: Any) -> None:
    """Write a line where the circle is closed, within the caller's transaction."""
    if circle.is_closed:
        entry = CircleEntry(circle=circle, at=at)
        entry.keep({"kind": kind.value, "user": by.user_id, **facts})
        entry.save()


@transaction.atomic
def opened(*, item: SharedItem, by: Actor, at: datetime) -> None:
    """Say in the log of its circle that somebody opened an item; of an item outside closed circles, nothing.

    Raises NotPermitted for who may not read it.
    """
    if item.circle is None or not item.circle.is_closed:
        return
    permit(SharedItem.objects.visible_to(by).filter(pk=item.pk).exists())
    note(item.circle, EntryKind.OPENED, by=by, at=at, item=str(item.uid))


def lines(entries: Iterable[CircleEntry], circle: Circle, *, to: Actor) -> list[Line]:
    """These lines of the circle's log, with the names of accounts. Two queries. Raises NotPermitted for outsiders."""
    permit(CircleMember.objects.held_by(to).filter(circle=circle).exists())
    said = [(entry.at, circle.opened(bytes(entry.sealed or b""))) for entry in entries]
    names = names_of({facts.get(role) for _at, facts in said for role in ("user", "whom")})
    return [_line(at, facts, names) for at, facts in said]


def _line(at: datetime, facts: Mapping[str, Any], names: Mapping[int, str]) -> Line:
    who, whom = (names.get(facts.get(role) or 0, "") for role in ("user", "whom"))
    return Line(at, EntryKind(facts["kind"]), who, whom, facts.get("item", ""))


def names_of(ids: Iterable[int | None]) -> dict[int, str]:
    """The names of accounts, as others in a circle read them. One query."""
    found = User.objects.filter(pk__in=[one for one in ids if one is not None])
    return {user.pk: user.get_full_name() or user.get_username() for user in found}
