"""A platform with a small registry, its commands as processes that can be killed, and what must hold afterwards."""

import csv
import email
import email.policy
import io
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from schakel.journal.actions import LOCK as JOURNAL
from schakel.kit import embedded
from schakel.notices.pipeline import LOCK as REPORTS
from tests.crash.world import ROOT, World

HEADER = "timestamp,severity,ip,protocol,port,hostname,tag,asn,geo"
OWN, GUARDED, EACH = 12, 4, 3  # Organisations told directly, those told through a partner, addresses of each.
SEED = """
from datetime import date
from schakel.intake.models import Source
from schakel.registry.models import Agreement, Asset, Constituency, Contact, Organisation, Partner
for slug in ("north", "south", "east"):
    Source.objects.create(slug=slug, name=slug.title(), tlp="green")
functions = ["notification"]
circle = Partner.objects.create(key="circle", name="Havenkring", type="isac", functions=functions)
Contact.objects.create(partner=circle, address="meldingen@circle.example", is_verified=True)
Agreement.objects.create(partner=circle, functions=functions, from_on=date(2026, 1, 1), state="signed")
for block in ("198.51.100", "203.0.113"):
    for number in range(OWN + GUARDED):
        one = Organisation.objects.create(key=f"{block}-{number}", name=f"Werf {block}.{number}", region="NL-ZH")
        Asset.objects.create(organisation=one, kind="network", value=f"{block}.{number * 8}/29")
        if number < OWN:
            Contact.objects.create(organisation=one, address=f"werf{number}@haven.example", is_verified=True)
        else:
            Constituency.objects.create(partner=circle, organisation=one)
"""


class Platform(World):
    def __init__(self, folder):
        super().__init__(folder)
        self._starter: Any = None
        self._numbers = []

    def prepare(self):
        """Tables, a registry, and the process that starts the others."""
        self._starter = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.starter"],
            cwd=ROOT,
            env=self.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for first in (["deliver"], ["-c", SEED.replace("OWN", str(OWN)).replace("GUARDED", str(GUARDED))]):
            code, words = self.begin(*first).end()  # The first command makes the tables too.
            assert code == 0, words

    def ask(self, **wish):
        self._starter.stdin.write(json.dumps(wish) + "\n")
        self._starter.stdin.flush()
        return int(self._starter.stdout.readline())

    def begin(self, *arguments):
        """Start a command as a process of its own."""
        out = self.folder / f"{len(self._numbers)}.out"
        number = self.ask(run=[*map(str, arguments)], out=str(out))
        self._numbers.append(number)
        return Running(self, number, out)

    def report(self, block, *, name, extra=0, rounds=1):
        """A report file: every organisation's addresses, `extra` rows that are nobody's, and one that says nothing."""
        seen = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() - 3600))
        own = [f"{block}.{number * 8 + one}" for number in range(OWN + GUARDED) for one in range(EACH)]
        rows = [f"{seen},high,{address},tcp,443,,,64500,NL" for address in own * rounds]
        rows += [f"{seen},high,192.0.2.{row % 256},tcp,{row % 60_000 + 1},,,64500,NL" for row in range(extra)]
        rows += [f"{seen},high,no address,tcp,443,,,64500,NL"]
        file = self.folder / name
        file.write_text("\n".join([HEADER, *rows, ""]))
        return file

    @contextmanager
    def connected(self):
        host = str(embedded.socket_folder(self.database))
        with psycopg.connect(host=host, user="schakel", dbname="schakel", autocommit=True) as connection:
            yield connection

    def until_the_dead_are_gone(self):
        """PostgreSQL notices that a client is dead when it next speaks to it: its locks last as long."""
        until(lambda: not self.rows("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = %s", REPORTS))

    def close(self):
        for number in self._numbers:
            try:
                os.kill(number, signal.SIGKILL)
            except ProcessLookupError:
                continue
        if self._starter:
            self._starter.stdin.close()  # It ends where its input ends.
            self._starter.wait()
            self._starter.stdout.close()
        super().close()


class Running:
    """One command at work."""

    def __init__(self, platform, number, out):
        self._platform, self._number, self._out = platform, number, out

    def kill(self):
        """End it as a power cut would; it may have ended by itself."""
        os.kill(self._number, signal.SIGKILL)
        return self._platform.ask(wait=self._number)

    def end(self):
        """Its exit code and its words."""
        return self._platform.ask(wait=self._number), self._out.read_text()

    def figures(self):
        """What it says in JSON, having ended well."""
        code, words = self.end()
        assert code == 0, words
        return json.loads(next(line for line in words.splitlines() if line.startswith("{")))


class Turnstile:
    """Stands before the journal: every step writes its event last, so each waits here done but not committed."""

    def __init__(self, platform, connection):
        self._platform, self._connection = platform, connection
        self._hold()

    def _hold(self):
        self._connection.execute("SELECT pg_advisory_lock(%s)", [JOURNAL])

    def _open(self):
        self._connection.execute("SELECT pg_advisory_unlock(%s)", [JOURNAL])

    def wait_for(self, running):
        """Whether somebody came to stand here; false when the command ended without."""
        waiting = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted"
        outcome = until(lambda: self._platform.rows(waiting, JOURNAL) or has_ended(running))
        return outcome is not True

    def let_one_through(self):
        """One step commits; whoever comes next waits again."""
        self._open()
        self._hold()

    def clear(self):
        """The dead come to the turnstile too: let them find out that they are."""
        self._open()
        self._platform.until_the_dead_are_gone()
        self._hold()


def has_ended(running):
    """Whether the process is gone or a zombie (state Z in /proc, proc(5))."""
    try:
        return Path(f"/proc/{running._number}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def until(condition, *, seconds=60):
    """What `condition` gives, once it gives something."""
    last = time.monotonic() + seconds
    while time.monotonic() < last:
        if found := condition():
            return found
        time.sleep(0.01)
    raise AssertionError("nothing came of it in time")


def pause(longest):
    time.sleep(random.uniform(0, longest))


def prove_the_reports(platform, expected):
    """Every row is somewhere: rows = quarantined + unmatched + matched, and the figures are those of the file."""
    found = platform.rows(
        "SELECT r.name, s.slug, state, rows_count, quarantined_count, unmatched_count, matched_count FROM intake_report r"
        " JOIN intake_series e ON e.id = r.series_id JOIN intake_source s ON s.id = e.source_id"
    )
    assert sorted(found) == sorted(expected)
    assert all(rows == bad + nobodys + held for *_, rows, bad, nobodys, held in found)


def prove_the_findings(platform, blocks):
    """Every address of every organisation is one finding, told by one route in one notice."""
    assets = platform.rows("SELECT asset FROM notices_finding")
    wanted = [f"{block}.{number * 8 + one} 443/tcp" for block in blocks for number in range(OWN + GUARDED)
              for one in range(EACH)]  # fmt: skip
    assert sorted(asset for (asset,) in assets) == sorted(wanted)
    routes = platform.rows("SELECT organisation_id, kind, state, findings_count FROM notices_route")
    assert Counter((state, count) for *_, state, count in routes) == {("noticed", EACH): len(blocks) * (OWN + GUARDED)}
    assert len({(organisation, kind) for organisation, kind, *_ in routes}) == len(routes)
    told = platform.rows("SELECT sum(findings_count), sum(organisations_count) FROM notices_notice")
    assert told == [(len(wanted), len(routes))]


def prove_the_mail(platform):
    """Every notice has one delivery, which came; no finding stands in two messages; a copy is the same message."""
    notices = platform.rows("SELECT n.state, d.state, message_id FROM notices_notice n"
                            " JOIN post_delivery d ON d.id = n.delivery_id")  # fmt: skip
    assert {(notice, delivery) for notice, delivery, _ in notices} == {("sent", "sent")}
    sent = Counter(name for *_, name in notices)
    assert set(sent.values()) == {1}
    assert platform.rows("SELECT count(*) FROM notices_notice") == [(len(notices),)]
    assert platform.rows("SELECT count(*) FROM post_delivery") == [(len(notices),)]
    copies = platform.copies()
    messages = {name: content for name, _, content in copies}
    assert set(messages) == set(sent)
    assert len({(name, content) for name, _, content in copies}) == len(messages)
    tried = dict(platform.rows("SELECT message_id, attempts_count FROM post_delivery"))
    assert all(count <= tried[name] for name, count in Counter(name for name, *_ in copies).items())
    lines = [line for content in messages.values() for line in attached(content)]
    assets = [asset for (asset,) in platform.rows("SELECT asset FROM notices_finding")]
    assert sorted(line["asset"] for line in lines) == sorted(assets)


def attached(content):
    """The rows of a message's table."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    (table,) = message.iter_attachments()
    return list(csv.DictReader(io.StringIO(table.get_content())))


def prove_the_journal(platform):
    """The chain holds, and each report had each step once."""
    code, words = platform.begin("journal", "verify").end()
    assert code == 0, words
    steps = platform.rows(
        "SELECT subject, tag, count(*) FROM journal_event WHERE subject LIKE 'intake.report:%%' GROUP BY 1, 2"
    )
    assert {count for *_, count in steps} == {1}
    assert len({Counter(subject for subject, *_ in steps)[subject] for subject, *_ in steps}) == 1
