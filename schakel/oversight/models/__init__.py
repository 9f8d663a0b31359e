"""Our own summaries of what the other apps hold: figures of the situation, coverage, and advice on partners."""

from schakel.oversight.models.advice import ADVICE_MOVES, Advice, AdviceQuerySet, AdviceState
from schakel.oversight.models.coverage import (
    Coverage,
    CoverageQuerySet,
    CoverageShare,
    CoverageShareQuerySet,
    CoverageTable,
)
from schakel.oversight.models.tally import OPEN, STOCKS, TOTAL, Figure, Tally

__all__ = [
    "ADVICE_MOVES",
    "OPEN",
    "STOCKS",
    "TOTAL",
    "Advice",
    "AdviceQuerySet",
    "AdviceState",
    "Coverage",
    "CoverageQuerySet",
    "CoverageShare",
    "CoverageShareQuerySet",
    "CoverageTable",
    "Figure",
    "Tally",
]
