import io
import json

import pytest
from django.core.management import call_command

from schakel.sharing.models import Outlet

ADD = ("--name", "Ons MISP", "--address", "https://misp.example", "--ceiling", "amber")


def run(capsys, *arguments):
    call_command("outlet", *arguments, "--json")
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def key(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("their-key\n"))


def test_an_outlet_is_added_with_its_key_listed_without_and_ended(country, capsys, key):
    added = run(capsys, "add", "--partner", country.care_csirt.key, *ADD)["added"]
    assert Outlet.objects.get().secret == "their-key"
    assert run(capsys, "list")["outlets"] == [added]
    call_command("outlet", "list")
    shown = capsys.readouterr().out
    assert "misp Ons MISP, at most TLP:amber" in shown
    assert "their-key" not in shown
    assert run(capsys, "end", str(added["number"])) == {"ended": added["number"]}
    assert run(capsys, "list") == {"outlets": []}


@pytest.mark.parametrize("arguments", [("add", "--partner", "nobody", *ADD), ("end", "17")])
def test_what_is_not_there_is_refused_with_words(country, capsys, key, arguments):
    with pytest.raises(SystemExit):
        run(capsys, *arguments)
    assert "none with this name or number" in capsys.readouterr().out


def test_a_missing_key_is_refused(country, capsys):
    with pytest.raises(SystemExit):
        run(capsys, "add", "--partner", country.care_csirt.key, "--no-key", *ADD)
    assert not Outlet.objects.exists()
