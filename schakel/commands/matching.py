"""`schakel match` for the shell: kept apart from the framework, whose start would cost as much as the matching."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from schakel.commands.match import match

HELP = "match a report against registry files, with no database: Parquet out, a line per holder"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A report, a folder with the registry, and where the lines go."""
    parser.add_argument("report", type=Path, metavar="FILE", help="a Shadowserver CSV, gz too")
    parser.add_argument("--assets", type=Path, required=True, metavar="FOLDER", help="orgs.csv, assets_*.csv")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the Parquet file to write")
    parser.add_argument("--engine", default="local", choices=["local", "ray"], help="ray: over many machines")


def main(arguments: list[str]) -> int:
    """Run; returns the exit code: 0 done, 1 refused."""
    parser = argparse.ArgumentParser(prog="schakel match", description=HELP)
    add_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print the result as JSON, for machines")
    given = parser.parse_args(arguments)
    try:
        figures = match(given.report, given.assets, given.out, given.engine)
    except (ValueError, OSError) as problem:
        sys.stderr.write(f"Refused: {problem}\n")
        return 1
    sys.stdout.write((json.dumps(figures) if given.json else words(figures)) + "\n")
    return 0


def words(figures: dict[str, Any]) -> str:
    """The figures for people."""
    seconds = ", ".join(f"{step} {value:.2f}" for step, value in figures["seconds"].items())
    lines = [
        f"rows      {figures['rows']:,} = {figures['matched']:,} matched + {figures['unmatched']:,} unmatched",
        f"seconds   {seconds}",
    ]
    if figures["refused_assets"]:
        lines.append(f"refused   {figures['refused_assets']:,} rows of the registry, the first of them:")
        lines += [
            f"          {row['table']} {row['asset']}: {row['value']}: {row['reason']}"
            for row in figures["refused_first"]
        ]
    return "\n".join(lines)
