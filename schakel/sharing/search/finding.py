"""Answers: what somebody may read that fits a question, best first or newest first, and what there is of each sort.

The index is asked for the newest MOST that fit; these are put in order and counted. Whatever the question, an answer
costs the same few queries over rows that the reader may see, and tells nothing of others.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from django.contrib.postgres.search import SearchQueryField, SearchRank
from django.db.models import BooleanField, F, Func, Q, TextField, Value
from django.db.models.functions import Cast

from schakel.kit.paging import place_of, values_of
from schakel.policy.access import Actor
from schakel.sharing.models import ItemIndicator, SearchEntry
from schakel.sharing.models.search import SearchEntryQuerySet
from schakel.sharing.search.asking import Asked, asked, quoted

MOST: Final = 300
SIZE: Final = 25
MOST_SEEN_IN: Final = 5000
BEST, NEWEST = "best", "newest"
SEVERITIES: Final[Mapping[str, tuple[float, float]]] = {
    "low": (0.1, 4.0),
    "medium": (4.0, 7.0),
    "high": (7.0, 9.0),
    "critical": (9.0, 10.1),
}
"""The bands of CVSS 3.1 and 4.0 (FIRST, qualitative severity rating scale), from a score up to one."""
FACETS: Final = ("kind", "label", "phase", "publisher", "year", "severity")
_COLUMNS: Final = ("item_id", "published_at", "kind", "tlp", "phase", "publisher", "score")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: words, and at most one value of each sort. `since`: changed after that moment."""

    words: str = ""
    kind: str = ""
    label: str = ""
    phase: str = ""
    publisher: str = ""
    year: int | None = None
    severity: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of an answer. `facets`: of each sort, values and how many; `is_more`: beyond what was counted.

    `next_place` is where the next page starts, empty on the last one. `roots`: what to mark in what is shown.
    """

    item_ids: list[int]
    count: int
    is_more: bool
    next_place: str
    roots: tuple[str, ...] = ()
    facets: Mapping[str, list[tuple[Any, int]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Hit:
    item_id: int
    published_at: datetime
    kind: str
    label: str
    phase: str
    publisher: str
    score: float | None
    rank: float

    @property
    def year(self) -> int:
        return self.published_at.year

    @property
    def severity(self) -> str:
        bands = (name for name, (low, high) in SEVERITIES.items() if self.score and low <= self.score < high)
        return next(bands, "")


def found(question: Question, *, to: Actor, sort: str = BEST, place: str | None = None, size: int = SIZE) -> Answer:
    """One page of what `to` may read that fits the question. A constant number of queries.

    A place that cannot be read is the start. Where nothing was typed, nothing is better than another: newest first.
    """
    words = asked(question.words)
    entries = _fitting(SearchEntry.objects.visible_to(to), question, words, to)
    if not words or sort == NEWEST:
        return _newest(entries, words, place, size)
    return _best(entries, words, place, size)


def entries_of(question: Question, *, to: Actor) -> SearchEntryQuerySet:
    """All that `to` may read that fits the question."""
    return _fitting(SearchEntry.objects.visible_to(to), question, asked(question.words), to)


def _best(entries: SearchEntryQuerySet, words: Asked, place: str | None, size: int) -> Answer:
    hits = _hits(entries, words)
    ordered = sorted(hits[:MOST], key=lambda hit: (-hit.rank, -hit.published_at.timestamp(), -hit.item_id))
    start = _start(place, len(ordered))
    shown = ordered[start : start + size]
    following = place_of([start + size]) if start + size < len(ordered) else ""
    return _answer(shown, hits, following, words)


def _start(place: str | None, count: int) -> int:
    """At which of so many a page starts; at the first where the place says nothing else."""
    match values_of(place):
        case [int(start)] if start < count:
            return start
    return 0


def _newest(entries: SearchEntryQuerySet, words: Asked, place: str | None, size: int) -> Answer:
    hits = _hits(entries, words)
    behind = hits if (after := _after(place)) is None else _hits(entries.filter(after), words, most=size)
    shown = behind[:size]
    following = place_of([_micros(shown[-1].published_at), shown[-1].item_id]) if len(behind) > size else ""
    return _answer(shown, hits, following, words)


def _answer(shown: list[_Hit], hits: list[_Hit], following: str, words: Asked) -> Answer:
    counted = hits[:MOST]
    return Answer(
        item_ids=[hit.item_id for hit in shown],
        count=len(counted),
        is_more=len(hits) > MOST,
        next_place=following,
        roots=words.roots,
        facets={name: _counts(counted, name) for name in FACETS},
    )


def _counts(hits: Iterable[_Hit], name: str) -> list[tuple[Any, int]]:
    counts = Counter(value for hit in hits if (value := getattr(hit, name)))
    return sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))


def _hits(entries: SearchEntryQuerySet, words: Asked, *, most: int = MOST) -> list[_Hit]:
    rank = SearchRank(F("words"), _query(words.lexemes)) if words.lexemes else Value(0.0)
    newest = entries.annotate(rank=rank).order_by("-published_at", "-item_id")
    return [_Hit(*row) for row in newest.values_list(*_COLUMNS, "rank")[: most + 1]]


def _fitting(entries: SearchEntryQuerySet, question: Question, words: Asked, to: Actor) -> SearchEntryQuerySet:
    if words.lexemes:
        entries = entries.filter(_match(words.lexemes))
    for kind, value in words.indicators:
        entries = entries.filter(_match(quoted(value)) | Q(pk__in=_seen_in(kind, value, to)))
    if question.since:  # What was under embargo is new when that has ended.
        entries = entries.filter(Q(updated_at__gt=question.since) | Q(embargo_until__gt=question.since))
    return entries.filter(**_plainly(question))


def _plainly(question: Question) -> dict[str, Any]:
    """What the columns say, as the conditions of a filter."""
    asked_for: dict[str, Any] = {name: getattr(question, name) for name in ("kind", "phase", "publisher")}
    asked_for["tlp"] = question.label
    wanted = {name: value for name, value in asked_for.items() if value}
    if question.year:
        wanted["published_at__gte"] = datetime(question.year, 1, 1, tzinfo=UTC)
        wanted["published_at__lt"] = datetime(question.year + 1, 1, 1, tzinfo=UTC)
    if question.severity in SEVERITIES:
        wanted["score__gte"], wanted["score__lt"] = SEVERITIES[question.severity]
    return wanted


def _seen_in(kind: str, value: str, to: Actor) -> list[int]:
    """The items whose indicators have that one, the newest of those that `to` may read."""
    entries = SearchEntry.objects.visible_to(to).filter(pk__in=ItemIndicator.objects.of(kind, value).values("item"))
    return list(entries.order_by("-published_at").values_list("pk", flat=True)[:MOST_SEEN_IN])


def _match(lexemes: str) -> Func:
    form = {"arg_joiner": " @@ ", "template": "(%(expressions)s)"}
    return Func(F("words"), _query(lexemes), output_field=BooleanField(), **form)


def _query(lexemes: str) -> Cast:
    return Cast(Value(lexemes, output_field=TextField()), SearchQueryField())


def _after(place: str | None) -> Q | None:
    """What stands behind a place, newest first; None where there is no such place."""
    try:
        micros, item_id = map(int, values_of(place))
        moment = datetime.fromtimestamp(micros // 1_000_000, tz=UTC).replace(microsecond=micros % 1_000_000)
    except (ValueError, OverflowError):
        return None
    return Q(published_at__lt=moment) | Q(published_at=moment, item_id__lt=item_id)


def _micros(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000 + at.microsecond
