"""Tables as an XLSX workbook (ECMA-376): text and numbers, a heading that stays in sight, the same bytes every time."""

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO

from schakel.kit.markup import escaped, quoted

Cell = str | int | float | None
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET_MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
HEADING_STAYS = (
    '<sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
)
LONGEST_NAME = 31


def write(to: Path | IO[bytes], sheets: Mapping[str, Iterable[Sequence[Cell]]]) -> None:
    """Write a workbook with these sheets; the first row of each is its heading.

    Texts stay texts: nothing in them is taken for a formula. Raises OSError where the place cannot be written.
    """
    names = [name[:LONGEST_NAME] for name in sheets]
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "[Content_Types].xml", _media_types(len(names)))
        _add(archive, "_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")]))
        _add(archive, "xl/workbook.xml", _book(names))
        places = [("worksheet", f"worksheets/sheet{at}.xml") for at in range(1, len(names) + 1)]
        _add(archive, "xl/_rels/workbook.xml.rels", _relations(places))
        for at, rows in enumerate(sheets.values(), start=1):
            _add(archive, f"xl/worksheets/sheet{at}.xml", _sheet(rows))


def _add(archive: zipfile.ZipFile, name: str, text: str) -> None:
    """A part without the clock's time in it."""
    part = zipfile.ZipInfo(name)
    part.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(part, HEAD + text)


def _media_types(sheets: int) -> str:
    parts = [("/xl/workbook.xml", "sheet.main")]
    parts += [(f"/xl/worksheets/sheet{at}.xml", "worksheet") for at in range(1, sheets + 1)]
    listed = "".join(f'<Override PartName="{name}" ContentType="{SHEET_MEDIA}.{kind}+xml"/>' for name, kind in parts)
    relations = f'<Default Extension="rels" ContentType="{_media("package.relationships")}"/>'
    return f'<Types xmlns="{PACKAGE}/content-types">{relations}{listed}</Types>'


def _media(kind: str) -> str:
    return f"application/vnd.openxmlformats-{kind}+xml"


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="r{at}" Type="{OFFICE}/{kind}" Target="{place}"/>'
        for at, (kind, place) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{listed}</Relationships>'


def _book(names: Sequence[str]) -> str:
    listed = "".join(
        f'<sheet name={quoted(name)} sheetId="{at}" r:id="r{at}"/>' for at, name in enumerate(names, start=1)
    )
    return f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>'


def _sheet(rows: Iterable[Sequence[Cell]]) -> str:
    lines = "".join(f'<row r="{at}">{"".join(map(_cell, row))}</row>' for at, row in enumerate(rows, start=1))
    return f'<worksheet xmlns="{MAIN}">{HEADING_STAYS}<sheetData>{lines}</sheetData></worksheet>'


def _cell(value: Cell) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, int | float):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escaped(value)}</t></is></c>'
