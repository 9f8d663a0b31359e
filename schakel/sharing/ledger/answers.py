"""What recipients do with an item: fetch it, acknowledge it, act on it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from schakel.journal.actions import record
from schakel.kit.refusals import WrongState, permit
from schakel.policy.access import Actor, Permission
from schakel.sharing.ledger.ways import Party
from schakel.sharing.models import Receipt, SharedItem
from schakel.sharing.models.ledger import ReceiptQuerySet
from schakel.sharing.words import Outcome


@transaction.atomic
def fetched(items: Collection[SharedItem], *, by: Actor, at: datetime, door: str = "page") -> None:
    """Write that the actor's party got these items by a door: page, api, taxii, feed. The first time stays.

    Whoever calls it took the items from `visible_to(by)`. Its own items count for nobody. At most four queries.
    """
    party = party_of(by)
    theirs = [item for item in items if item.published_version is not None and not _is_own(item, by)]
    if party is None or not theirs:
        return
    versions = {item.pk: item.published_version for item in theirs}
    rows = list(Receipt.objects.filter(mine(by), item__in=versions, passing=None))
    new = [row for row in rows if row.fetched_at is None or row.version < (versions[row.item_id] or 0)]
    for row in new:
        row.fetched_at, row.fetched_by = row.fetched_at or at, row.fetched_by or f"{door} {by.name}"
        row.version, row.refusal, row.recalled_at = versions[row.item_id] or row.version, "", None
    Receipt.objects.bulk_update(new, ["fetched_at", "fetched_by", "version", "refusal", "recalled_at"], batch_size=500)
    missing = versions.keys() - {row.item_id for row in rows}
    got: dict[str, Any] = {"decided_at": at, "fetched_at": at, "fetched_by": f"{door} {by.name}"}
    made = [Receipt(item_id=pk, version=versions[pk] or 0, **_columns(party), **got) for pk in missing]
    Receipt.objects.bulk_create(made, ignore_conflicts=True, batch_size=1000)


def opened(*, receipt: Receipt, at: datetime) -> None:
    """Write that whoever holds the link of a bulletin opened it; the first time stays."""
    rows = Receipt.objects.filter(pk=receipt.pk, fetched_at=None)
    rows.update(fetched_at=at, fetched_by="page link:bulletin")


def mine(by: Actor) -> Q:
    """The receipts of the actor itself and of the party that it reads for."""
    return Receipt.objects.own(by)


def party_of(by: Actor) -> Party | None:
    """For whom the actor reads; None for who takes no part in sharing."""
    reach = by.reach(Permission.ITEM_VIEW)
    if reach.is_everything:
        return Party()
    if reach.partner_ids:
        return Party(partner=min(reach.partner_ids))
    return Party(organisation=min(reach.organisation_ids)) if reach.organisation_ids else None


@transaction.atomic
def acknowledge(*, item: SharedItem, by: Actor, at: datetime) -> None:
    """Say that one has read it. Once is enough. Raises NotPermitted, WrongState where it was never one's own to get."""
    permit(may_answer(by))
    rows = _own_receipts(item, by)
    if rows.filter(acknowledged_at=None).update(acknowledged_at=at, acknowledged_by=by.name):
        record("sharing.item.acknowledged", on=item, by=by, at=at)


@transaction.atomic
def act(*, item: SharedItem, outcome: str, by: Actor, at: datetime) -> None:
    """Say what one did with it; said again, the last word holds. It is acknowledged too.

    Raises NotPermitted, WrongState where it was never one's own to get.
    """
    permit(may_answer(by))
    rows = _own_receipts(item, by)
    rows.filter(acknowledged_at=None).update(acknowledged_at=at, acknowledged_by=by.name)
    rows.update(acted_at=at, acted_by=by.name, outcome=Outcome(outcome))
    record("sharing.item.acted_on", on=item, by=by, at=at, outcome=outcome)


def may_answer(by: Actor) -> bool:
    """Whether the actor may answer for the party that it reads for."""
    return bool(by.reach(Permission.ITEM_ANSWER))


def _own_receipts(item: SharedItem, by: Actor) -> ReceiptQuerySet:
    if _is_own(item, by):
        raise WrongState
    rows = Receipt.objects.filter(mine(by), item=item)
    if not rows.exists():
        raise WrongState
    return rows


def _is_own(item: SharedItem, by: Actor) -> bool:
    reach = by.reach(Permission.ITEM_VIEW)
    return reach.is_everything if item.owner_id is None else item.owner_id in reach.partner_ids


def _columns(party: Party) -> dict[str, Any]:
    ids = {"partner_id": party.partner, "organisation_id": party.organisation, "user_id": party.user}
    return ids | {"is_desk": party == Party()}
