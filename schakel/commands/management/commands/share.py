"""`schakel share`: shared items in and out, and the sources that they come from."""

import sys
import uuid
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from schakel.commands.base import Progress, SchakelCommand
from schakel.kit.refusals import Invalid, Refused
from schakel.policy.access import SYSTEM
from schakel.policy.sharing import Tlp
from schakel.sharing.formats.registry import WRITTEN
from schakel.sharing.incoming import fetching, sources
from schakel.sharing.incoming.receiving import Received
from schakel.sharing.incoming.sources import SourceTerms
from schakel.sharing.models import ItemSource, SharedItem
from schakel.sharing.outgoing.export import export
from schakel.sharing.words import Reliability, SourceKind

BY_HAND = "by-hand"


class Unknown(Refused):
    """There is nothing of that name."""

    wording = "There is nothing of this name:"


class Command(SchakelCommand):
    """Imports, exports and fetches items; adds and lists sources."""

    help = "take shared items in, write one out, fetch from sources, add or list sources"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The act, and what it is about."""
        parser.add_argument("act", choices=["import", "export", "fetch", "source", "sources"])
        parser.add_argument(
            "names", nargs="*", metavar="NAME",
            help="files, - for standard input (import); an item's number (export); sources, else all due (fetch);"
            " the new source's name (source)",
        )  # fmt: skip
        parser.add_argument("--source", default=BY_HAND, help="from whom the files are (import)")
        parser.add_argument("--format", default="", choices=["", *sorted(WRITTEN)], help="in which format (export)")
        parser.add_argument("--format-version", default="", help="in which version of it (export)")
        parser.add_argument("--out", type=Path, help="where to write it; else to standard output (export)")
        parser.add_argument("--kind", default=SourceKind.HAND, choices=SourceKind.values, help="how they come (source)")
        parser.add_argument("--address", default="", help="where they are: an address or a folder (source)")
        parser.add_argument("--secret-file", default="", help="a file that holds the password (source)")
        labels = [label.value for label in Tlp]
        parser.add_argument("--tlp", default="", choices=["", *labels], help="the label of what bears none (source)")
        parser.add_argument("--reliability", default="", choices=["", *Reliability.values], help="on Admiralty's scale")
        parser.add_argument("--minutes", type=int, default=60, help="how often it is asked (source)")

    def run(self, **options: Any) -> dict[str, Any] | None:
        """Do the act."""
        acts: dict[str, Callable[[dict[str, Any]], dict[str, Any] | None]] = {
            "import": self._import,
            "export": self._export,
            "fetch": _fetch,
            "source": _add_source,
            "sources": _list,
        }
        return acts[options["act"]](options)

    def words(self, figures: dict[str, Any]) -> str:
        """A line per file, source or figure."""
        if "sources" in figures:
            return "\n".join("{source}: {kind} {address} {failure}".format(**row) for row in figures["sources"])
        if "files" in figures:
            lines = [f"{row['name']}: {row['reason'] or _counted(row['counts'])}" for row in figures["files"]]
            return "\n".join([*lines, _counted(figures["counts"])])
        return super().words(figures)

    def _import(self, options: dict[str, Any]) -> dict[str, Any]:
        """Each file in turn: one that is held back does not stop the rest."""
        if not options["names"]:
            raise Invalid("name at least one file, or - for standard input.")
        source = self._source(options["source"])
        progress, rows, counts = Progress("import"), [], Counter[str]()
        for name in options["names"]:
            row = _imported(name, source)
            rows.append(row)
            counts.update(row["counts"])
            progress(len(rows), name)
        progress.end()
        figures = {"source": source.slug, "files": rows, "counts": dict(counts)}
        if set(counts) <= {"held", "missing"}:
            self.refuse("; ".join(f"{row['name']}: {row['reason']}" for row in rows), as_json=options["json"])
        return figures

    def _source(self, slug: str) -> ItemSource:
        """The source; a new one belongs to the desk, and content without a label is held back until it has terms."""
        source = ItemSource.objects.filter(slug=slug).first()
        if source is None:
            source = sources.add(terms=SourceTerms(name=slug), owner=None, by=SYSTEM, at=timezone.now())
            self.stderr.write(f"New source {source.slug}: what bears no label is held back.")
        return source

    def _export(self, options: dict[str, Any]) -> dict[str, Any] | None:
        [name] = options["names"] if len(options["names"]) == 1 else [""]
        item = SharedItem.objects.select_related("circle").filter(uid=_number(name)).first()
        if item is None:
            raise Unknown(name)
        written = export(
            item=item, format=options["format"], version=options["format_version"], by=SYSTEM, at=timezone.now()
        )
        for field, why in written.left_out.items():
            self.stderr.write(f"Left out: {field}: {why}")
        if options["out"] is None and not options["json"]:
            self.stdout.write(written.content.decode(), ending="")
            return None
        place = options["out"] or Path(written.name)
        place.write_bytes(written.content)
        return {"file": str(place), "media_type": written.media_type, "left_out": dict(written.left_out)}


def _number(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Unknown(text) from None


def _imported(name: str, source: ItemSource) -> dict[str, Any]:
    try:
        content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as problem:
        return {"name": name, "items": [], "counts": {"missing": 1}, "reason": problem.strerror or str(problem)}
    received = fetching.bring(content, source=source, by=SYSTEM, at=timezone.now(), name=Path(name).name)
    return {
        "name": name,
        "items": [str(item.uid) for item in received.items],
        "counts": dict(received.counts),
        "reason": _reason(received),
    }


def _reason(received: Received) -> str:
    held = received.held
    return "" if held is None else f"{held.place}: {held.reason}".removeprefix(": ")


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items()) or "nothing"


def _fetch(options: dict[str, Any]) -> dict[str, Any]:
    if not options["names"]:
        return {"counts": fetching.fetch_due(by=SYSTEM, at=timezone.now())}
    counts, progress = Counter[str](), Progress("fetch")
    for slug in options["names"]:
        source = ItemSource.objects.filter(slug=slug).first()
        if source is None:
            raise Unknown(slug)
        counts.update(fetching.fetch(source=source, by=SYSTEM, at=timezone.now(), progress=progress))
    progress.end()
    return {"counts": dict(counts)}


def _add_source(options: dict[str, Any]) -> dict[str, Any]:
    terms = SourceTerms(
        name=" ".join(options["names"]),
        kind=options["kind"],
        address=options["address"],
        secret_file=options["secret_file"],
        default_tlp=options["tlp"],
        reliability=options["reliability"],
        every=timedelta(minutes=options["minutes"]),
    )
    return {"source": sources.add(terms=terms, owner=None, by=SYSTEM, at=timezone.now()).slug}


def _list(_options: dict[str, Any]) -> dict[str, Any]:
    rows = ItemSource.objects.visible_to(SYSTEM).order_by("slug")
    return {
        "sources": [
            {
                "source": row.slug,
                "kind": row.kind,
                "address": row.address,
                "is_active": row.is_active,
                "fetched_at": row.fetched_at,
                "failure": row.failure,
                "waiting": row.held.filter(state="waiting").count(),
            }
            for row in rows
        ]
    }
