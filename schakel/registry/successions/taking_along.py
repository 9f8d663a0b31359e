"""What other parts of the house hold of who merged or split goes along later, by a job."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit import following
from schakel.kit.following import Followed
from schakel.kit.refusals import Invalid, permit
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Merger, MergerKind, Organisation
from schakel.registry.successions.merging import bodies


@transaction.atomic
def take_along(
    *,
    merger: Merger,
    among: Iterable[type[models.Model]],
    by: Actor,
    at: datetime,
    acting: Iterable[type[models.Model]] = (),
    beside: Iterable[str] = (),
) -> int:
    """Let rows of models from above the registry follow a merger; returns how many did. Safe to repeat.

    `acting` and `beside` as in `kit.following.follow`. Raises NotPermitted. A merger that was undone in the meantime
    takes nothing along.
    """
    permit(by.may(Permission.PARTNER_MANAGE))
    merger = Merger.objects.select_for_update().get(pk=merger.pk)
    if merger.undone_at is not None or merger.kind != MergerKind.MERGE:
        return 0
    followed = following.follow(*bodies(merger), among=among, acting=acting, beside=beside)
    return _kept(merger, followed, by=by, at=at)


@transaction.atomic
def take_chosen(
    *, merger: Merger, chosen: Mapping[str, Iterable[int]], among: Iterable[type[models.Model]], by: Actor, at: datetime
) -> int:
    """Let chosen rows of models from above the registry go along with who split off; returns how many did.

    `chosen`: keys of rows by `app.model.field`. Raises NotPermitted, and Invalid for a relation that `among` does not
    have. Safe to repeat; a split that was undone in the meantime takes nothing along.
    """
    permit(by.may(Permission.PARTNER_MANAGE))
    merger = Merger.objects.select_for_update().get(pk=merger.pk)
    if merger.undone_at is not None or merger.kind != MergerKind.SPLIT:
        return 0
    old, new = bodies(merger)
    if strangers := sorted(set(chosen) - following.labels_to(type(old), among)):
        raise Invalid(_("nothing of theirs is kept here:"), ", ".join(strangers))
    return _kept(merger, following.hand(old, new, chosen), by=by, at=at)


def followed_too(old: Organisation, new: Organisation, moved: Mapping[str, list[int]]) -> None:
    """Note in the merger of the two what followed by other means, so that it goes back with the rest.

    `moved`: keys by `app.model.field`. In the caller's transaction; without a merger that stands, nothing is noted.
    """
    made = Merger.objects.filter(kind=MergerKind.MERGE, organisation=old, to_organisation=new, undone_at=None)
    if (merger := made.select_for_update().order_by("pk").last()) is None:
        return
    for label, keys in moved.items():
        if keys:
            merger.moved.setdefault(label, []).extend(keys)
    merger.save(update_fields=["moved"])


def _kept(merger: Merger, followed: Followed, *, by: Actor, at: datetime) -> int:
    """Add what followed later to the merger, so that it can go back with the rest."""
    for label, keys in followed.moved.items():
        merger.moved.setdefault(label, []).extend(keys)
    merger.absorbed += followed.absorbed
    merger.save(update_fields=["moved", "absorbed"])
    if followed.count:
        record("registry.merger.followed", on=merger, by=by, at=at, rows=followed.count)
    return followed.count
