import io
import zipfile

import fastexcel
import pytest

from schakel.kit import workbook


def read_back(data: bytes, sheet: str) -> list[tuple[object, ...]]:
    frame = fastexcel.read_excel(data).load_sheet(sheet, header_row=None, skip_rows=0).to_polars()
    return frame.rows()


def written(**sheets) -> bytes:
    buffer = io.BytesIO()
    workbook.write(buffer, sheets)
    return buffer.getvalue()


def test_what_is_written_reads_back():
    rows = [("naam", "telling"), ("Kwekerij <De Linde> & zonen", 12), ("=1+1", None), (" Spaties ", 2.5)]
    assert read_back(written(blad=rows), "blad") == [
        ("naam", "telling"), ("Kwekerij <De Linde> & zonen", "12"), ("=1+1", None), (" Spaties ", "2.5"),
    ]  # fmt: skip


def test_a_text_is_never_a_formula():
    with zipfile.ZipFile(io.BytesIO(written(blad=[("=HYPERLINK(1)",)]))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert 't="inlineStr"' in sheet


def test_the_same_rows_give_the_same_bytes():
    assert written(blad=[("a",)]) == written(blad=[("a",)])


@pytest.mark.parametrize("text", ["\x00", "\x0b", "\ufffe"])
def test_what_a_workbook_cannot_hold_is_replaced(text):
    assert read_back(written(blad=[("kop",), (f"a{text}b",)]), "blad")[1] == ("a\N{REPLACEMENT CHARACTER}b",)


def test_sheets_keep_their_order_and_names():
    data = written(**{"Eén & twee": [("a",)], "x" * 40: [("b",)]})
    assert fastexcel.read_excel(data).sheet_names == ["Eén & twee", "x" * 31]
