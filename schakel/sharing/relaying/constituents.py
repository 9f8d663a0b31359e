"""Telling a constituency: each member is decided on, told by its contact or refused, and kept in the ledger."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import islice

from django.db import transaction
from django.db.models import Q

from schakel.journal.actions import record
from schakel.kit.refusals import permit
from schakel.policy import channels
from schakel.policy.access import Actor, Permission
from schakel.policy.audience import Unpassable, unpassable
from schakel.policy.channels import Stop
from schakel.policy.sharing import Refusal, held_back, protected_labels
from schakel.post import copies
from schakel.post.copies import Copy
from schakel.registry.models import ChannelKind, Constituency, NetworkFunction
from schakel.registry.starts import not_started
from schakel.sharing.items import content
from schakel.sharing.ledger import rows, stopping
from schakel.sharing.ledger.labels import effective, load_of
from schakel.sharing.ledger.recall import recall
from schakel.sharing.ledger.ways import Party, Way, ways_of
from schakel.sharing.models import ClientTie, ItemVersion, MailStop, Passing, Receipt, SharedItem
from schakel.sharing.relaying import letters
from schakel.sharing.relaying.bulletins import may_read, why_not
from schakel.sharing.words import ItemState, Occasion

BATCH = 2000
Why = Refusal | Unpassable | Stop | None


def tell_constituents(*, passing: Passing, by: Actor, at: datetime) -> dict[str, int]:
    """Decide on each organisation of the partner's constituency and tell those that may have it.

    Safe to repeat: who was told of this version is passed over. Raises NotPermitted.
    """
    permit(by.may(Permission.NOTICE_SEND))
    item, counts = passing.item, Counter[str]()
    if passing.stopped_at or item.state != ItemState.PUBLISHED or not may_read(passing.partner, item):
        return {}
    version = ItemVersion.objects.select_related("item__circle").get(item=item, number=item.published_version or 0)
    writer = letters.Writer(passing, content.document_of(version), at)
    members = _members(passing, at.date())
    while batch := list(islice(members, BATCH)):
        counts.update(_tell_batch(passing, writer, batch, by, at))
    with transaction.atomic():
        record("sharing.constituency.told", on=item, by=by, at=at, partner=passing.partner_id, **dict(counts))
    return dict(counts)


def review(*, item: SharedItem, by: Actor, at: datetime) -> None:
    """After an item changed: tell the constituencies again, or close what may no longer be passed on and take it back.

    Raises NotPermitted.
    """
    permit(by.may(Permission.NOTICE_SEND))
    for passing in Passing.objects.filter(item=item, stopped_at=None).select_related("item", "partner"):
        if may_read(passing.partner, item) and why_not(item, passing.partner) is None:
            tell_constituents(passing=passing, by=by, at=at)
            continue
        Passing.objects.filter(pk=passing.pk).update(stopped_at=at)
        recall(item, Receipt.objects.filter(passing=passing), Occasion.WITHDRAWAL, by=by, at=at)


def _members(passing: Passing, day: date) -> Iterator[tuple[int, Why]]:
    """Every organisation of the constituency on that day, and why it may not have the item."""
    switched = set(ClientTie.objects.filter(partner=passing.partner_id).values_list("relation", flat=True))
    closed = not_started(NetworkFunction.SHARING, day=day)
    ties = Constituency.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_until=None) | Q(valid_until__gt=day),
        partner=passing.partner_id,
    )  # fmt: skip
    columns = ("organisation", "relation", "organisation__has_objected", "organisation__region")
    tlp, before = effective(passing.item).value, None
    best: Why = None
    for pk, relation, has_objected, region in ties.order_by("organisation").values_list(*columns).iterator():
        is_served = relation in switched
        held = held_back(has_objected=has_objected, has_started=region not in closed)
        why: Why = held or unpassable(
            tlp, is_switched_on=bool(switched), has_services=is_served, circle=passing.item.circle_id
        )
        if before is not None and pk != before:
            yield before, best
            best = why
        else:  # Of several relations the one that lets it pass counts.
            best = why if before is None or best is not None else best
        before = pk
    if before is not None:
        yield before, best


@transaction.atomic
def _tell_batch(
    passing: Passing, writer: letters.Writer, batch: Sequence[tuple[int, Why]], by: Actor, at: datetime
) -> Counter[str]:
    version = passing.item.published_version or 0
    known = {row.organisation_id: row for row in Receipt.objects.filter(passing=passing, organisation__in=dict(batch))}
    fresh = [(pk, why) for pk, why in batch if pk not in known or _is_behind(known[pk], version)]
    ways = ways_of([Party(organisation=pk) for pk, why in fresh if why is None])
    stops = _stops(passing)
    chosen = {pk: _way(passing.item, ways.get(Party(organisation=pk), []), why, stops) for pk, why in fresh}
    receipts = _keep(passing, known, {pk: why for pk, (_way_, why) in chosen.items()}, version, at)
    going = [(pk, way) for pk, (way, why) in chosen.items() if way is not None and why is None]
    is_update = {pk: bool(known[pk].sent_at) if pk in known else False for pk, _way_ in going}
    occasions = {pk: Occasion.UPDATE if is_update[pk] else Occasion.NEW for pk, _way_ in going}
    made = [_copy(passing, writer, receipts[pk], way, occasions[pk]) for pk, way in going]
    numbers = copies.hand_over(made, by=by, at=at)
    rows.add_dispatches(
        [
            rows.NewDispatch(
                receipts[pk].pk, way.contact, None, number, occasions[pk], _is_bare(passing.item, way), "", None
            )
            for (pk, way), number in zip(going, numbers, strict=True)
        ],
        version=version,
        at=at,
    )
    rows.mark_sent([receipts[pk].pk for pk, _way_ in going], at=at)
    return Counter(members=len(fresh), told=len(going), refused=len(fresh) - len(going))


def _is_behind(row: Receipt, version: int) -> bool:
    return row.version < version or (row.sent_at is None and row.refusal != "")


def _stops(passing: Passing) -> set[int]:
    """The contacts that want no bulletins of this partner, or of anybody."""
    rows = MailStop.objects.filter(Q(partner=passing.partner_id) | Q(partner=None), what="bulletins")
    return set(rows.values_list("contact", flat=True))


def _way(item: SharedItem, ways: list[Way], why: Why, stops: set[int]) -> tuple[Way | None, Why | str]:
    """The mailbox that is told, and why it is not."""
    if why is not None:
        return None, why
    mails = [way for way in ways if way.channel == ChannelKind.MAIL and way.user is None]
    wanted = [way for way in mails if way.contact not in stops]
    if not wanted:
        return None, "unsubscribed" if mails else Refusal.NO_CHANNEL
    stop = channels.stop(load_of(item), channel=wanted[0].carries)
    return wanted[0], stop if stop == Stop.UNKNOWN_LABEL else None


def _is_bare(item: SharedItem, way: Way) -> bool:
    """Whether a link alone goes: above what the way carries, or personal data under a label that asks for more."""
    is_protected = item.holds_personal_data and effective(item).value in protected_labels() and not way.openpgp_key
    return is_protected or channels.stop(load_of(item), channel=way.carries) is not None


def _keep(
    passing: Passing, known: dict[int | None, Receipt], decided: dict[int, Why | str], version: int, at: datetime
) -> dict[int, Receipt]:
    """The receipt of each, with the decision."""
    kept = {}
    for pk, why in decided.items():
        row = known.get(pk) or Receipt(item=passing.item, passing=passing, organisation_id=pk)
        row.version, row.decided_at, row.address = version, at, f"clients:{passing.partner_id}"
        row.refusal = "" if row.sent_at else str(why or "")
        kept[pk] = row
    Receipt.objects.bulk_create([row for row in kept.values() if row.pk is None], batch_size=1000)
    old = [row for row in kept.values() if row in known.values()]
    Receipt.objects.bulk_update(old, ["version", "decided_at", "refusal"], batch_size=500)
    return kept


def _copy(passing: Passing, writer: letters.Writer, receipt: Receipt, way: Way, occasion: str) -> Copy:
    is_bare = _is_bare(passing.item, way)
    tail, headers = stopping.footer(way, what="bulletins", partner=passing.partner_id)
    mark = effective(passing.item).marking
    link = letters.reading_line(receipt, way.spoken)
    return Copy(
        key=f"bulletin:{receipt.pk}:{receipt.version}:{passing.passed_at.timestamp()}",
        address=way.address,
        content=writer.content(occasion=occasion, is_bare=is_bare),
        language=way.language,
        tail=f"{link}\n\n{mark}\n{tail}",
        headers={"X-TLP": mark, **headers},
        openpgp_key=way.openpgp_key,
    )
