"""The site holds on to few connections, however many ask it at once and one after the other."""

import socket
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.crash.world import World

VISITS, AT_ONCE, CONNECTIONS = 60, 12, 3
THEIRS = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'schakel' AND pid <> pg_backend_pid()"


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setenv("SCHAKEL_CONNECTIONS", str(CONNECTIONS))
    with tempfile.TemporaryDirectory(prefix="schakel-crash-") as folder:  # Not below pytest's, which is shut to others.
        Path(folder).chmod(0o755)
        made = World(Path(folder))
        try:
            yield made
        finally:
            made.close()


def site_of(world):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = world.start("-m", "schakel.commands.main", "web", "--port", str(port))
    while process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return f"http://127.0.0.1:{port}"
        time.sleep(0.1)
    raise AssertionError(process.stdout.read())


def test_many_visits_share_a_few_connections(world):
    site = site_of(world)

    def visit(_number):
        with urllib.request.urlopen(f"{site}/partners", timeout=30) as answer:
            return answer.status

    with ThreadPoolExecutor(AT_ONCE) as visitors:
        assert list(visitors.map(visit, range(VISITS))) == [200] * VISITS
    assert 1 <= world.rows(THEIRS)[0][0] <= CONNECTIONS
