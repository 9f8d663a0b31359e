"""A platform of its own for tests that kill: own folder, own database server, own mail server, real processes."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from schakel.kit import embedded

ROOT = Path(__file__).parent.parent.parent
HAND_OVER = """
import django; django.setup()
from django.utils import timezone
from schakel.commands import database
from schakel.policy.access import SYSTEM
from schakel.post import actions
from schakel.post.messages import Message
messages = [
    Message(key=f"crash {n}", address=f"post{n}@haven.example", subject=f"Melding {n}", body="Werk uw server bij.\\n")
    for n in range(COUNT)
]
database.ready()
actions.hand_over(messages, by=SYSTEM, at=timezone.now())
"""


class World:
    def __init__(self, folder):
        self.folder, self.mail = folder, folder / "mail"
        self.mail.mkdir()
        self.database = folder / "postgresql"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._processes = []
        self.mail_server = None
        embedded.start(self.database)

    def environment(self):
        kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "SCHAKEL_BASE_URL"}}
        return {
            **kept,
            "SCHAKEL_DATA_DIR": str(self.folder),
            "SCHAKEL_SMTP_URL": f"smtp://127.0.0.1:{self.port}",
            "DJANGO_SETTINGS_MODULE": "schakel.config.settings",
        }

    def start(self, *arguments):
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._processes.append(process)
        return process

    def sender(self):
        return self.start("-m", "schakel.commands.main", "deliver", "--json")

    def run(self, *arguments):
        process = self.start(*arguments)
        words, _ = process.communicate(timeout=60)
        assert process.returncode == 0, words
        return words

    def hand_over(self, count):
        self.run("-c", HAND_OVER.replace("COUNT", str(count)))

    def start_mail_server(self):
        self.mail_server = self.start("-m", "tests.crash.mail_server", str(self.port), str(self.mail))
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("the mail server does not start")

    def restart_database(self):
        log = str(self.database / "restarted.log")
        code = embedded._control(self.database, "restart", "-w", "-m", "immediate", "-l", log, check=False)
        assert code == 0

    def rows(self, query, *parameters):
        sockets = str(embedded.socket_folder(self.database))
        with psycopg.connect(host=sockets, user="schakel", dbname="schakel", autocommit=True) as connection:
            found = connection.execute(query, parameters)
            return found.fetchall() if found.description else []

    def time_passes(self):
        """Let a day go by for all that waits."""
        self.rows("UPDATE post_delivery SET due_at = due_at - interval '2 days' WHERE state = 'queued'")
        self.rows("UPDATE post_delivery SET claimed_at = claimed_at - interval '1 day' WHERE state = 'sending'")

    def copies(self):
        """What the mail server has: Message-ID, when it came, content; a line per copy."""
        found = []
        for file in sorted(self.mail.glob("*.eml")):
            content = file.read_bytes()
            [name] = re.findall(r"^Message-ID: (\S+)", content.decode(), re.MULTILINE)
            found.append((name, datetime.fromtimestamp(float(file.name.split("-")[0]), UTC), content))
        return found

    def wait_for_copies(self, count, *, seconds=20):
        until = time.monotonic() + seconds
        while len(list(self.mail.glob("*.eml"))) < count and time.monotonic() < until:
            time.sleep(0.005)
        assert len(list(self.mail.glob("*.eml"))) >= count

    def mood(self, word):
        """What the mail server does to the next message."""
        (self.mail / "mood.past").unlink(missing_ok=True)
        (self.mail / "mood").write_text(word)

    def wait_for_the_mood(self, *, seconds=30):
        until = time.monotonic() + seconds
        while not (self.mail / "mood.past").exists():
            assert time.monotonic() < until
            time.sleep(0.01)

    def count(self):
        return len(list(self.mail.glob("*.eml")))

    def close(self):
        for process in self._processes:
            kill(process)
        embedded.release(self.database)


def kill(process):
    """End a process as a power cut would."""
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
