"""What partners and prospects do, and how much of it is soft and how much hard."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid
from schakel.policy.access import Actor
from schakel.registry.models import Activity, Partner, Side
from schakel.registry.partners.words_given import line, permit_edit


@dataclass(frozen=True, slots=True)
class Sides:
    """How many activities are soft and how many hard (build plan, figure 2: soft is strong, hard is rare)."""

    soft: int
    hard: int

    @property
    def all(self) -> int:
        """Both together."""
        return self.soft + self.hard


@transaction.atomic
def add_activity(*, partner: Partner, title: str, side: str, by: Actor, at: datetime) -> Activity:
    """Say one more thing that somebody does. Raises NotPermitted, and Invalid for no title, no side, or a repeat."""
    permit_edit(partner, by)
    title = line(title)
    if not title:
        raise Invalid(_("say what is done."))
    if side not in Side.values:
        raise Invalid(_("choose soft or hard."))
    activity, is_new = Activity.objects.get_or_create(partner=partner, title=title, defaults={"side": side})
    if not is_new:
        raise Invalid(_("this activity stands there already."))
    record("registry.activity.added", on=activity, by=by, at=at, partner=partner.pk, side=side)
    return activity


@transaction.atomic
def drop_activity(*, activity: Activity, by: Actor, at: datetime) -> None:
    """Take an activity off the list. Raises NotPermitted."""
    permit_edit(activity.partner, by)
    record("registry.activity.dropped", on=activity, by=by, at=at, partner=activity.partner_id, title=activity.title)
    activity.delete()


def sides(*, to: Actor) -> Sides:
    """The activities of all that the actor sees, counted. One query."""
    counts = dict(Activity.objects.visible_to(to).order_by().values_list("side").annotate(Count("pk")))
    return Sides(soft=counts.get(Side.SOFT, 0), hard=counts.get(Side.HARD, 0))


def sides_of(activities: list[Activity]) -> Sides:
    """Those activities, counted."""
    hard = sum(one.side == Side.HARD for one in activities)
    return Sides(soft=len(activities) - hard, hard=hard)
