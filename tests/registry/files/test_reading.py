import datetime as dt
import gzip
import zipfile

import polars as pl
import pytest

from schakel.registry.files import TABLES, FileRefused, read_table
from tests.registry.files import workbook

HEADER = ["key", "name", "kvk", "objects", "trade_names"]
ROWS = [
    ["a", "Bakkerij De Korenaar", "01234567", "yes", "Korenaar; Broodhuis"],
    ["b", "Café “Zicht”\nop zee", "1234567", "no", None],
    ["c", "", None, None, None],
    ["d", "Slagerij, gevestigd", None, "misschien", None],
    ["a", "Nog eens", None, None, None],
    ["e", "Hof", "87654321", None, ""],
]


def as_csv(rows, separator=","):
    def quoted(value):
        text = value or ""
        return '"' + text.replace('"', '""') + '"' if set(text) & set(',;\t"\n') else text

    return "".join(separator.join(map(quoted, row)) + "\n" for row in rows)


def content(outcome):
    return (
        outcome.good.drop("line").rows(),
        outcome.bad.select("column", "value", "reason", "words").rows(),
        outcome.rows,
    )


def test_csv_workbook_and_parquet_give_equal_results(read, tmp_path):
    from_csv = read(as_csv([HEADER, *ROWS]))
    book = workbook.write(tmp_path / "book.xlsx", organisations=[HEADER, *ROWS])
    frame = pl.DataFrame(ROWS, schema=dict.fromkeys(HEADER, pl.String), orient="row")
    frame.write_parquet(tmp_path / "table.parquet")
    assert content(from_csv) == content(read(book)) == content(read(tmp_path / "table.parquet"))
    assert from_csv.good["key"].to_list() == ["a", "e"]
    assert [fault[1:] for fault in from_csv.faults] == [
        ("kvk", "kvk-form"),
        ("name", "required"),
        ("objects", "yes-or-no"),
        ("key", "duplicate"),
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_found(read, separator):
    outcome = read(as_csv([HEADER, *ROWS], separator))
    assert outcome.rows == len(ROWS)
    assert outcome.good["trade_names"][0].to_list() == ["Korenaar", "Broodhuis"]


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_encoding_is_found(read, code):
    assert read("key,name\na,Café Zeeën\nb,plain\n".encode(code)).good["name"].to_list() == ["Café Zeeën", "plain"]


def test_a_line_that_is_no_utf_8_is_read_as_cp1252_and_its_neighbours_stay(read):
    both = "key,name\na,Zeeën\n".encode() + "b,Curaçao\n".encode("cp1252")
    assert read(both).good["name"].to_list() == ["Zeeën", "Curaçao"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way_and_the_last_need_not(read, end):
    outcome = read(end.join(["key,name", "a,Een", "b,Twee"]))
    assert outcome.good.select("line", "key").rows() == [(2, "a"), (3, "b")]


def test_gzip_is_unpacked(read):
    assert read(gzip.compress(b"key,name\na,Een\n")).good["key"].to_list() == ["a"]


def test_a_gzip_cut_short_is_refused_after_the_rows_before_the_cut(read):
    packed = gzip.compress(b"key,name\n" + b"".join(b"k%d,Naam\n" % at for at in range(200_000)))
    with pytest.raises(FileRefused) as refusal:
        read(packed[: len(packed) // 2])
    assert refusal.value.reason == "broken-archive"


@pytest.mark.parametrize(
    ("bytes_", "reason"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"\x00\x01\x02\x03", "binary"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "old-workbook"),
        (b"PAR1 no parquet", "broken-parquet"),
        (b"PK\x03\x04 no archive", "broken-workbook"),
        (b"key,name,kvkk\n", "column-unknown"),
        (b"key,name,\n", "column-unnamed"),
        (b"key,name,name\n", "column-twice"),
        (b"name,kvk\n", "column-missing"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(read, bytes_, reason):
    with pytest.raises(FileRefused) as refusal:
        read(bytes_)
    assert refusal.value.reason == reason
    assert refusal.value.words == str(refusal.value)


def test_a_misspelt_column_is_named_with_the_nearest_one(read):
    with pytest.raises(FileRefused, match=r"“nmae” is not known; did you mean “name”"):
        read("key,nmae\n")


def test_an_archive_that_is_no_workbook_is_refused(read, tmp_path):
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("readme.txt", "no workbook")
    with pytest.raises(FileRefused, match="save it again"):
        read(tmp_path / "other.zip")


def test_a_workbook_that_asks_for_too_much_is_refused(tmp_path):
    path = workbook.write(tmp_path / "book.xlsx", sheet=[["key", "name"]])
    with pytest.raises(FileRefused, match="too large"):
        list(read_table(path, "organisations", most_bytes=100 << 20))


def test_an_empty_sheet_is_refused(read, tmp_path):
    with pytest.raises(FileRefused, match="no header"):
        read(workbook.write(tmp_path / "book.xlsx", sheet=[]))


def test_the_sheet_named_like_the_kind_is_read_else_the_first(read, tmp_path):
    rows = [["key", "name"], ["a", "Een"]]
    named = workbook.write(tmp_path / "one.xlsx", notes=[["hello"]], organisations=rows)
    first = workbook.write(tmp_path / "two.xlsx", sheet=rows, notes=[["hello"]])
    assert content(read(named)) == content(read(first))


def test_cells_of_a_workbook_become_text(read, tmp_path):
    header = ["organisation", "kind", "value", "valid_from"]
    day = dt.date(2026, 1, 31)
    book = workbook.write(
        tmp_path / "book.xlsx", assets=[header, ["a", "asn", 64496, day], ["a", "asn", 64497.0, None]]
    )
    assert read(book, "assets").good.select("value", "valid_from").rows() == [("64496", day), ("64497", None)]


def test_empty_rows_of_a_workbook_are_no_rows_and_lines_stay_those_of_the_sheet(read, tmp_path):
    rows = [["key", "name", None], ["a", "Een"], None, [None, " "], ["b", None], ["c", "Drie", "?"]]
    outcome = read(workbook.write(tmp_path / "book.xlsx", sheet=rows))
    assert outcome.good.select("line", "key").rows() == [(2, "a")]
    assert outcome.faults == [(5, "name", "required"), (6, None, "column-count")]


def test_parquet_columns_of_every_type_become_text(read, tmp_path):
    frame = pl.DataFrame(
        {
            "key": [1, 2],
            "name": pl.Series(["Een", "Twee"], dtype=pl.Categorical),
            "trade_names": [["x", "y"], []],
            "objects": [True, None],
            "kvk": [12345678.0, None],
        }
    )
    frame.write_parquet(tmp_path / "table.parquet")
    good = read(tmp_path / "table.parquet").good
    assert good.select("line", "key", "name", "trade_names", "objects", "kvk").rows() == [
        (2, "1", "Een", ["x", "y"], True, "12345678"),
        (3, "2", "Twee", [], False, None),
    ]


@pytest.mark.parametrize("values", [[b"a"], [{"a": 1}], [[1]]])
def test_parquet_columns_that_are_no_text_are_refused(read, tmp_path, values):
    pl.DataFrame({"key": ["a"], "name": values}).write_parquet(tmp_path / "table.parquet")
    with pytest.raises(FileRefused, match="write it as text"):
        read(tmp_path / "table.parquet")


def test_parquet_days_and_moments_at_midnight_are_days(read, tmp_path):
    day = dt.date(2026, 1, 31)
    frame = pl.DataFrame({"organisation": ["a"], "kind": ["asn"], "value": [64496], "valid_from": [day]})
    frame = frame.with_columns(valid_until=pl.lit(dt.datetime(2026, 2, 28)))  # noqa: DTZ001
    frame.write_parquet(tmp_path / "table.parquet")
    good = read(tmp_path / "table.parquet", "assets").good
    assert good.select("valid_from", "valid_until").rows() == [(day, dt.date(2026, 2, 28))]


def test_duplicates_are_found_across_batches(read):
    text = "key,name\n" + "".join(f"k{at % 70},Naam\n" for at in range(100))
    outcome = read(text, rows_per_batch=30)
    assert (len(outcome.good), len(outcome.bad), len(outcome.batches)) == (70, 30, 4)
    assert outcome.faults[0] == (72, "key", "duplicate")


def test_a_row_that_differs_only_by_its_defaults_is_a_duplicate(read):
    outcome = read("organisation,kind,value,role\na,asn,64496,\na,asn,AS64496,owner\na,asn,64496,operator\n", "assets")
    assert outcome.faults == [(3, "organisation", "duplicate")]


def test_every_batch_says_which_columns_the_file_has(read):
    assert read("name,key\nEen,a\n").batches[0].columns == ("name", "key")


@pytest.mark.parametrize("kind", TABLES)
def test_a_header_alone_has_no_rows(tmp_path, kind):
    path = tmp_path / "table"
    path.write_text(",".join(column.name for column in TABLES[kind].columns) + "\n")
    assert sum(batch.rows for batch in read_table(path, kind)) == 0
