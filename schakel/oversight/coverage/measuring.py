"""What notification has shown in the past year: which organisations were told, opened their notice, and answered.

Kept for an hour: a year of routes is dear to walk through, and its figures move slowly.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np
from django.conf import settings

from schakel.kit.packing import numbers, packed
from schakel.oversight.coverage import dimensions
from schakel.oversight.coverage.dimensions import REGION
from schakel.oversight.coverage.population import NOWHERE, Numbers, Population
from schakel.oversight.coverage.reach import Mask

MEASURED_DAYS = 365
FRESH = timedelta(hours=1)
STEPS = ("told", "opened", "answered")
"""The way of a notice; the bit of each step is its place."""
# An operator hears of its network, not of an organisation: what it was told reached nobody in particular.
FLAGS = """
    SELECT {who}, 1 + 2 * (count(n.opened_at) > 0)::int + 4 * (count(n.answered_at) > 0)::int AS flags
    FROM notices_route r JOIN notices_notice n ON n.id = r.notice_id
    WHERE n.sent_at >= %s AND n.sent_at < %s AND n.via <> 'operator' {more} GROUP BY {who}
"""
EVERYBODY = "SELECT flags, string_agg(int8send(organisation_id), '') FROM ({found}) found GROUP BY flags"
BY_PARTNER = """
SELECT partner_id, region, count(*), count(*) FILTER (WHERE flags & 2 > 0), count(*) FILTER (WHERE flags & 4 > 0)
FROM ({found}) found JOIN registry_organisation o ON o.id = organisation_id GROUP BY partner_id, region
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """Organisations with the steps that they took; rows of partner, number of region, and who took each step there."""

    at: datetime
    ids: Numbers
    flags: Mask
    by_region: Numbers

    def masks(self, population: Population) -> Mask:
        """The steps of each place."""
        found = np.zeros(len(population), np.uint8)
        places = population.places(self.ids)
        found[places[places != NOWHERE]] = self.flags[places != NOWHERE]
        return found

    def through(self) -> dict[int, dict[str, list[int]]]:
        """By partner and region: how many organisations were told, opened and answered through it."""
        found: dict[int, dict[str, list[int]]] = {}
        for partner, region, *steps in self.by_region.tolist():
            found.setdefault(partner, {})[dimensions.values(REGION)[region]] = steps
        return found


def measured(at: datetime, *, is_whole: bool = False) -> Measured:
    """The year before `at`, as counted less than an hour ago where it was, and counted now with `is_whole`."""
    kept = None if is_whole else _kept()
    if kept is not None and timedelta(0) <= at - kept.at < FRESH:
        return kept
    fresh = _counted(at)
    _keep(fresh)
    return fresh


def _counted(at: datetime) -> Measured:
    span = [at - timedelta(days=MEASURED_DAYS), at]
    everybody = EVERYBODY.format(found=FLAGS.format(who="r.organisation_id", more=""))
    ids, flags = [np.zeros(0, np.int64)], [np.zeros(0, np.uint8)]
    for mask, column in packed(everybody, span):
        ids.append(numbers(column))
        flags.append(np.full(len(ids[-1]), mask, np.uint8))
    who = "n.partner_id, r.organisation_id"
    by_partner = BY_PARTNER.format(found=FLAGS.format(who=who, more="AND n.partner_id IS NOT NULL"))
    rows = [(who, dimensions.number(REGION, region), *steps) for who, region, *steps in packed(by_partner, span)]
    by_region = np.array(rows, np.int64).reshape(-1, 2 + len(STEPS))
    return Measured(at, np.concatenate(ids), np.concatenate(flags), by_region)


def _place() -> Path:
    return Path(settings.STORE) / "coverage-measured.npz"


def _kept() -> Measured | None:
    with suppress(OSError, ValueError, KeyError), np.load(_place()) as file:
        at = datetime.fromtimestamp(float(file["at"]), UTC)
        return Measured(at, file["ids"], file["flags"], file["by_region"])
    return None


def _keep(measured: Measured) -> None:
    _place().parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=_place().parent, suffix=".draft", delete=False) as draft:
        np.savez(
            draft,
            at=np.float64(measured.at.timestamp()),
            ids=measured.ids,
            flags=measured.flags,
            by_region=measured.by_region,
        )
    Path(draft.name).replace(_place())
