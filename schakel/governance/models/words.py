"""The words that direction chooses from."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from schakel.kit.states import Moves


class FlowKind(models.TextChoices):
    """What one function gives another: the plan's meanings, in words of our own."""

    FLOW = "flow", _("gives information")
    PRECEDES = "precedes", _("comes before")
    TRACEABILITY = "traceability", _("can be traced to")
    DISTRIBUTION = "distribution", _("spreads")
    EXERCISE = "exercise", _("exercises")
    SCENARIO = "scenario-input", _("gives scenarios")
    SPECIALISES = "specialises", _("is a special form of")
    LESSONS = "lessons", _("gives lessons")
    TRIGGER = "trigger", _("sets off")
    SIGNAL = "signal", _("shows a need for knowledge")
    PREVENTION = "prevention-products", _("helps to prevent")
    IMPROVEMENT = "improvement", _("improves")
    NEED = "need", _("asks for knowledge")
    HARVEST = "harvest", _("gathers from")


class Criterion(models.TextChoices):
    """By what products and services are chosen each year (build plan, section 4)."""

    RESULTS = "results", _("results so far")
    PLANS = "plans", _("fit with the plans")
    EVENTS = "events", _("events and threats")
    CAPACITY = "capacity", _("capacity to make it")


class OfferingKind(models.TextChoices):
    """What can be chosen."""

    PRODUCT = "product", _("product")
    SERVICE = "service", _("service")


class Decision(models.TextChoices):
    """What a selection round decides of an offering."""

    OPEN = "open", _("not decided yet")
    CHOSEN = "chosen", _("chosen")
    LATER = "later", _("perhaps a later year")
    DECLINED = "declined", _("not chosen")


class RoundState(models.TextChoices):
    """How far a selection round is."""

    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")


class QuestionState(models.TextChoices):
    """How far a question is."""

    NEW = "new", _("new")
    TAKEN = "taken", _("taken up")
    ANSWERED = "answered", _("answered")
    DECLINED = "declined", _("not taken up")


ROUND_MOVES: Moves[RoundState] = {RoundState.OPEN: {RoundState.CLOSED}}
QUESTION_MOVES: Moves[QuestionState] = {
    QuestionState.NEW: {QuestionState.TAKEN, QuestionState.ANSWERED, QuestionState.DECLINED},
    QuestionState.TAKEN: {QuestionState.ANSWERED, QuestionState.DECLINED},
    QuestionState.ANSWERED: {QuestionState.TAKEN},
    QuestionState.DECLINED: {QuestionState.TAKEN},
}
