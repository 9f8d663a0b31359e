"""The world of shared items is as its table says, before any page is asked."""

import pytest

from schakel.policy.access import NOBODY, Actor
from schakel.sharing.models import SharedItem
from tests.journeys.shared_things import CASES, MEMBERS, OUTSIDE, Shared


@pytest.mark.parametrize("who", sorted(MEMBERS | OUTSIDE))
def test_each_sees_the_items_that_the_table_gives_it(network, who):
    shared = Shared(network)
    actor = {"visitor": NOBODY, "stranger": Actor(name="stranger")}.get(who) or getattr(network, who)
    keys = {item.pk: name for name, item in shared.items.items()}
    seen = {keys[pk] for pk in SharedItem.objects.visible_to(actor).values_list("pk", flat=True)}
    assert seen == {one.name for one in CASES if who in one.readers}
