"""The words of what partners bring, take and expect."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from schakel.kit.states import Moves


class ContributionKind(models.TextChoices):
    """In what a partner contributes (build plan, section 2.4): in kind, or money."""

    EXPERTISE = "expertise", _("expertise")
    HOURS = "hours", _("hours of people")
    VENUE = "venue", _("a place to meet")
    TOOL = "tool", _("a tool")
    DATA = "data", _("data")
    FUNDING = "funding", _("money")


class Unit(models.TextChoices):
    """In what a contribution is counted."""

    HOUR = "hour", _("hours")
    DAY = "day", _("days")
    PIECE = "piece", _("pieces")
    TIME = "time", _("times")
    EURO = "euro", _("euros")


_K, _U = ContributionKind, Unit
UNITS: dict[ContributionKind, frozenset[Unit]] = {
    _K.EXPERTISE: frozenset({_U.HOUR, _U.DAY}),
    _K.HOURS: frozenset({_U.HOUR, _U.DAY}),
    _K.VENUE: frozenset({_U.DAY, _U.TIME}),
    _K.TOOL: frozenset({_U.PIECE, _U.TIME}),
    _K.DATA: frozenset({_U.PIECE, _U.TIME}),
    _K.FUNDING: frozenset({_U.EURO}),
}
"""Which units fit which kind: money in euros, and nothing else in euros."""


class Side(models.TextChoices):
    """The two columns of an expectation (build plan, section 3.4.3)."""

    BRINGS = "brings", _("brings")
    TAKES = "takes", _("takes")


class ExpectationState(models.TextChoices):
    """How far an expectation is."""

    PROPOSED = "proposed", _("proposed")
    AGREED = "agreed", _("agreed")
    ENDED = "ended", _("ended")


EXPECTATION_MOVES: Moves[ExpectationState] = {
    ExpectationState.PROPOSED: {ExpectationState.AGREED, ExpectationState.ENDED},
    ExpectationState.AGREED: {ExpectationState.ENDED},
}


class Verdict(models.TextChoices):
    """What a review found."""

    MET = "met", _("met")
    PARTLY = "partly", _("partly met")
    NOT_MET = "not-met", _("not met")


class ConflictState(models.TextChoices):
    """How far the talks on clashing interests are."""

    OPEN = "open", _("being talked about")
    SETTLED = "settled", _("settled")
    ACCEPTED = "accepted", _("stands, and is lived with")
    DROPPED = "dropped", _("no longer a matter")


CONFLICT_MOVES: Moves[ConflictState] = {
    ConflictState.OPEN: {ConflictState.SETTLED, ConflictState.ACCEPTED, ConflictState.DROPPED},
    ConflictState.ACCEPTED: {ConflictState.SETTLED, ConflictState.DROPPED},
}
