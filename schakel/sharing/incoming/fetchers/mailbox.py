"""A mailbox in a folder (Maildir), as a mail server on this machine delivers into it."""

import mailbox
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

from schakel.sharing.incoming.fetching import Fetched, Unreachable
from schakel.sharing.models import ItemSource

SEEN = "S"


class MailboxFetcher:
    """Mails that nobody has seen; those that are kept are marked as seen and stay where they are."""

    def fetch(self, source: ItemSource, *, at: datetime) -> Iterator[Fetched]:  # noqa: ARG002 - mails bear their own
        """The unseen mails, oldest first. Raises Unreachable where there is no such folder."""
        place = Path(source.address)
        if not (place / "cur").is_dir():
            raise Unreachable(f"{place} is no Maildir.")
        folder = mailbox.Maildir(place, create=False)
        for key in sorted(folder.keys()):
            message = folder.get_message(key)
            if SEEN not in message.get_flags():
                yield Fetched(content=folder.get_bytes(key), name=key, kept=partial(_mark_seen, folder, key))


def _mark_seen(folder: "mailbox.Maildir", key: str) -> None:
    """As mail programs do: out of `new`, with its flag (https://cr.yp.to/proto/maildir.html)."""
    message = folder.get_message(key)
    message.set_subdir("cur")
    message.add_flag(SEEN)
    folder[key] = message
