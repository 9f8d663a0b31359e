"""The dates of an item for a calendar (RFC 5545): until when it is valid."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override
from icalendar import Calendar, Event

from schakel.post.messages import host
from schakel.sharing.ledger import letters
from schakel.sharing.ledger.labels import effective
from schakel.sharing.models import SharedItem


def calendar_of(item: SharedItem, *, title: str, language: str, at: datetime) -> bytes:
    """One event where the item ends on a day; nothing where it has no end. A later version takes its place."""
    if item.valid_until is None:
        return b""
    calendar, event = Calendar(), Event()
    calendar.add("prodid", "-//Schakel//Sharing//NL")
    calendar.add("version", "2.0")
    with override(language):
        words = _("No longer valid: %(title)s") % {"title": title}
    event.add("uid", f"{item.uid}@{host()}")
    event.add("sequence", item.published_version or 0)
    event.add("dtstamp", at)
    event.add("dtstart", item.valid_until)
    event.add("summary", f"{effective(item).marking} {words}")
    event.add("url", letters.url_of(item))
    calendar.add_component(event)
    return bytes(calendar.to_ical())
