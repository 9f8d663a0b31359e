"""What an item says, in and out of its rows: open as JSON and rows, in a closed circle as one sealed piece."""

from collections.abc import Iterable
from dataclasses import replace
from operator import attrgetter
from typing import Any

from django.db.models import Q, QuerySet
from pydantic import TypeAdapter

from schakel.kit.copying import copy_rows
from schakel.sharing.document import Document, Indicator, Original
from schakel.sharing.items.terms import WORDS
from schakel.sharing.models import Circle, ItemIndicator, ItemProduct, ItemVersion, ItemWeakness, SharedItem
from schakel.sharing.models import Original as OriginalRow

_DOCUMENT = TypeAdapter(Document)
_INDICATOR_FIELDS = tuple(Indicator.__dataclass_fields__)
BATCH = 5000


def store(version: ItemVersion, document: Document) -> None:
    """Keep what a new version of an item says; of a version that replaces another, only the indicators that changed.

    Five queries, however many indicators.
    """
    circle = version.item.circle
    if circle is not None and circle.is_closed:
        version.sealed = circle.sealed(_sealed_values(version, document))
        version.terms = {**version.terms, **dict.fromkeys(WORDS, "")}
        version.change = ""
        version.save()
    else:
        version.document = _DOCUMENT.dump_python(replace(document, indicators=(), original=None), mode="json")
        version.save()
        _store_indicators(version, document.indicators)
    if document.original is not None:
        _store_original(version, document.original, circle)


def document_of(version: ItemVersion) -> Document:
    """What a version says, whole. Whoever calls it has made sure that its reader may read the item."""
    circle = version.item.circle
    original = _original_of(version, circle)
    if version.sealed is not None:
        return replace(_DOCUMENT.validate_python(version.opened["document"]), original=original)
    told = _DOCUMENT.validate_python(version.document)
    return replace(told, indicators=tuple(map(indicator_of, indicators_of(version))), original=original)


def words_of(version: ItemVersion) -> Document:
    """What a version says, without its indicators and its original: of those there may be very many. No query."""
    if version.sealed is not None:
        return replace(_DOCUMENT.validate_python(version.opened["document"]), indicators=())
    return _DOCUMENT.validate_python(version.document)


def keep_remark(version: ItemVersion, words: str) -> None:
    """Keep what its reviewer said of a version, beside what the version says."""
    circle, told = version.item.circle, words.encode()
    version.remark = circle.seal(told) if circle is not None and circle.is_closed else told
    version.save(update_fields=["remark"])


def remark_of(version: ItemVersion) -> str:
    """What its reviewer said of a version; empty where nobody did."""
    circle, kept = version.item.circle, bytes(version.remark or b"")
    if kept and circle is not None and circle.is_closed:
        kept = circle.unseal(kept)
    return kept.decode()


def indicators_of(version: ItemVersion) -> Iterable[ItemIndicator]:
    """The rows of the indicators that a version has, in the order in which they came."""
    return rows_of(version).iterator(chunk_size=BATCH)


def rows_of(version: ItemVersion) -> QuerySet[ItemIndicator]:
    """The same as a query; in a closed circle there are no rows."""
    there = Q(removed_in=None) | Q(removed_in__gt=version.number)
    return ItemIndicator.objects.filter(there, item=version.item_id, added_in__lte=version.number).order_by("pk")


def refresh_index(item: SharedItem, document: Document) -> None:
    """Write anew by which weaknesses and products an item is found; nothing of what lies in a closed circle."""
    ItemWeakness.objects.filter(item=item).delete()
    ItemProduct.objects.filter(item=item).delete()
    if item.circle is not None and item.circle.is_closed:
        return
    scores = {one.cve: one.score for one in document.weaknesses if one.cve}
    ItemWeakness.objects.bulk_create(ItemWeakness(item=item, cve=cve, score=score) for cve, score in scores.items())
    ItemProduct.objects.bulk_create(
        (
            ItemProduct(
                item=item, vendor=one.vendor, name=one.name, version=one.version, cpe=one.cpe, purl=one.purl,
                status=one.status, name_key=one.name.casefold(),
            )
            for one in document.products
        ),
        batch_size=BATCH,
    )  # fmt: skip


def title_in(version: ItemVersion) -> str:
    """The title in a version, also in a closed circle. Whoever asks has made sure that its reader may read the item."""
    told = version.opened.get("document") if version.sealed is not None else version.document
    return str((told or {}).get("title", ""))


def _sealed_values(version: ItemVersion, document: Document) -> dict[str, Any]:
    told = _DOCUMENT.dump_python(replace(document, original=None), mode="json")
    return {"document": told, "change": version.change, **{name: version.terms[name] for name in WORDS}}


def _store_indicators(version: ItemVersion, wanted: tuple[Indicator, ...]) -> None:
    before = {indicator_of(row): row.pk for row in indicators_of(version)}
    fresh = dict.fromkeys(one for one in wanted if one not in before)
    gone = set(before.values()) - {before[one] for one in wanted if one in before}
    ItemIndicator.objects.filter(pk__in=gone).update(removed_in=version.number)
    _copy_in(version, fresh)


def _copy_in(version: ItemVersion, indicators: Iterable[Indicator]) -> None:
    """By COPY: a set of indicators may hold a hundred thousand."""
    names = [name for name in _INDICATOR_FIELDS if name != "labels"]
    given = attrgetter(*names)
    copy_rows(
        ((version.item_id, version.number, *given(one), list(one.labels)) for one in indicators),
        table=ItemIndicator._meta.db_table,  # noqa: SLF001 - Django's documented way to a table's name
        columns=["item_id", "added_in", *names, "labels"],
    )


def indicator_of(row: ItemIndicator) -> Indicator:
    """What a row says."""
    given = {name: getattr(row, name) for name in _INDICATOR_FIELDS if name != "labels"}
    return Indicator(**given, labels=tuple(row.labels))


def _store_original(version: ItemVersion, original: Original, circle: Circle | None) -> None:
    is_sealed = circle is not None and circle.is_closed
    content = circle.seal(original.content) if is_sealed and circle else original.content
    OriginalRow.objects.create(
        version=version,
        format=original.format,
        format_version=original.version,
        content=content,
        digest="" if is_sealed else original.digest,  # A digest would tell who has the same document.
    )


def _original_of(version: ItemVersion, circle: Circle | None) -> Original | None:
    row = OriginalRow.objects.filter(version=version).first()
    if row is None:
        return None
    content = bytes(row.content)
    if circle is not None and circle.is_closed:
        content = circle.unseal(content)
    return Original(format=row.format, version=row.format_version, content=content, digest=row.digest)
