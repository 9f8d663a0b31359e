"""`python -m tests.bench` (make bench): runs each module of figures, prints one table, writes build/bench.json.

A module of figures offers `figures(folder)`, or `apart(folder)` where it wants a process of its own; one without a
parameter for the folder brings its own material. Sizes: small for a look, base as default, country for a whole one.
"""

import argparse
import importlib
import inspect
import json
import os
import pkgutil
import platform
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from tests import bench
from tests.bench import workload

BUILD = Path(__file__).resolve().parents[2] / "build"
NO_FIGURES = {"__main__", "apart", "conftest", "holdings", "network", "nightly", "smtp_sink", "visits", "workload"}


def modules(only: list[str]) -> Iterator[ModuleType]:
    """Each module of figures; one that lacks a package is named and left out."""
    for found in pkgutil.iter_modules(bench.__path__):
        if found.name in NO_FIGURES or found.name.startswith("test_") or (only and found.name not in only):
            continue
        try:
            yield importlib.import_module(f"tests.bench.{found.name}")
        except ModuleNotFoundError as missing:
            say(f"{found.name} is left out: it needs {missing.name}")


def measure(module: ModuleType, folder: Path) -> dict[str, Any]:
    """The figures of one module, and how long they took to find."""
    function: Callable[..., dict[str, Any]] = getattr(module, "apart", None) or module.figures
    takes_folder = Path in (parameter.annotation for parameter in inspect.signature(function).parameters.values())
    started = time.monotonic()
    found = function(folder) if takes_folder else function()
    return found | {"bench_seconds": round(time.monotonic() - started, 1)}


def rows(found: dict[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Name and value of each figure, nested ones with their names joined; a row for all figures of a page."""
    for name, value in found.items():
        if isinstance(value, dict) and "of_plain" in value:
            yield f"{before}{name}", "{ms} ms  {of_plain} x plain  {queries} queries".format(**value)
        elif isinstance(value, dict):
            yield from rows(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", f"{value:,}" if isinstance(value, int | float) else str(value)


def machine() -> dict[str, Any]:
    """What the figures hold for."""
    return {
        "python": platform.python_version(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def say(words: str) -> None:
    """Tell whoever waits; the table goes to standard output alone."""
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--size", choices=workload.SIZES, default="base", help="of the workload")
    parser.add_argument("--only", nargs="*", default=[], metavar="MODULE", help="such as kernel")
    given = parser.parse_args()
    folder = BUILD / "workload" / given.size
    if not (folder / "truth.parquet").exists():
        say(f"writing the workload {given.size} to {folder}")
        workload.write(folder, workload.SIZES[given.size])
    found: dict[str, Any] = {"machine": machine() | {"size": given.size}}
    for module in modules(given.only):
        name = module.__name__.rpartition(".")[2]
        say(f"measuring {name}")
        found[name] = measure(module, folder)
    lines = list(rows(found))
    width = max(len(name) for name, _value in lines)
    sys.stdout.write("".join(f"{name:<{width}}  {value:>16}\n" for name, value in lines))
    BUILD.mkdir(exist_ok=True)
    (BUILD / "bench.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
