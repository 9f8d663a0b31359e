"""One message to many addresses: its content is kept once, and the deliveries go into the table as a frame."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import orjson
import polars as pl
from django.db import connection, transaction

from schakel.journal.actions import record
from schakel.kit.copying import copy_in
from schakel.kit.refusals import permit
from schakel.policy.access import Actor, Permission
from schakel.post.actions import wake
from schakel.post.messages import message_ids_of
from schakel.post.models import Content, Delivery, DeliveryState
from schakel.registry.models import ChannelKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One delivery of a content. `tail` stands after what the content says; `key` is the sender's own name for it."""

    key: str
    address: str
    content: Content
    language: str
    channel: str = ChannelKind.MAIL
    tail: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    openpgp_key: str = ""
    webhook_secret: str = ""


def content(
    *, key: str, subject: str, body: str, at: datetime, payload: object = None, calendar: bytes = b""
) -> Content:
    """Keep what many are told; the same key again gives what is already there. `calendar`: a file of iCalendar."""
    given = {"subject": " ".join(subject.split()), "body": body, "payload": payload, "made_at": at}
    given |= {"attachment_name": "schakel.ics" if calendar else "", "attachment": calendar}
    return Content.objects.get_or_create(key=key, defaults=given)[0]


@transaction.atomic
def hand_over(copies: Sequence[Copy], *, by: Actor, at: datetime) -> list[int]:
    """Take copies to be sent; gives the numbers of their deliveries in the same order.

    A constant number of queries. Whoever hands over sees to it that no key comes twice: the database refuses it.
    Raises NotPermitted.
    """
    permit(by.may(Permission.NOTICE_SEND))
    if not copies:
        return []
    numbers = _numbers(len(copies))
    copy_in(_frame(copies, numbers, at), table=Delivery._meta.db_table)  # noqa: SLF001 - Django's own name for it
    wake()
    record("post.delivery.handed_over", by=by, at=at, count=len(copies), repeated=0)
    return numbers


def _numbers(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('post_delivery', 'id')) FROM generate_series(1, %s)", [count]
        )
        return [number for (number,) in cursor.fetchall()]


def _frame(copies: Sequence[Copy], numbers: list[int], at: datetime) -> pl.DataFrame:
    own = pl.DataFrame(
        {
            "id": numbers,
            "key": [one.key for one in copies],
            "message_id": message_ids_of([one.key for one in copies]),
            "address": [one.address for one in copies],
            "content_id": [one.content.pk for one in copies],
            "subject": [one.content.subject for one in copies],
            "channel": [str(one.channel) for one in copies],
            "language": [str(one.language) for one in copies],
            "body": [one.tail for one in copies],
            "headers": [orjson.dumps(dict(one.headers)).decode() for one in copies],
            "openpgp_key": [one.openpgp_key for one in copies],
            "webhook_secret": [one.webhook_secret for one in copies],
        }
    )
    empty = ("body_html", "attachment_name", "attachment", "failure")
    return own.with_columns(
        *(pl.lit("").alias(name) for name in empty),
        pl.lit(str(DeliveryState.QUEUED)).alias("state"),
        pl.lit(0).alias("attempts_count"),
        *(pl.lit(at.isoformat()).alias(name) for name in ("made_at", "due_at")),
    )
