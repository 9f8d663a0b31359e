"""Lists of items: what is asked for, who waits for a second person, and the list as a file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Q

from schakel.journal.actions import record
from schakel.kit import spreadsheet
from schakel.kit.paging import Ordered, latest_page
from schakel.kit.refusals import permit
from schakel.policy.access import Actor, Permission
from schakel.policy.sharing import label
from schakel.sharing.items.exporting import labels_that_leave
from schakel.sharing.items.reading import titled
from schakel.sharing.models import OUT, ItemQuerySet, SharedItem
from schakel.sharing.words import ItemState

COUNTED = 1000
"""Beyond so many a list says that there are more."""
EXPORTED = 10_000
"""A file holds so many items at most, the latest."""
DESK = "desk"
COLUMNS = (
    "item", "kind", "title", "state", "tlp", "pap", "phase", "probability", "damage", "owner", "publisher",
    "published_at", "revised_at", "valid_until",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which items are asked for; an empty part asks nothing.

    `owner` is a partner's key, part of its name or of the source's, or `desk`.
    """

    kind: str = ""
    tlp: str = ""
    phase: str = ""
    probability: str = ""
    damage: str = ""
    owner: str = ""
    state: str = ItemState.PUBLISHED
    from_on: date | None = None
    until_on: date | None = None

    @property
    def by(self) -> str:
        """The moment by which the list is ordered."""
        return "published_at" if self.state in OUT else "made_at"

    def narrow(self, rows: ItemQuerySet) -> ItemQuerySet:
        """Those of `rows` that are asked for."""
        exact = {
            name: value
            for name in ("kind", "phase", "probability", "damage", "state")
            if (value := getattr(self, name))
        }
        rows = rows.filter(**exact)
        if self.tlp:
            rows = rows.filter(tlp=label(self.tlp) or "")
        if self.owner:
            rows = rows.filter(_from(self.owner))
        if self.from_on:
            rows = rows.filter(**{f"{self.by}__date__gte": self.from_on})
        if self.until_on:
            rows = rows.filter(**{f"{self.by}__date__lte": self.until_on})
        return rows

    def page(self, rows: ItemQuerySet, *, place: str | None, size: int) -> Ordered[SharedItem]:
        """One page of what is asked for among `rows`, latest first. At most two queries."""
        found = latest_page(self.narrow(rows).select_related("owner", "circle"), by=self.by, place=place, size=size)
        return Ordered(rows=titled(found.rows), next_place=found.next_place)

    def count(self, rows: ItemQuerySet) -> int:
        """How many are asked for among `rows`, counted up to one more than COUNTED."""
        return self.narrow(rows)[: COUNTED + 1].count()


def _from(words: str) -> Q:
    if words == DESK:
        return Q(owner=None)
    return Q(owner__key=words) | Q(owner__name__icontains=words) | Q(publisher__icontains=words)


def waiting(actor: Actor) -> ItemQuerySet:
    """What waits for a second person among what the actor's own party writes: new items, and new versions."""
    mine = SharedItem.objects.filter(SharedItem.objects.own(actor))
    if not actor.reach(Permission.ITEM_REVIEW):
        return mine.none()
    newer = Q(state=ItemState.PUBLISHED, version_count__gt=F("published_version"))
    unread = Q(reviewed_version=None) | ~Q(reviewed_version=F("version_count"))
    return mine.filter(Q(state=ItemState.IN_REVIEW) | newer).filter(unread)


def as_csv(question: Question, *, by: Actor, at: datetime) -> str:
    """The list as CSV: nothing of closed circles, nor what is for named people. Raises NotPermitted."""
    permit(bool(by.reach(Permission.ITEM_VIEW)))
    rows = question.narrow(SharedItem.objects.visible_to(by)).filter(tlp__in=labels_that_leave())
    rows = rows.exclude(circle__is_closed=True)
    found = list(rows.select_related("owner").order_by(f"-{question.by}", "-pk")[:EXPORTED])
    record("sharing.items.exported", by=by, at=at, count=len(found))
    return spreadsheet.text([COLUMNS, *_cells(found)])


def _cells(rows: Iterable[SharedItem]) -> Iterator[list[str]]:
    for row in rows:
        said = {"item": row.uid, "owner": row.owner.name if row.owner else "", "tlp": label(row.tlp)}
        yield [_cell(said[name] if name in said else getattr(row, name)) for name in COLUMNS]


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return "" if value is None else str(value)
