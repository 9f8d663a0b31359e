"""The whole way from a report to sent mail, killed at every step and at any moment: nothing is lost or told twice."""

import shutil
import tempfile
from pathlib import Path

import pytest

from tests.crash import whole_way
from tests.crash.whole_way import EACH, GUARDED, OWN, Platform, Turnstile, has_ended, pause, until
from tests.crash.world import kill

ADDRESSES = (OWN + GUARDED) * EACH
pytestmark = pytest.mark.slow


@pytest.fixture
def platform():
    with tempfile.TemporaryDirectory(prefix="schakel-crash-") as folder:  # Not below pytest's, which is shut to others.
        Path(folder).chmod(0o755)
        made = Platform(Path(folder))
        try:
            made.prepare()
            yield made
        finally:
            made.close()


def ingest(platform, file, source="north"):
    return platform.begin("ingest", file, "--source", source, "--type", "scan_http_vulnerable", "--json")


def finish(platform, file, source="north"):
    """Take the report in again until it is whole: a dead process's lock may keep the first try from working."""
    return until(lambda: whole(ingest(platform, file, source).figures()))


def whole(figures):
    return figures["state"] == "composed" and figures


def killed_at(turnstile, running, *, is_committed):
    """Kill the command in the middle of its next step or just after it; false when it had no more steps."""
    if not turnstile.wait_for(running):
        assert running.end()[0] == 0
        return False
    if is_committed:
        turnstile.let_one_through()
    running.kill()
    turnstile.clear()
    return True


def deliver_all(platform):
    """Send until everything has gone; the clock moves on between."""
    for _ in range(6):
        platform.time_passes()
        code, words = platform.begin("send", "--now", "--json").end()
        assert code == 0, words
        if not platform.rows("SELECT 1 FROM post_delivery WHERE state <> 'sent' LIMIT 1"):
            return
    raise AssertionError(words)


def wait_for_a_step(platform, running):
    """Until one of them has done something, or all have ended."""
    counting = "SELECT count(*) FROM journal_event"
    before = platform.rows(counting)
    until(lambda: platform.rows(counting) > before or all(map(has_ended, running)))


def kill_in_the_middle(platform, sender):
    before = platform.count()
    until(lambda: platform.count() > before or has_ended(sender))
    pause(0.1)
    sender.kill()


def test_killed_before_and_after_every_step_the_way_goes_on_where_it_was(platform):
    file = platform.report("198.51.100", name="steps.csv", extra=100)
    platform.start_mail_server()
    deaths = {}
    with platform.connected() as connection:
        turnstile = Turnstile(platform, connection)
        for name, start in {
            "ingest": lambda: ingest(platform, file),
            "send": lambda: platform.begin("send", "--now", "--json"),
        }.items():
            deaths[name] = 0
            while killed_at(turnstile, start(), is_committed=deaths[name] % 2 == 1):
                deaths[name] += 1
    assert deaths["ingest"] == 2 * len(["received", "parsed", "matched", "tracked", "routed", "composed"])
    assert deaths["send"] >= 2  # Handing over, and what the post writes.

    again = finish(platform, file)
    assert not again["is_new"]
    assert platform.begin("send", "--now", "--json").figures()["handed_over"] == 0
    deliver_all(platform)
    rows = ADDRESSES + 101
    whole_way.prove_the_reports(
        platform, [("steps.csv", "north", "composed", rows, 1, rows - ADDRESSES - 1, ADDRESSES)]
    )
    whole_way.prove_the_findings(platform, ["198.51.100"])
    whole_way.prove_the_mail(platform)
    whole_way.prove_the_journal(platform)


def test_killed_at_any_moment_everything_is_told_once(platform):
    first = platform.report("198.51.100", name="first.csv", extra=20_000)
    second = platform.report("203.0.113", name="second.csv", extra=20_000, rounds=2)
    reports = [(first, "north"), (first, "south"), (second, "east")]  # Two sources see the same; one repeats its rows.

    for _ in range(3):  # All at once, and each dies at some moment of its own.
        running = [ingest(platform, *report) for report in [*reports, reports[0]]]
        wait_for_a_step(platform, running)
        for one in running:
            pause(0.2)
            one.kill()
    running = [ingest(platform, *report) for report in reports]
    wait_for_a_step(platform, running)
    platform.restart_database()
    for one in running:  # Whoever lost the database ends, one way or another.
        one.end()
    shutil.rmtree(
        platform.folder / "store" / "index", ignore_errors=True
    )  # All want an index of the registry, and build it at once.
    together = [ingest(platform, *report) for report in reports]  # At once, and nobody disturbs them.
    ends = [one.end() for one in together]
    assert {code for code, _ in ends} == {0}, ends
    for report in reports:
        finish(platform, *report)

    away = platform.begin("send", "--now", "--json").figures()  # Nobody answers at the mail server's door.
    assert (away["sent"], away["dead"]) == (0, 0)
    platform.start_mail_server()
    for _ in range(2):
        platform.time_passes()
        kill_in_the_middle(platform, platform.begin("send", "--now", "--json"))
    platform.time_passes()
    (platform.mail / "mood").write_text("hang")  # Slow beyond all patience: kept, never answered.
    sender = platform.begin("send", "--now", "--json")
    until((platform.mail / "mood.past").exists)
    sender.kill()
    kill(platform.mail_server)
    platform.start_mail_server()
    deliver_all(platform)

    prove(platform)
    before = platform.rows("SELECT (SELECT count(*) FROM notices_route), (SELECT count(*) FROM post_delivery)")
    finish(platform, *reports[2])
    assert platform.begin("send", "--now", "--json").figures()["handed_over"] == 0
    assert before == platform.rows("SELECT (SELECT count(*) FROM notices_route), (SELECT count(*) FROM post_delivery)")


def prove(platform):
    rows = {"first.csv": ADDRESSES + 20_001, "second.csv": 2 * ADDRESSES + 20_001}
    whole_way.prove_the_reports(
        platform,
        [
            (name, source, "composed", rows[name], 1, 20_000, rows[name] - 20_001)
            for name, source in [("first.csv", "north"), ("first.csv", "south"), ("second.csv", "east")]
        ],
    )
    whole_way.prove_the_findings(platform, ["198.51.100", "203.0.113"])
    whole_way.prove_the_mail(platform)
    whole_way.prove_the_journal(platform)
