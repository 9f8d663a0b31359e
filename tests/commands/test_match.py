"""From a report and the registry's files to a Parquet line per holder."""

import gzip
import importlib.util

import polars as pl
import pyarrow as pa
import pytest

from schakel.commands import match as door
from schakel.matching import Index

NETWORKS = "net_id,cidr,org_id\n0,192.0.2.0/24,10\n1,192.0.2.128/25,11\n2,192.0.2.1/24,12\n"
DOMAINS = "dom_id,domain,org_id\n0,example.nl,20\n1,a.example.nl,21\n"
ASNS = "asn,org_id\n64496,30\n"
REPORT = (
    '"timestamp","ip","asn","hostname","tag"\n'
    '"2026-01-15 00:00:00","192.0.2.200",64496,"www.a.example.nl","http;one, two"\n'
    '"2026-01-15 00:00:01","198.51.100.1",,"","http"\n'
    '"2026-01-15 00:00:02","192.0.2.0/25",no number,,"http","one cell too many"\n'
)
LINES = [
    (0, 11, 1, "network", 0),
    (0, 10, 0, "network", 1),
    (0, 21, 1, "domain", 2),
    (0, 20, 0, "domain", 3),
    (0, 30, 64496, "asn", 4),
    (2, 10, 0, "network", 0),
]


@pytest.fixture
def assets(tmp_path):
    folder = tmp_path / "assets"
    folder.mkdir()
    (folder / "assets_networks.csv").write_text(NETWORKS)
    (folder / "assets_domains.csv").write_text(DOMAINS)
    (folder / "assets_asns.csv").write_text(ASNS)
    return folder


@pytest.fixture
def report(tmp_path):
    file = tmp_path / "report.csv"
    file.write_text(REPORT)
    return file


def lines(out):
    return pl.read_parquet(out).with_columns(pl.col("basis").cast(pl.String)).rows()


def test_every_holder_gets_a_line(report, assets, tmp_path):
    figures = door.match(report, assets, tmp_path / "out.parquet")
    assert lines(tmp_path / "out.parquet") == LINES
    assert pl.read_parquet(tmp_path / "out.parquet").columns == ["row", "organisation", "asset", "basis", "rank"]
    assert {name: figures[name] for name in ("rows", "matched", "unmatched", "lines")} == {
        "rows": 3, "matched": 2, "unmatched": 1, "lines": 6,
    }  # fmt: skip
    assert figures["refused_assets"] == 1
    assert [refused["value"] for refused in figures["refused_first"]] == ["192.0.2.1/24"]
    assert figures["seconds"].keys() == {"index", "read", "match"}


def test_a_packed_report_with_other_column_names_gives_the_same(report, assets, tmp_path):
    packed = tmp_path / "report.csv.gz"
    text = REPORT.replace('"ip"', '"src_ip"').replace('"asn"', '"src_asn"').replace('"hostname"', '"src_hostname"')
    packed.write_bytes(gzip.compress(text.encode()))
    door.match(packed, assets, tmp_path / "out.parquet")
    assert lines(tmp_path / "out.parquet") == LINES


def test_a_report_without_numbers_is_matched_by_what_it_has(assets, tmp_path):
    (tmp_path / "hosts.csv").write_text("hostname\nexample.nl\n")
    door.match(tmp_path / "hosts.csv", assets, tmp_path / "out.parquet")
    assert lines(tmp_path / "out.parquet") == [(0, 20, 0, "domain", 0)]


def test_an_empty_report_gives_an_empty_file(assets, tmp_path):
    (tmp_path / "empty.csv").write_text('"ip"\n')
    figures = door.match(tmp_path / "empty.csv", assets, tmp_path / "out.parquet")
    assert (figures["rows"], figures["lines"], lines(tmp_path / "out.parquet")) == (0, 0, [])


def test_the_index_is_kept_until_the_registry_changes(report, assets, tmp_path, monkeypatch):
    door.match(report, assets, tmp_path / "out.parquet")
    (first,) = (assets / door.KEPT).iterdir()
    with monkeypatch.context() as patch:
        patch.setattr(Index, "build", None)
        door.match(report, assets, tmp_path / "out.parquet")
    (assets / "assets_asns.csv").write_text("asn,org_id\n64497,31\n")
    figures = door.match(report, assets, tmp_path / "out.parquet")
    (second,) = (assets / door.KEPT).iterdir()
    assert first != second
    assert figures["lines"] == 5


def test_a_damaged_index_is_built_anew(report, assets, tmp_path):
    door.match(report, assets, tmp_path / "out.parquet")
    (kept,) = (assets / door.KEPT).iterdir()
    (kept / "arrays.bin").write_bytes(b"")
    door.match(report, assets, tmp_path / "out.parquet")
    assert lines(tmp_path / "out.parquet") == LINES


def test_a_folder_that_cannot_be_written_to_is_matched_all_the_same(report, assets, tmp_path):
    (assets / door.KEPT).write_text("in the way")
    door.match(report, assets, tmp_path / "out.parquet")
    assert lines(tmp_path / "out.parquet") == LINES
    assert door.kept_index(assets)[1] is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [("a,b\n1,2\n", "no column ip"), ("", "empty"), ('ip\n"192.0.2.1', "report.csv")],
)
def test_a_report_that_cannot_be_read_is_refused(report, assets, tmp_path, text, reason):
    report.write_text(text)
    with pytest.raises(ValueError, match=reason):
        door.match(report, assets, tmp_path / "out.parquet")
    assert not (tmp_path / "out.parquet").exists()


def test_a_registry_that_cannot_be_read_is_refused(report, assets, tmp_path):
    (assets / "assets_asns.csv").write_text("number\n1\n")
    with pytest.raises(ValueError, match=r"assets_asns\.csv"):
        door.match(report, assets, tmp_path / "out.parquet")
    (assets / "assets_asns.csv").unlink()
    with pytest.raises(ValueError, match=r"no file assets_asns\.csv"):
        door.match(report, assets, tmp_path / "out.parquet")


def test_a_result_that_cannot_be_finished_leaves_nothing(report, assets, tmp_path, monkeypatch):
    def broken(*_arguments):
        yield door.lines_of(Index.build().match(pl.DataFrame({"address": ["192.0.2.1"]})))
        raise MemoryError

    monkeypatch.setattr(door, "_match_here", broken)
    with pytest.raises(MemoryError):
        door.match(report, assets, tmp_path / "out.parquet")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["assets", "report.csv"]


def test_an_unknown_engine_is_refused(report, assets, tmp_path):
    with pytest.raises(ValueError, match="local or ray, not spark"):
        door.match(report, assets, tmp_path / "out.parquet", engine="spark")


@pytest.mark.skipif(importlib.util.find_spec("ray") is not None, reason="ray is installed")
def test_ray_is_asked_for_where_it_is_missing(report, assets, tmp_path):
    with pytest.raises(ValueError, match=r"pip install 'schakel\[ray\]'"):
        door.match(report, assets, tmp_path / "out.parquet", engine="ray")


def test_ray_needs_an_index_that_is_kept():
    with pytest.raises(ValueError, match="must be kept"):
        next(door._match_with_ray(Index.build(), None, pl.DataFrame({"address": ["192.0.2.1"]})))


def test_a_worker_matches_blocks_and_keeps_their_row_numbers(report, assets):
    folder = door.kept_index(assets)[1]
    assert folder is not None
    rows = door.read_report(report).with_row_index("row")
    worker = door.BlockMatcher(str(folder))
    blocks = [rows[2:].to_arrow(), rows[:2].to_arrow(), rows[:0].to_arrow()]
    found = pa.concat_tables([worker(block) for block in blocks])
    assert found["row"].to_pylist() == [2, 0, 0, 0, 0, 0]
