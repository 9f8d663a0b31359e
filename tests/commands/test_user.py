import io
import json

import pytest
from django.core.management import CommandError, call_command

from schakel.people.models import User


def run(capsys, *arguments):
    call_command("user", *arguments, "--json")
    return json.loads(capsys.readouterr().out)


def refusal(capsys, *arguments):
    with pytest.raises(SystemExit) as ended:
        call_command("user", *arguments, "--json")
    assert ended.value.code == 1
    return json.loads(capsys.readouterr().out)["refused"]


def test_a_password_is_read_from_standard_input(db, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("zeven groene fietsen\n"))
    assert run(capsys, "add", "anna", "--role=coordinator", "--password-stdin") == {
        "user": "anna",
        "role": "coordinator",
    }
    assert User.objects.get().check_password("zeven groene fietsen")


def test_a_made_password_is_printed_once_and_works(country, capsys):
    done = run(capsys, "add", "bram", "--role=partner", "--partner=care-csirt", "--print-password")
    assert User.objects.get().check_password(done["password"])
    renewed = run(capsys, "renew", "bram", "--print-password")
    assert renewed["password"] != done["password"]
    assert User.objects.get().check_password(renewed["password"])


def test_the_list_names_roles_partners_and_what_is_closed(country, capsys):
    run(capsys, "add", "anna", "--role=steward", "--print-password")
    run(capsys, "add", "bram", "--role=partner", "--partner=care-csirt", "--print-password")
    assert run(capsys, "close", "anna") == {"closed": "anna"}
    call_command("user", "list")
    assert capsys.readouterr().out == "anna: steward (closed)\nbram: partner of care-csirt\n"


def test_an_outcome_is_a_line_for_people(db, capsys):
    call_command("user", "add", "anna", "--role=auditor", "--print-password")
    assert capsys.readouterr().out.startswith("user: anna\nrole: auditor\npassword: ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["add", "anna", "--print-password"], "which role"),
        (["add", "anna", "--role=steward"], "where the password comes from"),
        (["add", "--role=steward", "--print-password"], "say whom"),
        (
            ["add", "anna", "--role=partner", "--partner=unknown", "--print-password"],
            "no such user, partner or organisation: unknown",
        ),
        (["close", "nobody"], "no such user"),
    ],
)
def test_what_is_missing_is_said(db, capsys, arguments, words):
    assert words in refusal(capsys, *arguments)


def test_the_system_is_no_role(db):
    with pytest.raises(CommandError):
        call_command("user", "add", "anna", "--role=system", "--print-password")
