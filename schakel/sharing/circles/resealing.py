"""Sealing anew what lies in a closed circle, after its key has changed. Safe to repeat, and to stop half-way."""

from collections.abc import Iterator
from datetime import datetime

from django.db import models, transaction

from schakel.journal.actions import record
from schakel.policy.access import Actor
from schakel.sharing import sealing
from schakel.sharing.models import (
    Circle,
    CircleEntry,
    CirclePhase,
    ItemVersion,
    JointAction,
    Original,
    Release,
    SharedItem,
    TaskUse,
)

BATCH = 200
PLACES: tuple[tuple[type[models.Model], str, str], ...] = (
    (Circle, "sealed_words", "pk"),
    (CircleEntry, "sealed", "circle"),
    (CirclePhase, "sealed", "circle"),
    (ItemVersion, "sealed", "item__circle"),
    (ItemVersion, "remark", "item__circle"),
    (Original, "content", "version__item__circle"),
    (SharedItem, "sealed_reason", "circle"),
    (JointAction, "sealed", "item__circle"),
    (TaskUse, "sealed", "item__circle"),
    (Release, "sealed", "item__circle"),
)
"""Every column that holds something sealed: its table, its name, and the way from there to the circle."""


def reseal(circle_id: int, *, by: Actor, at: datetime) -> int:
    """Seal with the key in use whatever lies under a former one, then forget the former ones. Returns how many."""
    count = sum(_reseal(batch, circle_id) for batch in _batches(circle_id))
    with transaction.atomic():
        circle = Circle.objects.select_for_update(no_key=True).get(pk=circle_id)
        # Nobody seals while we hold the row; what was sealed with a former key since we looked is left to the next run.
        if not any(_reseal(batch, circle_id) for batch in _batches(circle_id)):
            circle.former_keys = []
            circle.save(update_fields=["former_keys"])
        record("sharing.circle.resealed", by=by, at=at, on=circle, count=count)
    return count


Batch = tuple[type[models.Model], str, list[int]]


def _batches(circle_id: int) -> Iterator[Batch]:
    for model, column, way in PLACES:
        rows = model._base_manager.filter(**{way: circle_id, f"{column}__isnull": False}).order_by("pk")  # noqa: SLF001
        last = 0
        while found := list(rows.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
            last = found[-1]
            yield model, column, found


@transaction.atomic
def _reseal(batch: Batch, circle_id: int) -> int:
    """The circle's row first, as everybody who seals does."""
    model, column, keys = batch
    keyring = Circle.objects.select_for_update(no_key=True).get(pk=circle_id).keyring
    newest, count = max(keyring.keys), 0
    for row in model._base_manager.select_for_update(no_key=True).filter(pk__in=keys).only(column):  # noqa: SLF001
        sealed = bytes(getattr(row, column))
        if sealing.number_of(sealed) != newest:
            setattr(row, column, keyring.seal(keyring.unseal(sealed)))
            row.save(update_fields=[column])
            count += 1
    return count
