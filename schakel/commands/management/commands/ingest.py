"""`schakel ingest`: a report in any known format, from file to notices."""

import time
import tomllib
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from schakel.commands import behind
from schakel.commands.base import Progress, SchakelCommand
from schakel.commands.holding import one_ahead
from schakel.intake.kinds import KINDS
from schakel.intake.models import Report, ReportState, Source
from schakel.intake.steps.receive import Held, receive, source_named
from schakel.kit.progress import unwatched
from schakel.kit.refusals import Invalid, Refused
from schakel.notices import pipeline
from schakel.policy.access import SYSTEM

Result = Future[dict[str, Any]]
NUMBERS = ("rows", "quarantined", "unmatched", "matched", "withheld", "notices")


class Busy(Refused):
    """Somebody else works on the same report."""

    wording = "Another process is at work on this report; its own page and command show how far it is:"


class Command(SchakelCommand):
    """Receives, parses, matches, tracks, routes and composes."""

    help = "take in reports: receive, parse, match, track, route, compose"

    def add_arguments(self, parser: CommandParser) -> None:
        """Files, and what is known of them."""
        parser.add_argument("files", nargs="+", metavar="FILE", help="a report, gz and zip too; - for standard input")
        parser.add_argument("--source", required=True, help="who sent it, such as shadowserver")
        parser.add_argument("--type", default="", help="the type of report; else read from the file's name")
        parser.add_argument("--tlp", default="", help="a label stricter than the source's own")
        parser.add_argument("--kind", default="", choices=["", *KINDS], help="kind of finding where rows do not say")
        parser.add_argument("--mapping", type=Path, help="a TOML file that says which column is which")

    def run(self, **options: Any) -> dict[str, Any]:
        """Each file in turn: one that is refused does not stop the rest."""
        started = time.monotonic()
        options["reading"] = _reading(options)
        source, is_new = source_named(options["source"], by=SYSTEM, at=timezone.now())
        if is_new:
            self.stderr.write(f"New source {source.slug}: it begins with the strictest terms ({source.tlp}).")
        reports, refused = [], []
        with behind.stations("hold", "track", "tell", files_count=len(options["files"])) as (ahead, *line):
            with closing(one_ahead(options["files"], ahead)) as held:
                coming = [(name, self._begun(name, its, source, options, line)) for name, its in held]
            for name, result in coming:
                try:
                    reports.append(result.result())
                except (Refused, OSError) as problem:
                    refused.append({"name": name, "reason": _reason(problem, name)})
        figures = self._result(reports, refused, as_json=options["json"])
        return figures | {"took": round(time.monotonic() - started, 3)}

    def _begun(
        self, name: str, held: Future[Held], source: Source, options: dict[str, Any], line: list[Executor]
    ) -> Result:
        """What is to come of the file: read and matched here, the rest along the line while the next is read."""
        try:
            with held.result() as its:
                report, is_new = _received(its, name, source, options)
            progress = Progress(report.name)
            for _step in _advanced(report, progress, until=ReportState.MATCHED):
                progress.end()
        except (Refused, OSError) as problem:
            failed: Result = Future()
            failed.set_exception(problem)
            return failed
        track, tell = line
        tracked = track.submit(lambda: list(_advanced(report, until=ReportState.TRACKED)))
        return tell.submit(_finished, report, tracked, is_new=is_new)

    def _result(self, reports: list[dict[str, Any]], refused: list[dict[str, str]], *, as_json: bool) -> dict[str, Any]:
        """One report is shown as itself, several with their sum."""
        if refused and not reports:
            self.refuse("; ".join(f"{row['name']}: {row['reason']}" for row in refused), as_json=as_json)
        for row in refused:
            self.stderr.write(f"Refused: {row['name']}: {row['reason']}")
        if len(reports) == 1 and not refused:
            return reports[0]
        return _sum(reports) | {"reports": reports, "refused": refused}

    def words(self, figures: dict[str, Any]) -> str:
        """A paragraph per report, and how long it took from the first byte to the last notice."""
        return "\n\n".join([*map(_words, figures.get("reports", [figures])), f"Took {figures['took']:.1f} seconds."])


def _reason(problem: Refused | OSError, name: str) -> str:
    """Why a file was refused; its name stands before it already."""
    if isinstance(problem, OSError) and problem.strerror and problem.filename == name:
        return problem.strerror
    return str(problem)


def _received(held: Held, name: str, source: Source, options: dict[str, Any]) -> tuple[Report, bool]:
    return receive(
        held,
        name=Path(name).name if name != "-" else "stdin",
        source=source,
        by=SYSTEM,
        at=timezone.now(),
        type=options["type"],
        tlp=options["tlp"],
        reading=options["reading"],
    )


def _advanced(report: Report, progress: Progress | None = None, until: ReportState | None = None) -> Iterator[str]:
    shown = progress or unwatched
    return pipeline.advance(report, by=SYSTEM, at=timezone.now(), progress=shown, until=until)


def _finished(report: Report, tracked: Future[list[str]], *, is_new: bool) -> dict[str, Any]:
    """The rest of the way, and the figures of the whole."""
    tracked.result()
    list(_advanced(report))
    report.refresh_from_db()
    if report.state == ReportState.REFUSED:
        raise Invalid(report.figures.get("refused", ""))
    if report.state in pipeline.UNFINISHED and not report.embargo_until:
        raise Busy(report.name)
    return pipeline.figures_of(Report.objects.get(pk=report.pk), is_new=is_new)


def _reading(options: dict[str, Any]) -> dict[str, Any]:
    """What was said of how to read the files, in plain values. Raises Invalid for a mapping that cannot be read."""
    try:
        mapping = tomllib.loads(options["mapping"].read_text()) if options["mapping"] else None
    except (OSError, ValueError) as problem:
        raise Invalid("the mapping cannot be read:", str(problem)) from problem
    said = {"kind": options["kind"] or None, "mapping": mapping}
    return {name: value for name, value in said.items() if value is not None}


def _sum(reports: list[dict[str, Any]]) -> dict[str, Any]:
    total: dict[str, Any] = {name: sum(report[name] for report in reports) for name in NUMBERS}
    total["findings"] = _added(report["findings"] for report in reports)
    total["routes"] = {"by": _added(report["routes"]["by"] for report in reports)}
    total["seconds"] = _added(report["seconds"] for report in reports)
    return total


def _added(parts: Any) -> dict[str, Any]:
    total: dict[str, Any] = {}
    for part in parts:
        for name, value in part.items():
            total[name] = round(total.get(name, 0) + value, 3)
    return total


def _words(report: dict[str, Any]) -> str:
    again = "" if report["is_new"] else " (received before; nothing is done twice)"
    routes = ", ".join(f"{count} {via}" for via, count in report["routes"]["by"].items()) or "none"
    findings = ", ".join(f"{count} {name}" for name, count in report["findings"].items())
    seconds = ", ".join(f"{step} {value:.1f}" for step, value in report["seconds"].items())
    return (
        f"{report['name']}{again}\n"
        f"  rows      {report['rows']:,} = {report['quarantined']:,} quarantined + {report['unmatched']:,} unmatched"
        f" + {report['matched']:,} matched\n"
        f"  findings  {findings}\n"
        f"  routes    {routes}\n"
        f"  notices   {report['notices']:,}\n"
        f"  seconds   {seconds}"
    )
