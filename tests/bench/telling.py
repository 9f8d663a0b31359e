"""Figures of telling: an item to 1,152 partners and 98,848 organisations, decided, queued, and handed to a mail server.

The organisations have an account, a contact and the wish to be told at once. Two senders wait, as workers would; the
mail server is a process of its own that takes everything. `python -m tests.bench.telling --inside base`
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from tests.bench import apart as bench

PARTNERS = 1_152
RECIPIENTS = {"small": 5_000, "base": 100_000, "country": 100_000}
DRAIN_SECONDS = 20
SENDERS = 2
SENDER = """
import django, time
django.setup()
from schakel.post import steps
while True:
    steps.deliver_all(seconds=60)
    time.sleep(0.02)
"""


def apart() -> dict[str, Any]:
    """In a process of its own, with a database of its own."""
    return bench.measured("telling", os.environ.get("BENCH_SIZE", "base"))


def figures(size: str = "base") -> dict[str, Any]:
    """Seconds until all is decided and queued and until the first mail is handed in; mails a second, plain and sealed."""
    with tempfile.TemporaryDirectory(prefix="schakel-bench-") as name:
        os.environ["SCHAKEL_SMTP_URL"] = f"smtp://127.0.0.1:{(port := _free_port())}"
        os.environ["SCHAKEL_MAIL_FROM"] = "Schakel <meldingen@schakel.example>"
        bench.ready()
        item = _network(RECIPIENTS[size])
        return {"recipients": RECIPIENTS[size], **_told(item, port, Path(name) / "sink"), **_sealed(port, Path(name))}


def _told(item: Any, port: int, place: Path) -> dict[str, Any]:
    from schakel.post.models import Delivery

    with _sink(port, place), _senders():
        time.sleep(4)  # Until they are there.
        started = time.time()
        _tell(item)
        decided = time.time() - started
        queued = Delivery.objects.count()
        begun, before = time.monotonic(), _read(place)[1]
        time.sleep(DRAIN_SECONDS)
        drained = (_read(place)[1] - before) / (time.monotonic() - begun)
        first = _read(place)[0] - started
    return {
        "decided_and_queued_seconds": round(decided, 2), "queued": queued, "first_mail_seconds": round(first, 2),
        "mails_per_second": round(drained),
    }  # fmt: skip


def _sealed(port: int, folder: Path) -> dict[str, Any]:
    """The same queue, each mail to a key."""
    from schakel.post.models import Delivery

    Delivery.objects.exclude(state="queued").delete()
    Delivery.objects.update(openpgp_key=_key())
    with _sink(port, folder / "sealed"), _senders():
        while _read(folder / "sealed")[1] == 0:
            time.sleep(0.1)
        begun, before = time.monotonic(), _read(folder / "sealed")[1]
        time.sleep(DRAIN_SECONDS)
        drained = (_read(folder / "sealed")[1] - before) / (time.monotonic() - begun)
    return {"sealed_mails_per_second": round(drained)}


def _tell(item: Any) -> None:
    from django.utils import timezone

    from schakel.policy.access import SYSTEM
    from schakel.sharing.ledger import telling

    telling.tell(item=item, version=item.published_version, by=SYSTEM, at=timezone.now())


def _network(recipients: int) -> Any:
    from django.utils import timezone

    from schakel.people.models import User, UserGrant
    from schakel.policy.access import SYSTEM
    from schakel.registry.models import Agreement, Contact, Organisation, Partner
    from schakel.sharing.items import drafting, publishing
    from schakel.sharing.models import Preference
    from tests.sharing import world

    now, count = timezone.now(), recipients - PARTNERS
    partners = Partner.objects.bulk_create(
        Partner(key=f"p{n}", name=f"Partner {n}", type="isac", functions=["information-sharing"])
        for n in range(PARTNERS)
    )
    Agreement.objects.bulk_create(
        Agreement(partner=one, functions=["information-sharing"], from_on=date(2026, 1, 1), state="signed")
        for one in partners
    )
    bodies = Organisation.objects.bulk_create(
        (Organisation(key=f"o{n}", name=f"Organisatie {n}", region="NL-ZH") for n in range(count)), batch_size=5000
    )
    people = User.objects.bulk_create((User(username=f"u{n}") for n in range(count)), batch_size=5000)
    UserGrant.objects.bulk_create(
        (UserGrant(user=u, role="organisation", organisation=o) for u, o in zip(people, bodies, strict=True)),
        batch_size=5000,
    )
    Preference.objects.bulk_create(
        (Preference(organisation=one, pace="at-once", set_at=now, set_by="bench") for one in bodies), batch_size=5000
    )
    Contact.objects.bulk_create(
        (
            *(Contact(partner=one, address=f"{one.key}@example.org", is_verified=True) for one in partners),
            *(Contact(organisation=one, address=f"{one.key}@example.org", is_verified=True) for one in bodies),
        ),
        batch_size=5000,
    )
    item = drafting.draft(document=world.document(), terms=world.terms(), owner=None, by=SYSTEM, at=now)
    publishing.publish(item=item, by=SYSTEM, at=now)
    return item


def _key() -> str:
    import pysequoia

    return str(pysequoia.Tsk.generate("Haven <beveiliging@haven.example>").extract_certificate())


@contextmanager
def _sink(port: int, place: Path) -> Iterator[None]:
    place.write_text("0 0")
    running = subprocess.Popen([sys.executable, "-m", "tests.bench.smtp_sink", str(port), str(place)])
    try:
        yield
    finally:
        running.terminate()
        running.wait()


@contextmanager
def _senders() -> Iterator[None]:
    running = [subprocess.Popen([sys.executable, "-c", SENDER]) for _ in range(SENDERS)]
    try:
        yield
    finally:
        for one in running:
            one.terminate()
            one.wait()


def _read(place: Path) -> tuple[float, int]:
    first, _blank, count = (place.read_text() or "0 0").partition(" ")
    return float(first or 0), int(count or 0)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inside", choices=RECIPIENTS, required=True)
    sys.stdout.write(json.dumps(figures(parser.parse_args().inside)) + "\n")
