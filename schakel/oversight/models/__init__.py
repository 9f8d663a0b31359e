"""Our own summaries of what the other apps hold: figures of the situation, coverage, and advice on partners."""

from schakel.oversight.models.coverage import (
    Coverage,
    CoverageQuerySet,
    CoverageShare,
    CoverageShareQuerySet,
    CoverageTable,
)
from schakel.oversight.models.tally import OPEN, STOCKS, TOTAL, Figure, Tally

__all__ = [
    "OPEN",
    "STOCKS",
    "TOTAL",
    "Coverage",
    "CoverageQuerySet",
    "CoverageShare",
    "CoverageShareQuerySet",
    "CoverageTable",
    "Figure",
    "Tally",
]
