"""Acting together on what lies in a circle, how soon that began, and using it for another task than its own."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db import IntegrityError, transaction
from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.policy.access import Actor
from schakel.policy.audience import Address
from schakel.sharing.circles import log
from schakel.sharing.circles.rules import memberships, moderating
from schakel.sharing.models import Circle, CircleMember, JointAction, Release, SharedItem, TaskUse
from schakel.sharing.words import CircleTask


@dataclass(frozen=True, slots=True)
class Reaction:
    """How soon members acted together on what was shared in a circle: over how many items, and how many still wait."""

    median: timedelta | None
    acted_count: int
    waiting_count: int


@transaction.atomic
def act(*, item: SharedItem, words: str, by: Actor, at: datetime) -> JointAction:
    """Write down what members of more than one body did together on an item of their circle.

    Raises NotPermitted, and Invalid without words or from the body that wrote the item: it takes another.
    """
    circle = _permitted(item, by)
    if not words.strip():
        raise Invalid(_("say what was done together."))
    if not _is_of_another_body(item, by):
        raise Invalid(_("somebody of another body than that of its author writes this down: it takes two."))
    action = _note(item, {"words": words.strip()}, by=by, at=at)
    log.note(circle, log.EntryKind.ACTED, by=by, at=at, item=str(item.uid))
    record("sharing.circle.acted", by=by, at=at, on=circle)
    return action


def note_release(release: Release, *, asker: Actor, by: Actor, at: datetime) -> None:
    """A release that members of two bodies brought about is a joint action."""
    circle = release.item.circle
    if circle is not None and _bodies(asker, circle) != _bodies(by, circle):
        _note(release.item, {"words": "", "release": release.pk}, by=by, at=at)


def reaction(circle: Circle, *, to: Actor) -> Reaction:
    """The time from publication in the circle to the first joint action (R310 counts it from there). One query."""
    items = SharedItem.objects.visible_to(to).filter(circle=circle, published_at__isnull=False)
    moments = items.annotate(first_at=Min("joint_actions__at")).values_list("published_at", "first_at")
    spans = [first - published if first else None for published, first in moments]
    acted = [span for span in spans if span is not None]
    middle = timedelta(seconds=median(span.total_seconds() for span in acted)) if acted else None
    return Reaction(middle, len(acted), len(spans) - len(acted))


@transaction.atomic
def lend(*, item: SharedItem, task: str, ground: str, by: Actor, at: datetime) -> TaskUse:
    """Let what was given for one task of the circle be used for another too; its members of that task read it then.

    Raises NotPermitted for who does not moderate, Invalid without a ground or where it is for that task already.
    """
    circle = _permitted(item, by)
    permit(moderating(by, circle))
    if task not in CircleTask.values:
        raise Invalid(_("choose the task."))
    if not ground.strip():
        raise Invalid(_("say on what ground it may be used for another task."))
    if task not in other_tasks(item):
        raise Invalid(_("it may be used for this task already."))
    use = TaskUse(item=item, task=task, at=at, by_id=by.user_id)
    use.keep({"ground": ground.strip()})
    try:
        with transaction.atomic():
            use.save()
    except IntegrityError:
        raise WrongState from None
    log.note(circle, log.EntryKind.LENT, by=by, at=at, item=str(item.uid))
    record("sharing.circle.lent", by=by, at=at, on=circle)
    return use


def tasks_of(item: SharedItem) -> list[CircleTask]:
    """The tasks for which an item was given to its circle; none where it is for all of it or for named members."""
    addresses = set(item.audience.addresses)
    return [task for task in CircleTask if Address.TASK.of(f"{item.circle_id}.{task}") in addresses]


def other_tasks(item: SharedItem) -> list[CircleTask]:
    """The tasks for which it may not be used yet; none where it is for the whole circle."""
    given = tasks_of(item)
    lent = set(TaskUse.objects.filter(item=item).values_list("task", flat=True)) if given else set()
    return [task for task in CircleTask if given and task not in given and task not in lent]


def _permitted(item: SharedItem, by: Actor) -> Circle:
    circle = item.circle
    if circle is None:
        raise WrongState
    permit(SharedItem.objects.visible_to(by).filter(pk=item.pk).exists() and memberships(by, circle).exists())
    return circle


def _note(item: SharedItem, values: dict[str, object], *, by: Actor, at: datetime) -> JointAction:
    action = JointAction(item=item, at=at, by_id=by.user_id)
    action.keep(values)
    action.save()
    return action


def _bodies(actor: Actor, circle: Circle) -> set[tuple[int | None, int | None, bool]]:
    rows = CircleMember.objects.of(actor).filter(circle=circle)
    return set(rows.values_list("partner", "organisation", "is_desk"))


def _is_of_another_body(item: SharedItem, by: Actor) -> bool:
    return bool(item.circle and _bodies(by, item.circle) - {(item.owner_id, None, item.owner_id is None)})
