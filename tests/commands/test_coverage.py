import json

import pytest
from django.core.management import call_command

from schakel.oversight.models import Coverage


def told(capsys, *arguments):
    call_command("coverage", *arguments)
    return capsys.readouterr().out


def test_coverage_is_counted_and_told(country, capsys):
    figures = json.loads(told(capsys, "--by", "region", "--json"))
    assert (figures["function"], figures["population"], figures["low"], figures["high"]) == ("notification", 4, 2, 2)
    assert (figures["partners"], figures["memberships"], figures["told"]) == (2, 2, 0)
    assert [(row["region"], row["population"], row["listed"]) for row in figures["rows"]] == [("NL-ZH", 4, 2)]


def test_people_read_sentences(country, capsys):
    words = told(capsys, "--by", "sector")
    assert "notification: 2 of 4 organisations can be reached" in words
    assert "unknown" in words
    assert "told" not in told(capsys, "--function", "exercise")


def test_a_day_to_come_is_refused(country, capsys):
    with pytest.raises(SystemExit) as left:
        call_command("coverage", "--on", "2999-01-01", "--json")
    assert left.value.code == 1
    assert "has not come yet" in json.loads(capsys.readouterr().out)["refused"]
    assert not Coverage.objects.exists()


def test_an_empty_registry_is_no_fault(db, capsys):
    assert json.loads(told(capsys, "--json"))["population"] == 0
