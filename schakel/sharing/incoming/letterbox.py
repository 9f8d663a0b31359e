"""Items by mail to an address of ours: what the post's door hands on."""

from datetime import datetime

from django.utils import timezone

from schakel.policy.access import SYSTEM
from schakel.sharing.incoming.fetching import bring
from schakel.sharing.incoming.receiving import Received
from schakel.sharing.models import ItemSource
from schakel.sharing.words import SourceKind


def take(content: bytes, *, recipient: str, at: datetime) -> Received | None:
    """Take a mail in for the source that has this address; None where none has it."""
    doors = ItemSource.objects.filter(kind=SourceKind.DOOR, is_active=True, address__iexact=recipient)
    source = doors.order_by("pk").first()
    return bring(content, source=source, by=SYSTEM, at=at, name="mail") if source else None


def word_for(content: bytes, recipient: str) -> str | None:
    """The same, as the door asks: a word for the mail server. What is held back is safe with us too."""
    received = take(content, recipient=recipient, at=timezone.now())
    if received is None:
        return None
    return "held" if received.held else "taken"
