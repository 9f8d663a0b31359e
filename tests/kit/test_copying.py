"""Frames go into the database and come back as they were."""

from datetime import UTC, datetime

import polars as pl
import psycopg
import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from schakel.kit import copying
from schakel.kit.copying import copy_in, copy_out, copy_out_in_parts

SCHEMA = {"id": pl.Int64, "word": pl.String, "amount": pl.Float64}
texts = st.none() | st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]))
rows = st.lists(
    st.tuples(st.integers(-(2**63), 2**63 - 1), texts, st.none() | st.floats(allow_nan=False, allow_infinity=False))
)


def make_table():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE word_list (id bigint, word text, amount float8) ON COMMIT DROP")


def round_trip(frame):
    assert copy_in(frame, table="word_list") == frame.height
    return copy_out("SELECT id, word, amount FROM word_list", schema=SCHEMA)


@pytest.mark.parametrize(
    "word",
    [
        "",
        None,
        "\\N",
        "NULL",
        '"',
        'say "yes"',
        "a,b",
        "two\nlines",
        "two\r\nlines",
        "\t",
        " ",
        "'",
        "\\",
        "žluťoučký 🐎",
        "\ufeff",
        "%s",
    ],
)
def test_awkward_words_come_back_as_they_were(db, word):
    make_table()
    frame = pl.DataFrame({"id": [1, 2], "word": [word, "next"], "amount": [None, 0.5]}, schema=SCHEMA)
    assert round_trip(frame).rows() == frame.rows()


def test_an_empty_frame_adds_nothing(db):
    make_table()
    assert round_trip(pl.DataFrame(schema=SCHEMA)).rows() == []


def test_a_frame_larger_than_one_part_arrives_whole(db):
    make_table()
    count = 250_001
    frame = pl.DataFrame({"id": range(count), "word": [None] * count, "amount": [1.0] * count}, schema=SCHEMA)
    assert round_trip(frame)["id"].sum() == sum(range(count))


@pytest.mark.parametrize(("parameters", "found"), [(["b%"], [2]), ([None], [])])
def test_a_query_takes_parameters(db, parameters, found):
    make_table()
    copy_in(pl.DataFrame({"id": [1, 2], "word": ["a", "b"], "amount": [0.0, 0.0]}), table="word_list")
    frame = copy_out("SELECT id FROM word_list WHERE word LIKE %s", parameters, schema={"id": pl.Int64})
    assert frame["id"].to_list() == found


def test_a_query_takes_named_parameters(db):
    make_table()
    copy_in(pl.DataFrame({"id": [1, 2], "word": ["a", "b"], "amount": [0.0, 0.0]}), table="word_list")
    query = "SELECT id FROM word_list WHERE word = %(word)s"
    assert copy_out(query, {"word": "b"}, schema={"id": pl.Int64})["id"].to_list() == [2]


def test_moments_come_back_to_the_microsecond(db):
    moment = datetime(2026, 11, 2, 12, 0, 0, 123456, tzinfo=UTC)
    schema = {"at": pl.Datetime("us", "UTC")}
    frame = copy_out(
        "SELECT to_char(%s::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')",
        [moment],
        schema=schema,
    )
    assert frame["at"].to_list() == [moment]


def test_a_value_that_does_not_fit_is_refused_by_the_database(db):
    make_table()
    with pytest.raises(psycopg.DataError):
        copy_in(pl.DataFrame({"id": ["many"], "word": ["x"], "amount": [0.0]}), table="word_list")


class Words(TestCase):
    """Whatever text there is, it comes back."""

    @settings(max_examples=60, deadline=None)
    @given(rows=rows)
    def test_any_rows_come_back_as_they_were(self, rows):
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS word_list")
        make_table()
        frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
        assert round_trip(frame).rows() == frame.rows()


@pytest.mark.parametrize("count", [0, 2, 3, 7])
def test_parts_put_together_are_the_whole(db, monkeypatch, count):
    words = "CASE n % 3 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE E'two\\nlines' END"
    query, schema = f"SELECT n, {words} FROM generate_series(1, {count}) n", {"n": pl.Int64, "word": pl.String}
    monkeypatch.setattr(copying, "ROWS_AT_ONCE", 3)
    parts = list(copy_out_in_parts(query, schema=schema))
    assert [part.height for part in parts] == [3] * (count // 3) + [count % 3] * (count % 3 > 0)
    whole = copy_out(query, schema=schema)
    assert whole.height == count
    assert pl.concat([whole.clear(), *parts]).equals(whole)
