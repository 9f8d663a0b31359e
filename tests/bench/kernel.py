"""Figures of the matching kernel: speed and ratios, build and update, from file to file, and truth row by row.

All in one thread of one process, in processor seconds, so that neighbours on the machine disturb little. The
yardsticks run in the same process on the same rows: pytricia in a plain loop, and polars reading the same columns.

`python -m tests.bench.kernel --size base --workload FOLDER`
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytricia

from schakel.commands import match as door
from schakel.matching import DOMAIN, NETWORK, NOBODY, Index, Matches
from tests.bench import workload

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=workload.SIZES, default="base")
    parser.add_argument("--workload", type=Path, required=True, help="the folder; written if it is not there")
    given = parser.parse_args()
    if not (given.workload / "truth.parquet").exists():
        workload.write(given.workload, workload.SIZES[given.size])
    measure = figures if "POLARS_MAX_THREADS" in os.environ else apart
    sys.stdout.write(json.dumps(measure(given.workload), indent=1) + "\n")


def apart(folder: Path) -> dict[str, Any]:
    """The figures from a process of its own that has one thread."""
    command = [sys.executable, "-m", "tests.bench.kernel", "--workload", str(folder)]
    alone = os.environ | {"POLARS_MAX_THREADS": "1"}
    done = subprocess.run(command, env=alone, cwd=ROOT, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def figures(folder: Path, repeats: int = 5) -> dict[str, Any]:
    """All figures for one workload. Call it in a process with POLARS_MAX_THREADS=1, or use `apart`."""
    tables = door.read_registry(folder)
    index, found = _built(tables)
    reports = sorted((folder / "reports").glob("*.csv"))
    rows = pl.concat([door.read_report(report) for report in reports], rechunk=True)
    found = {"rows": len(rows), "threads": pl.thread_pool_size()} | found
    found |= rates(index, rows, tables["networks"]["network"], repeats)
    found |= _from_file_to_file(folder, reports, min(repeats, 3))
    return found | differences(index, rows, pl.read_parquet(folder / "truth.parquet"))


def _built(tables: dict[str, pl.DataFrame]) -> tuple[Index, dict[str, Any]]:
    index, build = timed(lambda: Index.build(**tables))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    with tempfile.TemporaryDirectory() as place:
        _none, save = timed(lambda: index.save(Path(place) / "index"))
        kept, load = timed(lambda: Index.load(Path(place) / "index"))
        changed = {name: tables[name][: len(tables[name]) // 50] for name in ("networks", "domains")}
        removed = pl.concat([part.select(pl.lit(name[:-1]).alias("table"), "asset") for name, part in changed.items()])
        _none, update = timed(lambda: kept.update(**changed, removed=removed))
    return index, {
        "build_seconds": round(build, 3),
        "build_peak_mib": peak,
        "save_seconds": round(save, 3),
        "load_seconds": round(load, 4),
        "update_of_2_percent_seconds": round(update, 3),
    }


def rates(index: Index, rows: pl.DataFrame, networks: pl.Series, repeats: int) -> dict[str, Any]:
    """Rows per processor second of the kernel and of the bare look-up in a plain loop, and their ratio."""
    names_too = rows.select("address", "host")
    seconds = {
        "match": median(lambda: index.match(names_too), repeats),
        "match_with_asn": median(lambda: index.match(rows), repeats),
        "first": median(lambda: index.first(names_too), repeats),
        "pytricia": median(plain_loop(networks, rows["address"]), min(repeats, 3)),
    }
    found: dict[str, Any] = {f"{name}_rows_per_second": round(len(rows) / spent) for name, spent in seconds.items()}
    return found | {"match_to_pytricia": round(seconds["pytricia"] / seconds["match"], 2)}


def plain_loop(networks: pl.Series, addresses: pl.Series) -> Callable[[], list[int]]:
    """The look-up of every address in a Patricia trie: no names, no other holders, nothing read but the address."""
    four, six = pytricia.PyTricia(32), pytricia.PyTricia(128)
    for number, text in enumerate(networks.to_list()):
        (six if ":" in text else four)[text] = number
    texts = addresses.to_list()
    return lambda: [(six if ":" in text else four).get(text, NOBODY) for text in texts]


def _from_file_to_file(folder: Path, reports: list[Path], repeats: int) -> dict[str, Any]:
    """`schakel match` on all reports, its index kept, against polars reading the same columns."""
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / "out.parquet"
        door.match(reports[0], folder, out)
        whole = median(lambda: [door.match(report, folder, out) for report in reports], repeats)
        read = median(lambda: [_bare_read(report) for report in reports], repeats)
        rows = sum(door.match(report, folder, out)["rows"] for report in reports)
    return {
        "file_to_file_rows_per_second": round(rows / whole),
        "file_to_file_seconds": round(whole, 3),
        "bare_read_seconds": round(read, 3),
        "file_to_bare_read": round(whole / read, 2),
    }


def _bare_read(report: Path) -> pl.DataFrame:
    there = pl.read_csv(report, n_rows=0, infer_schema=False).columns
    wanted = {"ip", "hostname", "asn", "src_ip", "src_hostname", "src_asn"}
    return pl.read_csv(report, columns=[name for name in there if name in wanted], infer_schema=False)


def differences(index: Index, rows: pl.DataFrame, truth: pl.DataFrame) -> dict[str, int]:
    """How many rows get another network, domain or organisation than the truth tells."""
    matches = index.match(rows)
    answers = {
        "network": _most_specific(matches, len(rows), basis=NETWORK),
        "domain": _most_specific(matches, len(rows), basis=DOMAIN),
        "organisation": index.first(rows).organisation,
    }
    return {
        f"other_{name}_than_truth": int((truth[name].fill_null(NOBODY).to_numpy() != answer).sum())
        for name, answer in answers.items()
    }


def _most_specific(matches: Matches, size: int, *, basis: int) -> Any:
    lines = np.flatnonzero(matches.basis == basis)[::-1]
    found = np.full(size, NOBODY, np.int64)
    found[matches.row[lines]] = matches.asset[lines]  # Of several lines the first is written last.
    return found


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What comes of it, and the processor seconds it took."""
    began_at = time.process_time()
    done = work()
    return done, time.process_time() - began_at


def median(work: Callable[[], Any], repeats: int) -> float:
    """The median of the processor seconds, after one run to warm up."""
    work()
    return statistics.median(timed(work)[1] for _ in range(repeats))


if __name__ == "__main__":
    main()
