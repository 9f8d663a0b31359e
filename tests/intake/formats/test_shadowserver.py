"""Shadowserver's layouts and types."""

import pytest

from schakel.intake.formats import FormatRefused
from schakel.intake.formats.shadowserver.parser import TYPES, type_of
from schakel.intake.kinds import KINDS
from tests.intake.formats.whole import whole


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("2026-01-15-scan_http_vulnerable-schakel-nl.csv", "scan_http_vulnerable"),
        ("/var/in/2026-01-15-SCAN_RDP-x.csv.gz", "scan_rdp"),
        ("scan_ssl.csv", "scan_ssl"),
        ("scan6_docker", "scan_docker"),
        ("event6_sinkhole_dns-x", "event4_sinkhole_dns"),
        ("scan_brand_new", "scan_brand_new"),
        ("---", ""),
    ],
)
def test_the_type_is_in_the_name(name, expected):
    assert type_of(name) == expected


def test_a_stated_type_goes_before_the_name():
    assert type_of("scan_rdp", "2026-01-15-blocklist-x.csv") == "scan_rdp"
    assert type_of(None, "data.csv", "2026-01-15-blocklist-x.zip") == "blocklist"


def test_every_type_of_the_catalogue_has_a_kind():
    assert {known["kind"] for known in TYPES.values()} <= set(KINDS)


HEADER = b'"timestamp","severity","ip","asn","geo","tag"\n'
ROW = b'"2026-01-15 00:00:00",,"192.0.2.1",64496,"NL","x"\n'


@pytest.mark.parametrize(
    ("report_type", "kind"),
    [("scan_brand_new", "exposed-service"), ("event4_brand_new", "suspicious-use"), ("event4_new_sinkhole", "infected-host"),
     ("compromised_fridge", "compromised-device"), ("population_new", "device-census"), ("news", "other")],
)  # fmt: skip
def test_a_type_newer_than_the_list_works_from_its_common_columns(report_type, kind):
    found = whole(HEADER + ROW, type=report_type)
    assert (found.column("kind"), found.column("severity")) == ([kind], [KINDS[kind].severity])
    assert whole(HEADER + ROW, type=report_type, default_kind="weak-tls").column("kind") == ["weak-tls"]


def test_the_affected_side_of_an_event_is_the_source_or_as_the_type_says():
    head = b"timestamp,src_ip,src_asn,src_geo,src_hostname,src_port,dst_ip,dst_asn,dst_geo,dst_port,http_referer_ip,http_referer_asn\n"
    row = b"2026-01-15 00:00:00,192.0.2.1,1,NL,a.example,1,192.0.2.2,2,BE,2,192.0.2.3,3\n"
    sides = {
        kind: whole(head + row, type=kind).observations[0]
        for kind in ("event4_sinkhole", "event4_honeypot_ddos_target", "event4_sinkhole_http_referer")
    }
    assert [(one["address"], one["asn"], one["port"]) for one in sides.values()] == [
        ("192.0.2.1", 1, 1),
        ("192.0.2.2", 2, 2),
        ("192.0.2.3", 3, None),
    ]
    assert sides["event4_sinkhole"]["host"] == "a.example"


def test_the_host_asked_for_names_a_site_and_completes_its_address():
    head = b"timestamp,ip,port,hostname,tag,asn,geo,url,http_host\n"
    row = b"2026-01-15 00:00:00,192.0.2.1,443,rev.example,x,1,NL,/shell.php,shop.example\n"
    found = whole(head + row, type="compromised_website").observations[0]
    assert (found["host"], found["url"]) == ("shop.example", "https://shop.example/shell.php")
    bare = whole(head + row.replace(b"shop.example", b""), type="compromised_website").observations[0]
    assert (bare["host"], bare["url"]) == ("rev.example", None)


def test_a_report_without_affected_columns_is_refused():
    with pytest.raises(FormatRefused, match="No column"):
        whole(b"timestamp,asn,geo\nx,1,NL\n", format="shadowserver")
    assert whole(b"\n", format="shadowserver").rows == 0
