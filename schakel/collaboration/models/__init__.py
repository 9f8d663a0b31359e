"""The app's tables."""

from schakel.collaboration.models.initiative import (
    STALE_DAYS,
    Assessment,
    Initiative,
    InitiativeQuerySet,
    InitiativeStep,
    Milestone,
)
from schakel.collaboration.models.merging import MergeProposal, MergeProposalQuerySet
from schakel.collaboration.models.taking_part import (
    LessonAnswer,
    Meeting,
    Participant,
    UseCase,
    UseCaseLink,
    still_there,
)
from schakel.collaboration.models.words import (
    DECIDED_BY_HAND,
    INITIATIVE_MOVES,
    PROPOSAL_MOVES,
    RUNNING,
    InitiativeKind,
    InitiativeState,
    LessonState,
    Outcome,
    ParticipantRole,
    Precision,
    ProposalState,
    Step,
    Tie,
)

__all__ = [
    "DECIDED_BY_HAND",
    "INITIATIVE_MOVES",
    "PROPOSAL_MOVES",
    "RUNNING",
    "STALE_DAYS",
    "Assessment",
    "Initiative",
    "InitiativeKind",
    "InitiativeQuerySet",
    "InitiativeState",
    "InitiativeStep",
    "LessonAnswer",
    "LessonState",
    "Meeting",
    "MergeProposal",
    "MergeProposalQuerySet",
    "Milestone",
    "Outcome",
    "Participant",
    "ParticipantRole",
    "Precision",
    "ProposalState",
    "Step",
    "Tie",
    "UseCase",
    "UseCaseLink",
    "still_there",
]
