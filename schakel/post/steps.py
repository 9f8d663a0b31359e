"""The outgoing post: everything that is due is tried, and what a dead sender left behind is taken up again.

Any number of senders may run at once, on any number of machines. A step is safe to repeat and to kill at any moment.
"""

import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from schakel.journal.actions import record
from schakel.kit.refusals import permit
from schakel.policy.access import SYSTEM, Actor, Permission
from schakel.post import backoff, senders, sending
from schakel.post.channels.base import Channel
from schakel.post.channels.registry import CHANNELS
from schakel.post.models import Attempt, Delivery, DeliveryState

BATCH = 50
GRACE = timedelta(minutes=5)  # Longer than one exchange with a mail server can take: see channels.mail.relay.
INTERRUPTED = "The sender was killed before it could write how this ended; sent again with the same Message-ID."
OUTCOMES = {DeliveryState.SENT: "sent", DeliveryState.QUEUED: "later", DeliveryState.DEAD: "dead"}
Figures = dict[str, int]


def deliver_due(*, at: datetime, limit: int = BATCH, by: Actor = SYSTEM) -> Figures:
    """Try up to `limit` due deliveries per channel.

    Returns counts: claimed = sent + later (will be tried again) + dead (a person must look) + waiting (put back
    untried, as their server is away) + lost (another sender has them).
    """
    with ExitStack() as stack:
        run = _Run(stack, by)
        return _figures(sum((run.batch(kind, at=at, limit=limit) for kind in CHANNELS), Counter[str]()))


def deliver_all(
    *, clock: Callable[[], datetime] = timezone.now, seconds: float | None = None, by: Actor = SYSTEM
) -> Figures:
    """Recover what dead senders left, then deliver until nothing is due or `seconds` have passed.

    Returns the counts of `deliver_due`, and `recovered`.
    """
    started, total = time.monotonic(), Counter[str]()
    total["recovered"] = recover(at=clock(), by=by)["recovered"]
    with ExitStack() as stack:
        run = _Run(stack, by)
        open_kinds = set(CHANNELS)
        while open_kinds and (seconds is None or time.monotonic() - started < seconds):
            for kind in sorted(open_kinds):
                figures = run.batch(kind, at=clock(), limit=BATCH)
                total += figures
                if figures["claimed"] == figures["waiting"] + figures["away"]:  # Nothing due, or nobody there.
                    open_kinds.discard(kind)
    return {**_figures(total), "recovered": total["recovered"]}


@transaction.atomic
def recover(*, at: datetime, by: Actor = SYSTEM) -> Figures:
    """Put back what dead senders had claimed.

    What was never on the wire goes back at once, what may have been after GRACE: its sender may live and only have
    lost the database. Returns counts: `recovered` (of which `dead`, having had all their attempts) and `watched`.
    """
    permit(by.may(Permission.DELIVERY_MANAGE))
    held = Delivery.objects.filter(state=DeliveryState.SENDING).select_for_update(no_key=True, skip_locked=True)
    rows = list(held)
    begun = set(Attempt.objects.filter(delivery__in=rows, ended_at=None).values_list("delivery_id", flat=True))
    alive = senders.alive()  # After the rows: whoever committed a claim that we see holds its lock by now.
    orphans = [row for row in rows if row.claimed_by not in alive]
    lost = [row for row in orphans if row.pk not in begun or (row.claimed_at and row.claimed_at <= at - GRACE)]
    dead = [row.pk for row in lost if row.attempts_count >= backoff.ATTEMPTS_LIMIT]
    _put_back([row.pk for row in lost], dead, at)
    if lost:
        record("post.delivery.recovered", by=by, at=at, count=len(lost), dead=len(dead))
    return {"recovered": len(lost), "dead": len(dead), "watched": len(orphans) - len(lost)}


def _put_back(lost: list[int], dead: list[int], at: datetime) -> None:
    rows = Delivery.objects.filter(pk__in=lost)
    Attempt.objects.filter(delivery__in=lost, ended_at=None).update(ended_at=at, is_success=False, reply=INTERRUPTED)
    rows.filter(pk__in=dead).update(state=DeliveryState.DEAD, failure=INTERRUPTED, **sending.UNCLAIMED)
    rows.exclude(pk__in=dead).update(state=DeliveryState.QUEUED, due_at=at, **sending.UNCLAIMED)


class _Run:
    """One sender at work: its number, its open channels, and the servers it found away."""

    def __init__(self, stack: ExitStack, by: Actor) -> None:
        permit(by.may(Permission.DELIVERY_MANAGE))
        self._by, self._away = by, set[str]()
        self._sender = stack.enter_context(senders.sender())
        self._channels: dict[str, Channel] = {
            kind: stack.enter_context(closing(make())) for kind, make in CHANNELS.items()
        }

    def batch(self, kind: str, *, at: datetime, limit: int) -> Counter[str]:
        """Claim and try one batch of a channel, and journal it."""
        clock = sending.Clock(at)
        claimed = self._steadily(lambda: sending.claim(channel=kind, sender=self._sender, at=at, limit=limit))
        figures = Counter(claimed=len(claimed))
        try:
            for delivery in claimed:
                figures += self._try(self._channels[kind], delivery, clock)
        finally:  # Whether all were tried or somebody pressed Ctrl-C.
            due_at = clock.now() + sending.AWAY_PAUSE
            self._steadily(lambda: sending.release(claimed, sender=self._sender, due_at=due_at))
        if claimed:
            self._steadily(lambda: self._record(kind, figures, clock.now()))
        return figures

    def _try(self, channel: Channel, delivery: Delivery, clock: sending.Clock) -> Counter[str]:
        """Attempt row, network, outcome row; nothing of it for a server that was found away."""
        place = channel.place_of(delivery)
        if place in self._away:
            return Counter(waiting=1)
        attempt = self._steadily(lambda: sending.begin(delivery, sender=self._sender, at=clock.now()))
        if attempt is None:
            return Counter(lost=1)
        outcome = sending.try_once(channel, delivery, attempt)
        if outcome.is_away:
            self._away.add(place)
        state = self._steadily(lambda: sending.finish(delivery, outcome, sender=self._sender, at=clock.now()))
        return Counter({OUTCOMES[state]: 1, "away": int(outcome.is_away)})

    def _record(self, kind: str, figures: Counter[str], at: datetime) -> None:
        facts: dict[str, Any] = {"channel": kind, **_figures(figures)}
        record("post.delivery.attempted", by=self._by, at=at, **facts)

    def _steadily(self, write: Callable[[], senders.Result]) -> senders.Result:
        return senders.steadily(write, sender=self._sender)


def _figures(counts: Counter[str]) -> Figures:
    return {name: counts[name] for name in ("claimed", "sent", "later", "dead", "waiting", "lost")}
