"""`python -m tests.house.reference` writes the pages of the reference that are read from the code; a test compares.

Each function here returns one page. What is not the same on every machine and Python is left out.
"""

import argparse
import ast
import importlib
import os
from collections.abc import Iterable, Iterator

import django

from schakel.commands.base import SchakelCommand
from schakel.policy.access import ROLES, Permission, Role
from tests.house.rules import recorded
from tests.house.sources import ROOT, Module, modules

PAGES = ROOT / "docs" / "reference"
COMMANDS = ROOT / "schakel" / "commands" / "management" / "commands"
MOST_CHOICES = 10
NOT_OURS = {
    "help", "version", "verbosity", "settings", "pythonpath", "traceback", "no_color", "force_color", "skip_checks",
    "json",
}  # fmt: skip
GENERATED = "This page is made from the code by `make docs`; do not change it by hand.\n"


def table(*head: str, rows: Iterable[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def first_line(text: str | None) -> str:
    """The first sentence of a docstring, or its first line where it holds none."""
    return " ".join((text or "").strip().partition("\n\n")[0].split())


def permissions() -> str:
    """Each permission and the roles that hold it."""
    rows = [
        (f"`{permission.value}`", *("yes" if permission in ROLES[role] else "" for role in Role))
        for permission in sorted(Permission)
    ]
    return (
        f"# Permissions\n\n{GENERATED}\nThe rules are in `schakel/policy/access.py`. A partner holds its permissions for "
        "its own constituency only,\nan organisation for itself; every other role holds them for the whole network. What is not in this table is "
        f"not permitted.\n\n{table('permission', *(role.value for role in Role), rows=rows)}"
    )


def events() -> str:
    """Each tag that the journal may hold, with the act that writes it."""
    rows = {(f"`{tag}`", act, f"`{path}`") for tag, act, path in _events()}
    return (
        f"# Events of the journal\n\n{GENERATED}\nOne event per act or per batch. "
        f"`schakel journal show` prints them, `schakel journal verify` proves the chain.\n\n"
        f"{table('tag', 'written when', 'where', rows=sorted(rows))}"
    )


def _events() -> Iterator[tuple[str, str, str]]:
    for module in modules():
        for tag, line in recorded(module):
            yield tag, first_line(_docstring_around(module, line)), module.path


def _docstring_around(module: Module, line: int) -> str | None:
    """The docstring of the innermost documented function around a line, else the module's."""
    around = [node for node in module.functions() if node.lineno <= line <= (node.end_lineno or node.lineno)]
    texts = [ast.get_docstring(node) for node in sorted(around, key=lambda node: -node.lineno)]
    return next((text for text in texts if text), ast.get_docstring(module.tree))


def jobs() -> str:
    """Each job of the queue, and when it runs by itself."""
    schedule = importlib.import_module("schakel.jobs.schedule")
    from procrastinate.contrib.django import app

    when = {job.name: cron for cron, job in schedule.PERIODIC}
    ours = {task.name: task for task in app.tasks.values() if task.func.__module__.startswith("schakel.")}
    rows = [
        (f"`{name}`", task.queue, f"`{when[name]}`" if name in when else "", first_line(task.func.__doc__))
        for name, task in sorted(ours.items())
    ]
    return (
        f"# Jobs\n\n{GENERATED}\n`schakel worker` does them. The times are cron lines; a job without one runs when "
        f"something asks for it.\n\n{table('job', 'queue', 'at', 'does', rows=rows)}"
    )


def commands() -> str:
    """Each command with its arguments."""
    names = sorted(file.stem for file in COMMANDS.glob("*.py") if file.stem != "__init__")
    listed = "\n".join(_command(name) for name in names)
    return (
        f"# Commands\n\n{GENERATED}\nEvery command has `--help` and `--json`; it ends with 0 when it is done, 1 when "
        f"it refuses and says why, 2 when it\nwas called in a wrong way.\n\n{listed}"
    )


def _command(name: str) -> str:
    made = importlib.import_module(f"schakel.commands.management.commands.{name}").Command()
    rows = list(_arguments(made.create_parser("schakel", name))) if isinstance(made, SchakelCommand) else []
    text = f"## schakel {name}\n\n{_sentence(made.help)}\n"
    return f"{text}\n{table('argument', 'meaning', rows=rows)}" if rows else text


def _arguments(parser: argparse.ArgumentParser, before: str = "") -> Iterator[tuple[str, str]]:
    """Flags and meanings, those of sub-commands too; without Django's own, which differ by release."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, part in action.choices.items():
                described = next((one.help for one in action._choices_actions if one.dest == name), "")
                yield f"`{before}{name}`", _sentence(described or "")
                yield from _arguments(part, f"{before}{name} ")
        elif action.dest not in NOT_OURS and action.help != argparse.SUPPRESS:
            yield f"`{before}{_flags(action)}`", f"{_sentence(action.help or '')} {_choices(action)}".strip()


def _choices(action: argparse.Action) -> str:
    """What may be given, where that is a short list."""
    choices = [str(choice) for choice in action.choices or () if choice]
    return f"One of {', '.join(choices)}." if 0 < len(choices) <= MOST_CHOICES else ""


def _flags(action: argparse.Action) -> str:
    """An argument as it is written on the command line."""
    value = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    if not action.option_strings:
        return str(value)
    return ", ".join(action.option_strings) + ("" if action.nargs == 0 else f" {value}")


def _sentence(text: str) -> str:
    """A help text as a sentence."""
    text = " ".join(text.split())
    return f"{text[:1].upper()}{text[1:]}." if text and not text.endswith(".") else text


def carried() -> str:
    """What of a shared item each format carries."""
    from tests.sharing.formats import carried  # Settings must be ready first.

    rows = ((f"`{name}`", *words) for name, *words in carried.table())
    return (
        f"# What the formats carry\n\n{GENERATED}\nEach field of a shared item, written in a format and read again from "
        "it: **yes**, it comes back the same; **changed**, it\ncomes back otherwise; **no**, the format has no place for "
        "it. Where a format has no words of its own, STIX carries it in\nproperties of ours and MISP in tags under "
        "`schakel:`, which others keep and do not understand. This is of documents that\nwere made elsewhere: one that "
        "came in a format goes out in it as it came.\n\nLabels: CSAF 2.0 has no TLP:AMBER+STRICT and refuses it. In MISP "
        "TLP:AMBER goes with the distribution “your organisation\nonly”, and comes back from it as TLP:AMBER+STRICT; by a "
        f"feed, which has no distribution, it stays.\n\n{table('field', *carried.FORMATS, rows=rows)}"
    )


WRITERS = {"carried": carried, "permissions": permissions, "events": events, "jobs": jobs, "commands": commands}


def main() -> None:
    """Write the pages."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "schakel.config.settings")
    django.setup()
    for name, write in WRITERS.items():
        (PAGES / f"{name}.md").write_text(write(), encoding="utf-8")


if __name__ == "__main__":
    main()
