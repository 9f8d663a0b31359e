"""What else has the same: other items with the same indicators or weaknesses, of those that the reader may see."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count
from django.db.models.functions import MD5

from schakel.policy.access import Actor
from schakel.sharing.models import ItemIndicator, ItemWeakness, SharedItem

MOST_COMPARED = 2000
MOST_ITEMS = 20
EXAMPLES = 3
NONE: tuple[int, list[str]] = (0, [])


@dataclass(frozen=True, slots=True)
class Related:
    """Another item, how many indicators it has in common, some of them, and the weaknesses in common."""

    item: SharedItem
    count: int
    examples: Sequence[str]
    weaknesses: Sequence[str]


def related_to(item: SharedItem, *, to: Actor) -> list[Related]:
    """Items that `to` may read and that have something in common with one that it reads, most in common first.

    Of a set of more than MOST_COMPARED indicators the first of these are compared. A constant number of queries.
    """
    same, weak = _same_indicators(item, to), _same_weaknesses(item, to)
    chosen = sorted({*same, *weak}, key=lambda pk: (-same.get(pk, NONE)[0], -len(weak.get(pk, ())), -pk))[:MOST_ITEMS]
    rows = SharedItem.objects.visible_to(to).select_related("owner", "circle").in_bulk(chosen)
    return [Related(rows[pk], *same.get(pk, NONE), weak.get(pk, ())) for pk in chosen if pk in rows]


def _same_indicators(item: SharedItem, to: Actor) -> dict[int, tuple[int, list[str]]]:
    ours = ItemIndicator.objects.out().filter(item=item).exclude(value="").order_by("pk")
    digests = [_digest(value) for value in ours.values_list("value", flat=True)[:MOST_COMPARED]]
    others = ItemIndicator.objects.visible_to(to).exclude(item=item).alias(digest=MD5("value"))
    found = others.filter(digest__in=digests).values("item").annotate(
        count=Count("value", distinct=True), values=ArrayAgg("value", distinct=True)
    )  # fmt: skip
    rows = found.order_by("-count", "-item")[:MOST_ITEMS].values_list("item", "count", "values")
    return {pk: (count, values[:EXAMPLES]) for pk, count, values in rows}


def _same_weaknesses(item: SharedItem, to: Actor) -> dict[int, list[str]]:
    ours = ItemWeakness.objects.filter(item=item).values("cve")
    others = ItemWeakness.objects.filter(cve__in=ours, item__in=SharedItem.objects.visible_to(to)).exclude(item=item)
    found = others.values("item").annotate(cves=ArrayAgg("cve", distinct=True))
    return dict(found.order_by("-item")[:MOST_ITEMS].values_list("item", "cves"))


def _digest(value: str) -> str:
    return hashlib.md5(value.encode(), usedforsecurity=False).hexdigest()  # As the index has it.
