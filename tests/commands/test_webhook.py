import json

import pytest
from django.core.management import call_command
from standardwebhooks import Webhook

from schakel.registry.models import Contact
from tests.cast import NOON

ADDRESS = "https://hooks.korenaar.example/in"


def run(capsys, *arguments):
    call_command("webhook", *arguments, "--json")
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def hook(country):
    return Contact.objects.create(organisation=country.bakery, channel="webhook", address=ADDRESS)


def test_the_list_says_whose_and_whether_but_not_what(hook, capsys):
    (row,) = run(capsys, "list")["webhooks"]
    assert row == {"address": ADDRESS, "holder": hook.organisation.name, "state": "missing"}
    secret = run(capsys, "secret", ADDRESS)["secret"]
    call_command("webhook", "list")
    shown = capsys.readouterr().out
    assert "secret set" in shown
    assert secret not in shown


def test_a_secret_is_made_once_and_renewed_on_demand(hook, capsys):
    first = run(capsys, "secret", ADDRESS)["secret"]
    assert Webhook(first).sign("msg_1", NOON, "{}")
    call_command("webhook", "secret", ADDRESS)
    assert capsys.readouterr().out == f"{first}\n"
    assert run(capsys, "renew", ADDRESS)["secret"] != first


def test_an_unknown_address_is_refused(country, capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("webhook", "secret", "https://nobody.example")
    assert ended.value.code == 1
    assert "No contact in the registry has this webhook: https://nobody.example" in capsys.readouterr().err
