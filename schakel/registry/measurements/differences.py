"""What differs between two measurements: who is new, who joined, left, changed, or is gone."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from schakel.kit.paging import values_of
from schakel.kit.refusals import permit
from schakel.policy.access import Actor, Permission
from schakel.registry.measurements import sql
from schakel.registry.models import Measurement, MeasurementState

CHANGES = ("new", "joined", "left", "changed", "gone")
"""What may differ between two rounds, in the order of showing."""
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Change:
    """One party that differs from the round before; `partner_id` and `standing` are those of now, where it is there."""

    key: str
    name: str
    type: str
    change: str
    category: tuple[str, str]
    functions: tuple[tuple[str, ...], tuple[str, ...]]
    sectors: tuple[tuple[str, ...], tuple[str, ...]]
    regions: tuple[tuple[str, ...], tuple[str, ...]]
    partner_id: int | None
    standing: str | None


def before(measurement: Measurement) -> Measurement | None:
    """The last closed round of an earlier year."""
    closed = Measurement.objects.exclude(state=MeasurementState.RUNNING)
    return closed.filter(year__lt=measurement.year).order_by("-year").first()


def change_counts(measurement: Measurement, earlier: Measurement) -> dict[str, int]:
    """How many differ from an earlier round, by what differs. One query; it names nobody."""
    old, new, given = _sources(measurement, earlier)
    with connection.cursor() as cursor:
        cursor.execute(sql.difference_counts(old, new), given)
        found = dict(cursor.fetchall())
    return {change: found.get(change, 0) for change in CHANGES}


def changes(
    measurement: Measurement,
    earlier: Measurement,
    *,
    to: Actor,
    change: str = "",
    after: tuple[str, str] = ("", ""),
    limit: int = PER_PAGE,
) -> list[Change]:
    """Who differs from an earlier round, by name, after `after` (name and key); one more than `limit` where there is.

    Raises NotPermitted for who may not know of prospects. One query.
    """
    permit(to.may(Permission.PROSPECT_VIEW))
    old, new, given = _sources(measurement, earlier)
    given |= {"change": change, "after_name": after[0], "after_key": after[1], "limit": limit + 1}
    with connection.cursor() as cursor:
        cursor.execute(sql.difference(old, new), given)
        return [_change(row) for row in cursor.fetchall()]


def _sources(measurement: Measurement, earlier: Measurement) -> tuple[str, str, dict[str, Any]]:
    """Where the earlier and the present state stand, and the values they need."""
    old = sql.KEPT.replace("%(measurement)s", "%(earlier)s")
    is_running = measurement.state == MeasurementState.RUNNING
    given = {
        "measurement": measurement.pk,
        "earlier": earlier.pk,
        "on": timezone.localdate(),
        "zone": settings.TIME_ZONE,
    }
    return old, sql.REGISTER if is_running else sql.KEPT, given


def _change(row: tuple[Any, ...]) -> Change:
    key, name, kind, change, *pairs, partner_id, standing = row
    lists = [(tuple(old or ()), tuple(new or ())) for old, new in zip(pairs[2::2], pairs[3::2], strict=True)]
    functions, sectors, regions = lists
    category = (pairs[0] or "", pairs[1] or "")
    return Change(key, name, kind, change, category, functions, sectors, regions, partner_id, standing)


def place(row: Change) -> str:
    """Where a page ends, as a text for an address."""
    return urlsafe_b64encode(json.dumps([row.name, row.key]).encode()).decode()


def place_of(text: str) -> tuple[str, str]:
    """Name and key after which a page begins; what cannot be read is the start."""
    name, key = ([*values_of(text), "", ""])[:2]
    return (name, key) if isinstance(name, str) and isinstance(key, str) else ("", "")


def all_changes(measurement: Measurement, earlier: Measurement, *, to: Actor) -> Iterator[Change]:
    """Everybody who differs, a batch at a time. Raises NotPermitted at the first."""
    after = ("", "")
    while True:
        found = changes(measurement, earlier, to=to, after=after, limit=PER_PAGE * 20)
        yield from found[: PER_PAGE * 20]
        if len(found) <= PER_PAGE * 20:
            return
        after = (found[-2].name, found[-2].key)
