"""What goes over the wire about shared items."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from ninja import Field
from pydantic import AwareDatetime

from schakel.api.shapes import LARGEST_SIZE, Given, Shape, Word, Words
from schakel.kit.paging import SIZE
from schakel.sharing.audience.parties import Party
from schakel.sharing.audience.preview import Summary
from schakel.sharing.items.reading import Listed, Reading
from schakel.sharing.items.terms import terms_of
from schakel.sharing.models import ItemVersion, SharedItem
from schakel.sharing.words import Chance, IndicatorKind, ItemKind, ItemState, Phase


class ItemQuery(Given):
    """Which items. Without a state those that are published. `owner` is a partner's key, part of a name, or `desk`."""

    after: Word | None = None
    size: int = Field(SIZE, ge=1, le=LARGEST_SIZE)
    kind: ItemKind | None = None
    tlp: Word = ""
    phase: Phase | None = None
    probability: Chance | None = None
    damage: Chance | None = None
    owner: Word = ""
    state: ItemState = ItemState.PUBLISHED
    from_on: date | None = None
    until_on: date | None = None


class IndicatorQuery(Given):
    """Which indicators: those after that key."""

    after: int = Field(0, ge=0, lt=2**63)
    size: int = Field(SIZE, ge=1, le=LARGEST_SIZE)


class ItemShape(Shape):
    """A shared item. `tlp` and `pap` are written as their standards do. `owner` is empty for the desk."""

    uid: UUID
    kind: ItemKind
    state: ItemState
    title: str
    language: str
    tlp: str
    pap: str
    phase: Phase
    probability: str
    damage: str
    owner: str
    publisher: str
    published_at: AwareDatetime | None
    revised_at: AwareDatetime | None
    retracted_at: AwareDatetime | None
    valid_from: AwareDatetime | None
    valid_until: AwareDatetime | None
    version: int | None


class ItemPage(Shape):
    """Some items, latest first, and where the next are."""

    items: list[ItemShape]
    next: str | None


class TextShape(Shape):
    """What it says, for one kind of reader, in one language. Bodies are Markdown."""

    reader: str
    language: str
    title: str
    summary: str
    action: str
    body: str


class WeaknessShape(Shape):
    """One weakness; `scores` are CVSS vectors."""

    cve: str
    name: str
    cwe: str
    scores: list[str]
    score: float | None


class ProductShape(Shape):
    """One product, and what is said of it."""

    name: str
    vendor: str
    version: str
    cpe: str
    purl: str
    status: str


class ReferenceShape(Shape):
    """Where more is to be read."""

    url: str
    summary: str


class VersionShape(Shape):
    """One version: when it was written and published, and what was new in it."""

    number: int
    made_at: AwareDatetime
    published_at: AwareDatetime | None
    change: str


class VersionPage(Shape):
    """The versions that you may read, newest first."""

    items: list[VersionShape]
    next: str | None


class ItemInFull(Shape):
    """An item with all that the version shown says; its indicators have an address of their own."""

    item: ItemShape
    version: VersionShape
    texts: list[TextShape]
    no_action_reason: str
    contributors: list[str]
    reliability: str
    credibility: str
    weaknesses: list[WeaknessShape]
    products: list[ProductShape]
    references: list[ReferenceShape]
    indicators_count: int


class IndicatorShape(Shape):
    """One indicator, in its normal form; `pattern` where there is more than a value."""

    kind: IndicatorKind
    value: str
    pattern: str
    pattern_type: str
    valid_from: AwareDatetime | None
    valid_until: AwareDatetime | None
    confidence: int | None
    for_detection: bool
    labels: list[str]
    comment: str


class IndicatorPage(Shape):
    """Some indicators in the order in which they came, and where the next are."""

    items: list[IndicatorShape]
    next: str | None


class AudienceShape(Shape):
    """How many get the newest version, by sort and by address, and how many do not, by reason.

    `people` are the accounts that can read it then.
    """

    partners: int
    organisations: int
    persons: int
    desk: bool
    people: int
    by_address: dict[str, int]
    refused: dict[str, int]


class PublishGiven(Given):
    """The version that you looked at: another is not published in its place."""

    version: int = Field(ge=1, lt=2**31)


class RetractGiven(Given):
    """Why it is taken back: everybody who got it reads this."""

    reason: Words


class SendBackGiven(Given):
    """What has to change."""

    words: Words


def told(row: SharedItem) -> dict[str, Any]:
    """An item as the shape wants it."""
    same = (
        "uid", "kind", "state", "title", "language", "tlp", "pap", "phase", "probability", "damage", "publisher",
        "published_at", "revised_at", "retracted_at", "valid_from", "valid_until",
    )  # fmt: skip
    owner = row.owner.name if row.owner else ""
    return {name: getattr(row, name) for name in same} | {"owner": owner, "version": row.published_version}


def in_full(found: Reading, *, indicators_count: int) -> dict[str, Any]:
    """A version of an item as the shape wants it."""
    document = found.document
    same = ("texts", "contributors", "reliability", "credibility", "weaknesses", "products", "references")
    found.item.title = document.title
    return {name: getattr(document, name) for name in same} | {
        "item": told(found.item),
        "version": of_version(found.version, found),
        "no_action_reason": terms_of(found.version).no_action_reason,
        "indicators_count": indicators_count,
    }


def of_version(version: ItemVersion, found: Reading) -> dict[str, Any]:
    """A version as the shape wants it; when a draft was written is for those who wrote it."""
    made_at = version.made_at if found.is_own else version.published_at or version.made_at
    return {
        "number": version.number,
        "made_at": made_at,
        "published_at": version.published_at,
        "change": version.news,
    }


def of_indicators(listed: Iterable[Listed]) -> list[Any]:
    """Indicators without their keys."""
    return [one.indicator for one in listed]


def of_audience(counted: Summary, *, by_address: dict[str, int], refused: dict[str, int]) -> dict[str, Any]:
    """A summary as the shape wants it."""
    getting = counted.getting
    return {
        "partners": getting[Party.PARTNER],
        "organisations": getting[Party.ORGANISATION],
        "persons": getting[Party.PERSON],
        "desk": bool(getting[Party.DESK]),
        "people": counted.people,
        "by_address": by_address,
        "refused": refused,
    }
