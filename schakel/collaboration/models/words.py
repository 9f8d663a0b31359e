"""The words that initiatives choose from."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from schakel.kit.states import Moves


class InitiativeKind(models.TextChoices):
    """What sort of thing an initiative is."""

    PROGRAMME = "programme", _("programme")
    PROJECT = "project", _("project")
    GROUP = "group", _("group that consults")
    NETWORK = "network", _("network outside ours")
    TOOL = "tool", _("tool or channel")
    PLAN = "plan", _("plan or strategy")
    STUDY = "study", _("study")
    SCHEME = "scheme", _("funding")
    EVENT = "event", _("exercise or event")


class InitiativeState(models.TextChoices):
    """What was decided of an initiative (build plan, section 3.3: consolidation)."""

    UNDECIDED = "undecided", _("not decided yet")
    CONTINUE = "continue", _("continue")
    DEVELOP = "develop", _("develop")
    STOP = "stop", _("stop")
    MERGED = "merged", _("merged into another")


_I = InitiativeState
INITIATIVE_MOVES: Moves[InitiativeState] = {
    _I.UNDECIDED: {_I.CONTINUE, _I.DEVELOP, _I.STOP, _I.MERGED},
    _I.CONTINUE: {_I.CONTINUE, _I.DEVELOP, _I.STOP, _I.MERGED},
    _I.DEVELOP: {_I.CONTINUE, _I.DEVELOP, _I.STOP, _I.MERGED},
    _I.STOP: {_I.CONTINUE, _I.DEVELOP},
    _I.MERGED: set(),
}
"""To decide the same again, for a new reason, is a decision too. What has merged lives on in its successor."""
RUNNING = (_I.UNDECIDED, _I.CONTINUE, _I.DEVELOP)
DECIDED_BY_HAND = (_I.CONTINUE, _I.DEVELOP, _I.STOP)
"""What one owner can decide alone; to merge takes two."""


class Tie(models.TextChoices):
    """How an initiative stands to the central programme."""

    PART = "part", _("part of it")
    LINKED = "linked", _("works with it")
    OUTSIDE = "outside", _("outside it")
    UNKNOWN = "unknown", _("not looked at yet")


class Outcome(models.TextChoices):
    """What an assessment of coupling came to (roadmap 2026, information sharing)."""

    COUPLE = "couple", _("couple it")
    COOPERATE = "cooperate", _("work together, stay apart")
    LEAVE = "leave", _("leave it as it is")


class ProposalState(models.TextChoices):
    """How far a proposal to merge is."""

    OPEN = "open", _("waits for agreement")
    DONE = "done", _("agreed and done")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


PROPOSAL_MOVES: Moves[ProposalState] = {
    ProposalState.OPEN: {ProposalState.DONE, ProposalState.REFUSED, ProposalState.WITHDRAWN},
}


class Precision(models.TextChoices):
    """How exactly a day is known."""

    DAY = "day", _("day")
    MONTH = "month", _("month")
    YEAR = "year", _("year")


class ParticipantRole(models.TextChoices):
    """What somebody is in an initiative."""

    CHAIR = "chair", _("chair")
    SECRETARY = "secretary", _("secretary")
    MEMBER = "member", _("member")
    OBSERVER = "observer", _("observer")


class Step(models.TextChoices):
    """What happened to an initiative in the register."""

    ADDED = "added", _("added to the register")
    EDITED = "edited", _("description changed")
    HANDED_OVER = "handed-over", _("handed to another owner")
    DECIDED = "decided", _("decided")
    ASSESSED = "assessed", _("coupling assessed")
    CHECKED = "checked", _("checked")
    MERGED = "merged", _("merged")


class LessonState(models.TextChoices):
    """Whether an initiative does what a lesson says."""

    YES = "yes", _("we do this")
    PARTLY = "partly", _("partly")
    NO = "no", _("not yet")
    NOT_APPLICABLE = "not-applicable", _("does not apply")
