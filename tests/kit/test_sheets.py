"""A workbook takes what memory we give it, whatever it asks for."""

import zipfile

import pytest

from schakel.kit import sheets, workbook

LITTLE = 1 << 30
FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'


@pytest.fixture
def made(tmp_path):
    """A workbook with one sheet, and what is put in the place of other things in it."""

    def make(rows, *, of="xl/worksheets/sheet1.xml", **instead):
        path, bare = tmp_path / "table.xlsx", tmp_path / "bare.xlsx"
        workbook.write(bare, {"sheet": rows})
        with zipfile.ZipFile(bare) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                text = old.read(name).decode()
                for was, becomes in instead.items() if name == of else ():
                    assert was in text
                    text = text.replace(was, becomes)
                new.writestr(name, text)
        return path

    return make


def test_cells_are_read_as_text(made):
    path = made([["naam", "aantal"], ["Haven", 3], ["Zorg", None]])
    assert sheets.read(path, "sheet", most_bytes=LITTLE).rows() == [("naam", "aantal"), ("Haven", "3"), ("Zorg", None)]


def test_a_cell_far_from_all_others_ends_the_reader_and_nobody_else(made):
    path = made([["a"]], **{"</sheetData>": FAR, '<row r="1"><c ': '<row r="1"><c r="A1" '})
    assert path.stat().st_size < 3000
    with pytest.raises(sheets.TooLarge):
        sheets.read(path, "sheet", most_bytes=LITTLE)


def test_one_long_text_in_many_cells_ends_the_reader_and_nobody_else(made):
    path = made([["x" * 1_000_000]] * 1200)
    assert path.stat().st_size < 5 << 20
    with pytest.raises(sheets.TooLarge):
        sheets.read(path, "sheet", most_bytes=LITTLE)


def test_what_is_no_workbook_is_broken(tmp_path):
    path = tmp_path / "no.xlsx"
    path.write_bytes(b"PK\x03\x04 no")
    with pytest.raises(sheets.Broken):
        sheets.read(path, "sheet")
