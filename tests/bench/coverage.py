"""Figures of coverage: counted anew, and brought up to date after one change.

A full recomputation must take 20 seconds and 3 GiB at most on 2.5 million organisations, 1,152 partners and 20 million
memberships; an update after one change a second, for the largest partner too. Seconds depend on the neighbours of the
machine, so the same run tells how long PostgreSQL takes to count the same by itself, for one function and one table.

`python -m tests.bench.coverage --inside small`
"""

import argparse
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

from tests.bench import apart as process
from tests.bench import network

PLAIN = """
SELECT o.region, count(*), count(*) FILTER (WHERE r.organisation_id IS NOT NULL AND NOT o.has_objected) FROM registry_organisation o
LEFT JOIN (
    SELECT DISTINCT c.organisation_id FROM registry_constituency c JOIN registry_agreement a USING (partner_id)
    WHERE a.state = 'signed' AND 'notification' = ANY (a.functions)
) r ON r.organisation_id = o.id
GROUP BY o.region
"""
CHANGES = 5


def apart(folder: Path) -> dict[str, Any]:
    """The figures, from a process of their own."""
    return process.measured("coverage", folder.name)


def measured(size: network.Size) -> dict[str, Any]:
    """The figures in this process; its database must be empty."""
    process.ready()
    network.fill(size)
    from django.utils import timezone

    from schakel.oversight.coverage import reading, refreshing
    from schakel.policy.access import SYSTEM

    started = time.perf_counter()
    counted = refreshing.refresh(by=SYSTEM, at=timezone.now(), is_whole=True)
    whole = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    updates = sorted(_update(partner) for partner in range(1, CHANGES + 1))
    largest = _update(_largest())
    plain, differences = _plain(
        reading.cells(counted_now(), function="notification", tables=[("region",)])[("region",)]
    )
    return {
        "organisations": counted.organisations_count,
        "partners": counted.partners_count,
        "memberships": counted.memberships_count,
        "estimates": counted.estimates_count,
        "whole_seconds": round(whole, 2),
        "update_seconds": {"median": updates[CHANGES // 2], "most": updates[-1], "largest_partner": largest},
        "peak_mib": peak,
        "plain_sql_seconds": round(plain, 2),
        "whole_per_plain_sql": round(whole / plain, 2),
        "differences_from_plain_sql": differences,
    }


def counted_now() -> Any:
    from schakel.oversight.models import Coverage

    return Coverage.objects.latest("on")


def _largest() -> int:
    from schakel.oversight.models import CoverageShare

    return int(CoverageShare.objects.order_by("-members").values_list("partner_id", flat=True)[0])


def _update(partner: int) -> float:
    """Seconds until the figures are right again after one organisation has left one partner."""
    from django.utils import timezone

    from schakel.oversight.coverage import refreshing
    from schakel.policy.access import SYSTEM
    from schakel.registry.models import Constituency

    Constituency.objects.filter(partner_id=partner).order_by("pk")[0].delete()
    started = time.perf_counter()
    refreshing.refresh(by=SYSTEM, at=timezone.now())
    return round(time.perf_counter() - started, 2)


def _plain(cells: list[Any]) -> tuple[float, int]:
    """Seconds of the plain count, and how many of its cells say something else than ours."""
    from django.db import connection

    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(PLAIN)
        rows = {region: (population, listed) for region, population, listed in cursor.fetchall()}
    seconds = time.perf_counter() - started
    ours = {cell.values[0]: (cell.population, cell.listed) for cell in cells}
    return seconds, sum(ours.get(region) != counts for region, counts in rows.items()) + len(ours.keys() - rows.keys())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inside", default="base", help="small or base; measures in this process and its database")
    sys.stdout.write(json.dumps(measured(network.of(parser.parse_args().inside)), indent=1) + "\n")
