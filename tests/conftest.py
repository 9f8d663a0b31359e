"""Fixtures for every test."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def shared_samples() -> Path:
    """Real files of the formats we speak, where they lie beside the project."""
    samples = ROOT.parent / "shared" / "samples"
    if not samples.is_dir():
        pytest.skip(f"no folder {samples.name} beside the project: the corpus of real files is not tested here")
    return samples
