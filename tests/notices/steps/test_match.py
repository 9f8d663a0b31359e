import polars as pl
import pytest

from schakel.intake import store
from schakel.intake.kinds import KINDS
from schakel.intake.models import Source
from schakel.notices.models import Finding
from schakel.registry.models import Asset
from tests.reports import taken

pytestmark = pytest.mark.django_db


def found():
    return {(one.organisation.key, one.asset, one.weakness) for one in Finding.objects.select_related("organisation")}


def test_the_most_specific_network_gets_the_finding(country):
    taken("192.0.2.10", "192.0.2.200")
    assert found() == {("harbour", "192.0.2.10 443/tcp", ""), ("registrar", "192.0.2.200 443/tcp", "")}


def test_a_name_finds_its_holder_where_the_address_is_nobodys(country):
    taken("203.0.113.9,443,www.korenaar.example", "203.0.113.9,443,www.nietkorenaar.example")
    assert found() == {("bakery", "www.korenaar.example 443/tcp", "")}


def test_two_holders_of_one_network_are_both_told(country):
    Asset.objects.create(organisation=country.bakery, kind="network", value="192.0.2.0/25")
    taken("192.0.2.10")
    assert {key for key, *_ in found()} == {"harbour", "bakery"}


def test_what_calls_out_is_one_finding_whatever_its_port(country):
    taken("192.0.2.10,50001", "192.0.2.10,50002", type="blocklist")
    assert [asset for _, asset, _ in found()] == ["192.0.2.10"]


def test_two_weaknesses_of_one_system_are_two_findings(country):
    taken("192.0.2.10,443,,http;cve-2024-3400", "192.0.2.10,443,,http;cve-2023-4966")
    assert {weakness for *_, weakness in found()} == {"CVE-2024-3400", "CVE-2023-4966"}


def test_a_public_resolver_is_nobodys(country):
    Asset.objects.create(organisation=country.bakery, kind="network", value="9.9.9.0/24")
    report = taken("9.9.9.9", "9.9.9.10")
    assert (report.matched_count, report.unmatched_count, report.figures["warned"]) == (1, 1, 1)


def test_an_operator_hears_only_where_the_source_allows_it(country):
    Asset.objects.filter(organisation=country.registrar).update(role="operator")
    taken("192.0.2.200")
    assert {key for key, *_ in found()} == {"registrar"}
    Finding.objects.all().delete()
    Source.objects.filter(slug="shadowserver").update(is_operator_allowed=False)
    report = taken("192.0.2.201", type="scan_rdp")
    assert found() == set()
    assert report.unmatched_count == store.unmatched(report).height == 1


def test_every_holder_stays_on_record(country):
    report = taken("192.0.2.10")
    lines = store.scan(report, "matches").sort("rank").collect()
    assert lines["organisation"].to_list() == [country.harbour.pk, country.registrar.pk]
    assert lines["basis"].unique().to_list() == ["network"]
    rows = store.matched_rows(report, organisation_ids=[country.harbour.pk], kinds=list(KINDS))
    assert rows.select("address", "line").rows() == [("192.0.2.10", 2)]


def test_unmatched_rows_can_be_seen(country):
    report = taken("203.0.113.1", "192.0.2.10", "203.0.113.2")
    assert store.unmatched(report).get_column("address").to_list() == ["203.0.113.1", "203.0.113.2"]
    assert store.unmatched(report, offset=1).height == 1
    assert isinstance(store.quarantined(report), pl.DataFrame)
