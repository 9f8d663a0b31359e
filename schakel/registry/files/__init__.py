"""Table files of the registry, read into checked columns.

CSV, XLSX and Parquet with the columns of docs/reference/registry-files.md become typed polars frames. One bad
row never stops the rest: each row ends in `good` or in `bad`, and a bad one says line, column, value and why.
No framework is imported here, so the same code serves the command, the page and a notebook.
"""

from schakel.registry.files.check import BAD_SCHEMA, Checked
from schakel.registry.files.reading import read_table, unpacks
from schakel.registry.files.refusals import WORDS, FileRefused
from schakel.registry.files.tables import TABLES

__all__ = ["BAD_SCHEMA", "TABLES", "WORDS", "Checked", "FileRefused", "read_table", "unpacks"]
