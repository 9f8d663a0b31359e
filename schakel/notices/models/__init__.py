"""The app's tables: findings, campaigns, routes, notices, responses, and the runs that match again."""

from schakel.notices.models.campaign import Campaign, CampaignQuerySet, NetworkPhase, Phase, phase_at
from schakel.notices.models.finding import (
    FINDING_MOVES,
    HOST,
    UNSOLVED,
    AlsoSeen,
    Change,
    Finding,
    FindingQuerySet,
    FindingState,
    Severity,
)
from schakel.notices.models.notice import NOTICE_MOVES, Notice, NoticeQuerySet, NoticeState
from schakel.notices.models.rematch import REMATCH_MOVES, Rematch, RematchState
from schakel.notices.models.response import ANSWER_MOVES, Answer, Response
from schakel.notices.models.route import ROUTE_MOVES, Occasion, Route, RouteState, Via

__all__ = [
    "ANSWER_MOVES",
    "FINDING_MOVES",
    "HOST",
    "NOTICE_MOVES",
    "REMATCH_MOVES",
    "ROUTE_MOVES",
    "UNSOLVED",
    "AlsoSeen",
    "Answer",
    "Campaign",
    "CampaignQuerySet",
    "Change",
    "Finding",
    "FindingQuerySet",
    "FindingState",
    "NetworkPhase",
    "Notice",
    "NoticeQuerySet",
    "NoticeState",
    "Occasion",
    "Phase",
    "Rematch",
    "RematchState",
    "Response",
    "Route",
    "RouteState",
    "Severity",
    "Via",
    "phase_at",
]
