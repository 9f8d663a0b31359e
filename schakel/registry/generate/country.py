"""A whole fictional country as files, in blocks, so that its size does not matter to the memory."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from schakel.kit import workbook
from schakel.registry.generate import assets, contacts, organisations, partners, prospects, reports
from schakel.registry.generate.plan import Plan
from schakel.registry.generate.prospects import Prospects
from schakel.registry.generate.reach import Census, Lists, estimates

BLOCK = 100_000
TABLES = (
    "organisations", "contacts", "partners", "assets", "constituencies", "designations", "baseline", "estimates",
    "prospect_constituencies",
)  # fmt: skip
Progress = Callable[[int, int], None]


class Files:
    """The open table files of a country, with a count of the rows written to each."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._files: dict[str, BinaryIO] = {
            name: stack.enter_context((folder / f"{name}.csv").open("wb")) for name in TABLES
        }
        self.rows = dict.fromkeys(TABLES, 0)

    def add(self, name: str, frame: pl.DataFrame) -> None:
        """Append rows; the header comes before the first."""
        frame.write_csv(self._files[name], include_header=self._files[name].tell() == 0)
        self.rows[name] += len(frame)


def _nobody_watches(_done: int, _all: int) -> None:
    """Progress that is shown to nobody."""


def generate(
    *,
    organisations: int,
    seed: int,
    out: Path,
    day: date = date(2026, 11, 20),
    memberships: float = 2.0,
    prospect_memberships: float = 2.0,
    with_workbook: bool = False,
    progress: Progress = _nobody_watches,
) -> dict[str, Any]:
    """Write the country's files and a day of reports to `out`; the same arguments give the same bytes.

    `memberships` is about how many constituencies of partners an organisation is in, `prospect_memberships` about how
    many of prospects; `with_workbook` writes the baseline as baseline.xlsx too; `progress` is called with the
    organisations done and all of them. Returns the rows of each file, and the seconds it took.
    Raises ValueError for a size that has no names.
    """
    began = time.perf_counter()
    plan = Plan(organisations, seed, memberships)
    out.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        files = Files(out, stack)
        targets = _write_blocks(plan, files, prospect_memberships, progress)
    if with_workbook:
        baseline = prospects.table(Prospects(plan))
        workbook.write(out / "baseline.xlsx", {"baseline": [baseline.columns, *baseline.rows()]})
    report_rows = reports.write(plan, targets, out / "reports", day)
    (out / "README.txt").write_text(_readme(plan, files.rows, report_rows, day), encoding="utf-8")
    seconds = round(time.perf_counter() - began, 2)
    return {**files.rows, "reports": report_rows, "folder": str(out), "seconds": seconds}


def _write_blocks(plan: Plan, files: Files, prospect_memberships: float, progress: Progress) -> reports.Targets:
    who = Prospects(plan)
    lists, census = Lists(plan, who, prospect_memberships), Census()
    files.add("partners", partners.table(plan))
    files.add("designations", partners.designations(plan))
    files.add("baseline", prospects.table(who))
    targets, used = reports.Targets(), 0
    for first in range(0, plan.organisations, BLOCK):
        part = organisations.block(plan, first, min(BLOCK, plan.organisations - first))
        held, used = assets.networks(plan, part, used)
        files.add("organisations", organisations.table(plan, part))
        files.add("contacts", contacts.table(plan, part))
        files.add("assets", assets.table(plan, part, held))
        files.add("constituencies", partners.memberships(plan, part))
        files.add("prospect_constituencies", lists.rows(part))
        census.count(part)
        targets.collect(plan, part, held, used)
        progress(first + len(part.number), plan.organisations)
    files.add("assets", assets.of_operators(plan, used))
    files.add("estimates", estimates(plan, who, census))
    return targets


def _readme(plan: Plan, rows: dict[str, int], report_rows: dict[str, int], day: date) -> str:
    lines = [f"  {name}.csv: {count:,} rows" for name, count in rows.items()]
    lines += [f"  reports/{name}: {count:,} rows" for name, count in report_rows.items()]
    return "\n".join(
        [
            "A fictional country, made by `schakel generate`.",
            "",
            f"Organisations: {plan.organisations:,}. Seed: {plan.seed}. Day of the reports: {day}.",
            "Names end in .example or .test; addresses are for documentation or private. Nobody lives here;",
            "a number may by chance be that of a real organisation, so look none of them up.",
            "",
            *lines,
            "",
            "Load in this order: organisations, contacts, partners, assets, constituencies, designations;",
            "then baseline, estimates, and prospect_constituencies as constituencies.",
            "The reports hold a few broken rows on purpose.",
            "",
        ]
    )
