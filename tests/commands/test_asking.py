import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from schakel.journal.actions import record
from schakel.notices.actions import LINK, answer
from schakel.notices.models import Answer, Campaign, NoticeState
from tests.cast import NOON
from tests.telling import KIND, finding_of, keep_rows, report_of, tell


def run(*arguments, **options):
    """Exit code and output of a command."""
    out = io.StringIO()
    try:
        call_command(*arguments, stdout=out, stderr=out, **options)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def notice(country, settings, tmp_path):
    settings.STORE = str(tmp_path)
    report = report_of()
    finding_of(report, country.harbour)
    keep_rows(report, country.harbour)
    return tell(report, country.harbour, partner=country.harbour_circle)


def test_explain_prints_the_whole_chain(notice):
    answer(notice=notice, answer=Answer.FIXED, by=LINK, at=NOON, words="Dicht.")
    code, text = run("explain", "notice", str(notice.pk))
    assert code == 0
    for part in (
        "line 2: 192.0.2.10",
        "held by 192.0.2.0/25",
        "port: 3389",
        "Haven van Zoutwijk",
        "designated Zorg-CSIRT: no, there is no running agreement for notification",
        "> guardian Havenkring: passes",
        "to meldingen@harbour-circle.example: sent",
        "250 2.0.0 Ok",
        "(link): fixed, 1 moved",
        "> Dicht.",
    ):
        assert part in text


def test_explain_speaks_json(notice):
    code, text = run("explain", "notice", str(notice.pk), json=True)
    assert code == 0
    assert json.loads(text)["legs"][0]["rows"][0]["line"] == 2


def test_explain_of_an_unsent_notice_and_of_a_long_one(country, settings, tmp_path, monkeypatch):
    settings.STORE = str(tmp_path)
    notice = tell(report_of(), country.harbour, state=NoticeState.READY)
    assert "Message: none yet" in run("explain", "notice", str(notice.pk))[1]
    tell(report_of("b.csv"), country.harbour, notice=notice)
    monkeypatch.setattr("schakel.notices.queries.LEGS", 1)
    assert "1 more parts; --all shows them" in run("explain", "notice", str(notice.pk))[1]
    assert "more parts" not in run("explain", "notice", str(notice.pk), "--all")[1]


def test_explain_of_a_promise_names_its_day(notice):
    answer(notice=notice, answer=Answer.WILL_FIX, by=LINK, at=NOON, due_on=NOON.date())
    assert "will-fix by 2026-11-02" in run("explain", "notice", str(notice.pk))[1]


def test_explain_of_an_unknown_notice_is_refused(db):
    assert run("explain", "notice", "12") == (1, "Refused: There is no notice with this number.\n")
    code, text = run("explain", "notice", "12", json=True)
    assert (code, json.loads(text)) == (1, {"refused": "There is no notice with this number."})
    with pytest.raises(CommandError):
        run("explain", "weather", "12")


def test_the_journal_proves_itself_and_prints_its_head(db):
    for number in range(3):
        event = record("test.thing.done", by=LINK, at=NOON, number=number)
    code, text = run("journal", "verify")
    assert (code, text) == (0, f"The journal holds: 3 events, head {event.hash.hex()}\n")
    assert json.loads(run("journal", "verify", json=True)[1]) == {"number": 3, "hash": event.hash.hex()}


def test_a_forged_journal_ends_in_1_and_names_the_place(db):
    for number in range(3):
        record("test.thing.done", by=LINK, at=NOON, number=number)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE journal_event SET facts = '{}' WHERE number = 2")
        cursor.execute("SET session_replication_role = origin")
    code, text = run("journal", "verify")
    assert code == 1
    assert "The journal does not hold. Event 2 its content" in text


def test_the_journal_shows_its_last_events_first(db):
    for tag in ("a.thing.made", "b.thing.made", "b.thing.moved"):
        record(tag, by=LINK, at=NOON, why="so")
    lines = run("journal", "show", "--limit", "2")[1].splitlines()
    assert [line.split()[4] for line in lines] == ["b.thing.moved", "b.thing.made"]
    assert '{"why": "so"}' in lines[0]
    assert len(run("journal", "show", "--tag", "b.")[1].splitlines()) == 2
    assert len(run("journal", "show", "--before", "2")[1].splitlines()) == 1
    assert json.loads(run("journal", "show", "--subject", "x:1", json=True)[1]) == {"events": []}


def test_events_on_a_thing_can_be_asked_for(notice):
    answer(notice=notice, answer=Answer.FIXED, by=LINK, at=NOON)
    assert f"notices.notice:{notice.pk} " in run("journal", "show", "--subject", f"notices.notice:{notice.pk}")[1]


def test_campaigns_are_started_listed_shown_and_ended(notice):
    assert run("campaign", "start", "Open deuren", "--kind", KIND, "--tlp", "green") == (0, "campaign: open-deuren\n")
    assert run("campaign", "list")[1] == "open-deuren: Open deuren (1 open)\n"
    shown = json.loads(run("campaign", "show", "open-deuren", json=True)[1])
    assert (shown["told"], shown["findings"], shown["still_open"]) == (1, 1, 1)
    assert run("campaign", "end", "open-deuren")[0] == 0
    assert Campaign.objects.get().ended_at is not None
    assert run("campaign", "end", "open-deuren")[0] == 1


def test_what_no_campaign_can_be_is_refused(db):
    assert run("campaign", "start", "Leeg")[0] == 1
    assert run("campaign", "show", "nergens") == (1, "Refused: There is no campaign of this name.\n")
    assert run("campaign", "phase", "lauw")[0] == 1


def test_the_phase_is_set_with_a_reason(db):
    assert run("campaign", "phase", "warm")[0] == 1
    assert run("campaign", "phase", "warm", "--reason", "Misbruik")[1].startswith("phase: warm\n")
