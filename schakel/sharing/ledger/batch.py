"""One batch of recipients: their receipts, the ways that are used or refused, and the messages, in one transaction."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from schakel.policy import channels
from schakel.policy.access import Actor
from schakel.policy.channels import Stop
from schakel.post import copies
from schakel.post.copies import Copy
from schakel.post.models import Content
from schakel.registry.models import ChannelKind
from schakel.sharing.audience.preview import Recipient
from schakel.sharing.document import Document
from schakel.sharing.ledger import letters, rows, stopping
from schakel.sharing.ledger.calendars import calendar_of
from schakel.sharing.ledger.labels import effective, load_of
from schakel.sharing.ledger.urgency import When, is_alarm, when
from schakel.sharing.ledger.ways import Party, Way, ways_of
from schakel.sharing.models import Dispatch, ItemVersion, Receipt, SharedItem
from schakel.sharing.words import Occasion

_KINDS = {"partner": "partner", "organisation": "organisation", "person": "user"}


class Told(NamedTuple):
    """One recipient of this batch, with its receipt."""

    receipt: int
    party: Party
    address: str
    occasion: str


class Sending(NamedTuple):
    """One way of one recipient, and what is done with it."""

    told: Told
    way: Way
    moment: When
    stop: Stop | None


@dataclass
class Round:
    """A version on its way out: what it says by level, language and occasion is written once."""

    item: SharedItem
    version: ItemVersion
    document: Document
    by: Actor
    at: datetime
    contents: dict[tuple[str, ...], Content] = field(default_factory=dict)
    stops: dict[tuple[str, bool, str], Stop | None] = field(default_factory=dict)

    @cached_property
    def is_alarm(self) -> bool:
        """Whether it cannot be stopped by a link."""
        return is_alarm(self.item)

    @cached_property
    def mark(self) -> str:
        """Its label, as the standard writes it."""
        return effective(self.item).marking

    def stop(self, way: Way) -> Stop | None:
        """Why it may not go in full by that way; ways with the same protection and ceiling are asked once."""
        kind = (way.channel, bool(way.openpgp_key), way.ceiling)
        if kind not in self.stops:
            self.stops[kind] = channels.stop(load_of(self.item), channel=way.carries)
        return self.stops[kind]

    def content(self, way: Way, *, occasion: str, is_bare: bool) -> Content:
        """What is said by that way."""
        level = "bare" if is_bare else way.reader
        name = (way.channel, level, way.spoken, occasion)
        if name not in self.contents:
            self.contents[name] = self._written(".".join(name), way, occasion, is_bare=is_bare)
        return self.contents[name]

    def _written(self, name: str, way: Way, occasion: str, *, is_bare: bool) -> Content:
        item, language = self.item, way.spoken
        if is_bare:
            letter = letters.bare(item, occasion=occasion, language=language)
        else:
            letter = letters.full(
                item, self.document, occasion=occasion, change=self.version.change, reader=way.reader, language=language
            )
        payload = None
        if way.channel == ChannelKind.WEBHOOK:
            payload = letters.payload(item, self.document, occasion=occasion, language=language)
        calendar = b"" if is_bare else calendar_of(item, title=self.document.title, language=language, at=self.at)
        key = f"item:{item.pk}:{self.version.number}:{name}"
        return copies.content(
            key=key, subject=letter.subject, body=letter.body, payload=payload, calendar=calendar, at=self.at
        )


@transaction.atomic
def tell_batch(of: Round, batch: Sequence[Recipient]) -> Counter[str]:
    """Decide and queue one batch; who was told of this version already is passed over. Returns counts.

    The number of queries does not depend on the size of the batch.
    """
    found = _receipts(of, batch)
    told = [one for one in found if one.occasion]
    ways = ways_of([one.party for one in told]) if told else {}
    sendings = [sending for one in told for sending in _decided(of, one, ways.get(one.party, []))]
    sent = _hand_over(of, sendings)
    rows.mark_sent(sorted({one.told.receipt for one in sent}), at=of.at)
    return Counter(
        recipients=len(found), refused=len(found) - len(told), told=len({one.told.receipt for one in sent}),
        messages=sum(one.moment.due_at is None for one in sent), digests=sum(bool(one.moment.due_at) for one in sent),
    )  # fmt: skip


def party_of(one: Recipient) -> Party:
    """The party of a decision."""
    kind = _KINDS.get(one.party.value)
    return Party(**{kind: one.pk}) if kind else Party()


def _receipts(of: Round, batch: Sequence[Recipient]) -> list[Told]:
    """Keep the decision on each recipient; the occasion is empty for who is refused. Those done before are left out."""
    known = _known(of.item, batch)
    done = _done(of, known.values())
    fresh = [one for one in batch if party_of(one) not in known]
    again = [(one, known[party_of(one)]) for one in batch if party_of(one) in known]
    numbers = rows.add_receipts(of.item.pk, of.version.number, [(party_of(one), one) for one in fresh], at=of.at)
    found = [
        Told(number, party_of(one), one.address, "" if one.refusal else Occasion.NEW)
        for number, one in zip(numbers, fresh, strict=True)
    ]
    changed = []
    for one, row in again:
        if row.pk in done:
            continue
        had_it = row.recalled_at is None and (row.sent_at or row.fetched_at) and row.version < of.version.number
        row.address, row.decided_at = one.address, of.at
        if one.refusal is None:  # Who may no longer read it keeps the version that it had: see recall.
            row.version, row.refusal, row.recalled_at = of.version.number, "", None
        elif not row.sent_at:
            row.refusal = one.refusal.value
        changed.append(row)
        occasion = Occasion.UPDATE if had_it else Occasion.NEW
        found.append(Told(row.pk, party_of(one), one.address, "" if one.refusal else occasion))
    Receipt.objects.bulk_update(changed, ["version", "address", "refusal", "decided_at", "recalled_at"], batch_size=500)
    return found


def _known(item: SharedItem, batch: Sequence[Recipient]) -> dict[Party, Receipt]:
    parties = [party_of(one) for one in batch]
    theirs = Q(partner__in=[one.partner for one in parties if one.partner])
    theirs |= Q(organisation__in=[one.organisation for one in parties if one.organisation])
    theirs |= Q(user__in=[one.user for one in parties if one.user])
    theirs |= Q(is_desk=True) if Party() in parties else Q(pk__in=[])
    found = Receipt.objects.filter(theirs, item=item, passing=None)
    return {Party(row.partner_id, row.organisation_id, row.user_id): row for row in found}


def _done(of: Round, known: Iterable[Receipt]) -> set[int]:
    occasions = [Occasion.NEW, Occasion.UPDATE]
    made = Dispatch.objects.filter(receipt__in=known, version=of.version.number, occasion__in=occasions)
    return set(made.values_list("receipt", flat=True))


def _decided(of: Round, told: Told, ways: Iterable[Way]) -> Iterable[Sending]:
    """Each way with the policy's word and the recipient's own wish."""
    for way in ways:
        moment = when(of.item, party=told.party, address=told.address, way=way, at=of.at)
        yield Sending(told, way, moment, of.stop(way))


def _hand_over(of: Round, sendings: Sequence[Sending]) -> list[Sending]:
    """Hand over what leaves now, keep what waits and what was stopped; gives what leaves now or later."""
    now = [one for one in sendings if _may_go(one) and one.moment.due_at is None]
    later = [one for one in sendings if _may_go(one) and one.moment.due_at is not None]
    deliveries = copies.hand_over([_copy(of, one) for one in now], by=of.by, at=of.at)
    numbers: Mapping[int, int] = {id(one): number for one, number in zip(now, deliveries, strict=True)}
    rows.add_dispatches(
        [
            rows.NewDispatch(
                receipt=one.told.receipt, contact=one.way.contact, user=one.way.user, delivery=numbers.get(id(one)),
                occasion=one.told.occasion, is_bare=one.stop is not None, stop=_why_not(one), due_at=one.moment.due_at,
            )
            for one in sendings
        ],
        version=of.version.number, at=of.at,
    )  # fmt: skip
    return [*now, *later]


def _may_go(one: Sending) -> bool:
    return not _why_not(one)


def _why_not(one: Sending) -> str:
    """A mail goes bare where it may not go in full; a machine has no use for that."""
    if one.stop is not None and (one.way.channel == ChannelKind.WEBHOOK or one.stop == Stop.UNKNOWN_LABEL):
        return one.stop.value
    return one.moment.silence.value if one.moment.silence else ""


def _copy(of: Round, one: Sending) -> Copy:
    way, number = one.way, of.version.number
    content = of.content(way, occasion=one.told.occasion, is_bare=one.stop is not None)
    tail, headers = ("", {}) if of.is_alarm else stopping.footer(way)
    return Copy(
        key=f"receipt:{one.told.receipt}:{number}:{one.told.occasion}:{way.contact or ''}:{way.user or ''}",
        address=way.address,
        content=content,
        language=way.language,
        channel=way.channel,
        tail=tail,
        headers={"X-TLP": of.mark, **headers},
        openpgp_key=way.openpgp_key,
        webhook_secret=way.webhook_secret,
    )
