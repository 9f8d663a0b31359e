"""Figures of matching again: a year of a million rows a day, of which a thousand assets have changed.

The assets are drawn evenly from the addresses, names and numbers that occur, and so are found in every report. The
year is one day's reports, taken in as they come; the other days are the same files by hard links, so that a year
takes the room of a day. What is read is therefore soon in the machine's cache, for the bare scan with which we compare
as well: polars reading the columns that matching reads, all of the year. `ready` is a run for which every report has
its concordance and marks, as a job sees to soon after it came; `unprepared` one in which the concordances are made
first (of a share of the days, for they take room). The peak is the command's own, without the database's.

`python -m tests.bench.rematch --workload FOLDER`
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

ROOT = Path(__file__).resolve().parents[2]
DAYS, UNPREPARED_DAYS = 365, 30
ASSETS = {"network": 700, "domain": 280, "asn": 20}
COLUMNS = [
    "address",
    "host",
    "email",
    "asn",
    "observed_at",
    "url",
    "kind",
    "protocol",
    "severity",
    "weakness",
    "detail",
    "port",
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workload", type=Path, required=True)
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument(
        "--inside", choices=["prepare", "extend", "change"], help="one part, in this process's database"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ready", type=int, default=0, help="whether the days are prepared")
    given = parser.parse_args()
    if given.inside:
        PARTS[given.inside](given)
    else:
        sys.stdout.write(json.dumps(figures(given.workload, given.days), indent=1) + "\n")


def figures(folder: Path, days: int = DAYS) -> dict[str, Any]:
    """Seconds, rows a second and peak MiB, and the ratio to a bare scan of the same columns."""
    with tempfile.TemporaryDirectory(prefix="schakel-bench-") as name:
        Path(name).chmod(0o755)  # The database's own user passes through it.
        environment = {**os.environ, "SCHAKEL_DATA_DIR": str(Path(name) / "data")}

        def part(what: str, **more: object) -> None:
            options = [word for key, value in more.items() for word in (f"--{key}", str(value))]
            command = _here("-m", "tests.bench.rematch", "--workload", str(folder), "--inside", what, *options)
            subprocess.run(command, env=environment, cwd=ROOT, check=True)

        part("prepare", days=min(days, UNPREPARED_DAYS))
        unprepared = _run(environment)
        part("extend", days=days, ready=1)
        part("change", seed=2)
        bare = _bare_scan(Path(name) / "data" / "store")
        ready = _run(environment)
        return {
            "days": days,
            "bare_scan_seconds": round(bare, 1),
            "ready_to_bare_scan": round(ready["seconds"] / bare, 2),
            "ready": ready,
            "unprepared_days": min(days, UNPREPARED_DAYS),
            "unprepared": unprepared,
            "unprepared_year_seconds": round(unprepared["seconds"] / min(days, UNPREPARED_DAYS) * DAYS, 1),
        }


def _here(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def _run(environment: dict[str, str]) -> dict[str, Any]:
    """One run of the command, in a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    command = _here("-m", "schakel.commands.main", "rematch", "--json")
    done = subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    wall = time.monotonic() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = json.loads(done.stdout)
    wanted = ("assets", "reports", "rows", "concerned", "new", "closed", "told")
    return {name: found[name] for name in wanted} | {
        "seconds": found["seconds"],
        "wall_seconds": round(wall, 1),
        "rows_per_second": round(found["rows"] / max(found["seconds"], 0.1)),
        "processor_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
        "peak_mib": after.ru_maxrss // 1024,
    }


def _bare_scan(place: Path) -> float:
    """Seconds in which polars reads the columns that matching reads, of every report."""
    started = time.monotonic()
    for file in sorted(place.glob("reports/*/*/*/observations.parquet")):
        pl.read_parquet(file, columns=COLUMNS)
    return time.monotonic() - started


def prepare(given: argparse.Namespace) -> None:
    """A registry, a day of reports taken all the way, some days before it, and the first changes."""
    from tests.bench import ingest

    ingest.load(given.workload)
    for file in sorted((given.workload / "reports").glob("*.csv")):
        _taken(file)
    extend(given)
    change(given)


def _taken(file: Path) -> None:
    """All the way to notices, as the first report of a complete series."""
    from django.utils import timezone

    from schakel.intake.models import Report, Series
    from schakel.intake.steps import receive
    from schakel.notices import pipeline
    from schakel.policy.access import SYSTEM

    at = timezone.now() - timedelta(hours=3)  # Before the first run by more than its margin.
    source, _is_new = receive.source_named("tower", by=SYSTEM, at=at)
    with file.open("rb") as stream, receive.hold(stream) as held:
        report, _is_new = receive.receive(held, name=file.name, source=source, type=file.stem, by=SYSTEM, at=at)
    Series.objects.filter(pk=report.series_id).update(is_complete=True)
    list(pipeline.advance(Report.objects.get(pk=report.pk), by=SYSTEM, at=at))


def extend(given: argparse.Namespace) -> None:
    """Earlier days, until there are as many; each holds the same observations as the first."""
    _ready()
    from django.utils import timezone

    from schakel.intake import concordance, store
    from schakel.intake.models import Report
    from schakel.matching import subjects
    from schakel.notices import marks

    firsts = list(Report.objects.filter(again_of=None).order_by("series", "pk").distinct("series"))
    for first in firsts:
        Report.objects.filter(pk=first.pk).update(observed_at=timezone.now())
        if given.ready:
            marks.make(first)
        files = ["observations.parquet", marks.NAME]
        files += [f"{concordance.NAME.format(kind)}.keys" for kind in subjects.KINDS]
        for day in range(Report.objects.filter(series=first.series_id, again_of=None).count(), given.days):
            earlier = Report.objects.get(pk=first.pk)
            earlier.pk, earlier.digest = None, f"{first.digest}-{day}"
            earlier.observed_at = earlier.received_at = timezone.now() - timedelta(days=day)
            earlier.save(force_insert=True)
            for file in files:
                if (store.folder(first) / file).exists():
                    os.link(store.folder(first) / file, store.folder(earlier) / file)


def change(given: argparse.Namespace) -> None:
    """A thousand assets that were nobody's, or another's: networks around rows, names of rows, numbers."""
    _ready()
    from schakel.intake import store
    from schakel.intake.models import Report
    from schakel.registry.models import Asset, Organisation

    random = np.random.default_rng(given.seed)
    reports = Report.objects.filter(again_of=None).order_by("series", "pk").distinct("series")
    rows = pl.concat(
        [store.scan(report, "observations").select("address", "host", "asn").collect() for report in reports]
    )
    addresses, names, numbers = rows["address"], _registered(rows["host"]), rows["asn"].cast(pl.String)
    networks = pl.format("{}/{}", addresses, pl.when(addresses.str.contains(":")).then(128).otherwise(32))
    values = {
        "network": _some(pl.select(networks).to_series(), ASSETS["network"], given.seed),
        "domain": _some(names, ASSETS["domain"], given.seed),
        "asn": _some(numbers, ASSETS["asn"], given.seed),
    }
    organisations = list(Organisation.objects.order_by("pk").values_list("pk", flat=True)[:50_000])
    Asset.objects.bulk_create(
        Asset(organisation_id=int(random.choice(organisations)), kind=kind, value=value)
        for kind, found in values.items()
        for value in found
    )


def _registered(hosts: pl.Series) -> pl.Series:
    """The last two labels of names."""
    return hosts.str.to_lowercase().str.extract(r"([^.]+\.[^.]+)$")


def _some(values: pl.Series, count: int, seed: int) -> list[str]:
    """So many different ones, each as likely as any other, however often it occurs."""
    return values.drop_nulls().unique().sort().sample(count, seed=seed, shuffle=True).to_list()


def _ready() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "schakel.config.settings")
    import django

    django.setup()
    from schakel.commands import database

    database.ready()


PARTS = {"prepare": prepare, "extend": extend, "change": change}

if __name__ == "__main__":
    main()
