"""Small reports, sent and taken in as a source would."""

import io
from datetime import datetime, timedelta

from schakel.intake.models import Report
from schakel.intake.steps import receive
from schakel.notices import pipeline
from schakel.notices.models import Change, Finding
from schakel.policy.access import SYSTEM
from tests.cast import NOON

HEADER = "timestamp,severity,ip,protocol,port,hostname,tag,asn,geo"


def csv(*rows: str, day: datetime = NOON) -> bytes:
    """A scan report with a row per `address,port,hostname,tag`; the day's morning is when all was seen."""
    seen = f"{day - timedelta(hours=4):%Y-%m-%d %H:%M:%S}"
    lines = []
    for row in rows:
        address, port, host, tag = [*row.split(","), "", "", ""][:4]
        lines.append(f"{seen},high,{address},tcp,{port or 443},{host},{tag},64500,NL")
    return "\n".join([HEADER, *lines, ""]).encode()


def sent(
    content: bytes, *, type="scan_http_vulnerable", source="shadowserver", at=NOON, tlp="", name="", reading=None
) -> tuple[Report, bool]:
    """Received, no more."""
    origin, _ = receive.source_named(source, by=SYSTEM, at=at)
    name = name or f"{at:%Y-%m-%d}-{type}-nl.csv"
    with receive.hold(io.BytesIO(content)) as held:
        return receive.receive(held, name=name, source=origin, by=SYSTEM, at=at, tlp=tlp, reading=reading)


def taken(*rows: str, day: datetime = NOON, **how) -> Report:
    """Received and taken all the way to notices."""
    report, _ = sent(csv(*rows, day=day), at=day, **how)
    list(pipeline.advance(report, by=SYSTEM, at=day))
    return report


def moved_to(state: str, closed_at: datetime | None) -> None:
    """All findings moved by hand, as an answer would."""
    Finding.objects.update(state=state, closed_at=closed_at)
    for finding in Finding.objects.all():
        Change.objects.create(finding=finding, from_state="open", to_state=state, at=closed_at or NOON)
