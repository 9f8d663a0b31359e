"""Sharing as jobs: items are told to whom they reach, digests go out in the morning, what is over is noted."""

from django.utils import timezone
from procrastinate.contrib.django import app

from schakel.policy.access import SYSTEM
from schakel.sharing.feedback import digest
from schakel.sharing.ledger import digests, expiry, telling
from schakel.sharing.models import Alert, Newsletter, Passing, SharedItem
from schakel.sharing.relaying import constituents, newsletters
from schakel.sharing.search import alerts


@app.task(name="sharing.tell", queue="outgoing")
def tell(*, item_id: int, version: int, **_later_arguments: object) -> None:
    """Tell whoever an item reaches, or that it was retracted."""
    telling.tell(item=SharedItem.objects.get(pk=item_id), version=version, by=SYSTEM, at=timezone.now())


@app.task(name="sharing.tell_left", queue="outgoing")
def tell_left(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """Go on with rounds of telling that were cut off."""
    telling.resume(by=SYSTEM, at=timezone.now())


@app.task(name="sharing.send_digests", queue="outgoing")
def send_digests(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """Send the digests that are due."""
    digests.send(by=SYSTEM, at=timezone.now())


@app.task(name="sharing.note_expired", queue="outgoing")
def note_expired(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """Note which items are over, for who follows by machine."""
    expiry.note_expired(by=SYSTEM, at=timezone.now())


@app.task(name="sharing.alert_at_once", queue="outgoing")
def alert_at_once(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """Write about what is new in saved searches whose owners want to hear at once."""
    alerts.send(Alert.AT_ONCE, by=SYSTEM, at=timezone.now())


@app.task(name="sharing.alert_daily", queue="outgoing")
def alert_daily(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """Write about what is new in saved searches whose owners want to hear once a day."""
    alerts.send(Alert.DAILY, by=SYSTEM, at=timezone.now())


@app.task(name="sharing.tell_authors", queue="outgoing")
def tell_authors(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """Write to authors about the feedback that came back."""
    digest.tell_authors(by=SYSTEM, at=timezone.now())


@app.task(name="sharing.tell_constituents", queue="outgoing")
def tell_constituents(*, passing_id: int, **_later_arguments: object) -> None:
    """Tell the constituency of a partner that passed an item on."""
    rows = Passing.objects.select_related("item__circle", "item__audience", "partner")
    constituents.tell_constituents(passing=rows.get(pk=passing_id), by=SYSTEM, at=timezone.now())


@app.task(name="sharing.review_passings", queue="outgoing")
def review_passings(*, item_id: int, **_later_arguments: object) -> None:
    """After an item changed: tell the constituencies again, or take it back where it may not go on any more."""
    constituents.review(item=SharedItem.objects.get(pk=item_id), by=SYSTEM, at=timezone.now())


@app.task(name="sharing.send_newsletter", queue="outgoing")
def send_newsletter(*, newsletter_id: int, **_later_arguments: object) -> None:
    """Send an issue of a newsletter to whom it is for."""
    newsletters.deliver(issue=Newsletter.objects.get(pk=newsletter_id), by=SYSTEM, at=timezone.now())
