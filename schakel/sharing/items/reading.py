"""Reading one item: which of its versions are for whom, and why somebody may read it at all.

A later version may go to more readers than an earlier one: who reads the item does not therefore read its history. Each
version is asked for on its own terms.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from schakel.policy.access import Actor
from schakel.policy.audience import Addressed, closest, hidden
from schakel.sharing.document import Document, Indicator
from schakel.sharing.items import content
from schakel.sharing.items.terms import terms_of
from schakel.sharing.models import ItemIndicator, ItemVersion, Passing, SharedItem, addressed
from schakel.sharing.models.readers import reader_of


@dataclass(frozen=True, slots=True)
class Reading:
    """An item as one reader has it: the version shown, and all that it may read, newest first.

    `is_own`: its own party wrote it. `address`: which of the addresses means the reader; `passed_on` by whom it came
    where none does.
    """

    item: SharedItem
    version: ItemVersion
    versions: list[ItemVersion]
    is_own: bool
    address: str
    passed_on: Passing | None

    @property
    def document(self) -> Document:
        """What the version says, without indicators and original."""
        return content.words_of(self.version)

    @property
    def draft(self) -> ItemVersion | None:
        """The newest version, where it is not out yet."""
        newest = self.versions[0]
        return newest if self.is_own and newest.published_at is None else None


def read(item: SharedItem, *, by: Actor, at: datetime, number: int | None = None) -> Reading | None:
    """The item as `by` may read it, who may read the item; None where that version is not for it. At most 12 queries.

    Without a number: the version that is out, or for its own party the draft that was never out.
    """
    is_own = SharedItem.objects.filter(SharedItem.objects.own(by), pk=item.pk).exists()
    reader = reader_of(by, day=at.date())
    rows = ItemVersion.objects.filter(item=item).select_related("item__circle").order_by("-number")
    out = item.published_version or 0
    versions = [
        row
        for row in rows.defer("document")
        if is_own
        or row.number == out
        or (row.published_at and row.number < out and not hidden(_addressed(row), reader=reader, at=at))
    ]
    wanted = number or out or item.version_count
    if wanted not in {row.number for row in versions}:
        return None
    meant = addressed(item)
    reads = hidden(meant, reader=reader, at=at) is None
    return Reading(
        item=item,
        version=rows.get(number=wanted),
        versions=versions,
        is_own=is_own,
        address=closest(meant, reader=reader) if reads else "",
        passed_on=None if reads or is_own else _passed_on(item, by, at),
    )


def _addressed(version: ItemVersion) -> Addressed:
    terms = terms_of(version)
    return Addressed(
        tlp=terms.tlp.value,
        addresses=frozenset(terms.addresses),
        circle=version.item.circle_id,
        embargo_until=terms.embargo_until,
    )


def _passed_on(item: SharedItem, by: Actor, at: datetime) -> Passing | None:
    rows = Passing.objects.reaching(by, day=at.date()).filter(item=item)
    return rows.select_related("partner").order_by("pk").first()


class Listed(NamedTuple):
    """An indicator and the key after which the next page begins."""

    key: int
    indicator: Indicator


def indicators(version: ItemVersion, *, after: int = 0, size: int) -> tuple[list[Listed], int | None]:
    """Some indicators of a version in the order in which they came, and the key for the next; None after the last."""
    if version.sealed is not None:
        every = content.document_of(version).indicators
        found = [Listed(place, one) for place, one in enumerate(every[after : after + size + 1], start=after + 1)]
    else:
        rows: Iterable[ItemIndicator] = content.rows_of(version).filter(pk__gt=after)[: size + 1]
        found = [Listed(row.pk, content.indicator_of(row)) for row in rows]
    return found[:size], (found[size - 1].key if len(found) > size else None)


def indicator_count(version: ItemVersion) -> int:
    """How many indicators a version has."""
    if version.sealed is not None:
        return len(content.document_of(version).indicators)
    return content.rows_of(version).count()


def titled(items: Iterable[SharedItem]) -> list[SharedItem]:
    """The items, those of closed circles with the title that lies sealed, for readers of these items. One query."""
    rows = list(items)
    sealed = [row for row in rows if row.circle_id and not row.title]
    versions = ItemVersion.objects.filter(item__in=sealed).select_related("item__circle")
    titles = {
        (row.item_id, row.number): content.words_of(row).title
        for row in (versions if sealed else ())
        if row.number == (row.item.published_version or row.item.version_count)
    }
    for row in sealed:
        row.title = titles.get((row.pk, row.published_version or row.version_count), "")
    return rows
