"""Answers against a truth that somebody else worked out, where their generator lies beside the project."""

import subprocess
import sys

import numpy as np
import polars as pl
import pytest

from schakel.commands import match as door
from schakel.matching import DOMAIN, NETWORK, NOBODY, Index


@pytest.mark.slow
def test_every_answer_equals_the_independent_truth(shared_samples, tmp_path):
    script = shared_samples.parent / "bench" / "make_notification_workload.py"
    if not script.is_file():
        pytest.skip(f"no {script.name} beside the project: the independent truth is not compared here")
    subprocess.run([sys.executable, script, "--size", "small", "--out", tmp_path], check=True, capture_output=True)
    index = Index.build(**door.read_registry(tmp_path))
    truth = np.load(tmp_path / "truth.npz")
    compared = 0
    for report in sorted((tmp_path / "reports").iterdir()):
        kind = report.name.removeprefix("2026-01-15-").removesuffix("-schakel-nl.csv")
        rows = door.read_report(report)
        assert index.first(rows).organisation.tolist() == truth[f"{kind}.org"].tolist()
        matches = index.match(rows).frame().unique(["row", "basis"], keep="first", maintain_order=True)
        for basis, name in ((NETWORK, "net"), (DOMAIN, "dom")):
            lines = matches.filter(pl.col("basis").to_physical() == basis)
            found = np.full(len(rows), NOBODY)
            found[lines["row"].to_numpy()] = lines["asset"].to_numpy()
            assert found.tolist() == truth[f"{kind}.{name}"].tolist()
        compared += len(rows)
    assert compared == 10_000
