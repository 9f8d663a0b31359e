"""What is wrong with a file of the registry, or with a row of it, in the language of the page.

The files speak English for the shell; here the same reasons are said in words that can be translated. A test compares
the two lists.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from schakel.registry.files import TABLES, FileRefused

ROW_WORDS: Mapping[str, Promise] = {
    "required": _("This column must not be empty."),
    "too-long": _("The text is longer than this column can hold."),
    "control-character": _("The text holds a control character that cannot be printed."),
    "unknown-value": _("This is none of the values that the column knows: %(options)s."),
    "yes-or-no": _("Write yes or no."),
    "day": _("Write a day as year-month-day, such as 2026-01-31."),
    "span": _("The end must be after the beginning."),
    "website-form": _("This is not the address of a website, such as https://www.example.org."),
    "count": _("Write a whole number without dots or spaces, such as 1250."),
    "section": _("A section of the SBI is one letter, A to V."),
    "duplicate": _("The same row stands earlier in this file; that one counts."),
    "name-twice": _("Another row of this file has the same name; an organisation stands in it once."),
    "itself": _("Nobody is its own constituency."),
    "legacy-kind": _("This day needs the column legacy: as what it was known until then."),
    "column-count": _("The row has another number of fields than the header."),
    "quoting": _("A quotation mark is opened or closed in the wrong place."),
    "unknown-organisation": _("No organisation in the registry has this key."),
    "unknown-partner": _("No partner in the registry has this key."),
    "not-prospect": _("This is no prospect any more, so what the file says of it was left alone."),
    "known-name": _("The register knows somebody of this name under another key; give that key, or another name."),
}
FILE_WORDS: Mapping[str, Promise] = {
    "empty": _("The file has no header."),
    "binary": _("The file is no table of text; CSV, XLSX and Parquet are read."),
    "broken-archive": _("The gzip archive is damaged or cut short."),
    "broken-parquet": _("The Parquet file is damaged or cut short."),
    "broken-workbook": _("The workbook cannot be read; save it again as .xlsx."),
    "old-workbook": _("This is a workbook in the old .xls form; save it as .xlsx."),
    "too-large": _("The workbook is too large to be read. Take away what is not the table, or save it as CSV."),
    "column-unknown": _("The column “%(name)s” is not known; did you mean “%(near)s”?"),
    "column-missing": _("The column “%(name)s” is missing; the file has: %(found)s."),
    "column-twice": _("The column “%(name)s” stands in the header twice."),
    "column-unnamed": _("Column %(place)s has no name in the header."),
    "column-type": _("The column “%(name)s” holds something that is no text; write it as text."),
}


def of_row(kind: str, reason: str, column: str | None) -> str:
    """Why a row of a file of some kind was not taken in."""
    return str(ROW_WORDS[reason]) % {"options": ", ".join(TABLES[kind].column(column).form.options) if column else ""}


def of_file(refused: FileRefused) -> str:
    """Why a file as a whole cannot be read."""
    return str(FILE_WORDS[refused.reason]) % refused.about


def of_refusal(refused: Exception) -> str:
    """Why a table was refused: what is wrong with its file, where that is why, or what the refusal itself says."""
    cause = refused.__cause__
    return of_file(cause) if isinstance(cause, FileRefused) else str(refused)
