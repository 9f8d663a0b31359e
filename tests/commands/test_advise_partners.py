import json

import pytest
from django.core.management import call_command

from tests.oversight.advice.test_answering import prospects, towns  # noqa: F401 - fixtures


def test_an_advice_is_printed_for_machines(prospects, capsys):  # noqa: F811
    call_command(
        "advise-partners", "--ceiling", "4", "--weight", "people=1", "--weight", "organisations=0", "--floor",
        "region:NL-BQ1=1", "--remove", "middle", "--json",
    )  # fmt: skip
    figures = json.loads(capsys.readouterr().out)
    assert figures["question"]["weights"] == {"organisations": 0, "people": 1, "critical": 0}
    assert [row["key"] for row in figures["chosen"]] == ["large", "far"]
    assert figures["reached"] <= figures["bound"]


def test_an_advice_is_printed_for_people(prospects, capsys):  # noqa: F811
    call_command("advise-partners", "--ceiling", "4", "--floor", "sector:space=1")
    words = capsys.readouterr().out
    for part in ("1. Large  +9  (list)", "2. Counted  +6  (count)", "no choice of 2 exceeds", "sector space lacks 1"):
        assert part in words
    assert "not a verdict" in words


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--ceiling", "0"], "ceiling: give a number"),
        (["--weight", "people"], "people: write a name"),
        (["--floor", "health=3"], "health=3: write kind:word=number"),
        (["--floor", "sector:health=many"], "health=many: write a name"),
        (["--add", "nobody"], "nobody: this is not a prospect"),
    ],
)
def test_what_cannot_be_asked_ends_with_one(prospects, capsys, arguments, words):  # noqa: F811
    with pytest.raises(SystemExit) as left:
        call_command("advise-partners", *arguments)
    assert left.value.code == 1
    assert words in capsys.readouterr().err
