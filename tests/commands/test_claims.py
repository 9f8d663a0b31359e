import json

import pytest
from django.core.management import call_command

from schakel.registry.models import Claim


def run(capsys, *arguments):
    call_command("claims", *arguments, "--json")
    return json.loads(capsys.readouterr().out)


def refusal(capsys, *arguments):
    with pytest.raises(SystemExit) as ended:
        call_command("claims", *arguments, "--json")
    assert ended.value.code == 1
    return json.loads(capsys.readouterr().out)["refused"]


@pytest.fixture
def claim(country, capsys):
    made = run(capsys, "make", "--organisation=harbour", "--kind=domain", "--value=linde.example", "--proof=dns")
    return str(made["claim"])


def test_claims_are_made_listed_and_shown(claim, capsys):
    assert run(capsys, "show", claim)["value"] == "linde.example"
    assert [row["claim"] for row in run(capsys, "list", "--organisation=harbour")["claims"]] == [int(claim)]
    assert run(capsys, "list", "--state=proven") == {"claims": []}
    call_command("claims", "list")
    assert "harbour domain linde.example: open, dns" in capsys.readouterr().out


def test_a_proof_is_looked_for(claim, capsys, internet):
    assert run(capsys, "check", claim)["seen"] == "absent"
    internet.names.texts("_schakel-challenge.linde.example", Claim.objects.get().token)
    assert run(capsys, "check", claim)["seen"] == "found"
    assert run(capsys, "settle", claim, "--result=both", "--reason=Samen")["state"] == "proven"


def test_without_a_network_it_is_said_and_nothing_is_lost(claim, capsys, settings):
    settings.LOOKUPS = False
    seen = run(capsys, "check", claim)
    assert seen["seen"] == "away"
    assert "switched off" in seen["words"]
    assert run(capsys, "check") == {"seen": {}}


def test_claims_are_judged_and_ended(country, capsys, claim):
    assert "reason" in refusal(capsys, "refuse", claim)
    assert run(capsys, "refuse", claim, "--reason=Nee")["state"] == "refused"
    made = run(capsys, "make", "--organisation=bakery", "--kind=asn", "--value=64500")
    assert run(capsys, "withdraw", str(made["claim"]))["state"] == "withdrawn"
    assert run(capsys, "expire") == {"expired": 0}


def test_what_is_missing_is_said(country, capsys):
    assert "which claim" in refusal(capsys, "show")
    assert "no such claim" in refusal(capsys, "show", "999")
    assert "no such claim" in refusal(capsys, "make", "--organisation=nobody", "--kind=asn", "--value=1")
