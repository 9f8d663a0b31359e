"""The indicators of a version as lines of a file, and which of them went and came between two versions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from schakel.journal.actions import record
from schakel.kit import spreadsheet
from schakel.kit.refusals import permit
from schakel.policy.access import Actor, Permission
from schakel.policy.channels import Channel, Load, stop
from schakel.policy.sharing import Tlp
from schakel.sharing.document import Indicator
from schakel.sharing.items import content
from schakel.sharing.models import ItemIndicator, ItemVersion, SharedItem

COLUMNS = (
    "kind", "value", "pattern", "pattern_type", "valid_from", "valid_until", "confidence", "for_detection", "labels",
    "comment",
)  # fmt: skip
FILE = Channel(ceiling=Tlp.AMBER_STRICT, is_encrypted=True)
"""A file that somebody fetches after login, and that goes on from there: what is for named people is never one."""


def may_leave(version: ItemVersion) -> bool:
    """Whether anything of a version may become a file."""
    load = Load(tlp=version.terms["tlp"], iep=version.item.iep, is_sealed=version.sealed is not None)
    return stop(load, channel=FILE) is None


def labels_that_leave() -> list[str]:
    """The labels of what may become a file."""
    return [tlp.value for tlp in Tlp if stop(Load(tlp=tlp.value, iep={}), channel=FILE) is None]


@dataclass(frozen=True, slots=True)
class Some:
    """Some of many: the first, and how many there are."""

    first: list[Indicator]
    count: int


def indicator_lines(*, item: SharedItem, version: ItemVersion, by: Actor, at: datetime) -> Iterator[str]:
    """The indicators as CSV, piece by piece; whoever calls it has made sure that the actor may read the version.

    Raises NotPermitted, also where nothing of the item may leave so.
    """
    permit(bool(by.reach(Permission.ITEM_VIEW)) and may_leave(version))
    record("sharing.item.indicators_fetched", on=item, by=by, at=at, version=version.number)
    return _lines(version)


def _lines(version: ItemVersion) -> Iterator[str]:
    yield spreadsheet.text([COLUMNS])
    if version.sealed is not None:
        yield spreadsheet.text(map(_cells, content.document_of(version).indicators))
        return
    batch: list[list[str]] = []
    for row in content.indicators_of(version):
        batch.append(_cells(content.indicator_of(row)))
        if len(batch) == content.BATCH:
            yield spreadsheet.text(batch)
            batch = []
    yield spreadsheet.text(batch)


def _cells(one: Indicator) -> list[str]:
    return [_cell(getattr(one, name)) for name in COLUMNS]


def _cell(value: object) -> str:
    match value:
        case datetime():
            return value.isoformat()
        case tuple():
            return " ".join(map(str, value))
        case bool():
            return str(value).lower()
    return "" if value is None else str(value)


def changed(before: ItemVersion, after: ItemVersion, *, at_most: int) -> tuple[Some, Some]:
    """The indicators that went and those that came from one version to the other. At most four queries."""
    if before.sealed is not None or after.sealed is not None:
        old, new = (content.document_of(one).indicators for one in (before, after))
        gone, come = [one for one in old if one not in set(new)], [one for one in new if one not in set(old)]
        return Some(gone[:at_most], len(gone)), Some(come[:at_most], len(come))
    return _only_in(before, after, at_most), _only_in(after, before, at_most)


def _only_in(one: ItemVersion, other: ItemVersion, at_most: int) -> Some:
    absent = Q(added_in__gt=other.number) | Q(removed_in__lte=other.number)
    rows = content.rows_of(one).filter(absent)
    found: list[ItemIndicator] = list(rows[:at_most])
    return Some([content.indicator_of(row) for row in found], rows.count())
