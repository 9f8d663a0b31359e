"""The kernel is guarded by its ratio to a plain loop and by its answers, never by seconds."""

import polars as pl
import pytest

from schakel.commands import match as door
from schakel.matching import Index
from tests.bench import kernel, workload


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("workload")
    workload.write(place, workload.Size(rows=60_000, networks=4_000, domains=8_000, asns=200, organisations=2_000))
    return place


@pytest.fixture(scope="module")
def rows(folder):
    return pl.concat([door.read_report(report) for report in sorted((folder / "reports").iterdir())])


def test_every_answer_is_the_one_worked_out_by_joins(folder, rows):
    index = Index.build(**door.read_registry(folder))
    assert len(index.refused) == 0
    assert set(kernel.differences(index, rows, pl.read_parquet(folder / "truth.parquet")).values()) == {0}


def test_a_wrong_answer_would_be_counted(folder, rows):
    tables = door.read_registry(folder)
    index = Index.build(**tables | {"networks": tables["networks"].with_columns(pl.col("asset") + 1)})
    found = kernel.differences(index, rows, pl.read_parquet(folder / "truth.parquet"))
    assert found["other_network_than_truth"] > 0
    assert found["other_domain_than_truth"] == 0


def test_the_same_seed_writes_the_same_files(folder, tmp_path):
    size = workload.Size(rows=500, networks=300, domains=300, asns=20, organisations=100)
    workload.write(tmp_path / "one", size, seed=3)
    workload.write(tmp_path / "two", size, seed=3)
    for file in sorted((tmp_path / "one").rglob("*.csv")):
        assert file.read_bytes() == (tmp_path / "two" / file.relative_to(tmp_path / "one")).read_bytes()


def test_all_holders_with_names_cost_no_more_than_three_bare_loops(folder, rows):
    """The kernel is about as fast as the loop, and does much more; three leaves room for a busy machine."""
    tables = door.read_registry(folder)
    found = kernel.rates(Index.build(**tables), rows, tables["networks"]["network"], repeats=3)
    assert found["match_to_pytricia"] > 1 / 3
