"""The LMTP door, the sink, the commands and the job: the post as others run it."""

import json
import signal
import smtplib
import subprocess
import sys

import pytest
from django.core.management import call_command
from django.db import DatabaseError

from schakel.jobs import post as jobs
from schakel.post import bounces, doors, steps, verp
from schakel.post.models import Attempt, Delivery, DeliveryState
from tests.cast import NOON
from tests.post.conftest import free_port
from tests.post.notes import note


@pytest.fixture
def lmtp():
    door = doors.serve_lmtp(port=free_port())
    yield door
    door.stop()


def give(door, recipients, content):
    with smtplib.LMTP("127.0.0.1", door.port) as client:
        client.ehlo()
        client.mail("")
        for recipient in recipients:
            client.rcpt(recipient)
        replies = [client.data(content)]
        replies += [client.getreply() for _ in recipients[1:]]
    return [(code, words.decode()) for code, words in replies]


@pytest.fixture
def attempt(real_commits, relay, hand_over):
    hand_over()
    steps.deliver_due(at=NOON)
    return Attempt.objects.get()


def test_a_bounce_by_lmtp_is_tied_to_its_delivery(attempt, lmtp):
    replies = give(lmtp, [verp.return_address(attempt.pk), "retour@schakel.example"], note())
    assert [code for code, _ in replies] == [250, 250]
    assert [words.split()[-1] for _, words in replies] == ["bounced", "unknown"]
    assert Delivery.objects.get().state == DeliveryState.BOUNCED


def test_a_bounce_that_comes_too_early_is_to_come_again(lmtp, monkeypatch):
    monkeypatch.setattr(bounces, "take_in", lambda *_, **__: bounces.Fate.EARLY)
    assert give(lmtp, ["retour@schakel.example"], note())[0][0] == 450


def test_a_bounce_waits_while_the_database_is_away(lmtp, monkeypatch):
    def away(*_, **__):
        raise DatabaseError

    monkeypatch.setattr(bounces, "take_in", away)
    assert give(lmtp, ["retour@schakel.example"], note())[0][0] == 451


def test_the_sink_keeps_what_we_send(db, hand_over, settings, tmp_path):
    port = free_port()
    settings.SMTP_URL = f"smtp://127.0.0.1:{port}"
    sink = doors.start_sink(tmp_path / "mail", port)
    first = hand_over("one")
    steps.deliver_due(at=NOON)
    sink.stop()
    again = doors.start_sink(tmp_path / "mail", port)
    hand_over("two")
    steps.deliver_due(at=NOON)
    again.stop()
    files = sorted((tmp_path / "mail").iterdir())
    assert [file.name[:7] for file in files] == ["000001-", "000002-"]
    content = files[0].read_text()
    assert f"Message-ID: {first.message_id}" in content
    assert content.startswith("Return-Path: <retour+")
    assert "\nDelivered-To: beveiliging@haven.example\n" in content


def told(capsys, *arguments):
    call_command(*arguments, "--json")
    return json.loads(capsys.readouterr().out)


def test_the_command_delivers(db, relay, hand_over, capsys):
    hand_over()
    assert told(capsys, "deliver")["sent"] == 1
    assert told(capsys, "deliver", "--seconds", "0")["claimed"] == 0


def test_the_job_delivers(db, relay, hand_over):
    hand_over()
    jobs.deliver_due(timestamp=0)
    assert len(relay.received) == 1


def test_the_job_is_known_and_comes_each_minute():
    from procrastinate.contrib.django import app

    from schakel.jobs import schedule

    app.perform_import_paths()
    assert app.tasks["post.deliver_due"] is jobs.deliver_due
    assert (schedule.EACH_MINUTE, jobs.deliver_due) in schedule.PERIODIC
    known = {task.task.name for task in app.periodic_registry.periodic_tasks.values()}
    assert "post.deliver_due" in known


def test_the_command_reads_bounces(db, tmp_path, capsys):
    (tmp_path / "one.eml").write_bytes(note())
    assert told(capsys, "bounces", str(tmp_path))["unknown"] == 1


def test_a_mailbox_that_is_not_there_ends_the_command_with_one(db, tmp_path, capsys):
    with pytest.raises(SystemExit) as end:
        call_command("bounces", str(tmp_path / "nowhere"))
    assert end.value.code == 1
    assert "nowhere" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["bounces", "--serve"], ["sink", "--folder", "{tmp}/mail"]])
def test_a_door_stays_open_until_it_is_told_to_close(arguments, tmp_path, monkeypatch):
    port = str(free_port())
    monkeypatch.setenv("SCHAKEL_LMTP_PORT", port)
    monkeypatch.setenv("SCHAKEL_SINK_PORT", port)
    words = [argument.format(tmp=tmp_path) for argument in arguments]
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "schakel.commands.main", *words], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert port in process.stdout.readline()
    with smtplib.LMTP("127.0.0.1", int(port)) if "--serve" in words else smtplib.SMTP("127.0.0.1", int(port)) as client:
        assert client.noop()[0] == 250
    process.send_signal(signal.SIGTERM)
    process.stdout.close()
    assert process.wait(120) == 0
