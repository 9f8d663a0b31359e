"""What goes to an outlet: an event for MISP, a post for Mattermost; and how each is taken back."""

from typing import Any

import orjson
from django.conf import settings
from django.utils.translation import gettext as _

from schakel.policy.sharing import Pap, Tlp
from schakel.post.messages import Message
from schakel.post.models import OutletKind
from schakel.sharing.document import Document, Text
from schakel.sharing.formats.misp.markings import DISTRIBUTIONS
from schakel.sharing.items import content
from schakel.sharing.models import FeedEvent, Outlet, OutletTelling, SharedItem
from schakel.sharing.words import Reader

LONGEST_SUMMARY = 2000
LONGEST_ACTION = 4000


def message(telling: OutletTelling) -> Message:
    """What an outlet is told."""
    outlet, item = telling.outlet, telling.item
    payload = (RECALLS if telling.is_recall else PAYLOADS)[outlet.kind](telling)
    key = f"outlet/{outlet.pk}/{item.uid}/{telling.version}{'/recall' if telling.is_recall else ''}"
    return Message(
        key=key, channel=outlet.kind, address=outlet.address, webhook_secret=outlet.secret, payload=payload,
        subject=str(item.uid), body="", language=settings.LANGUAGE_CODE[:2],
    )  # fmt: skip


def _event(telling: OutletTelling) -> dict[str, Any]:
    told: dict[str, Any] = orjson.loads(bytes(FeedEvent.objects.get(item=telling.item).content))
    told["Event"]["distribution"] = DISTRIBUTIONS[Tlp(telling.item.tlp)]
    return told


def _event_to_delete(telling: OutletTelling) -> dict[str, Any]:
    return {"delete": telling.name_there}


def _posted(telling: OutletTelling) -> dict[str, Any]:
    return _in_room(telling.outlet, _post(telling.item))


def _posted_again(telling: OutletTelling) -> dict[str, Any]:
    """Without the content: whoever reads it now may no longer be one whom the item is for."""
    words = _("An item that was posted here was withdrawn. Do not use it any more.")
    return _in_room(telling.outlet, f"{words}\n\n{_page(telling.item)}")


def _in_room(outlet: Outlet, words: str) -> dict[str, Any]:
    return {"channel_id": outlet.room, "message": words} if outlet.room else {"text": words}


def _page(item: SharedItem) -> str:
    return f"{settings.BASE_URL}/sharing/items/{item.uid}"


def _post(item: SharedItem) -> str:
    """The label before anything else, as TLP 2.0 asks of messages (section 3); then what it is, and what to do."""
    document = content.document_of(item.versions.get(number=item.published_version or 0))
    text = _text_of(document)
    parts = [
        _marking(item),
        f"#### {_plain(item.title)}",
        _plain(text.summary or text.body)[:LONGEST_SUMMARY],
        f"**{_('What to do')}**\n{_plain(text.action)[:LONGEST_ACTION]}" if text.action else "",
        _page(item),
        _marking(item),
    ]
    return "\n\n".join(filter(None, parts))


def _marking(item: SharedItem) -> str:
    labels = [Tlp(item.tlp).marking, *([Pap(item.pap).marking] if item.pap else [])]
    return " ".join(f"**{one}**" for one in labels)


def _text_of(document: Document) -> Text:
    """The text for people who manage IT, where there is one; else the first."""
    texts = document.texts or (Text(title=document.title),)
    return next((text for text in texts if text.reader == Reader.GENERALIST), texts[0])


def _plain(words: str) -> str:
    """Words of others: they call nobody in the room."""
    return words.replace("@", "@\u200b")


PAYLOADS = {OutletKind.MISP.value: _event, OutletKind.MATTERMOST.value: _posted}
RECALLS = {OutletKind.MISP.value: _event_to_delete, OutletKind.MATTERMOST.value: _posted_again}
