"""Rows that follow when one thing becomes part of another: every foreign key to the one is put to the other.

What the other has already cannot follow, as a constraint would refuse it: such rows stay where they are, or, of models
whose rows would go on acting there, are taken away and kept as they were.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
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
    back = hand(new, old, followed.moved)
    return back.count + _brought_back(followed.absorbed)


def hand(old: models.Model, new: models.Model, chosen: Mapping[str, Iterable[Any]]) -> Followed:
    """Put chosen rows of `old`, as keys by label, to `new`; what is not `old`'s, or would break a rule, stays."""
    followed = Followed()
    for label, keys in chosen.items():
        model, name = model_of(label)
        for part in _parts(list(keys)):
            theirs = model._base_manager.filter(pk__in=part, **{name: old.pk})  # noqa: SLF001
            if moved := _put(model, list(theirs.values_list("pk", flat=True)), name, new):
                followed.moved.setdefault(label, []).extend(moved)
    return followed


def labels_to(target: type[models.Model], among: Iterable[type[models.Model]]) -> set[str]:
    """Every key of `among` that points at the model."""
    return {label_of(model, key) for model, key in _keys_to(target, among)}


def label_of(model: type[models.Model], key: "models.ForeignKey[Any, Any]") -> str:
    """`app.model.field`, as `Followed` names it."""
    return f"{model._meta.label_lower}.{key.name}"  # noqa: SLF001 - Django documents it


def model_of(label: str) -> tuple[type[models.Model], str]:
    """The model and the field that a label names."""
    app, model, name = label.split(".")
    return apps.get_model(app, model), name


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
    free, is_exact = rows, not key.unique
    for constraint in _constraints(model, key):
        if type(constraint) is UniqueConstraint and constraint.fields and not constraint.expressions:
            free = free.exclude(Exists(_same(model, key, new, constraint.fields)))
            is_exact = is_exact and constraint.condition is None and not _null_keys(model, key, constraint.fields)
        else:
            is_exact = False
    moved = _put(model, list(free.values_list("pk", flat=True)), key.name, new)
    left = list(rows.values_list("pk", flat=True))
    late = [] if is_exact else _one_by_one(model, left, key.name, new)
    return [*moved, *late], [pk for pk in left if pk not in set(late)]


def _constraints(model: type[models.Model], key: "models.ForeignKey[Any, Any]") -> list[BaseConstraint]:
    """The constraints that a new value of the key could break."""
    ours = [one for one in model._meta.constraints if not isinstance(one, CheckConstraint)]  # noqa: SLF001
    return [one for one in ours if not isinstance(one, UniqueConstraint) or one.expressions or key.name in one.fields]


def _same(
    model: type[models.Model], key: "models.ForeignKey[Any, Any]", new: models.Model, fields: Iterable[str]
) -> models.QuerySet[models.Model]:
    others = {name: OuterRef(name) for name in {*fields} - {key.name, *_null_keys(model, key, fields)}}
    return model._base_manager.filter(**{key.name: new.pk}, **others)  # noqa: SLF001


def _null_keys(model: type[models.Model], key: "models.ForeignKey[Any, Any]", fields: Iterable[str]) -> list[str]:
    """Other columns that may be empty: a row is judged one by one then, as a filter knows no two empty ones alike."""
    return [name for name in fields if name != key.name and model._meta.get_field(name).null]  # noqa: SLF001


def _put(model: type[models.Model], keys: list[Any], name: str, to: models.Model) -> list[Any]:
    """Put these rows to another; returns the keys of those that no constraint held back."""
    put: list[Any] = []
    for part in _parts(keys):
        put += part if _is_put(model, part, name, to) else _one_by_one(model, part, name, to)
    return put


def _parts(keys: list[Any]) -> Iterator[list[Any]]:
    for at in range(0, len(keys), ROWS_AT_ONCE):
        yield keys[at : at + ROWS_AT_ONCE]


def _one_by_one(model: type[models.Model], keys: list[Any], name: str, to: models.Model) -> list[Any]:
    return [pk for pk in keys if _is_put(model, [pk], name, to)]


def _is_put(model: type[models.Model], keys: list[Any], name: str, to: models.Model) -> bool:
    try:
        with transaction.atomic():
            model._base_manager.filter(pk__in=keys).update(**{name: to.pk})  # noqa: SLF001
    except IntegrityError:
        return False
    return True


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
