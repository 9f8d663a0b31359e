"""One mail as the registry writes it; the post sends it, by a job that knows both."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from schakel.kit.limits import Limit
from schakel.kit.refusals import Invalid

PER_HOLDER = Limit("letters-holder", count=100, seconds=86_400)
PER_ADDRESS = Limit("letters-address", count=6, seconds=86_400)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail; `key` is the same for the same mail, so that it goes out once."""

    key: str
    address: str
    language: str
    subject: str
    body: str


def joined(paragraphs: list[str], facts: dict[str, object]) -> str:
    """The text of a mail: paragraphs with the facts filled in."""
    return "\n\n".join(one % facts for one in paragraphs) + "\n"


def count_one(address: str, *, asked_by: Model, at: datetime) -> None:
    """Count a letter that a partner or an organisation lets us write to an address of its choice.

    Raises Invalid beyond what a day allows, so that nobody fills a mailbox through us. Others' letters to the same
    address play no part: who is refused learns nothing of them.
    """
    holder = f"{type(asked_by).__name__}:{asked_by.pk}"
    if PER_ADDRESS.is_passed(f"{holder} {address.casefold()}", at=at):
        raise Invalid(_("this address got enough letters for today; wait until tomorrow."))
    if PER_HOLDER.is_passed(holder, at=at):
        raise Invalid(_("enough letters were written for today; go on tomorrow."))
