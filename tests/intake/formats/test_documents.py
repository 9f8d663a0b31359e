"""The reference page says what the code does."""

import re
from pathlib import Path

from schakel.intake import formats
from schakel.intake.formats import FORMATS, OBSERVATION_SCHEMA, REASONS
from schakel.intake.formats.fields import FIELDS
from schakel.intake.formats.mappings import _KNOWN

HOME = Path(formats.__file__).parent
PAGE = (HOME.parents[2] / "docs/reference/report-formats.md").read_text(encoding="utf-8")
CODES = {
    code
    for path in HOME.rglob("*.py")
    for code in re.findall(r'FormatRefused\(\s*"([a-z-]+)"', path.read_text(encoding="utf-8"))
}


def test_every_reason_is_on_the_page_with_its_words():
    assert [line for line in PAGE.splitlines() if line.startswith("| `") and line.split("`")[1] in REASONS] == [
        f"| `{reason}` | {words} |" for reason, words in REASONS.items()
    ]


def test_every_refusal_format_column_and_field_is_on_the_page():
    named = set(re.findall(r"`([a-z_-]+)`", PAGE)) | set(re.findall(r"^\[?(\w+)\]?(?: =|\s+#)", PAGE, re.MULTILINE))
    assert {*CODES, *FORMATS, *OBSERVATION_SCHEMA.names(), *FIELDS} - named == set()
    assert named >= _KNOWN
