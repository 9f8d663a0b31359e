"""The index: what each published item is found by, written in the transaction that lets it out.

Nothing of a closed circle is in it: who is in one finds its items by the circle.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVector, SearchVectorCombinable, SearchVectorField
from django.db.models import Func, TextField, Value

from schakel.sharing.document import Document, Text
from schakel.sharing.indicators import of_text
from schakel.sharing.models import SearchEntry, SharedItem
from schakel.sharing.search.spelling import LONGEST, cves_of, parts_of, without_cves, words_of

CONFIGS: Final = {"nl": "dutch", "en": "english"}
MOST_KEYS: Final = 2000
LONGEST_KEY: Final = 500
COPIED: Final = (
    "owner_id", "author_id", "circle_id", "audience_id", "tlp", "state", "embargo_until", "kind", "phase", "publisher",
    "published_at",
)  # fmt: skip


class _Whole(SearchVectorCombinable, Func):
    """Texts as they are, each a lexeme."""

    config = None
    function = "array_to_tsvector"
    output_field = SearchVectorField()


def keep(item: SharedItem, document: Document, *, at: datetime) -> None:
    """Let an item be found by what its version that is out says."""
    _write([(item, document)], at=at)


def mark(item: SharedItem, *, at: datetime) -> None:
    """Let the index know in what state an item is now."""
    SearchEntry.objects.filter(pk=item.pk).update(state=item.state, updated_at=at)


def keep_again(told: Iterable[tuple[SharedItem, Document]]) -> None:
    """As `keep` for many, without a new moment of change: no saved search tells of them again."""
    _write(list(told), at=None)


def _write(told: list[tuple[SharedItem, Document]], *, at: datetime | None) -> None:
    sealed = [item.pk for item, _document in told if item.circle is not None and item.circle.is_closed]
    SearchEntry.objects.filter(pk__in=sealed).delete()
    rows = [_entry(item, document, at) for item, document in told if item.pk not in sealed]
    fields = [field.name for field in SearchEntry._meta.fields if field.name != "item"]  # noqa: SLF001 - documented
    if at is None:
        fields.remove("updated_at")
    SearchEntry.objects.bulk_create(rows, update_conflicts=True, unique_fields=["item"], update_fields=fields)


def _entry(item: SharedItem, document: Document, at: datetime | None) -> SearchEntry:
    told: dict[str, Any] = {name: getattr(item, name) for name in COPIED}
    told["score"] = max((one.score for one in document.weaknesses if one.score is not None), default=None)
    told["updated_at"] = at or item.retracted_at or item.revised_at or item.published_at
    return SearchEntry(item_id=item.pk, words=_words(item, document), **told)


def _words(item: SharedItem, document: Document) -> Any:  # Vectors that are put together have no type.
    """All its words by weight: A titles, B names, C what to do, D the rest, and what is found whole or not at all."""
    found: Any = _Whole(Value(_keys(document), output_field=ArrayField(TextField())))
    names = " ".join(_names(item, document))
    for config in _configs(item, document):
        texts = [text for text in document.texts if config in _configs_of(text.language or item.language)]
        for weight, words in _weighed(document.title, names, texts):
            found = found + SearchVector(Value(words), config=config, weight=weight)
    return found


def _configs(item: SharedItem, document: Document) -> list[str]:
    languages = [text.language or item.language for text in document.texts] or [item.language]
    return list(dict.fromkeys(config for language in languages for config in _configs_of(language)))


def _configs_of(language: str) -> tuple[str, ...]:
    """How a text in that language is read; where it is in no language that we know, by its plain words."""
    return (CONFIGS.get(language.lower().partition("-")[0], "simple"),)


def _weighed(title: str, names: str, texts: Iterable[Text]) -> Iterator[tuple[str, str]]:
    texts = list(texts)
    titles = " ".join([title, *(text.title for text in texts)])
    leads = " ".join(f"{text.summary} {text.action}" for text in texts)
    bodies = " ".join(text.body for text in texts)[:LONGEST]
    parts = " ".join(part for word in set(words_of(f"{titles} {leads} {bodies}")) for part in parts_of(word))
    yield "A", _spaced(titles)
    yield "B", _spaced(names)
    yield "C", _spaced(leads)
    yield "D", f"{_spaced(bodies)} {parts}"


def _spaced(text: str) -> str:
    """Its words as the database reads them too: nothing but letters and figures between blanks."""
    return " ".join(words_of(without_cves(text))).replace(".", " ")


def _names(item: SharedItem, document: Document) -> Iterator[str]:
    yield from (document.publisher, document.key, item.external_key, *document.names, *document.labels)
    for product in document.products:
        yield from (product.vendor, product.name, product.version)
    yield from (weakness.name for weakness in document.weaknesses)


def _keys(document: Document) -> list[str]:
    """What is found whole: CVE ids, indicators in prose, versions and other names with dots."""
    texts = [part for text in document.texts for part in (text.title, text.summary, text.action, text.body)]
    prose = "\n".join([document.title, *texts])[:LONGEST]
    versions = " ".join(f"{one.name} {one.version}" for one in document.products)[:LONGEST]
    keys = [one.cve.lower() for one in document.weaknesses if one.cve]
    keys += [cve.lower() for cve in cves_of(prose)]
    keys += [one.value for one in of_text(prose)]
    keys += [word for word in words_of(f"{prose} {versions}") if "." in word]
    return [key for key in dict.fromkeys(keys) if key and len(key) <= LONGEST_KEY][:MOST_KEYS]
