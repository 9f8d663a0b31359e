import json

import polars as pl
import pytest

from schakel.commands import matching


@pytest.fixture
def registry(tmp_path):
    (tmp_path / "orgs.csv").write_text("org_id,name\n1,Haven\n2,Registrar\n")
    (tmp_path / "assets_networks.csv").write_text("net_id,cidr,org_id\n7,192.0.2.0/24,2\n8,192.0.2.0/25,1\n9,x,1\n")
    (tmp_path / "assets_domains.csv").write_text("dom_id,domain,org_id\n5,haven.example,1\n")
    (tmp_path / "assets_asns.csv").write_text("asn,org_id\n64500,2\n")
    (tmp_path / "report.csv").write_text("ip,hostname,asn\n192.0.2.1,a.haven.example,\n203.0.113.1,,\n")
    return tmp_path


def run(registry, *more):
    out = registry / "out.parquet"
    return matching.main([str(registry / "report.csv"), "--assets", str(registry), "--out", str(out), *more]), out


def test_a_line_per_holder_the_most_specific_first(registry, capsys):
    code, out = run(registry, "--json")
    assert code == 0
    assert json.loads(capsys.readouterr().out)["matched"] == 1
    lines = pl.read_parquet(out).with_columns(pl.col("basis").cast(pl.String))
    assert lines.rows() == [(0, 1, 8, "network", 0), (0, 2, 7, "network", 1), (0, 1, 5, "domain", 2)]


def test_over_a_cluster_the_lines_are_the_same(registry, capsys):
    pytest.importorskip("ray", reason="the extra ray is not installed")
    _code, out = run(registry)
    here = pl.read_parquet(out)
    code, out = run(registry, "--engine", "ray")
    assert code == 0
    assert pl.read_parquet(out).equals(here)


def test_the_words_say_what_was_refused_of_the_registry(registry, capsys):
    assert run(registry)[0] == 0
    said = capsys.readouterr().out
    assert "rows      2 = 1 matched + 1 unmatched" in said
    assert "network 9: x:" in said


def test_a_file_that_is_not_there_is_refused(registry, capsys):
    (registry / "report.csv").unlink()
    assert run(registry)[0] == 1
    assert capsys.readouterr().err.startswith("Refused:")
