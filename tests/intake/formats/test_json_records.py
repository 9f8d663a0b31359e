"""JSON objects, however they are laid out."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from schakel.intake.formats import json_records
from schakel.intake.formats.json_records import Object, flat, gathered, objects
from schakel.intake.formats.shapes import Reject
from schakel.intake.formats.text import Block

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
members = st.dictionaries(st.text(max_size=4), values, max_size=4)


def found(*blocks: Block, size: int = 10_000):
    return list(objects(blocks, object_bytes=size))


def one_text(text: str, size: int = 10_000):
    return found(Block(1, text.encode() + b"\n"), size=size)


@settings(deadline=None)
@given(st.lists(members, max_size=5), st.sampled_from(["lines", "array", "pretty", "together"]))
def test_every_layout_gives_the_same_objects(some, layout):
    texts = [json.dumps(one, indent=2 if layout == "pretty" else None) for one in some]
    text = {"lines": "\n".join(texts), "pretty": "\n".join(texts), "together": "".join(texts)}.get(
        layout, f"[{', '.join(texts)}]"
    )
    assert [one.members for one in one_text(text)] == some


@settings(deadline=None)
@given(st.lists(members, min_size=1, max_size=4), st.integers(1, 9))
def test_the_borders_of_blocks_change_nothing(some, step):
    lines = json.dumps(some, indent=1).encode().splitlines(keepends=True)
    lines[-1] += b"\n"
    blocks = [Block(at + 1, b"".join(lines[at : at + step])) for at in range(0, len(lines), step)]
    assert found(*blocks) == found(Block(1, b"".join(lines)))


@settings(deadline=None)
@given(st.text(alphabet='{}[]",:1a\n\\ ', max_size=60))
def test_no_text_breaks_the_reading(text):
    assert all(isinstance(one, Object | Reject) for one in one_text(text, size=20))


def test_a_broken_line_costs_that_line_only():
    text = '{"a":1}\n{"b":"open}\n{"c":3}\n{"d":4\n{"e":5}\n{"f":}\n{"g":7}'
    assert [(one.line, isinstance(one, Object)) for one in one_text(text)] == [
        (1, True),
        (2, False),
        (3, True),
        (4, False),
        (5, True),
        (6, False),
        (7, True),
    ]


def test_other_json_is_not_an_object_and_other_text_no_json():
    assert [(one.line, one.reason) for one in one_text('1\n"x",\n[2]\noops\n]')] == [
        (1, "not-an-object"),
        (2, "not-an-object"),
        (3, "not-an-object"),
        (4, "bad-json"),
    ]


def test_depth_without_end_is_bad_json():
    assert {one.reason for one in one_text("[" * 5 + '{"a":' * 100_000, size=1 << 20)} == {"bad-json"}
    assert [one.reason for one in one_text('{"a":' + "[" * 100_000 + "]" * 100_000 + "}", size=1 << 20)] == ["bad-json"]


def test_the_search_for_ends_is_not_endless(monkeypatch):
    items = one_text("{\n" * 2000, size=100)
    assert (len(items), {one.reason for one in items}) == (2000, {"bad-json"})


def test_an_object_above_the_limit_is_kept_apart():
    large = '{"a":\n"' + "x" * 50 + '"}'
    assert [isinstance(one, Object) for one in one_text(f'{large}\n{{"b":1}}', size=30)] == [False, True]


def test_a_gap_ends_an_open_object():
    gap = Reject(line=2, reason="line-too-long", raw="")
    items = list(objects([Block(1, b'{"a":\n'), gap, Block(3, b'{"b":1}\n')], object_bytes=100))
    assert [(one.line, getattr(one, "reason", "")) for one in items] == [(1, "bad-json"), (2, "line-too-long"), (3, "")]


def test_members_become_texts():
    given_members = {
        "a": {"b": {"c": 1}},
        "d": [1, "x", None, {"e": 2}],
        "f": True,
        "g": None,
        "h": 1.5,
        "i": {"j": {"k": {"l": {"m": {"n": 1}}}}},
    }
    assert dict(flat(given_members)) == {"a.b.c": "1", "d": "1, x", "f": "true", "h": "1.5", "i.j.k.l.m": '{"n": 1}'}


def test_groups_fit_in_memory(monkeypatch):
    monkeypatch.setattr(json_records, "_ITEMS_TOGETHER", 2)
    items: list[Object | Reject] = [Object(1, {}, "{}"), Reject(line=2, reason="bad-json", raw=""), Object(3, {}, "{}")]
    assert [(len(some), len(rejects)) for some, rejects in gathered(items)] == [(1, 1), (1, 0)]
    monkeypatch.setattr(json_records, "_SIZE_TOGETHER", 1)
    assert len(list(gathered(items))) == 3 - 1
