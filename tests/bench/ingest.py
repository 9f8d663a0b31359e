"""Figures of the main job: a day of reports from file to composed notices, then the next day with little changed.

Both run as the shell's own command, in a process of its own, on an embedded database that holds the workload's
registry. `seconds` go from file to composed notices; `told_after` holds the start of the process and of the database's
server too, `ended_after` also their end. The peak is the command's own, without the database's.

`python -m tests.bench.ingest --workload FOLDER`
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import polars as pl

ROOT = Path(__file__).resolve().parents[2]
PARTNERS = 50
PROSPECTS = 50
"""Parties that list organisations too, but have no agreement: no way leads through them."""
DESIGNATED = 10
"""So many of the partners are the CSIRT of a sector by law."""
ENTITIES = 0.04
"""The share of the organisations that the law names."""
CHANGED = 0.02


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workload", type=Path, required=True)
    parser.add_argument("--load", action="store_true", help="fill this process's database, no more")
    given = parser.parse_args()
    if given.load:
        load(given.workload)
    else:
        sys.stdout.write(json.dumps(figures(given.workload), indent=1) + "\n")


def figures(folder: Path) -> dict[str, Any]:
    """Seconds, rows a second and peak MiB of the first day and of the next, with what each step took."""
    with tempfile.TemporaryDirectory(prefix="schakel-bench-") as name:
        place = Path(name)
        place.chmod(0o755)  # The database's own user passes through it.
        environment = {**os.environ, "SCHAKEL_DATA_DIR": str(place / "data")}
        reports = sorted((folder / "reports").glob("*.csv"))
        subprocess.run(
            _here("-m", "tests.bench.ingest", "--load", "--workload", str(folder)), env=environment, check=True
        )
        first = _ingested(reports, environment)
        later = [_next_day(report, place) for report in reports]
        found = {"first_day": first, "next_day": _ingested(later, environment)}
        bare = _bare_read(reports)
        ratios = {f"{day}_to_bare_read": round(found[day]["seconds"] / bare, 1) for day in found}
        return {"bare_read_seconds": round(bare, 2)} | ratios | found


def _bare_read(reports: list[Path]) -> float:
    """Wall seconds in which polars reads all columns of the same reports: says how fast the machine is today."""

    def once() -> float:
        started = time.monotonic()
        for report in reports:
            pl.read_csv(report, infer_schema=False)
        return time.monotonic() - started

    return min(once() for _ in range(3))


def _here(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def _ingested(reports: list[Path], environment: dict[str, str]) -> dict[str, Any]:
    os.sync()  # What was written to prepare is no part of it.
    started, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    command = _here("-m", "schakel.commands.main", "ingest", *map(str, reports), "--source", "shadowserver", "--json")
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        found = json.loads(process.stdout.readline())
        told_after = time.monotonic() - started
    ended_after, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    wanted = ("rows", "quarantined", "unmatched", "matched", "findings", "routes", "notices")
    return {
        "seconds": round(found["took"], 1),
        "told_after": round(told_after, 1),
        "ended_after": round(ended_after, 1),
        "rows_per_second": round(found["rows"] / found["took"]),
        "processor_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
        "peak_mib": after.ru_maxrss // 1024,
        "steps": found["seconds"],
    } | {name: found[name] for name in wanted}


def _next_day(report: Path, place: Path) -> Path:
    """The same report a day later: some systems gone, as many new ones come."""
    rows = pl.read_csv(report, infer_schema=False)
    address = "ip" if "ip" in rows.columns else "src_ip"
    dice = pl.int_range(pl.len()).hash(seed=7) % 10_000
    moved = pl.col(address).str.replace(r"[0-9a-f]+$", "77")
    rows = rows.with_columns(
        pl.col("timestamp").str.replace("-15 ", "-16 ", literal=True),
        pl.when(dice < CHANGED / 2 * 10_000).then(moved).otherwise(address).alias(address),
    )
    gone = (pl.int_range(pl.len()).hash(seed=8) % 10_000) < CHANGED / 2 * 10_000
    later = place / report.name.replace("-15-", "-16-")
    rows.filter(~gone).write_csv(later, quote_style="non_numeric")
    return later


def load(folder: Path) -> None:
    """The workload's registry into the database: a third of the organisations by a partner, a third by themselves.

    They lie in all regions, some are entities with a CSIRT by law, and prospects list them too.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "schakel.config.settings")
    import django

    django.setup()
    from schakel.commands import database

    database.ready()
    from django.db import connection

    from schakel.kit.copying import copy_in

    for table, frame in _tables(folder):
        copy_in(frame, table=f"registry_{table}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _tables(folder: Path):
    read = {
        name: pl.read_csv(folder / f"{name}.csv")
        for name in ("orgs", "assets_networks", "assets_domains", "assets_asns")
    }
    yield "organisation", _organisations(read["orgs"])
    for name, column, kind in (
        ("networks", "cidr", "network"),
        ("domains", "domain", "domain"),
        ("asns", "asn", "asn"),
    ):
        constants = _constants({"kind": kind, "role": "owner", "evidence": "verified", "revision": 1})
        value = pl.col(column).cast(pl.String).alias("value")
        yield "asset", read[f"assets_{name}"].select(KEY.alias("organisation_id"), value, *constants)
    yield from _partners()
    by_mail = {"role": "security", "channel": "mail", "language": "nl", "openpgp_key": "", "webhook_secret": ""}
    verified = [*_constants(by_mail), pl.lit(value=True).alias("is_verified")]
    address = pl.format("cert@partner-{}.example", "id").alias("address")
    yield "contact", _numbers(1, PARTNERS).select(pl.col("id").alias("partner_id"), address, *verified)
    own = read["orgs"].filter(pl.col("org_id") % 3 == 0)
    address = pl.format("cert@org-{}.example", "org_id").alias("address")
    yield "contact", own.select(KEY.alias("organisation_id"), address, *verified)
    yield "constituency", _members(read["orgs"].filter(pl.col("org_id") % 3 == 1), 1, PARTNERS)
    yield "constituency", _members(read["orgs"], PARTNERS + 1, PROSPECTS)


KEY = pl.col("org_id") + 1


def _organisations(orgs: pl.DataFrame) -> pl.DataFrame:
    from schakel.registry.files.lists import slugs

    plain = {"size_class": "small", "language": "nl", "sbi": ""}
    regions, sectors = pl.Series(slugs("regions")), pl.Series(slugs("sectors")[:DESIGNATED])
    is_entity = pl.col("org_id").hash(seed=3) % 100 < ENTITIES * 100
    return orgs.select(
        KEY.alias("id"),
        pl.format("org-{}", "org_id").alias("key"),
        pl.format("Organisation {}", "org_id").alias("name"),
        pl.lit("{}").alias("trade_names"),
        pl.lit(value=False).alias("has_objected"),
        pl.lit(regions).gather(pl.col("org_id") % len(regions)).alias("region"),
        pl.when(is_entity)
        .then(pl.lit(sectors).gather(pl.col("org_id") % DESIGNATED))
        .otherwise(pl.lit(""))
        .alias("sector"),
        pl.when(is_entity).then(pl.lit("essential")).otherwise(pl.lit("none")).alias("nis2"),
        *_constants(plain),
    )


def _partners():
    from schakel.registry.files.lists import slugs

    named = pl.format("partner-{}", "id").alias("key"), pl.format("Partner {}", "id").alias("name")
    functions = {"functions": "{notification}"}
    plain = {"type": "isac", "sectors": "{}", "language": "nl"} | functions
    yield "partner", _numbers(1, PARTNERS).select("id", *named, *_constants(plain | {"standing": "partner"}))
    prospects = _numbers(PARTNERS + 1, PROSPECTS)
    yield "partner", prospects.select("id", *named, *_constants(plain | {"standing": "prospect"}))
    dated = _constants({"from_on": "2026-01-01", "state": "signed"} | functions)
    yield "agreement", _numbers(1, PARTNERS).select(pl.col("id").alias("partner_id"), *dated)
    sectors = pl.Series("sector", slugs("sectors")[:DESIGNATED])
    designated = _numbers(1, DESIGNATED).select(partner_id="id").with_columns(sectors)
    by_law: dict[str, Any] = {"from_on": "2026-01-01", "basis": "", "source": "", "is_certain": True}
    yield "designation", designated.with_columns(_constants(by_law))


def _members(orgs: pl.DataFrame, first: int, count: int) -> pl.DataFrame:
    partner = (pl.col("org_id") % count + first).alias("partner_id")
    joined = [*_constants({"relation": "member"}), pl.lit(value=False).alias("is_chosen")]
    return orgs.select(partner, KEY.alias("organisation_id"), *joined)


def _numbers(first: int, count: int) -> pl.DataFrame:
    return pl.DataFrame({"id": range(first, first + count)})


def _constants(values: dict[str, Any]) -> list[pl.Expr]:
    return [pl.lit(value).alias(name) for name, value in values.items()]


if __name__ == "__main__":
    main()
