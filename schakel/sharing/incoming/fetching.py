"""Fetching from sources: what every way of fetching promises, and the one run over those that are due."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.progress import Progress, unwatched
from schakel.kit.refusals import Refused, permit
from schakel.policy.access import Actor, Permission
from schakel.post.keys import own_key
from schakel.sharing.formats.base import Format, Unreadable
from schakel.sharing.formats.mail.keys import Keys
from schakel.sharing.formats.registry import formats
from schakel.sharing.incoming.receiving import Received, hold, receive
from schakel.sharing.incoming.sources import certificates_of
from schakel.sharing.models import ItemSource

UNCHANGED = frozenset({"known", "older"})


class Unreachable(Refused):
    """The source could not be asked, or answered with what is no answer; the next run tries again."""

    wording = _("The source cannot be reached:")


def _nothing() -> None:
    """Where nobody waits to hear that content was kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One piece of content. `position`: what to know the next time, kept together with the content.

    `kept` is called when it is safe with us: only then may it be taken away there. `refusal`: why it is not to be
    believed, so that it is held back unread.
    """

    content: bytes
    name: str = ""
    refusal: Unreadable | None = None
    position: Mapping[str, object] | None = None
    kept: Callable[[], None] = field(default=_nothing)


class Fetcher(Protocol):
    """One way of fetching. It reads the source's own row and writes nothing of ours."""

    def fetch(self, source: ItemSource, *, at: datetime) -> Iterator[Fetched]:
        """What is new since `source.position`, oldest first. Raises Unreachable, before the first or between two."""
        ...


def fetcher_of(source: ItemSource) -> Fetcher:
    """The way of fetching that fits the source (setting ITEM_FETCHERS). Raises Unreachable where there is none."""
    path = settings.ITEM_FETCHERS.get(source.kind)
    if path is None:
        raise Unreachable(_("nothing is fetched from a source of this kind."))
    made: Fetcher = import_string(path)()
    return made


def formats_for(source: ItemSource) -> tuple[Format, ...]:
    """What is read, with our key for what is sealed and the source's certificates for what is signed."""
    return formats(keys=Keys(own=own_key(), certificates=tuple(certificates_of(source.certificates))))


def bring(content: bytes, *, source: ItemSource, by: Actor, at: datetime, name: str = "") -> Received:
    """Take in content that somebody brings to a source: a person, the post, a command. Raises NotPermitted."""
    return receive(content, source=source, formats=formats_for(source), by=by, at=at, name=name)


def fetch(*, source: ItemSource, by: Actor, at: datetime, progress: Progress = unwatched) -> dict[str, int]:
    """Fetch what is new and take it in; returns counts of what became of it.

    Nothing where somebody else has just begun. What was kept before a failure stays. Raises NotPermitted, Unreachable.
    """
    permit(by.may(Permission.ITEM_IMPORT, partner_id=source.owner_id))
    if not ItemSource.objects.filter(pk=source.pk, fetched_at=source.fetched_at).update(fetched_at=at):
        return {}
    counts = Counter[str]()
    try:
        for fetched in fetcher_of(source).fetch(source, at=at):
            counts.update(_kept(fetched, source, by, at))
            progress(counts.total(), fetched.name)
    except Unreachable as refusal:
        _note(source, str(refusal), counts, by, at)
        raise
    _note(source, "", counts, by, at)
    return dict(counts)


def fetch_due(*, by: Actor, at: datetime) -> dict[str, int]:
    """Fetch from every source that is due; one that fails does not stop the rest. Raises NotPermitted."""
    counts = Counter[str]()
    for source in ItemSource.objects.visible_to(by).due(at).order_by("pk"):
        try:
            counts.update(fetch(source=source, by=by, at=at))
        except Unreachable:
            counts["unreachable"] += 1
    return dict(counts)


def _kept(fetched: Fetched, source: ItemSource, by: Actor, at: datetime) -> dict[str, int]:
    with transaction.atomic():
        if fetched.refusal is None:
            received = bring(fetched.content, source=source, by=by, at=at, name=fetched.name)
        else:
            received = hold(fetched.content, fetched.refusal, source=source, by=by, at=at, name=fetched.name)
        if fetched.position is not None:
            ItemSource.objects.filter(pk=source.pk).update(position=dict(fetched.position))
    fetched.kept()
    return dict(received.counts)


@transaction.atomic
def _note(source: ItemSource, failure: str, counts: Mapping[str, int], by: Actor, at: datetime) -> None:
    """How it went; the journal hears of what changed something, not of each quiet hour."""
    ItemSource.objects.filter(pk=source.pk).update(failure=failure)
    if failure and failure != source.failure:
        record("sharing.source.failed", on=source, by=by, at=at)
    elif set(counts) - UNCHANGED:
        record("sharing.source.fetched", on=source, by=by, at=at, **counts)
    source.refresh_from_db()
