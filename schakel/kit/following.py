"""Rows that follow when one thing becomes part of another: every foreign key to the one is put to the other.

What the other has already cannot follow, as a constraint would refuse it: such rows stay where they are, or, of models
whose rows would go on acting there, are taken away and kept as they were.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core import serializers
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef
from django.db.models.constraints import BaseConstraint, CheckConstraint, UniqueConstraint

ROWS_AT_ONCE = 5000
Fields = Iterator[tuple[type[models.Model], "models.ForeignKey[Any, Any]"]]


@dataclass(slots=True)
class Followed:
    """What followed: keys by `app.model.field`, and rows that were taken away, as they were."""

    moved: dict[str, list[Any]] = field(default_factory=dict)
    absorbed: list[dict[str, Any]] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many rows followed."""
        return sum(len(keys) for keys in self.moved.values())


def follow(
    old: models.Model,
    new: models.Model,
    *,
    among: Iterable[type[models.Model]],
    acting: Iterable[type[models.Model]] = (),
    beside: Iterable[str] = (),
) -> Followed:
    """Put every key of `among` that points at `old` to `new`, in the caller's transaction.

    Of the models in `acting`, rows that `new` has already are taken away. `beside`: fields, as `label_of` names them,
    that stay.
    """
    followed, acting, beside = Followed(), set(acting), set(beside)
    for model, key in _keys_to(type(old), among):
        label = label_of(model, key)
        if label in beside:
            continue
        moved, left = _moved(model, key, old, new)
        if moved:
            followed.moved[label] = moved
        if left and model in acting:
            followed.absorbed += _taken_away(model, left)
    return followed


def give_back(followed: Followed, old: models.Model, new: models.Model) -> int:
    """Put back what followed and still is with `new`, and what was taken away; returns how many rows went back.

    What somebody else moved on or removed since stays so, and so does what would break a constraint by now.
    """
    count = 0
    for label, keys in followed.moved.items():
        app, name, key = label.split(".")
        model = apps.get_model(app, name)
        for at in range(0, len(keys), ROWS_AT_ONCE):
            rows = model._base_manager.filter(pk__in=keys[at : at + ROWS_AT_ONCE], **{key: new.pk})  # noqa: SLF001
            count += _put(rows, key, old)
    return count + _brought_back(followed.absorbed)


def label_of(model: type[models.Model], key: "models.ForeignKey[Any, Any]") -> str:
    """`app.model.field`, as `Followed` names it."""
    return f"{model._meta.label_lower}.{key.name}"  # noqa: SLF001 - Django documents it


def _keys_to(target: type[models.Model], among: Iterable[type[models.Model]]) -> Fields:
    concrete = target._meta.concrete_model  # noqa: SLF001
    for model in among:
        if model._meta.proxy or not model._meta.managed:  # noqa: SLF001
            continue
        for one in model._meta.local_fields:  # noqa: SLF001
            if isinstance(one, models.ForeignKey) and one.related_model._meta.concrete_model is concrete:  # noqa: SLF001
                yield model, one


def _moved(
    model: type[models.Model], key: "models.ForeignKey[Any, Any]", old: models.Model, new: models.Model
) -> tuple[list[Any], list[Any]]:
    """Keys of the rows that went over, and of those that could not."""
    rows = model._base_manager.filter(**{key.name: old.pk})  # noqa: SLF001
    free, is_sure = rows, not key.unique
    for constraint in _constraints(model, key):
        if type(constraint) is UniqueConstraint and constraint.fields and not constraint.expressions:
            free = free.exclude(Exists(_same(model, key, new, constraint.fields)))
        else:
            is_sure = False
    keys = list(free.values_list("pk", flat=True)) if is_sure else []
    for at in range(0, len(keys), ROWS_AT_ONCE):
        model._base_manager.filter(pk__in=keys[at : at + ROWS_AT_ONCE]).update(**{key.name: new.pk})  # noqa: SLF001
    rest = list(rows.values_list("pk", flat=True))
    one_by_one = [pk for pk in rest if _is_moved(model, pk, key.name, new)]
    return [*keys, *one_by_one], [pk for pk in rest if pk not in set(one_by_one)]


def _constraints(model: type[models.Model], key: "models.ForeignKey[Any, Any]") -> list[BaseConstraint]:
    """The constraints that a new value of the key could break."""
    ours = [one for one in model._meta.constraints if not isinstance(one, CheckConstraint)]  # noqa: SLF001
    return [one for one in ours if not isinstance(one, UniqueConstraint) or one.expressions or key.name in one.fields]


def _same(
    model: type[models.Model], key: "models.ForeignKey[Any, Any]", new: models.Model, fields: Iterable[str]
) -> models.QuerySet[models.Model]:
    others = {name: OuterRef(name) for name in fields if name != key.name and not _is_null_key(model, name)}
    return model._base_manager.filter(**{key.name: new.pk}, **others)  # noqa: SLF001


def _is_null_key(model: type[models.Model], name: str) -> bool:
    """Whether a column may be empty: then a row is judged one by one, as a filter knows no two empty ones alike."""
    return bool(model._meta.get_field(name).null)  # noqa: SLF001


def _is_moved(model: type[models.Model], pk: object, name: str, new: models.Model) -> bool:
    try:
        with transaction.atomic():
            model._base_manager.filter(pk=pk).update(**{name: new.pk})  # noqa: SLF001
    except IntegrityError:
        return False
    return True


def _put(rows: models.QuerySet[models.Model], key: str, to: models.Model) -> int:
    try:
        with transaction.atomic():
            return rows.update(**{key: to.pk})
    except IntegrityError:
        return sum(_is_moved(rows.model, pk, key, to) for pk in rows.values_list("pk", flat=True))


def _taken_away(model: type[models.Model], keys: list[Any]) -> list[dict[str, Any]]:
    rows = model._base_manager.filter(pk__in=keys)  # noqa: SLF001
    kept: list[dict[str, Any]] = json.loads(serializers.serialize("json", rows))
    rows.delete()
    return kept


def _brought_back(absorbed: list[dict[str, Any]]) -> int:
    count = 0
    for row in serializers.deserialize("python", absorbed):
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:
            continue
        count += 1
    return count
