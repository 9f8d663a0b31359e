"""Figures of the import: a generated country into an empty embedded database, all its files, then once more.

Wall time depends on the neighbours of the machine, so processor seconds stand beside it: ours, and those of the
database's process that works for us. The two work at the same time, on two cores.

`python -m tests.bench.registry --organisations 250000`
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("organisations", "contacts", "partners", "assets", "constituencies")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--organisations", type=int, default=250_000)
    parser.add_argument("--inside", type=Path, help="the country's folder; measure in this process and its settings")
    given = parser.parse_args()
    found = measured(given.inside) if given.inside else figures(given.organisations)
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


def figures(organisations: int = 250_000) -> dict[str, Any]:
    """Rows, rows a second and processor seconds for each file, first and again, and the peak memory in MiB."""
    from schakel.kit import embedded
    from schakel.registry.generate import generate

    with tempfile.TemporaryDirectory(prefix="schakel-bench-") as name:
        Path(name).chmod(0o755)  # The database's own user passes through it.
        folder = Path(name) / "country"
        generate(organisations=organisations, seed=1, out=folder)
        own = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        own |= {"SCHAKEL_DATA_DIR": str(Path(name) / "var"), "DJANGO_SETTINGS_MODULE": "schakel.config.settings"}
        command = [sys.executable, "-m", "tests.bench.registry", "--inside", str(folder)]
        done = subprocess.run(command, env=own, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
        shutil.rmtree(embedded.socket_folder(Path(name) / "var" / "postgresql"), ignore_errors=True)
        found: dict[str, Any] = json.loads(done.stdout)
        return found


def measured(folder: Path) -> dict[str, Any]:
    """The figures in this process; its database must be empty."""
    import django

    django.setup()
    from schakel.commands import database

    database.ready()
    first = {kind: _one(folder, kind) for kind in KINDS}
    again = {kind: _one(folder, kind) for kind in KINDS}
    changed = sum(again[kind]["added"] + again[kind]["changed"] for kind in KINDS)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"first": first, "again": again, "changed_again": changed, "peak_mib": peak, "load": os.getloadavg()[0]}


def _one(folder: Path, kind: str) -> dict[str, Any]:
    from django.utils import timezone

    from schakel.policy.access import SYSTEM
    from schakel.registry import actions

    server, ours = _server_seconds(), _our_seconds()
    tally = actions.import_file(path=folder / f"{kind}.csv", kind=kind, by=SYSTEM, at=timezone.now())
    told = tally.figures()
    wanted = ("rows", "added", "changed", "bad", "seconds", "rows_per_second")
    seconds = {"our_cpu": _our_seconds() - ours, "server_cpu": _server_seconds() - server}
    return {name: told[name] for name in wanted} | {name: round(value, 2) for name, value in seconds.items()}


def _our_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _server_seconds() -> float:
    """Processor seconds of the database's process that serves our connection (proc(5), fields 14 and 15)."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        number = cursor.fetchone()[0]
    fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
