"""The embedded server: made once, shared by all who use it, gone with the last of them; killed ones do not count."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from schakel.kit import embedded

USER = """
import sys
from pathlib import Path
from schakel.kit import embedded
folder = Path(sys.argv[1])
embedded.start(folder)
print("started", flush=True)
sys.stdin.readline()
"""


@contextmanager
def fresh_folder():
    """A folder whose name holds blanks and a quote, below one that is closed to others."""
    closed = Path(tempfile.mkdtemp())
    try:
        yield closed / "een plek met 'spaties'"
    finally:
        shutil.rmtree(closed)


@pytest.fixture(scope="module")
def folder():
    """A server of our own."""
    with fresh_folder() as place:
        yield place
        embedded.release(place)


@pytest.fixture
def broken():
    """A folder for a server that will not start."""
    with fresh_folder() as place:
        yield place
        embedded.release(place)


@pytest.fixture(autouse=True)
def let_go(folder):
    """No test starts or ends with the server in this process's hands."""
    yield
    embedded.release(folder)


def connect(folder):
    sockets = str(embedded.socket_folder(folder))
    return psycopg.connect(host=sockets, user="schakel", dbname="postgres", autocommit=True)


def write(folder, statement):
    with connect(folder) as server:
        server.execute(statement)


def ask(folder, query):
    """The first value of a query's answer."""
    with connect(folder) as server:
        answer = server.execute(query).fetchone()
    assert answer is not None
    return answer[0]


def is_running(folder):
    try:
        return ask(folder, "SELECT true")
    except psycopg.OperationalError:
        return False


def another_user(folder):
    """Another process that uses the server until it is told to end."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(USER), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    return process


def end(process):
    process.stdin.close()
    process.wait(timeout=300)
    process.stdout.close()


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=300)
    process.stdin.close()
    process.stdout.close()


def test_starting_twice_is_starting_once(folder):
    embedded.start(folder)
    first = ask(folder, "SELECT pg_postmaster_start_time()")
    embedded.start(folder)
    assert ask(folder, "SELECT pg_postmaster_start_time()") == first


def test_it_stops_with_its_last_user_and_keeps_what_was_written(folder):
    embedded.start(folder)
    write(folder, "CREATE TABLE kept AS SELECT 7 AS number")
    embedded.release(folder)
    assert not is_running(folder)
    embedded.start(folder)
    assert ask(folder, "SELECT number FROM kept") == 7


def test_it_stays_while_another_process_uses_it(folder):
    other = another_user(folder)
    embedded.start(folder)
    embedded.release(folder)
    assert is_running(folder)
    end(other)
    assert not is_running(folder)


def test_a_killed_user_does_not_hold_it(folder):
    killed = another_user(folder)
    embedded.start(folder)
    kill(killed)
    assert is_running(folder)
    embedded.release(folder)
    assert not is_running(folder)


def test_it_starts_again_after_all_were_killed_the_server_too(folder):
    killed = another_user(folder)
    number = int((folder / "pg" / "postmaster.pid").read_text().splitlines()[0])
    kill(killed)
    os.kill(number, signal.SIGKILL)
    while is_running(folder):
        time.sleep(0.01)
    embedded.start(folder)
    assert is_running(folder)


def test_releasing_what_was_never_started_does_nothing(tmp_path):
    embedded.release(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_does_not_start_says_why_each_time(broken):
    embedded.start(broken)
    embedded.release(broken)
    with (broken / "pg" / "postgresql.conf").open("a") as settings:
        settings.write("shared_buffers = lots\n")
    for _ in range(2):
        with pytest.raises(RuntimeError, match="shared_buffers"):
            embedded.start(broken)


def test_a_folder_that_is_not_empty_is_not_made_into_a_server(broken):
    (broken / "pg").mkdir(parents=True)
    (broken / "pg" / "letter.txt").write_text("ours")
    with pytest.raises(RuntimeError, match="initdb"):
        embedded.start(broken)
    assert (broken / "pg" / "letter.txt").read_text() == "ours"


def test_two_paths_have_two_sockets_of_short_names(tmp_path):
    long = tmp_path / ("long" * 60)
    assert embedded.socket_folder(long) != embedded.socket_folder(tmp_path)
    assert len(str(embedded.socket_folder(long) / ".s.PGSQL.5432")) < 100
