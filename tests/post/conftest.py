"""A mail server and a webhook receiver that are real, small, and do as a test tells them."""

import http.server
import socket
import threading
import time

import pysequoia
import pytest
from aiosmtpd.controller import Controller

from schakel.policy.access import SYSTEM
from schakel.post import actions
from schakel.post.messages import Message
from tests.cast import NOON


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Relay:
    """A mail server. `replies` maps "mail", "rcpt" or "data" to a list of replies to give first; None hangs up."""

    def __init__(self, **options):
        self.received, self.replies, self.talks = [], {}, 0
        self.port, self._options, self._controller = free_port(), options, None

    def start(self):
        self._controller = Controller(
            self, hostname="127.0.0.1", port=self.port, decode_data=False, ready_timeout=20, **self._options
        )
        self._controller.start()
        self.talks = 0
        return self

    def stop(self):
        if self._controller:
            self._controller.stop()
        self._controller = None

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.talks += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        return self._reply("mail", server) or "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if reply := self._reply("rcpt", server):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if reply := self._reply("data", server):
            return reply
        self.received.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 2.0.0 taken"

    def _reply(self, stage, server):
        waiting = self.replies.get(stage)
        if not waiting:
            return None
        reply = waiting.pop(0)
        if reply is None:
            server.transport.close()
            return "421 gone"
        return reply


@pytest.fixture(autouse=True)
def addresses(settings):
    settings.MAIL_FROM = "Schakel <meldingen@schakel.example>"
    settings.MAIL_BOUNCE = "retour@schakel.example"
    settings.OPENPGP_KEY = ""
    settings.WEBHOOKS_PRIVATE = True


@pytest.fixture
def relay(settings):
    server = Relay().start()
    settings.SMTP_URL = server.url
    yield server
    server.stop()


@pytest.fixture
def hand_over(db):
    """Hands over one message and gives its delivery."""

    def act(key="one", **fields):
        usual = {"address": "beveiliging@haven.example", "subject": "Let op", "body": "Werk uw server bij.\n"}
        return actions.hand_over([Message(key=key, **{**usual, **fields})], by=SYSTEM, at=NOON)[0]

    return act


class Receiver:
    """A webhook receiver. `statuses` are answered first, then 204."""

    def __init__(self):
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        self.headers: dict[str, str] = {}
        self.body, self.connections, self.line = b"", 0, None
        self.hang_seconds = 0
        outer = self

        class Door(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                super().setup()
                outer.connections += 1
                outer.line = self.connection

            def do_POST(self):
                length = int(self.headers["content-length"])
                outer.requests.append((self.path, dict(self.headers.items()), self.rfile.read(length)))
                time.sleep(outer.hang_seconds)
                self.send_response(outer.statuses.pop(0) if outer.statuses else 204)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(outer.body)))
                self.end_headers()
                self.wfile.write(outer.body)

            def log_message(self, *words):
                return

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                return

        self.server = Server(("127.0.0.1", 0), Door)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/hook"


@pytest.fixture
def receiver():
    made = Receiver()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture(scope="session")
def platform_key():
    return pysequoia.Tsk.generate("Schakel <meldingen@schakel.example>")


@pytest.fixture(scope="session")
def recipient_key():
    return pysequoia.Tsk.generate("Haven <beveiliging@haven.example>")


@pytest.fixture
def with_platform_key(settings, tmp_path, platform_key):
    path = tmp_path / "platform.asc"
    path.write_text(str(platform_key))
    settings.OPENPGP_KEY = str(path)
    return platform_key
