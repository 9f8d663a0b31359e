"""The command line as a process: told to end, it ends in order."""

import os
import signal
import socket
import subprocess
import sys
import time

from tests.post.conftest import free_port


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def test_the_site_takes_the_embedded_server_with_it_when_told_to_end(tmp_path):
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    process = subprocess.Popen(
        [sys.executable, "-m", "schakel.commands.main", "web", "--port", str(port)],
        env=environment | {"SCHAKEL_DATA_DIR": str(tmp_path)},
    )
    patience = time.monotonic() + 300
    while not answers(port):
        assert process.poll() is None
        assert time.monotonic() < patience
        time.sleep(0.1)
    note = tmp_path / "postgresql" / "pg" / "postmaster.pid"
    assert note.exists()
    process.send_signal(signal.SIGTERM)
    assert process.wait(120) == 128 + signal.SIGTERM
    assert not note.exists()
