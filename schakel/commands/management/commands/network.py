"""`schakel network`: the network as a file, for a report, another program or a wall."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils import timezone

from schakel.commands.base import SchakelCommand
from schakel.kit.refusals import Refused
from schakel.oversight.network import Asked, Grouping, laid_out, network
from schakel.oversight.network.exports import Drawn, Format, exported
from schakel.policy.access import SYSTEM
from schakel.registry.files.lists import slugs
from schakel.registry.models import Category

NAMES = ("function", "sector", "region", "category", "type")


class Unwritable(Refused):
    """The file cannot be written."""

    wording = "The file cannot be written:"


class Command(SchakelCommand):
    """Writes the network, or a part of it, as JSON, GraphML or SVG."""

    help = "write the network, or a part of it, as a file: JSON, GraphML or SVG"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to, as what, and which part."""
        parser.add_argument("--out", type=Path, required=True, help="the file to write")
        parser.add_argument(
            "--format", choices=[one.value for one in Format], default=Format.JSON.value, help="as what"
        )
        parser.add_argument("--function", default="", choices=["", *slugs("functions")], help="of this function alone")
        parser.add_argument("--sector", default="", choices=["", *slugs("sectors")], help="of this sector alone")
        parser.add_argument("--region", default="", choices=["", *slugs("regions")], help="of this region alone")
        parser.add_argument("--category", default="", choices=["", *Category.values], help="of this category alone")
        parser.add_argument("--type", default="", choices=["", *slugs("partner_types")], help="of this type alone")
        parser.add_argument("--prospects", action="store_true", help="prospects too")
        parser.add_argument(
            "--group", default="type", choices=[one.value for one in Grouping], help="group the picture by"
        )
        parser.add_argument("--language", default="nl", choices=["nl", "en"], help="of the names of functions")

    def run(self, **options: Any) -> dict[str, Any]:
        """Write it."""
        given = {name: options[name] for name in NAMES if options[name]}
        asked = Asked(**given, with_prospects=options["prospects"])
        seen = network(SYSTEM, day=timezone.localdate(), language=options["language"], asked=asked)
        drawn = Drawn(seen, laid_out(seen, by=Grouping(options["group"])), {}, "Netwerk")
        filters = [*given, *(["with_prospects"] if options["prospects"] else [])]
        form = Format(options["format"])
        try:
            with options["out"].open("w", encoding="utf-8") as file:
                file.writelines(exported(drawn, form=form, filters=filters, by=SYSTEM, at=timezone.now()))
        except OSError as problem:
            raise Unwritable(problem.strerror) from problem
        return {"file": str(options["out"]), "nodes": len(seen.nodes), "ties": len(seen.ties)}
