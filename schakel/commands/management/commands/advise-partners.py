"""`schakel advise-partners`: which prospects would add most reach, and how near that is to the best there can be."""  # noqa: N999 - the command has this name

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from schakel.commands.base import Progress, SchakelCommand
from schakel.kit.refusals import Invalid
from schakel.oversight.advice import actions
from schakel.oversight.advice.question import FLOOR_KINDS, USUAL_CEILING, WEIGHTS, Question
from schakel.oversight.coverage.dimensions import functions
from schakel.policy.access import SYSTEM

WARNINGS = {
    "above-ceiling": "more partners than the plan's 200: hard to keep, yours to decide",
    "near-ceiling": "near the plan's 200 partners",
    "no-places": "the partners of today fill the ceiling: nobody can be added below it",
    "nothing-known": "prospects of whose constituency nothing is known were left out",
}


class Command(SchakelCommand):
    """Works out an advice and prints it: a help for people, not a verdict."""

    help = "say which prospects would add most reach, with a proven bound"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Ceiling, what counts, what must be there, and what if."""
        parser.add_argument(
            "--ceiling", type=int, default=USUAL_CEILING, metavar="N", help="partners in all, today's too"
        )
        parser.add_argument("--function", action="append", choices=functions(), help="in which reach counts (repeat)")
        parser.add_argument(
            "--weight",
            action="append",
            default=[],
            metavar="NAME=N",
            help=f"what counts: {', '.join(WEIGHTS)} (repeat)",
        )
        parser.add_argument(
            "--floor", action="append", default=[], metavar="KIND:WORD=N",
            help=f"at least so many partners; kinds: {', '.join(FLOOR_KINDS)} (repeat)",
        )  # fmt: skip
        parser.add_argument("--add", action="append", default=[], metavar="KEY", help="what if this prospect joins")
        parser.add_argument("--remove", action="append", default=[], metavar="KEY", help="what if this one does not")

    def run(self, **options: Any) -> dict[str, Any]:
        """Ask and answer."""
        question = Question(
            ceiling=options["ceiling"],
            functions=tuple(options["function"] or ("notification",)),
            weights={"organisations": 1, "people": 0, "critical": 0} | dict(map(_number, options["weight"])),
            floors=_floors(options["floor"]),
            add=tuple(options["add"]),
            remove=tuple(options["remove"]),
        )
        progress = Progress("advice")
        try:
            found = actions.advise(question=question, by=SYSTEM, at=timezone.now(), progress=progress)
        finally:
            progress.end()
        return {"question": question.plain(), **found}

    def words(self, figures: dict[str, Any]) -> str:
        """Whom, what each adds, and what is to be known about it."""
        lines = [
            f"{at:>4}. {row['name']}  +{row['gain']:,}  ({row['basis']})" for at, row in enumerate(figures["chosen"], 1)
        ]
        lines.append(
            f"reach {figures['reached_now']:,} now, {figures['reached']:,} then; no choice of {figures['places']} "
            f"exceeds {figures['bound']:,} ({100 * figures['of_bound']:.1f} %)"
        )
        lines += [
            f"floor not met: {one['kind']} {one['word']} lacks {one['lacking']}" for one in figures["unmet_floors"]
        ]
        return "\n".join(
            [*lines, *(f"note: {WARNINGS[one]}" for one in figures["warnings"]), "An advice, not a verdict."]
        )


def _number(text: str) -> tuple[str, int]:
    """Name and number. Raises Invalid for anything else."""
    name, _equals, number = text.partition("=")
    if not number.lstrip("-").isdecimal():
        raise Invalid(f"{text}: write a name, =, and a whole number.")
    return name, int(number)


def _floors(given: list[str]) -> dict[str, dict[str, int]]:
    floors: dict[str, dict[str, int]] = {}
    for text in given:
        kind, colon, rest = text.partition(":")
        if not colon:
            raise Invalid(f"{text}: write kind:word=number, such as sector:health=3.")
        word, number = _number(rest)
        floors.setdefault(kind, {})[word] = number
    return floors
