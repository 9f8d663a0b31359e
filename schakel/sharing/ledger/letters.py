"""What a recipient reads of an item by mail, and a machine by webhook: in full, or a link alone.

The label stands in the subject, before the text and at its end, as TLP 2.0 asks (FIRST, section 2.b).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from schakel.policy.sharing import Tlp
from schakel.sharing.document import Document, Text
from schakel.sharing.ledger.labels import effective
from schakel.sharing.models import SharedItem
from schakel.sharing.words import Occasion, Reader

REFERENCES = 10
WEAKNESSES = 20


@dataclass(frozen=True, slots=True)
class Letter:
    """Subject and text of a mail."""

    subject: str
    body: str


def path_of(item: SharedItem) -> str:
    """Its page on the site."""
    return f"/sharing/items/{item.uid}"


def url_of(item: SharedItem) -> str:
    """The address of that page."""
    return f"{settings.BASE_URL}{path_of(item)}"


def text_for(document: Document, *, reader: str, language: str) -> Text:
    """The text that fits the reader best: of its level first, then in its language; an empty one where there is none.

    Without one of its level, the next plainer one, so that nobody is left with words that are too hard.
    """
    levels = [one.value for one in Reader]
    wanted = [reader, *[one for one in levels[levels.index(reader) + 1 :] if reader in levels], *reversed(levels)]

    def fit(text: Text) -> tuple[int, bool]:
        level = wanted.index(text.reader) if text.reader in wanted else len(wanted)
        return level, bool(text.language) and not text.language.startswith(language)

    return min(document.texts, key=fit, default=Text())


def full(item: SharedItem, document: Document, *, occasion: str, change: str, reader: str, language: str) -> Letter:
    """All that the recipient may read by this way."""
    mark, text = effective(item).marking, text_for(document, reader=reader, language=language)
    with override(language):
        title = text.title or document.title
        subject = f"[{mark}] {_prefix(occasion)}{title}"
        return Letter(
            subject, _joined([mark, title, *_told(item, document, text, occasion, change), _closing(item, mark)])
        )


def bare(item: SharedItem, *, occasion: str, language: str) -> Letter:
    """That there is something to read, where what it says is above what this way may carry: not what about."""
    mark = effective(item).marking
    with override(language):
        words = {
            Occasion.NEW: _("There is new information for you."),
            Occasion.UPDATE: _("Information that you got has changed."),
            Occasion.RETRACTION: _("Information that you got has been retracted. Do not use it any more."),
        }[Occasion(occasion)]
        why = _("This label does not let us write it in this mail. You read it after you have logged in.")
        return Letter(f"[{mark}] {words.rstrip('.')}", _joined([mark, words, why, _closing(item, mark)]))


def retracted(item: SharedItem, *, language: str) -> Letter:
    """That it was taken back, and why."""
    mark = effective(item).marking
    with override(language):
        words = _("This information has been retracted. Do not use it any more.")
        why = _("Why: %(reason)s") % {"reason": item.retraction_reason} if item.retraction_reason else ""
        subject = f"[{mark}] {_prefix(Occasion.RETRACTION)}{item.title}"
        return Letter(subject, _joined([mark, item.title, words, why, _closing(item, mark)]))


def withdrawn(item: SharedItem, *, language: str) -> Letter:
    """That what one got earlier no longer holds for one: nothing of what took its place, and not its new label."""
    with override(language):
        words = _("Information that you got earlier has been withdrawn. Please do not use it or pass it on any more.")
        which = _("Its number is %(number)s.") % {"number": item.uid}
        return Letter(_("Information was withdrawn"), _joined([words, which]))


def payload(item: SharedItem, document: Document, *, occasion: str, language: str) -> dict[str, object]:
    """The item for a program."""
    text = text_for(document, reader=Reader.EXPERT, language=language)
    return {
        "type": f"sharing.item.{occasion}",
        "timestamp": (item.revised_at or item.published_at or item.made_at).isoformat(),
        "data": {
            "id": str(item.uid),
            "version": item.published_version,
            "kind": item.kind,
            "tlp": effective(item).value,
            "pap": item.pap,
            "title": document.title,
            "summary": text.summary,
            "action": text.action,
            "weaknesses": [one.cve for one in document.weaknesses if one.cve],
            "url": url_of(item),
        },
    }


def notice(item: SharedItem, *, occasion: str) -> dict[str, object]:
    """For a program: that an item was retracted or withdrawn, by its number alone."""
    return {"type": f"sharing.item.{occasion}", "data": {"id": str(item.uid)}}


def meaning(tlp: Tlp) -> str:
    """What a label lets its reader do, in one sentence (TLP 2.0, section 4)."""
    return {
        Tlp.CLEAR: _("You may share this with everybody."),
        Tlp.GREEN: _("You may share this in your community, not in public."),
        Tlp.AMBER: _("You may share this in your own organisation and with its clients who need it."),
        Tlp.AMBER_STRICT: _("You may share this in your own organisation only, with who needs it."),
        Tlp.RED: _("This is for you in person. Do not share it."),
    }[tlp]


def _prefix(occasion: str) -> str:
    return {Occasion.UPDATE: _("Updated: "), Occasion.RETRACTION: _("Retracted: ")}.get(Occasion(occasion), "")


def _told(item: SharedItem, document: Document, text: Text, occasion: str, change: str) -> Iterator[str]:
    source = [item.get_kind_display(), document.publisher, *document.contributors]
    yield " · ".join(filter(None, map(str, source)))
    if occasion == Occasion.UPDATE and change:
        yield _("What is new: %(change)s") % {"change": change}
    yield text.summary
    yield _headed(_("What you can do"), text.action or item.no_action_reason)
    yield text.body
    found = [one.cve for one in document.weaknesses if one.cve]
    yield _headed(_("Weaknesses"), ", ".join(found[:WEAKNESSES]))
    yield _headed(_("Products"), "\n".join(_products(document)))
    yield _headed(_("Read more"), "\n".join(one.url for one in document.references[:REFERENCES]))


def _products(document: Document) -> Iterator[str]:
    named = (" ".join(filter(None, (one.vendor, one.name, one.version))) for one in document.products)
    yield from list(dict.fromkeys(named))[:WEAKNESSES]


def _headed(head: str, words: str) -> str:
    return f"{head}:\n{words.strip()}" if words.strip() else ""


def _closing(item: SharedItem, mark: str) -> str:
    return _joined([_("On the site: %(url)s") % {"url": url_of(item)}, f"{mark}\n{meaning(effective(item))}"]).rstrip()


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"
