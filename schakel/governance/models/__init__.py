"""Direction: what each function plans and makes, how the functions depend on each other, and what is asked of them."""

from schakel.governance.models.canvas import PARTS, Canvas
from schakel.governance.models.dependency import EVERY, Dependency
from schakel.governance.models.question import Question
from schakel.governance.models.selection import MOST_POINTS, Offering, OfferingScore, SelectionRound
from schakel.governance.models.words import (
    QUESTION_MOVES,
    ROUND_MOVES,
    Criterion,
    Decision,
    FlowKind,
    OfferingKind,
    QuestionState,
    RoundState,
)

__all__ = [
    "EVERY",
    "MOST_POINTS",
    "PARTS",
    "QUESTION_MOVES",
    "ROUND_MOVES",
    "Canvas",
    "Criterion",
    "Decision",
    "Dependency",
    "FlowKind",
    "Offering",
    "OfferingKind",
    "OfferingScore",
    "Question",
    "QuestionState",
    "RoundState",
    "SelectionRound",
]
