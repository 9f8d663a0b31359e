"""What must hold of every table: what is personal is said, and relations point down the floors."""

from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import models

from tests.house.sources import floors

TREATMENTS = {"scrub", "keep"}


def our_models():
    return [model for model in apps.get_models() if model.__module__.startswith("schakel.")]


def fields_of(model):
    return {field.name for field in (*model._meta.local_fields, *model._meta.local_many_to_many)} | {
        field.name for field in model._meta.fields
    }


def handling_flaws(name, fields, handling):
    """What is wrong in a model's `Handling`, given the names of its fields."""
    if handling is None:
        return [f"{name} has no Handling"]
    personal, plain = set(handling.personal), set(handling.plain)
    flaws = [f"{name}.{field} is in no list of Handling" for field in fields - personal - plain]
    flaws += [f"{name}.{field} is in both lists" for field in personal & plain]
    flaws += [f"{name}.{field} is no field" for field in (personal | plain) - fields]
    flaws += [f"{name}: {treatment} is no treatment" for treatment in set(handling.personal.values()) - TREATMENTS]
    if not isinstance(handling.keep_days, int) or handling.keep_days < 0:
        flaws.append(f"{name}: keep_days is a number of days, 0 for as long as the row is used")
    return flaws


def relation_flaws(name, floor, relations):
    """Which relations of a model point up, given its folder, and name and folder of each model it points at."""
    order = floors()
    up = [(field, to) for field, to in relations if to != floor and order[to] >= order[floor]]
    return [f"{name}.{field} points at {to}, which is not below {floor}" for field, to in up]


def folder_of(model):
    return model.__module__.split(".")[1]


def relations_of(model):
    """Name and folder of what each relation points at; tables of the framework lie below all floors."""
    targets = ((field.name, field.related_model) for field in model._meta.get_fields() if is_forward(field))
    return [(name, folder_of(to)) for name, to in targets if to.__module__.startswith("schakel.")]


def is_forward(field):
    return field.is_relation and field.concrete and isinstance(field.related_model, type)


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_every_field_says_how_it_is_handled(model):
    flaws = handling_flaws(model.__name__, fields_of(model), vars(model).get("Handling"))
    assert not flaws, "\n".join(["", *flaws])


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_relations_point_down_or_stay_in_the_app(model):
    assert relation_flaws(model.__name__, folder_of(model), relations_of(model)) == []


def test_handling_samples():
    good = SimpleNamespace(keep_days=730, personal={"body": "scrub"}, plain={"id"})
    assert handling_flaws("Good", {"id", "body"}, good) == []
    assert handling_flaws("None", {"id"}, None) == ["None has no Handling"]
    forgotten = SimpleNamespace(keep_days=0, personal={}, plain={"id"})
    assert handling_flaws("Bad", {"id", "body"}, forgotten) == ["Bad.body is in no list of Handling"]
    twice = SimpleNamespace(keep_days=0, personal={"id": "scrub"}, plain={"id"})
    assert handling_flaws("Bad", {"id"}, twice) == ["Bad.id is in both lists"]
    invented = SimpleNamespace(keep_days=0, personal={"name": "hide"}, plain={"id"})
    assert handling_flaws("Bad", {"id"}, invented) == ["Bad.name is no field", "Bad: hide is no treatment"]
    endless = SimpleNamespace(keep_days=None, personal={}, plain={"id"})
    assert len(handling_flaws("Bad", {"id"}, endless)) == 1


def test_relation_samples():
    assert relation_flaws("Notice", "notices", [("delivery", "post"), ("campaign", "notices")]) == []
    assert len(relation_flaws("Partner", "registry", [("notice", "notices")])) == 1
    assert len(relation_flaws("Report", "intake", [("delivery", "post")])) == 1


def test_there_are_models_to_look_at():
    assert isinstance(our_models()[0], type(models.Model))
    assert len(our_models()) > 15
