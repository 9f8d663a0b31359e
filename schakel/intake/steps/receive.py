"""First step: bytes and a source become a report. The same bytes again return the same report."""

import hashlib
import os
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Self

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from schakel.intake import store
from schakel.intake.formats.shadowserver import parser as shadowserver
from schakel.intake.models import Report, Series, Source
from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, permit
from schakel.policy import sharing
from schakel.policy.access import Actor, Permission

BLOCK = 1 << 20
LEFT_SECONDS = 24 * 3600.0  # No report takes that long to come in.
GENERAL = "general"  # The type of reports that name none; a list says nothing about what is not on it.


@dataclass(frozen=True, slots=True)
class Held:
    """Bytes that came in, in a file of ours for as long as the block lasts. `digest`: SHA-256; `size` in bytes."""

    place: Path
    digest: str
    size: int

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.place.unlink(missing_ok=True)


def receive(
    held: Held,
    *,
    name: str,
    source: Source,
    by: Actor,
    at: datetime,
    type: str = "",  # noqa: A002 - the word of the command line
    tlp: str = "",
    reading: Mapping[str, Any] | None = None,
) -> tuple[Report, bool]:
    """Keep the bytes and their digest; returns the report, and whether it is new.

    `reading` says how to read it (`kind`, `mapping`), and stays with the report: whoever reads it later needs it too.

    Raises NotPermitted, and Invalid for a label that TLP 2.0 does not know or that is wider than the source's own.
    """
    permit(by.may(Permission.REPORT_INGEST))
    label = _label(tlp or source.tlp, source)
    return _keep(held, name=name, source=source, type=type, tlp=label, reading=reading or {}, by=by, at=at)


def hold(stream: IO[bytes]) -> Held:
    """Stream the bytes to a file of ours, safe on disk. Tells nobody of them yet: `receive` does."""
    place = Path(settings.STORE) / "incoming"
    place.mkdir(parents=True, exist_ok=True)
    _clear(place)
    digest, size = hashlib.sha256(), 0
    with ExitStack() as undone, tempfile.NamedTemporaryFile(dir=place, delete=False) as file:
        undone.callback(Path(file.name).unlink)
        while block := stream.read(BLOCK):
            digest.update(block)
            size += len(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
        undone.pop_all()
    return Held(Path(file.name), digest.hexdigest(), size)


def source_named(slug: str, *, by: Actor, at: datetime) -> tuple[Source, bool]:
    """The source of that name; a new one begins with the strictest terms that still let its reports be told."""
    permit(by.may(Permission.REPORT_INGEST))
    if slugify(slug) != slug.lower() or not slug:
        raise Invalid(_("a source's name has letters, digits and hyphens only."), slug)
    with transaction.atomic():
        source, is_new = Source.objects.get_or_create(slug=slug.lower(), defaults={"name": slug})
        if is_new:
            record("intake.source.added", by=by, at=at, on=source)
    return source, is_new


def _type_of(name: str) -> str:
    """The report type that a file name states. Daily scan reports are complete: what is gone from them has gone."""
    stated = shadowserver.type_of(name)
    return stated if stated in shadowserver.TYPES else GENERAL


def _label(text: str, source: Source) -> str:
    label = sharing.label(text)
    if label is None:
        raise Invalid(_("this is no label of TLP 2.0:"), text)
    if sharing.is_wider(label, than=sharing.label(source.tlp)):
        raise Invalid(_("only the source may widen its own label:"), f"{label.marking}, {source.tlp}")
    return label.value


def _clear(place: Path) -> None:
    """Remove what killed receivers left: it holds personal data and belongs to no report."""
    for left in place.iterdir():
        with suppress(FileNotFoundError):
            if left.stat().st_mtime < time.time() - LEFT_SECONDS:
                left.unlink()


@transaction.atomic
def _keep(
    held: Held,
    *,
    name: str,
    source: Source,
    type: str,  # noqa: A002
    tlp: str,
    reading: Mapping[str, Any],
    by: Actor,
    at: datetime,
) -> tuple[Report, bool]:
    series, _made = Series.objects.get_or_create(
        source=source, type=type or _type_of(name), defaults={"is_complete": _type_of(type or name) != GENERAL}
    )
    figures = {"reading": dict(reading)} if reading else {}
    first = {"name": name, "tlp": tlp, "received_at": at, "size_bytes": held.size, "figures": figures}
    report, is_new = Report.objects.get_or_create(series=series, digest=held.digest, defaults=first)
    if is_new or not store.raw(report).exists():
        held.place.replace(store.raw(report))
    if is_new:
        record(
            "intake.report.received", by=by, at=at, on=report, source=source.slug, bytes=held.size, digest=held.digest
        )
    return report, is_new
