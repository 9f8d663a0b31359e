"""What a channel is, and how a try can end."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol, Self

from schakel.post.models import Attempt, Delivery

REPLY_LIMIT = 500


class Unsendable(Exception):  # noqa: N818 - it reads as a sentence where it is raised
    """The message cannot be sent as it is, now or later: its words say why, for the desk."""


class NotReady(Exception):  # noqa: N818 - same
    """Our own set-up does not let us send; later it may."""


class Verdict(StrEnum):
    """How a try ended."""

    SENT = "sent"
    LATER = "later"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try ended, in whose words, and what that says of the place it was sent to.

    `is_away`: the place itself does not answer, so nothing else need be tried there now. `wait`: what it asked for.
    """

    verdict: Verdict
    reply: str
    is_away: bool = False
    wait: timedelta = timedelta()

    @classmethod
    def sent(cls, reply: str) -> Self:
        """It was taken."""
        return cls(Verdict.SENT, _kept(reply))

    @classmethod
    def never(cls, reply: str) -> Self:
        """It was refused, and would be again."""
        return cls(Verdict.NEVER, _kept(reply))

    @classmethod
    def later(cls, reply: str, *, is_away: bool = False, wait: timedelta = timedelta()) -> Self:
        """It was not taken now."""
        return cls(Verdict.LATER, _kept(reply), is_away=is_away, wait=wait)


def _kept(reply: str) -> str:
    """What fits in a row: a database's text holds no NUL."""
    return reply.replace("\0", "")[:REPLY_LIMIT]


class Channel(Protocol):
    """A way to send. One is opened for a run, so that it can keep its connections; `close` ends them."""

    def place_of(self, delivery: Delivery) -> str:
        """The server that the delivery goes to: when it is away, all of its deliveries wait."""
        ...

    def send(self, delivery: Delivery, attempt: Attempt) -> Outcome:
        """Try once. Raises nothing that it can foresee."""
        ...

    def close(self) -> None:
        """End its connections; it may be used again."""
        ...
