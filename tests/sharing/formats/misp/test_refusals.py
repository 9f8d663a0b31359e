import copy
from contextlib import suppress

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.sharing.formats.base import MAXIMUM_DEPTH, Unreadable
from schakel.sharing.formats.misp import loading
from schakel.sharing.formats.misp.format import Misp
from tests.sharing.formats.misp.events import SAMPLE, attribute, few, with_changes

LATER = few(uuid="0a4f6c1e-77f3-4c55-9f3c-51d2a3b6c002")
TWICE = {"uuid": "0a4f6c1e-77f3-4c55-9f3c-51d2a3b6c1ff"}
BROKEN = [
    (with_changes(uuid=None), "/Event/uuid", "schema"),
    (with_changes(uuid="41"), "/Event/uuid", "schema"),
    (with_changes(info=None), "/Event/info", "schema"),
    (with_changes(info=["a", "list"]), "/Event/info", "schema"),
    (with_changes(date="2026-02-30"), "/Event/date", "time"),
    (with_changes(timestamp="yesterday"), "/Event/timestamp", "time"),
    (with_changes(timestamp="-5"), "/Event/timestamp", "time"),
    (with_changes(timestamp="99999999999999"), "/Event/timestamp", "time"),
    (with_changes(published="perhaps"), "/Event/published", "schema"),
    (with_changes(distribution="9"), "/Event/distribution", "schema"),
    (with_changes(distribution="5"), "/Event/distribution", "schema"),
    (with_changes(distribution=True), "/Event/distribution", "schema"),
    (with_changes(threat_level_id="0"), "/Event/threat_level_id", "schema"),
    (with_changes(analysis="3"), "/Event/analysis", "schema"),
    (with_changes(Orgc={"uuid": "x", "name": "Vangnet"}), "/Event/Orgc/uuid", "schema"),
    (with_changes(Orgc="Vangnet"), "/Event/Orgc", "schema"),
    (with_changes(Tag=[{"colour": "#fff"}]), "/Event/Tag/0/name", "schema"),
    (with_changes(Tag=[{"name": "tlp:purple"}]), "/Event/Tag", "label"),
    (with_changes(Tag=[{"name": "TLP:UNCLEAR"}]), "/Event/Tag", "label"),
    (with_changes(Tag=[{"name": "PAP:PURPLE"}]), "/Event/Tag", "label"),
    (with_changes(Attribute={}), None, None),
    (with_changes(Attribute="many"), "/Event/Attribute", "schema"),
    (with_changes(Attribute=["one"]), "/Event/Attribute/0", "schema"),
    (few(Attribute=[attribute(), attribute("")]), "/Event/Attribute/1/value", "schema"),
    (few(Attribute=[attribute(type=None)]), "/Event/Attribute/0/type", "schema"),
    (few(Attribute=[attribute(category="Payload type")]), "/Event/Attribute/0/category", "schema"),
    (few(Attribute=[attribute(distribution="7")]), "/Event/Attribute/0/distribution", "schema"),
    (few(Attribute=[attribute(first_seen="long ago")]), "/Event/Attribute/0/first_seen", "time"),
    (few(Attribute=[attribute("x" * (1024 * 1024 + 1))]), "/Event/Attribute/0/value", "too-large"),
    (few(Attribute=[attribute(Tag=[{"name": "tlp:blue"}])]), "/Event/Attribute/0/Tag", "label"),
    (few(Attribute=[attribute(**TWICE), attribute("192.0.2.8", **TWICE)]), "/Event/Attribute/1", "duplicate"),
    (few(Object=[{"Attribute": []}]), "/Event/Object/0/name", "schema"),
    (few(Object=[{"name": "file", "Attribute": [attribute("")]}]), "/Event/Object/0/Attribute/0/value", "schema"),
    (few(EventReport=[{"name": "x", "content": {"no": "text"}}]), "/Event/EventReport/0/content", "schema"),
]


@pytest.mark.parametrize(("event", "place", "code"), BROKEN)
def test_what_breaks_the_core_format_is_refused_with_place_and_reason(event, place, code):
    if place is None:
        assert list(Misp().read(orjson.dumps({"Event": event})))
        return
    with pytest.raises(Unreadable) as refused:
        list(Misp().read(orjson.dumps({"Event": event})))
    assert (refused.value.place, refused.value.code) == (place, code)
    assert str(refused.value.reason)


@pytest.mark.parametrize(
    ("content", "place", "code"),
    [
        (b'{"Event": {"info": "cut o', "line 1, column 26", "syntax"),
        (b'{"Event": {"info": "\xff"}}', "byte 20", "encoding"),
        (b'{"Event": {"info": "x", "Tag": [{"name": "tlp:red"}], "Tag": []}}', "Tag", "duplicate"),
        (b"[" * 2000 + b"]" * 2000, "", "too-deep"),
        (b'{"Event":' + b'{"a":' * MAXIMUM_DEPTH + b"1" + b"}" * MAXIMUM_DEPTH + b"}", "", "too-deep"),
        (b'{"response": {"Attribute": []}}', "/response", "unknown-format"),
        (b'[{"info": "a line of an index"}]', "/0", "unknown-format"),
        (b'{"Event": 5}', "/", "unknown-format"),
        (b"17", "/", "unknown-format"),
        (orjson.dumps([{"Event": LATER}, {"Event": LATER | {"info": "x"}}]), "/1/Event", "duplicate"),
    ],
)
def test_what_is_no_event_is_refused(content, place, code):
    with pytest.raises(Unreadable) as refused:
        list(Misp().read(content))
    assert (refused.value.place, refused.value.code) == (place, code)


def test_what_is_too_much_is_refused_before_it_is_looked_at(monkeypatch):
    monkeypatch.setattr(loading, "MAXIMUM_PARTS", 3)
    with pytest.raises(Unreadable) as refused:
        list(Misp().read(orjson.dumps({"Event": few(Attribute=["not even an attribute"] * 4)})))
    assert refused.value.code == "too-large"


def test_a_sound_event_before_a_broken_one_is_read():
    content = orjson.dumps({"response": [{"Event": LATER}, {"Event": few(date="2026-13-01")}]})
    reading = Misp().read(content)
    assert next(reading).key == LATER["uuid"]
    with pytest.raises(Unreadable):
        next(reading)


def read_or_refuse(content):
    """Any other error is a bug, and fails the test."""
    with suppress(Unreadable):
        list(Misp().read(content))


json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(SAMPLE)), json)
def test_nothing_in_place_of_a_field_breaks_the_reader(name, value):
    read_or_refuse(orjson.dumps({"Event": SAMPLE | {name: value}}))


@given(st.sampled_from(["Attribute", "Object", "Tag", "Galaxy", "EventReport"]), st.data())
def test_nothing_in_place_of_a_field_of_a_part_breaks_the_reader(kind, data):
    event = copy.deepcopy(SAMPLE)
    name = data.draw(st.sampled_from(sorted(event[kind][0])))
    event[kind][0][name] = data.draw(json)
    read_or_refuse(orjson.dumps({"Event": event}))


@given(st.binary(max_size=64))
def test_no_bytes_break_the_reader(content):
    Misp().recognises(content)
    read_or_refuse(content)
