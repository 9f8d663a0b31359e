"""Figures of the TAXII door: a real server, asked by programs with keys, with the audience rule on for each object.

A crawl fetches all indicators of about 700 bytes, 100 a page. CPU-seconds are those of the server's own processes; the
database's stand beside them. `first_page_ratio`: the first page where a million objects stand, over that of 10,000.
"""

import argparse
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

from tests.bench import apart as process

OBJECTS, MANY = 10_000, {"small": 100_000, "base": 1_000_000}
LIMIT, VISITS, BATCH, BATCHES, CLIENTS = 100, 60, 500, 8, 4
TICKS = os.sysconf("SC_CLK_TCK")
TAXII = "application/taxii+json;version=2.1"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inside", default="base", help="small or base; measures in this process and its database")
    given = parser.parse_args()
    process.ready()
    sys.stdout.write(json.dumps(measured(MANY.get(given.inside, MANY["base"])), indent=1) + "\n")


def apart(folder: Path) -> dict[str, Any]:
    """The figures, from a process of their own."""
    return process.measured("taxii", folder.name)


def measured(many: int) -> dict[str, Any]:
    """The figures in this process; its database must be empty."""
    from schakel.sharing.taxii.collections import SENT, SHARED

    key, audience = network()
    fill(audience, OBJECTS)
    found: dict[str, Any] = {}
    address = f"/taxii2/root/collections/{SHARED}/objects/"
    with server() as site:
        found |= crawled(site, key, address)
        before = site.cpu()
        found["empty_poll_ms"] = waited(site, key, f"{address}?added_after=2999-01-01T00:00:00Z")
        found["empty_poll_cpu_ms"] = round((sum(site.cpu()) - sum(before)) * 1000 / VISITS, 2)
        first = waited(site, key, f"{address}?limit={LIMIT}")
        found |= posted(site, key, f"/taxii2/root/collections/{SENT}/objects/")
        fill(audience, many - OBJECTS)
        again = waited(site, key, f"{address}?limit={LIMIT}")
        found |= {"first_page_ms": first, "first_page_of_many_ms": again, "first_page_ratio": round(again / first, 2)}
    with ExitStack() as running:
        found |= at_once([running.enter_context(server()) for _worker in range(CLIENTS)], key, address)
    return found


def network() -> tuple[str, int]:
    """A partner that shares, the key of its program, and the audience of all."""
    from datetime import date

    from django.utils import timezone

    from schakel.people import tokens
    from schakel.people.models import User, UserGrant
    from schakel.policy.access import SYSTEM, Role
    from schakel.registry.models import Agreement, AgreementState, NetworkFunction, Partner
    from schakel.sharing.models import Audience

    functions = [NetworkFunction.SHARING]
    partner = Partner.objects.create(key="havenkring", name="Havenkring", type="isac", functions=functions)
    Agreement.objects.create(
        partner=partner, functions=functions, from_on=date(2026, 1, 2), state=AgreementState.SIGNED
    )
    user = User.objects.create(username="program")
    UserGrant.objects.create(user=user, role=Role.PARTNER, partner=partner)
    audience = Audience.objects.made(tlp="green", circle=None, addresses=["everyone:"])
    return tokens.add(user=user, name="bench", days=1, by=SYSTEM, at=timezone.now()), audience.pk


def indicator(at: int) -> dict[str, Any]:
    """One indicator of about 700 bytes."""
    return {
        "type": "indicator", "spec_version": "2.1", "id": f"indicator--{UUID(int=at, version=4)}",
        "created": "2026-03-01T08:00:00.000Z", "modified": "2026-03-01T08:00:00.000Z",
        "name": f"kade{at}.example", "description": "Gezien in het verkeer van een invaller. " * 7,
        "indicator_types": ["malicious-activity"], "pattern": f"[domain-name:value = 'kade{at}.example']",
        "pattern_type": "stix", "valid_from": "2026-03-01T08:00:00Z", "confidence": 70,
        "object_marking_refs": ["marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"],
    }  # fmt: skip


def fill(audience: int, count: int) -> None:
    """Objects straight into the table, as serving puts them there."""
    from django.db import connection, transaction

    from schakel.sharing.formats.stix.rules import moment
    from schakel.sharing.models import ServedObject
    from schakel.sharing.taxii.placing import Row, place

    begin = ServedObject.objects.count()
    for first in range(begin, begin + count, 50_000):
        rows = [
            Row(None, audience, one["id"], one["type"], moment(one["modified"]), False, json.dumps(one))
            for one in map(indicator, range(first, min(first + 50_000, begin + count)))
        ]
        with transaction.atomic():
            place(rows)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE sharing_servedobject")


@contextmanager
def server() -> Iterator["Site"]:
    """The site in a process of its own, on a port of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "schakel.config.asgi:application", "--port", str(port)]
    options = ["--log-level", "warning", "--lifespan", "off"]
    running = subprocess.Popen([*command, *options], stdout=sys.stderr)
    try:
        site = Site(port, running.pid)
        site.wait()
        yield site
    finally:
        running.terminate()
        running.wait(20)


class Site:
    """A server that runs."""

    def __init__(self, port: int, pid: int) -> None:
        self.port, self.pid = port, pid

    def wait(self) -> None:
        """Until it answers."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise TimeoutError

    def cpu(self) -> tuple[float, float]:
        """CPU-seconds so far: of its processes, and of the database's."""
        ours, theirs = 0, 0
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                stat = (folder / "stat").read_text()
            except OSError:
                continue
            name, rest = stat[stat.index("(") + 1 : stat.rindex(")")], stat[stat.rindex(")") + 2 :].split()
            ticks = int(rest[11]) + int(rest[12])
            if int(folder.name) == self.pid or int(rest[1]) == self.pid:
                ours += ticks
            elif name.startswith("postgres") and str(os.environ["SCHAKEL_DATA_DIR"]) in _place(folder):
                theirs += ticks
        return ours / TICKS, theirs / TICKS


def _place(folder: Path) -> str:
    """Where a server of the database keeps its tables: it works in that folder."""
    try:
        return str((folder / "cwd").readlink())
    except OSError:
        return ""


class Program:
    """One program with one connection."""

    def __init__(self, site: Site, key: str) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", site.port)
        self._headers = {"Authorization": f"Bearer {key}", "Accept": TAXII, "Content-Type": TAXII}

    def ask(self, address: str, body: bytes | None = None) -> dict[str, Any]:
        """What it answers. Raises ValueError where it is no success."""
        self._http.request("POST" if body else "GET", address, body=body, headers=self._headers)
        answer = self._http.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise ValueError(answer.status, content[:200])
        found: dict[str, Any] = json.loads(content)
        return found

    def crawl(self, address: str) -> int:
        """How many objects there are, fetched page by page."""
        seen: set[str] = set()
        after = ""
        while True:
            page = self.ask(f"{address}?limit={LIMIT}{after}")
            seen |= {one["id"] for one in page.get("objects", [])}
            if not page.get("more"):
                return len(seen)
            after = f"&next={page['next']}"


def crawled(site: Site, key: str, address: str) -> dict[str, Any]:
    program = Program(site, key)
    program.crawl(address)
    (ours, theirs), started = site.cpu(), time.perf_counter()
    count = sum(program.crawl(address) for _turn in range(3))
    seconds, (ours_after, theirs_after) = time.perf_counter() - started, site.cpu()
    if count != 3 * OBJECTS:
        raise AssertionError(count)
    return {
        "objects_per_server_cpu_second": round(count / (ours_after - ours)),
        "objects_per_cpu_second_with_database": round(count / (ours_after - ours + theirs_after - theirs)),
        "objects_per_second": round(count / seconds),
    }


def waited(site: Site, key: str, address: str) -> float:
    """Median milliseconds of an answer."""
    program, times = Program(site, key), []
    for _visit in range(VISITS):
        started = time.perf_counter()
        program.ask(address)
        times.append((time.perf_counter() - started) * 1000)
    return round(median(times[5:]), 2)


def posted(site: Site, key: str, address: str) -> dict[str, Any]:
    """Batches sent: each object checked, kept as an item, and out."""
    program = Program(site, key)
    bodies = [
        json.dumps({"objects": [indicator(10**7 + at * BATCH + one) for one in range(BATCH)]}).encode()
        for at in range(BATCHES)
    ]
    program.ask(address, bodies[0])
    ours, theirs = site.cpu()
    for body in bodies[1:]:
        if program.ask(address, body)["success_count"] != BATCH:
            raise AssertionError
    ours_after, theirs_after = site.cpu()
    count = (BATCHES - 1) * BATCH
    return {
        "posted_per_server_cpu_second": round(count / (ours_after - ours)),
        "posted_per_cpu_second_with_database": round(count / (ours_after - ours + theirs_after - theirs)),
    }


def at_once(sites: list[Site], key: str, address: str) -> dict[str, Any]:
    """Four programs and four workers: each fetches 40 pages; an error fails the bench."""

    def fetch(site: Site) -> int:
        program, after, count = Program(site, key), "", 0
        for _page in range(40):
            page = program.ask(f"{address}?limit={LIMIT}{after}")
            count += len(page["objects"])
            after = f"&next={page['next']}"
        return count

    started = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        counts = list(clients.map(fetch, sites))
    seconds = time.perf_counter() - started
    return {f"with_{CLIENTS}_workers_and_clients": {"objects_per_second": round(sum(counts) / seconds), "errors": 0}}


if __name__ == "__main__":
    main()
