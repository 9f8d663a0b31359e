"""One finding from file to coverage: a report, its mail, the recipient's answer on a phone, the coordinator's pages."""

import email
import email.policy
import io
import json
import re
import socket
import time
from contextlib import contextmanager

import pytest
from aiosmtpd.controller import Controller
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from schakel.intake.models import Report, Source
from schakel.notices.campaigns import start_campaign
from schakel.notices.models import Finding, Notice, Route
from schakel.people.models import User, UserGrant
from schakel.post.models import Delivery
from tests import browser
from tests.cast import DESK, Country
from tests.reports import csv

pytestmark = pytest.mark.browser
PASSWORD = "a long enough secret"
KIND = "vulnerable-service"
ROWS = [
    "192.0.2.10,443",  # The harbour's: its circle is told.
    "192.0.2.11,443",
    "192.0.2.200,443",  # The registrar's: it is told itself.
    "203.0.113.9,443",  # Nobody's.
    "no address,443",
]
WORDS = {
    "nl": {"fixed": "Het is opgelost", "thanks": "Dank u wel", "other": "English"},
    "en": {"fixed": "It is fixed", "thanks": "Thank you", "other": "Nederlands"},
}


class Mailbox:
    """A mail server that keeps what it gets."""

    def __init__(self):
        self.messages = []

    async def handle_DATA(self, _server, _session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.messages.append((envelope.rcpt_tos, message))
        return "250 2.0.0 taken"

    def message_to(self, address):
        (found,) = [message for recipients, message in self.messages if recipients == [address]]
        return found


@pytest.fixture
def mailbox(settings):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = Mailbox()
    server = Controller(kept, hostname="127.0.0.1", port=port)
    server.start()
    settings.SMTP_URL = f"smtp://127.0.0.1:{port}"
    yield kept
    server.stop()


@pytest.fixture
def country(real_commits):
    Source.objects.update_or_create(slug="lighthouse", defaults={"name": "Vuurtoren", "tlp": "green"})
    return Country()


@pytest.fixture
def site(live_server, settings):
    settings.BASE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    return live_server.url


@pytest.fixture
def coordinator(real_commits, settings):
    """Somebody with a password and a second factor."""
    settings.MFA_TOTP_TOLERANCE = 1  # A code may grow old on the way to the page.
    user = User.objects.create_user("roos", password=PASSWORD)
    UserGrant.objects.create(user=user, role="coordinator")
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return lambda: format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@contextmanager
def own_session():
    """In the browser's loop Django takes a database session apart: closed at the end, or the database cannot go."""
    try:
        yield
    finally:
        connections.close_all()


def run(*arguments, **options):
    """The figures of a command."""
    out = io.StringIO()
    call_command(*arguments, **options, json=True, stdout=out)
    return json.loads(out.getvalue())


def count(page, label):
    """The number on the tile with that name."""
    tile = page.locator(".tile", has=page.locator(".tile__label", has_text=re.compile(rf"^{label}$")))
    return int(tile.locator(".tile__number").inner_text())


def state_of(asset):
    return Finding.objects.get(asset__startswith=f"{asset} ").state


def opened_page(chromium, *, language, has_script, size):
    """A page in a browser of its own, and a list of what it did that it should not."""
    context = chromium.new_context(
        locale=language, java_script_enabled=has_script, viewport=size, is_mobile=size == browser.PHONE
    )
    page, faults = context.new_page(), []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("response", lambda answer: faults.append(answer.url) if answer.status >= 400 else None)
    return page, faults


def answer_that_it_is_fixed(page, link, language):
    """What the recipient does on a phone: read, ask for the systems, change the language and back, answer."""
    words = WORDS[language]
    page.goto(f"{link}?language={language}")
    assert page.locator("html").get_attribute("lang") == language
    assert "192.0.2.200" not in page.content()  # A mail scanner that follows links learns nothing more.
    assert Notice.objects.filter(opened_at=None, answered_at=None).count() == 2
    assert page.evaluate("document.documentElement.scrollWidth") <= browser.PHONE["width"]
    page.locator("#systems button").click()
    assert page.locator("#systems td", has_text="192.0.2.200").count() == 1
    page.get_by_text(words["other"], exact=True).click()
    assert page.locator("html").get_attribute("lang") == ({"nl", "en"} - {language}).pop()
    page.get_by_text({"nl": "Nederlands", "en": "English"}[language], exact=True).click()
    page.locator("textarea[name=words]").fill("De dienst is dicht.")
    page.get_by_role("button", name=words["fixed"]).click()
    assert page.locator("h1").inner_text() == words["thanks"]


def look_at_the_situation(page, site, code):
    """What the coordinator does: log in with both factors, and read the situation and the campaign."""
    page.goto(f"{site}/")
    page.locator("input[name=login]").fill("roos")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button").first.click()
    page.locator("input[name=code]").fill(code())
    page.locator("main form button").first.click()
    assert page.url == f"{site}/"
    shown = {label: count(page, label) for label in ("open findings", "new", "told of", "answered", "fixed or gone")}
    page.goto(f"{site}/campaigns/open-deuren")
    names = ("findings", "told", "opened", "answered", "fixed or gone", "still open")
    effect = {label: count(page, label) for label in names}
    return shown, effect


@pytest.mark.parametrize(("language", "has_script"), [("nl", True), ("en", False)], ids=["with script", "without"])
def test_a_warning_reaches_its_owner_who_fixes_it_and_the_network_sees_it(
    country, mailbox, site, coordinator, tmp_path, *, language, has_script
):
    start_campaign(title="Open deuren", kind=KIND, tlp="green", by=DESK, at=timezone.now())
    file = tmp_path / f"{timezone.now():%Y-%m-%d}-scan_http_vulnerable-nl.csv"
    file.write_bytes(csv(*ROWS, day=timezone.now()))

    taken = run("ingest", str(file), source="lighthouse")  # File → rows → findings → routes → notices.
    assert (taken["rows"], taken["quarantined"], taken["unmatched"], taken["matched"]) == (5, 1, 1, 3)
    assert taken["findings"] == {"new": 3, "continued": 0, "reopened": 0}
    assert taken["routes"]["by"] == {"contact": 1, "guardian": 1}
    assert sum(Route.objects.values_list("findings_count", flat=True)) == 3 + taken["withheld"]
    assert taken["notices"] == Notice.objects.count() == 2

    sent = run("send")  # Notices → deliveries → mail.
    assert (sent["handed_over"], sent["claimed"], sent["sent"]) == (2, 2, 2)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    assert len(mailbox.messages) == 2
    message = mailbox.message_to("abuse@registrar.example")
    assert "192.0.2.200" in message.get_body(("plain",)).get_content()
    assert "192.0.2.10" not in message.as_string()
    assert "192.0.2.11" in mailbox.message_to("meldingen@harbour-circle.example").get_body(("plain",)).get_content()
    (link,) = set(re.findall(rf"{site}/n/[^\s?/]+(?=\s)", message.get_body(("plain",)).get_content()))

    with browser.opened() as chromium, own_session():  # Mail → answer.
        page, faults = opened_page(chromium, language=language, has_script=has_script, size=browser.PHONE)
        answer_that_it_is_fixed(page, link, language)
        assert faults == []
        assert state_of("192.0.2.200") == "fixed"
        assert state_of("192.0.2.10") == state_of("192.0.2.11") == "open"

        page, faults = opened_page(chromium, language="en", has_script=has_script, size=browser.WIDE)
        situation, effect = look_at_the_situation(page, site, coordinator)  # Answer → coverage.
        assert faults == []
    assert situation == {"open findings": 2, "new": 3, "told of": 3, "answered": 1, "fixed or gone": 1}
    assert effect == {"findings": 3, "told": 3, "opened": 1, "answered": 1, "fixed or gone": 1, "still open": 2}

    again = run("ingest", str(file), source="lighthouse")  # The same file again tells nobody anything.
    assert (again["is_new"], Report.objects.count(), Notice.objects.count()) == (False, 1, 2)
    assert run("send")["handed_over"] == 0
    assert len(mailbox.messages) == 2
