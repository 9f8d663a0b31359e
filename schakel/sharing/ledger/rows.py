"""Rows of the ledger in bulk: frames into the table instead of one row after another."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import polars as pl
from django.db import connection, models

from schakel.kit.copying import copy_in
from schakel.sharing.audience.preview import Recipient
from schakel.sharing.ledger.ways import Party
from schakel.sharing.models import Dispatch, Receipt


class NewDispatch(NamedTuple):
    """A dispatch to be."""

    receipt: int
    contact: int | None
    user: int | None
    delivery: int | None
    occasion: str
    is_bare: bool
    stop: str
    due_at: datetime | None


def add_receipts(item: int, version: int, decided: Sequence[tuple[Party, Recipient]], *, at: datetime) -> list[int]:
    """A receipt for each; gives their numbers in the same order. Two queries."""
    if not decided:
        return []
    numbers = _numbers(Receipt, len(decided))
    own = pl.DataFrame(
        {
            "id": numbers,
            "partner_id": pl.Series([party.partner for party, _one in decided], dtype=pl.Int64),
            "organisation_id": pl.Series([party.organisation for party, _one in decided], dtype=pl.Int64),
            "user_id": pl.Series([party.user for party, _one in decided], dtype=pl.Int64),
            "is_desk": [party == Party() for party, _one in decided],
            "address": [one.address for _party, one in decided],
            "refusal": [one.refusal.value if one.refusal else "" for _party, one in decided],
        }
    )
    empty = ("fetched_by", "acknowledged_by", "acted_by", "outcome")
    whole = own.with_columns(
        *(pl.lit("").alias(name) for name in empty),
        pl.lit(item).alias("item_id"),
        pl.lit(version).alias("version"),
        pl.lit(at.isoformat()).alias("decided_at"),
    )
    copy_in(whole, table=Receipt._meta.db_table)  # noqa: SLF001 - Django's own name for it
    return numbers


def add_dispatches(made: Sequence[NewDispatch], *, version: int, at: datetime) -> None:
    """A dispatch for each. One query."""
    if not made:
        return
    schema = {
        "receipt": pl.Int64, "contact": pl.Int64, "user": pl.Int64, "delivery": pl.Int64, "occasion": pl.String,
        "is_bare": pl.Boolean, "stop": pl.String, "due_at": pl.String,
    }  # fmt: skip
    plain = [one._replace(due_at=one.due_at.isoformat() if one.due_at else None) for one in made]  # type: ignore[arg-type]
    frame = pl.DataFrame(plain, schema=schema, orient="row")
    keys = ("receipt", "contact", "user", "delivery")
    whole = frame.rename({name: f"{name}_id" for name in keys}).with_columns(
        pl.lit(version).alias("version"), pl.lit(at.isoformat()).alias("made_at")
    )
    copy_in(whole, table=Dispatch._meta.db_table)  # noqa: SLF001 - same


def mark_sent(receipts: Sequence[int], *, at: datetime) -> None:
    """Write that these were handed to the post or to a digest; the first time stays. One query."""
    if receipts:
        Receipt.objects.filter(pk__in=receipts, sent_at=None).update(sent_at=at)


def _numbers(model: type[models.Model], count: int) -> list[int]:
    table = model._meta.db_table  # noqa: SLF001 - same
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return [number for (number,) in cursor.fetchall()]
