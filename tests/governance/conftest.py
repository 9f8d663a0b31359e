"""Functions with what the plan says of them."""

import pytest
from django.utils.translation import override

from schakel.governance.beginning import begin
from tests.cast import DESK, NOON


@pytest.fixture
def begun(db):
    """What the plan says is written down, whatever tests before this one emptied."""
    begin(by=DESK, at=NOON)


@pytest.fixture(autouse=True)
def in_english():
    """Refusals are read in the language of the code."""
    with override("en"):
        yield
