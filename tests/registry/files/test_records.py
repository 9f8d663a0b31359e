import csv
import io

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as some

from schakel.registry.files import FileRefused, csv_text
from schakel.registry.files.records import LONGEST_RECORD, Shape, careful, regular, regular_ends

SHAPE = Shape(("a", "b"), ",")
VALUES = some.text(some.sampled_from(['"', ",", "\n", "x", "é", " "]), max_size=6)


def written(rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def lines_of(rows):
    ends = [len(written(rows[:count]).split("\n")) for count in range(len(rows))]
    return [1 + end for end in ends]


@given(some.lists(some.tuples(VALUES.map("x".__add__), VALUES), max_size=8), some.integers(1, 9))
def test_the_quick_way_the_careful_way_and_the_csv_module_agree(rows, limit):
    text = written(rows)
    body = text.encode()
    ends = regular_ends(np.frombuffer(body, np.uint8), SHAPE, is_last=True)
    slow, taken = careful(text, SHAPE, 2, is_last=True)
    assert taken == len(text)
    assert slow.broken == []
    assert slow.frame.rows() == [(line, *row) for line, row in zip(lines_of(rows), rows, strict=True)]
    if rows:
        assert ends is not None
        quick = pl.concat(part.frame for part in regular(body, ends, SHAPE, 2, limit))
        assert quick.with_columns(pl.col("a", "b").fill_null("")).rows() == slow.frame.rows()


@given(some.text(some.sampled_from('",\nx'), max_size=40))
def test_whatever_the_text_the_ways_agree_where_both_can_go(text):
    body = (text + "\n").encode()
    ends = regular_ends(np.frombuffer(body, np.uint8), SHAPE, is_last=True)
    slow, _ = careful(text + "\n", SHAPE, 2, is_last=True)
    if ends is not None and len(ends):
        quick = pl.concat(part.frame for part in regular(body, ends, SHAPE, 2, 100))
        assert not slow.broken
        assert quick.with_columns(pl.col("a", "b").fill_null("")).rows() == slow.frame.rows()


@given(some.text(some.sampled_from('",\nx;é'), max_size=60), some.integers(1, 20))
def test_chunks_of_any_size_give_the_same_records(text, size):
    chunks = [text.encode()[at : at + size] for at in range(0, len(text.encode()), size)]
    whole = gathered(csv_text._records(iter([text.encode()]), SHAPE, 100))
    assert gathered(csv_text._records(iter(chunks), SHAPE, 100)) == whole


def gathered(parts):
    rows, broken = [], []
    for part in parts:
        rows += [(line, a or "", b or "") for line, a, b in part.frame.rows()]
        broken += [(one.line, one.reason, one.raw) for one in part.broken]
    return rows, broken


def test_a_row_with_another_number_of_fields_is_reported_and_the_rest_stays(read):
    outcome = read("key,name\na,Een\nb\nc,Drie,3\nd,Vier\n")
    assert outcome.good.select("line", "key").rows() == [(2, "a"), (5, "d")]
    assert outcome.bad.select("line", "column", "value", "reason").rows() == [
        (3, None, "b", "column-count"),
        (4, None, "c,Drie,3", "column-count"),
    ]


def test_blank_lines_and_lines_of_separators_are_no_rows(read):
    outcome = read("key,name\na,Een\n\n   \n,\nb,Twee\n\n")
    assert outcome.rows == 2
    assert outcome.good["line"].to_list() == [2, 6]


def test_lines_are_counted_through_quoted_line_ends(read):
    outcome = read('key,name\n"a","x\n\ny"\nb,"quote "" here"\nc,\n')
    assert outcome.good.select("line", "key", "name").rows() == [(2, "a", "x\n\ny"), (5, "b", 'quote " here')]
    assert outcome.faults == [(6, "name", "required")]


def test_a_quote_inside_plain_text_stays(read):
    assert read('key,name\na,Buis 5" lang\nb,"Twee"\n').good["name"].to_list() == ['Buis 5" lang', "Twee"]


@pytest.mark.parametrize("row", ['"b,Twee', 'b,"Twee"x', '"b"b,Twee', 'b,"De "Hoek" bv"'])
def test_a_misplaced_quote_loses_its_own_line_only(read, row):
    outcome = read(f'key,name\na,Een\n{row}\nc,Drie\n"d","Vier"\n')
    assert outcome.good["key"].to_list() == ["a", "c", "d"]
    assert outcome.faults == [(3, None, "quoting")]


def test_a_quote_that_stays_open_in_a_large_file_loses_its_own_line_only(read, monkeypatch):
    monkeypatch.setattr(csv_text, "CHUNK_BYTES", 200_000)
    rows = [f"k{at},Naam nummer {at}" for at in range(30_000)]
    rows[100] = '"k100,open'
    outcome = read("key,name\n" + "\n".join(rows) + "\n")
    assert len(outcome.good) == len(rows) - 1
    assert outcome.faults == [(102, None, "quoting")]


def test_a_line_without_end_is_one_bad_row_in_little_memory(read, monkeypatch):
    monkeypatch.setattr(csv_text, "CHUNK_BYTES", 100_000)
    outcome = read("key,name\na,Een\nb," + "x" * (3 * LONGEST_RECORD) + "\nc,Drie\n")
    assert outcome.good.select("line", "key").rows() == [(2, "a"), (4, "c")]
    assert outcome.faults == [(3, None, "too-long")]


def test_a_file_that_ends_in_a_line_without_end_keeps_what_came_before(read, monkeypatch):
    monkeypatch.setattr(csv_text, "CHUNK_BYTES", 100_000)
    outcome = read("key,name\na,Een\nb," + "x" * (3 * LONGEST_RECORD))
    assert outcome.good["key"].to_list() == ["a"]
    assert outcome.faults == [(3, None, "too-long")]


def test_a_long_line_that_ends_in_the_same_chunk_is_a_bad_row(read):
    outcome = read("key,name\na,Een\nb," + "x" * (2 * LONGEST_RECORD) + "\nc,Drie\n")
    assert outcome.good["key"].to_list() == ["a", "c"]
    assert outcome.faults == [(3, None, "too-long")]


def test_a_header_without_end_is_refused(read):
    with pytest.raises(FileRefused):
        read("key," + "x" * 2 * LONGEST_RECORD)
