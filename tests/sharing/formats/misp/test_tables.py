from datetime import UTC, datetime

import pytest

from schakel.sharing.document import Reference
from schakel.sharing.formats.base import Unreadable
from schakel.sharing.formats.misp.format import Misp
from schakel.sharing.words import IndicatorKind

HEAD = "uuid,event_id,category,type,value,comment,to_ids,date,object_relation,attribute_tag"
ROWS = (
    '"0a4f6c1e-77f3-4c55-9f3c-51d2a3b6c101",1,"Network activity","ip-dst","192.0.2.7","the sender",1,1772450000,"","c2"',
    '"0a4f6c1e-77f3-4c55-9f3c-51d2a3b6c102",1,"External analysis","link","https://vangnet.example/","",0,1772460000,"",""',
    '"0a4f6c1e-77f3-4c55-9f3c-51d2a3b6c103",2,"Network activity","domain","evil.example","",1,1772450000,"",""',
)


def table(*lines):
    return "\n".join(lines).encode()


def test_an_export_is_a_document_for_each_event():
    content = table(HEAD, *ROWS)
    one, two = Misp().read(content)
    assert Misp().recognises(content)
    assert (one.title, two.title) == ("MISP attributes of event 1", "MISP attributes of event 2")
    assert (one.indicators[0].value, one.indicators[0].labels, one.indicators[0].comment) == (
        "192.0.2.7",
        ("c2",),
        "the sender",
    )
    assert one.references == (Reference(url="https://vangnet.example/"),)
    assert (one.marking.tlp, one.revised_at) == (None, datetime.fromtimestamp(1772460000, UTC))
    assert one.original.content == content


def test_a_table_whose_columns_are_types():
    content = table("md5, domain", "44d88612fea8a8f36de82e1278abb02f, evil.example", ", only.example")
    (document,) = Misp().read(content)
    assert [(one.kind, one.value) for one in document.indicators] == [
        (IndicatorKind.HASH, "44d88612fea8a8f36de82e1278abb02f"),
        (IndicatorKind.DOMAIN, "evil.example"),
        (IndicatorKind.DOMAIN, "only.example"),
    ]
    assert all(one.for_detection for one in document.indicators)


@pytest.mark.parametrize(
    ("lines", "place", "code"),
    [
        ((HEAD, *ROWS, "only,three,fields"), "line 5", "schema"),
        ((HEAD, ROWS[0], ROWS[1].replace("External analysis", "Payload type")), "line 3/category", "schema"),
        ((HEAD, ROWS[0].replace("192.0.2.7", "")), "line 2/value", "schema"),
        ((HEAD, ROWS[0].replace("1772450000", "today")), "line 2/timestamp", "time"),
        ((HEAD, ROWS[0].replace('"c2"', '"c2"x')), "line 2", "syntax"),
        ((HEAD, ROWS[0].replace('"c2"', '"tlp:blue"')), "1/Attribute/0/Tag", "label"),
    ],
)
def test_a_table_that_is_broken_is_refused_with_its_line(lines, place, code):
    with pytest.raises(Unreadable) as refused:
        list(Misp().read(table(*lines)))
    assert (refused.value.place, refused.value.code) == (place, code)


def test_a_table_in_another_encoding_is_refused():
    with pytest.raises(Unreadable) as refused:
        list(Misp().read(HEAD.encode() + b"\n\xff\xfe"))
    assert refused.value.code == "encoding"


@pytest.mark.parametrize("content", [b"", b"name,address\nVangnet,quay", b"url\nhttps://vangnet.example/", b"comment"])
def test_other_tables_are_none_of_ours(content):
    assert not Misp().recognises(content)
