"""The original columns of a row again."""

from schakel.intake.formats import Layout, source_fields
from tests.intake.formats.whole import whole


def shown(content: bytes, name: str = "x.csv"):
    found = whole(content, name=name)
    return source_fields(found.observations[0]["source_row"], found.batches[0].layout)


def test_a_row_of_a_table_is_shown_by_its_columns():
    assert shown(b'IP;Note;Empty;More\n192.0.2.1;"a;""b""\nc"\n') == {"IP": "192.0.2.1", "Note": 'a;"b"\nc'}


def test_a_json_object_explains_itself():
    assert shown(b'{"ip":"192.0.2.1","a":{"b":1}}') == {"ip": "192.0.2.1", "a.b": "1"}


def test_a_line_of_a_list_is_a_line():
    assert shown(b"192.0.2.1, 192.0.2.2") == {"line": "192.0.2.1, 192.0.2.2"}


def test_what_cannot_be_taken_apart_is_shown_whole():
    assert source_fields('"a', Layout(columns=("x", "y"), delimiter=",")) == {"x": '"a'}
    assert source_fields("{a", None) == {"line": "{a"}
