"""Keeping an index in a folder."""

import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings

from schakel.matching import Index
from tests.matching import worlds
from tests.matching.plain import Claim, Row, frames, rows_frame

ROWS = [Row("192.0.2.1", "www.example.nl", 64496), Row("198.51.100.1")]
CLAIMS = [Claim("network", 1, 10, "192.0.2.0/24"), Claim("domain", 2, 20, "example.nl"), Claim("domain", 3, 30, "nl")]


@settings(max_examples=30, deadline=None)
@given(claims=worlds.claims(), rows=worlds.rows)
def test_a_kept_index_answers_like_the_first(claims, rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("kept") / "index"
    index = Index.build(
        **frames(claims), warnings=pl.DataFrame({"kind": ["domain"], "value": ["b.example.nl"], "name": ["x"]})
    )
    index.save(folder)
    kept = Index.load(folder)
    assert kept.match(rows_frame(rows)).frame().equals(index.match(rows_frame(rows)).frame())
    assert kept.match(rows_frame(rows)).warned.equals(index.match(rows_frame(rows)).warned)
    assert kept.refused.equals(index.refused)


def test_saving_again_replaces_the_whole_folder(tmp_path):
    Index.build(**frames(CLAIMS)).save(tmp_path / "index")
    Index.build(**frames(CLAIMS[:1])).save(tmp_path / "index")
    assert Index.load(tmp_path / "index").match(rows_frame(ROWS)).asset.tolist() == [1]
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


def test_a_kept_index_can_be_updated(tmp_path):
    Index.build(**frames(CLAIMS)).save(tmp_path / "index")
    index = Index.load(tmp_path / "index").update(networks=frames([Claim("network", 4, 40, "192.0.2.1")])["networks"])
    assert index.match(rows_frame(ROWS)).asset.tolist() == [4, 1, 2]


def test_saving_fails_whole(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError, match="file"):
        Index.build(**frames(CLAIMS)).save(tmp_path / "file" / "index")


def test_another_form_or_a_short_file_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError):
        Index.load(tmp_path / "index")
    Index.build(**frames(CLAIMS)).save(tmp_path / "index")
    plan = tmp_path / "index" / "plan.json"
    written = json.loads(plan.read_text())
    plan.write_text(json.dumps(written | {"form": -1}))
    with pytest.raises(ValueError, match="form -1"):
        Index.load(tmp_path / "index")
    plan.write_text(json.dumps(written))
    np.zeros(10, np.uint8).tofile(tmp_path / "index" / "arrays.bin")
    with pytest.raises(ValueError, match="ends before"):
        Index.load(tmp_path / "index")
