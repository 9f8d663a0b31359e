"""The fast and the careful way of splitting are one way, and nothing is lost on either."""

import csv
import io

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schakel.intake.formats import delimited
from schakel.intake.formats.delimited import Dialect, Part, Splitter, parts, regular_records
from schakel.intake.formats.shapes import Reject
from schakel.intake.formats.text import Block

DIALECT = Dialect(delimiter=",", width=3, record_bytes=200)
WANTED = [0, 1, 2]

text_of_signs = st.text(alphabet='ab ",\n\\é;\r\x00', max_size=80)
proper_fields = st.text(alphabet='ab ",\né;', max_size=12)
proper_rows = st.lists(st.lists(proper_fields, min_size=3, max_size=3), min_size=1, max_size=12)


def rows_of(some: list[Part]):
    rows = [
        row for part in some for row in part.frame.fill_null("").select("line", "source_row", "c0", "c1", "c2").rows()
    ]
    rejects = [(one.line, one.reason, one.raw) for part in some for one in part.rejects]
    return sorted(rows), sorted(rejects)


def blocks_of(text: str, *cuts: int) -> list[Block]:
    """The text in blocks that end with a line, as they come out of a file."""
    lines = text.encode().split(b"\n")
    bodies, line, start = [], 1, 0
    for cut in sorted({min(cut, len(lines)) for cut in cuts} | {len(lines)}):
        if cut > start:
            bodies.append(Block(line, b"".join(one + b"\n" for one in lines[start:cut])))
            line, start = line + cut - start, cut
    return bodies


def carefully(block: Block) -> list[Part]:
    return [Splitter(DIALECT, WANTED)._careful(block, final=True)]


def test_regular_text_does_go_the_fast_way():
    assert regular_records(Block(1, b'a,"b ""c""\nd",e\nf,g,h\n'), DIALECT) is not None


@pytest.mark.parametrize(
    "body",
    [
        b'a,b" c,d\n',
        b'a,"b"c,d\n',
        b'a,"b\n',
        b"a,b,c,d\n",
        b"a\n\nb\n",
        b"a\r,b\n",
        b"a\x00\n",
        b"a" * 201 + b"\n",
        b"\n",
        b'"a\n',
    ],
)
def test_irregular_text_does_not(body):
    assert regular_records(Block(1, body), DIALECT) is None


@pytest.mark.parametrize(
    "body", [b"a,b c,d\n", b"a,,\n,,a\n", b'"a","","say ""x"" now"\n', b'"""a""",b,"c, d"\n', "a,bén,c\n".encode()]
)
def test_tidy_text_is_known_as_such(body):
    assert regular_records(Block(1, body), DIALECT).is_tidy


@settings(deadline=None)
@given(st.text(alphabet='ab ",\n\t\xa0é\x1f', max_size=80))
@example("a,b, c")
@example('a,"b ","c"')
@example('"\tb",a,c')
@example('a,"b\nc",d')
@example("\xa0a,b,c")
@example('a,b,"c\xa0"')
def test_tidy_text_has_nothing_to_tidy(text):
    block = blocks_of(text)[0]
    regular = regular_records(block, DIALECT)
    if regular is None or not regular.is_tidy:
        return
    (part, _rest) = parts([block], DIALECT, WANTED)
    assert part.is_tidy
    for field in part.frame.select("c0", "c1", "c2").fill_null("").to_numpy().ravel():
        assert field == field.strip()
        assert min(field, default=" ") >= " "


@settings(deadline=None)
@given(proper_rows)
def test_what_the_standard_library_writes_is_read_back(rows):
    written = io.StringIO()
    csv.writer(written, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    found, rejects = rows_of(
        list(parts([Block(1, written.getvalue().encode())], Dialect(delimiter=",", width=3, record_bytes=9999), WANTED))
    )
    assert not rejects
    assert [list(row[2:]) for row in found] == rows


@settings(deadline=None)
@given(text_of_signs)
@example('"a","b\n","c"\n"d')
@example('a,b,c,\nd,e,f,"g"\n')
def test_both_ways_give_the_same(text):
    block = blocks_of(text)[0]
    assert rows_of(list(parts([block], DIALECT, WANTED))) == rows_of(carefully(block))


@settings(deadline=None)
@given(text_of_signs, st.sets(st.sampled_from(WANTED), min_size=1))
@example("a,b,c\na,b,c,d", {0})
@example("a,b,c\na,b,c,", {0, 2})
def test_what_is_kept_apart_does_not_depend_on_the_columns_that_are_wanted(text, wanted):
    found = list(parts([blocks_of(text)[0]], DIALECT, sorted(wanted)))
    whole = list(parts([blocks_of(text)[0]], DIALECT, WANTED))
    assert [one for part in found for one in part.rejects] == [one for part in whole for one in part.rejects]
    assert sum(part.frame.height for part in found) == sum(part.frame.height for part in whole)


@settings(deadline=None)
@given(text_of_signs, st.lists(st.integers(1, 12), max_size=4))
def test_the_borders_of_blocks_change_nothing(text, cuts):
    assert rows_of(list(parts(blocks_of(text, *cuts), DIALECT, WANTED))) == rows_of(carefully(blocks_of(text)[0]))


@settings(deadline=None)
@given(st.text(alphabet='ab",\né', max_size=60))
def test_no_line_is_lost(text):
    block = blocks_of(text)[0]
    rows, rejects = rows_of(list(parts([block], DIALECT, WANTED)))
    found = sum(row[1].count("\n") + 1 for row in rows) + sum(raw.count("\n") + 1 for _, _, raw in rejects)
    blank = sum(not line for line in block.body.decode().split("\n")[:-1])
    assert len(block.body.splitlines()) - blank <= found <= len(block.body.splitlines())


def split(text: str, **changes):
    dialect = Dialect(delimiter=changes.get("delimiter", ","), width=3, record_bytes=changes.get("record_bytes", 200))
    return rows_of(list(parts([Block(1, text.encode())], dialect, WANTED)))


def test_lines_are_counted_through_quoted_newlines():
    rows, _ = split('a,"b\n\nc",d\n\ne,f,g\n')
    assert [(row[0], row[3]) for row in rows] == [(1, "b\n\nc"), (5, "f")]


def test_short_rows_are_kept_and_empty_extra_fields_too():
    rows, rejects = split("a\nb,c,d,, \ne,f,g,h\n")
    assert [row[2:] for row in rows] == [("a", "", ""), ("b", "c", "d")]
    assert [reject[:2] for reject in rejects] == [(3, "too-many-fields")]


def test_marks_escaped_with_a_backslash_are_understood():
    rows, _ = split('a,"say \\"hello\\" now",c\n')
    assert rows[0][3] == 'say "hello" now'


def test_a_mark_inside_a_bare_field_is_only_a_mark():
    assert split('a,5" disk,c\n')[0][0][3] == '5" disk'


def test_space_before_a_quoted_field_does_no_harm():
    assert split('a, "b,c" ,d\n')[0][0][2:] == ("a", "b,c", "d")


def test_a_stray_mark_costs_its_own_line_only():
    rows, rejects = split('a,b,c\n"d,e,f\ng,h,i\n"j","k","l"\n')
    assert [row[2] for row in rows] == ["a", "g", "j"]
    assert [reject[:2] for reject in rejects] == [(2, "bad-quoting")]


def test_a_record_that_never_ends_costs_its_first_line_only():
    rows, rejects = split('"a\n' + "b,c,d\n" * 100)
    assert len(rows) == 100
    assert [reject[:2] for reject in rejects] == [(1, "bad-quoting")]


def test_patience_ends(monkeypatch):
    monkeypatch.setattr(delimited, "PATIENCE_BYTES", 10)
    rows, rejects = split('"a","b\n1\n2\n3\n4\n5","c"x\nd,e,f\n')
    assert [row[2] for row in rows] == ["d"]
    assert [(line, raw) for line, _, raw in rejects] == [(1, '"a","b\n1\n2\n3\n4\n5","c"x')]


def test_a_gap_in_the_text_ends_an_open_record():
    gap = Reject(line=2, reason="line-too-long", raw="x")
    some = list(parts([Block(1, b'a,"b\n'), gap, Block(3, b'c",d\n')], DIALECT, WANTED))
    rows, rejects = rows_of(some)
    assert [row[0] for row in rows] == [3]
    assert rejects == [(1, "bad-quoting", 'a,"b'), (2, "line-too-long", "x")]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters_are_read(delimiter):
    text = "a;b,c;d\n;;\n".replace(";", delimiter)
    assert [row[2:] for row in split(text, delimiter=delimiter)[0]] == [("a", "b,c", "d"), ("", "", "")]


def test_a_height_that_does_not_fit_sends_the_block_the_careful_way(monkeypatch):
    monkeypatch.setattr(pl, "read_csv", lambda *_, **__: pl.DataFrame({"c0": ["x"], "c1": ["x"], "c2": ["x"]}))
    assert [row[2:] for row in split("a,b,c\nd,e,f\n")[0]] == [("a", "b", "c"), ("d", "e", "f")]


def test_a_record_above_the_limit_is_set_aside_line_by_line():
    rows, rejects = split('"' + "a\n" * 95 + '",' + "b" * 50 + ",c\nd,e,f\n")
    assert rejects == [(1, "bad-quoting", '"a'), (96, "bad-quoting", '",' + "b" * 50 + ",c")]
    assert rows[-1][2:] == ("d", "e", "f")
