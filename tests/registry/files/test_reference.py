import re
from itertools import pairwise
from pathlib import Path

import pytest

from schakel.registry.files import TABLES, WORDS
from schakel.registry.files.lists import slugs

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "registry-files.md").read_text(encoding="utf-8")


def section(title):
    """The text under a heading."""
    starts = [match.start() for match in re.finditer(r"^## ", PAGE, re.MULTILINE)] + [len(PAGE)]
    return next(PAGE[at:end] for at, end in pairwise(starts) if PAGE[at:].startswith(f"## {title}\n"))


@pytest.mark.parametrize("kind", TABLES)
def test_the_reference_names_the_columns_as_they_are(kind):
    rows = re.findall(r"^\| `(\w+)` \| (yes)? ?\| (.*) \|$", section(kind), re.MULTILINE)
    columns = TABLES[kind].columns
    assert [(name, required == "yes") for name, required, _ in rows] == [(one.name, one.is_required) for one in columns]
    for (_, _, holds), column in zip(rows, columns, strict=True):
        if 0 < len(column.form.options) <= 6 and "as `functions`" not in holds:
            assert re.findall(r"`([\w-]+)`", holds)[: len(column.form.options)] == list(column.form.options)


@pytest.mark.parametrize("kind", TABLES)
def test_the_reference_says_what_makes_two_rows_the_same(kind):
    line = next(line for line in section(kind).splitlines() if line.startswith("Same row:"))
    assert re.findall(r"`(\w+)`", line) == [name for name in TABLES[kind].identity if name in line]
    assert len(re.findall(r"`(\w+)`", line)) == len(TABLES[kind].identity)


def test_the_reference_holds_the_lists_and_the_reasons():
    named = re.findall(r"`([\w-]+)`", section("Lists").partition("- Sectors")[2])
    assert named == [*slugs("sectors"), *slugs("regions"), *slugs("partner_types")]
    assert re.findall(r"^\| `([\w-]+)` \| (.*) \|$", section("Reasons"), re.MULTILINE) == [
        (reason, words.replace("{options}", "…")) for reason, words in WORDS.items()
    ]
