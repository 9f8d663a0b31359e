"""Anybody's own tables."""

import io
import json
import tomllib
from datetime import UTC, datetime

import polars as pl
import pytest

from schakel.intake.formats import FormatRefused, Limits
from schakel.intake.formats.table import parquet
from tests.intake.formats.whole import NOON, whole

MAPPING = tomllib.loads("""
kind = "exposed-service"
severity = "low"
delimiter = ";"
encoding = "cp1252"
zone = "Europe/Amsterdam"
time_format = "%d %m %Y"
[columns]
address = ["Adres A", "Adres B"]
observed_at = "Dag"
kind = "Wat"
detail = ["Caf\u00e9", "Dag"]
[kinds]
RDP = "exposed-remote-desktop"
""")


def test_a_mapping_says_what_the_columns_mean():
    content = "Adres A;Adres B;Dag;Wat;Café\n;192.0.2.1;15 01 2026;rdp;x\n192.0.2.2;192.0.2.3;15 07 2026;?;y\n".encode(
        "cp1252"
    )
    found = whole(content, mapping=MAPPING)
    assert found.column("address") == ["192.0.2.1", "192.0.2.2"]
    assert found.column("observed_at") == [datetime(2026, 1, 14, 23, tzinfo=UTC), datetime(2026, 7, 14, 22, tzinfo=UTC)]
    assert found.column("kind") == ["exposed-remote-desktop", "exposed-service"]
    assert set(found.column("severity")) == {"low"}
    assert found.column("detail")[0] == "x, 15 01 2026"


def test_a_table_without_header_goes_by_numbers():
    mapping = {"header": False, "columns": {"address": 1, "port": 3}}
    found = whole(b"192.0.2.1,x,80\n192.0.2.2,y,443\n", mapping=mapping)
    assert (found.column("address"), found.column("port"), found.column("line")) == (
        ["192.0.2.1", "192.0.2.2"],
        [80, 443],
        [1, 2],
    )
    assert whole(b"\n\n", mapping=mapping).rows == 0


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({"colums": {}}, "unknown: colums"),
        ({"columns": {"ip": "x"}}, "unknown fields: ip"),
        ({"columns": "x"}, "must be a table"),
        ({"columns": {"address": {}}}, "must name columns"),
        ({"columns": {"address": "nowhere"}}, "not there for: address"),
        ({"columns": {"port": "ip"}}, "No column is known"),
        ({"kind": "no-such-kind"}, "not in the catalogue"),
        ({"kinds": {"x": "no-such-kind"}}, "not in the catalogue"),
        ({"severity": "mild"}, "one of critical"),
        ({"delimiter": ";;"}, "1 sign"),
        ({"kind": 3}, "must be texts"),
        ({"header": "no"}, "true or false"),
        ({"zone": "Middle/Earth"}, "time zone"),
        ({"encoding": "klingon"}, "encoding"),
    ],
)
def test_a_slip_in_a_mapping_is_refused_in_words(mapping, words):
    with pytest.raises(FormatRefused, match=words):
        whole(b"ip,time\n192.0.2.1,x\n", mapping=mapping)


def test_excels_opening_line_states_the_delimiter():
    assert whole(b"sep=;\nip;host\n192.0.2.1;a,b\n").column("line") == [3]
    assert whole(b"\n\nip\thost\n192.0.2.1\ta.example\n").column("line") == [4]


def test_a_header_that_cannot_be_read_is_refused():
    for content in (b'"ip,host\n192.0.2.1,x\n', b"ip," * 1000 + b"x\n1\n", b"ip,\x00\n"):
        with pytest.raises(FormatRefused, match="first line"):
            whole(content, format="table", limits=Limits(line_bytes=1000))
    with pytest.raises(FormatRefused, match="more than 3 columns"):
        whole(b"ip,a,b,c\n", limits=Limits(columns=3))


def test_bad_values_are_kept_apart_with_column_and_value():
    content = b"IP,AS number,Poort,tijd,host\n1.2.3,,,,\n192.0.2.1,x,,,\n192.0.2.1,AS99999999999,,,\n192.0.2.1,,-1,,\n192.0.2.1,,,soon,\n,,,,a b\n,,,,\n"
    found = whole(content)
    assert [(row["line"], row["column"], row["value"], row["reason"]) for row in found.quarantined] == [
        (2, "IP", "1.2.3", "bad-address"),
        (3, "AS number", "x", "bad-asn"),
        (4, "AS number", "AS99999999999", "bad-asn"),
        (5, "Poort", "-1", "bad-port"),
        (6, "tijd", "soon", "bad-time"),
        (7, "host", "a b", "bad-host"),
        (8, None, None, "no-asset"),
    ]


def test_bad_names_beside_a_good_address_do_no_harm():
    found = whole(b"ip,host,email,url\n192.0.2.1,a b,@,nonsense nonsense\n")
    assert found.observations[0]["host"] is None
    assert found.observations[0]["email"] is None


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [("email", "jan", "bad-email"), ("url", "::", "bad-url"), ("value", "abc", "not-an-asset")],
)
def test_a_bad_name_alone_is_to_blame(column, value, reason):
    found = whole(f"{column},note\n{value},x\n".encode())
    assert [(row["column"], row["value"], row["reason"]) for row in found.quarantined] == [(column, value, reason)]


def test_signs_for_nothing_are_nothing():
    found = whole(b"ip,port,asn,host\n192.0.2.1,-,N/A,NULL\n")
    assert (found.column("port"), found.column("asn"), found.column("host")) == ([None], [None], [None])


def test_an_address_among_hosts_and_in_web_addresses_is_found():
    found = whole(
        b"host,url\n192.0.2.1,\n,http://[2001:db8::1]:8080/x\n,https://user:pass@192.0.2.3/\n,https://a.example:444/\n,b.example/x\n"
    )
    assert found.column("address") == ["192.0.2.1", "2001:db8::1", "192.0.2.3", None, None]
    assert found.column("host") == [None, None, None, "a.example", "b.example"]


def test_severity_words_are_understood():
    found = whole(
        b"ip,ernst\n192.0.2.1,Kritiek\n192.0.2.1,HOOG\n192.0.2.1,informational\n192.0.2.1,bizarre\n",
        default_kind="weak-tls",
    )
    assert found.column("severity") == ["critical", "high", "info", "medium"] or found.column("severity")[:3] == [
        "critical",
        "high",
        "info",
    ]
    assert found.column("kind") == ["weak-tls"] * 4


def test_a_kind_in_a_row_brings_its_usual_severity():
    found = whole(b"ip,soort\n192.0.2.1,infected-host\n192.0.2.1,unheard-of\n", default_severity=None)
    assert found.column("kind") == ["infected-host", "other"]
    assert found.column("severity")[0] == "critical"


def test_no_asn_is_none_and_a_country_has_two_letters():
    found = whole(b"ip,asn,country\n192.0.2.1,0,nl\n192.0.2.1,AS 64496,Nederland\n")
    assert (found.column("asn"), found.column("country")) == ([None, 64496], ["NL", None])


def test_the_weakness_is_the_first_cve_or_the_family():
    found = whole(
        b"ip,cve,tags,malware\n192.0.2.1,x,a;cve-2024-3400;cve-2021-1,Z\n192.0.2.1,CVE-2020-12345,cve-2024-3400,Z\n192.0.2.1,,,Zeus\n"
    )
    assert found.column("weakness") == ["CVE-2024-3400", "CVE-2020-12345", "zeus"]


def test_a_table_of_unknown_columns_is_refused_and_named():
    with pytest.raises(FormatRefused, match="The file has: naam, telefoon"):
        whole(b"naam;telefoon\nJan;1\n")


JSON_LINES = (
    b'{"ip":"192.0.2.1","port":80,"nested":{"a":[1,2]}}\n\n{"ip":"192.0.2.2","asn":64496}\nnonsense\n{"ip": 3}\n[1]\n'
)


def test_json_lines_are_rows():
    found = whole(JSON_LINES, name="x.jsonl")
    assert [(row["line"], row["address"], row["port"], row["asn"]) for row in found.observations] == [
        (1, "192.0.2.1", 80, None),
        (3, "192.0.2.2", None, 64496),
    ]
    assert [(row["line"], row["reason"]) for row in found.quarantined] == [
        (4, "bad-json"),
        (5, "bad-address"),
        (6, "not-an-object"),
    ]
    assert json.loads(found.observations[0]["source_row"])["nested"] == {"a": [1, 2]}


def test_nested_names_of_json_are_dotted():
    content = b'[{"source": {"ip": "192.0.2.1", "fqdn": "a.example"}, "time": {"source": "2026-01-15T10:11:12Z"}}]'
    found = whole(content, name="x.json")
    assert (found.column("address"), found.column("host"), found.column("observed_at")[0].year) == (
        ["192.0.2.1"],
        ["a.example"],
        2026,
    )
    mapped = whole(b'{"a": {"b": "192.0.2.1"}}\n', mapping={"columns": {"address": "a.b", "port": "p"}})
    assert mapped.column("address") == ["192.0.2.1"]


def test_json_may_hold_what_text_may_not():
    found = whole(b'{"ip":"192.0.2.1","detail":"a\\u0000b\\ud800"}\n')
    assert found.column("detail") == ["a\ufffdb?"]


def test_utf16_json_is_read():
    assert whole('{"ip":"192.0.2.1"}\n'.encode("utf-16")).column("address") == ["192.0.2.1"]


def as_parquet(frame: pl.DataFrame) -> bytes:
    target = io.BytesIO()
    frame.write_parquet(target)
    return target.getvalue()


def test_parquet_is_read_with_its_types():
    frame = pl.DataFrame(
        {
            "ip": ["192.0.2.1", None, "x\x00"],
            "port": [80.0, None, 443.5],
            "last_seen": [NOON.replace(hour=11, tzinfo=None), None, NOON.replace(tzinfo=None)],
            "time": pl.Series([NOON, NOON, NOON], dtype=pl.Datetime("us", "Europe/Amsterdam")),
            "tags": [["a"], [], None],
            "detail": [b"a", b"b", None],
        }
    )
    found = whole(as_parquet(frame), name="x.parquet")
    assert found.observations[0]["observed_at"] == NOON.replace(hour=11)
    assert (found.column("port"), found.column("line")) == ([80], [1])
    assert [(row["line"], row["reason"]) for row in found.quarantined] == [(2, "no-asset"), (3, "bad-address")]
    assert json.loads(found.observations[0]["source_row"])["ip"] == "192.0.2.1"


def test_repeated_columns_of_parquet_are_told_apart():
    import pyarrow as pa

    table = pa.table([pa.array(["192.0.2.1"]), pa.array(["192.0.2.2"])], names=["ip", "ip"])
    frame = parquet._texts(table, 1)
    assert json.loads(frame["source_row"][0]) == {"ip": "192.0.2.1", "ip 2": "192.0.2.2"}


def test_parquet_that_cannot_be_read_is_refused():
    content = as_parquet(pl.DataFrame({"ip": ["192.0.2.1"] * 1000}))
    for broken in (content[:-20], b"PAR1" + b"x" * 100):
        with pytest.raises(FormatRefused, match="Parquet"):
            whole(broken, name="x.parquet")


def test_parquet_in_a_broken_archive_is_refused():
    import gzip

    packed = gzip.compress(as_parquet(pl.DataFrame({"ip": ["192.0.2.1"] * 100000})))
    with pytest.raises(FormatRefused, match="not whole"):
        whole(packed[:-30], name="x.parquet.gz")


def test_damage_within_parquet_is_refused():
    content = bytearray(
        as_parquet(pl.DataFrame({"ip": [f"192.0.2.{index % 256} {index}" for index in range(100_000)]}))
    )
    content[100:4000] = bytes(3900)
    with pytest.raises(FormatRefused, match="Parquet"):
        whole(bytes(content), name="x.parquet")
