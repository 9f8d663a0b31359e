"""The key of a closed circle changes when somebody leaves, and what lies under the old one is sealed anew."""

import pytest
from django.apps import apps
from django.db import models
from django.utils import timezone

from schakel.policy.access import SYSTEM
from schakel.sharing import sealing
from schakel.sharing.circles import members, resealing
from schakel.sharing.document import Original
from schakel.sharing.items import content, publishing
from schakel.sharing.models import Circle, ItemVersion
from tests.cast import NOON
from tests.sharing import world


@pytest.fixture
def story(network):
    """A closed circle of three, an item with an original in it, and a retracted one."""
    group = world.circle(is_closed=True)
    world.join(group, network.neighbour, partner=network.care, is_moderator=True)
    leaving = world.join(group, network.second, is_desk=True)
    told = world.document(original=Original(format="text", version="", content=b"Bijlage", digest="cd" * 32))
    given = {"by": network.neighbour, "owner": network.care, "group": group, "tlp": "clear"}
    item = world.out(document=told, addresses=[f"circle:{group.pk}"], **given)
    gone = world.out(addresses=[f"circle:{group.pk}"], **given)
    publishing.retract(item=gone, reason="Het klopte niet.", by=network.neighbour, at=NOON)
    return group, leaving, item, gone


def sealed_of(item):
    return bytes(ItemVersion.objects.get(item=item).sealed or b"")


def numbers(group):
    """Under which keys everything lies."""
    for model, column, way in resealing.PLACES:
        for value in model._base_manager.filter(**{way: group.pk}).exclude(**{column: None}).values_list(column):
            yield sealing.number_of(bytes(value[0]))


def test_after_somebody_left_all_lies_under_a_new_key_and_reads_the_same(network, story):
    group, leaving, item, gone = story
    before = content.document_of(item.versions.get())
    members.leave(member=leaving, by=network.neighbour, at=timezone.now())
    assert set(numbers(group)) == {1}
    assert resealing.reseal(group.pk, by=SYSTEM, at=NOON) == 6
    group = Circle.objects.get(pk=group.pk)
    assert (set(numbers(group)), group.former_keys, group.key_number) == ({2}, [], 2)
    again = ItemVersion.objects.get(item=item)
    assert content.document_of(again) == before
    assert content.document_of(again).original.content == b"Bijlage"
    gone.refresh_from_db()
    assert type(gone).objects.get(pk=gone.pk).why_retracted == "Het klopte niet."
    assert group.words.name == "Sluiswachters"


def test_sealing_anew_twice_changes_nothing(story, network):
    group, leaving, item, _gone = story
    members.leave(member=leaving, by=network.neighbour, at=timezone.now())
    resealing.reseal(group.pk, by=SYSTEM, at=NOON)
    before = sealed_of(item)
    assert resealing.reseal(group.pk, by=SYSTEM, at=NOON) == 0
    assert sealed_of(item) == before


def test_who_read_the_row_before_the_key_changed_still_seals_and_opens(story):
    group, _leaving, item, _gone = story
    stale = Circle.objects.get(pk=group.pk)
    members.change_key(group)
    resealing.reseal(group.pk, by=SYSTEM, at=NOON)
    assert sealing.number_of(stale.seal(b"nieuw")) == 2
    assert content.document_of(ItemVersion.objects.get(item=item)).title == "Lek in Poortwachter"
    assert stale.unseal(group.seal(b"later")) == b"later"


def test_a_key_that_changes_too_often_for_the_job_keeps_all_readable(story):
    group, _leaving, item, _gone = story
    for _again in range(members.KEYS_AT_MOST + 2):
        members.change_key(group)
    assert len(group.former_keys) == members.KEYS_AT_MOST
    assert content.document_of(ItemVersion.objects.get(item=item)).title == "Lek in Poortwachter"
    resealing.reseal(group.pk, by=SYSTEM, at=NOON)
    assert content.document_of(ItemVersion.objects.get(item=item)).title == "Lek in Poortwachter"


def test_every_sealed_column_is_sealed_anew():
    ours = [model for model in apps.get_models() if model.__module__.startswith("schakel.sharing")]
    open_ = {
        "circle.sealed_key",
        "csaffile.content",
        "heldcontent.content",
        "feedevent.content",
        "feedevent.line",
    }  # In no circle.
    sealed = {
        (model, field.name)
        for model in ours
        for field in model._meta.local_fields
        if isinstance(field, models.BinaryField) and f"{model._meta.model_name}.{field.name}" not in open_
    }
    assert sealed == {(model, column) for model, column, _way in resealing.PLACES}
