"""Choosing once a year what a function makes."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from schakel.governance.functions import known
from schakel.governance.models import (
    MOST_POINTS,
    ROUND_MOVES,
    Criterion,
    Decision,
    Offering,
    OfferingKind,
    OfferingScore,
    RoundState,
    SelectionRound,
)
from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.kit.states import move
from schakel.policy.access import Actor, Permission

FIRST_YEAR, LAST_YEAR = 2025, 2100
MOST_PLACES = 50
TITLE_LIMIT = 200
WORDS_LIMIT = 4000


@transaction.atomic
def open_round(*, function: str, year: int, places: int, by: Actor, at: datetime, words: str = "") -> SelectionRound:
    """Begin a year's choice for a function; what was chosen or put off the last time comes along, undecided.

    Raises NotPermitted, and Invalid for an unknown function, a year out of reach, no places, or a second round in one
    year.
    """
    permit(by.may(Permission.FUNCTION_MANAGE))
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid(_("the year lies between %(first)d and %(last)d.") % {"first": FIRST_YEAR, "last": LAST_YEAR})
    if not 1 <= places <= MOST_PLACES:
        raise Invalid(_("the number of places lies between 1 and %(most)d.") % {"most": MOST_PLACES})
    fields = {"places_count": places, "opened_at": at, "words": words.strip()[:WORDS_LIMIT]}
    try:
        with transaction.atomic():
            made = SelectionRound.objects.create(function=known(function), year=year, **fields)
    except IntegrityError:
        raise Invalid(_("this function has a round for that year already.")) from None
    carried = len(Offering.objects.bulk_create(_carried(made)))
    record("governance.round.opened", by=by, at=at, on=made, function=function, year=year, carried=carried)
    return made


def _carried(made: SelectionRound) -> list[Offering]:
    """What the round before chose or put off: chosen ones are weighed by their results, the others get a new chance."""
    earlier = SelectionRound.objects.filter(function=made.function, year__lt=made.year, state=RoundState.CLOSED)
    if (last := earlier.order_by("-year").first()) is None:
        return []
    kept = last.offerings.filter(decision__in=[Decision.CHOSEN, Decision.LATER]).order_by("pk")
    return [Offering(round=made, title=one.title, kind=one.kind, words=one.words, before=one) for one in kept]


@transaction.atomic
def propose(*, selection: SelectionRound, title: str, kind: str, by: Actor, at: datetime, words: str = "") -> Offering:
    """Put a product or service forward in an open round.

    Raises NotPermitted, WrongState for a closed round, and Invalid without a title, for an unknown kind, or for a
    title that the round has.
    """
    permit(by.may(Permission.FUNCTION_MANAGE))
    _hold_open(selection)
    title = " ".join(title.split())[:TITLE_LIMIT]
    if not title:
        raise Invalid(_("give the product or service a name."))
    if kind not in OfferingKind.values:
        raise Invalid(_("say whether it is a product or a service."))
    if selection.offerings.filter(title__iexact=title).exists():
        raise Invalid(_("this round has a product or service of that name already."))
    offering = Offering.objects.create(round=selection, title=title, kind=kind, words=words.strip()[:WORDS_LIMIT])
    record("governance.offering.proposed", by=by, at=at, on=offering)
    return offering


@transaction.atomic
def score(*, offering: Offering, points: dict[str, int], words: dict[str, str], by: Actor, at: datetime) -> None:
    """Say how an offering does on some of the criteria; what was said of them before gives way.

    Raises NotPermitted, WrongState for a closed round, and Invalid for an unknown criterion or points out of range.
    """
    permit(by.may(Permission.FUNCTION_MANAGE))
    _hold_open(offering.round)
    if unknown := sorted(set(points) - set(Criterion.values)):
        raise Invalid(_("there is no criterion named %(names)s.") % {"names": ", ".join(unknown)})
    if not points or any(not 1 <= given <= MOST_POINTS for given in points.values()):
        raise Invalid(_("give each criterion 1 to %(most)d points.") % {"most": MOST_POINTS})
    rows = [
        OfferingScore(offering=offering, criterion=name, points=given, words=words.get(name, "").strip()[:WORDS_LIMIT])
        for name, given in points.items()
    ]
    conflict = {"update_conflicts": True, "unique_fields": ["offering", "criterion"]}
    OfferingScore.objects.bulk_create(rows, update_fields=["points", "words"], **conflict)  # type: ignore[arg-type]
    record("governance.offering.scored", by=by, at=at, on=offering, points=points)


@transaction.atomic
def decide(*, offering: Offering, decision: str, reason: str, by: Actor, at: datetime) -> None:
    """Choose an offering, put it off or decline it, with a reason.

    Raises NotPermitted, WrongState for a closed round, and Invalid without a reason, for an unknown decision, for one
    to choose that has not been weighed on every criterion, or beyond the places of the round.
    """
    permit(by.may(Permission.FUNCTION_MANAGE))
    _hold_open(offering.round)
    reason = " ".join(reason.split())[:WORDS_LIMIT]
    if decision not in {Decision.CHOSEN, Decision.LATER, Decision.DECLINED}:
        raise Invalid(_("this decision is not known."))
    if not reason:
        raise Invalid(_("give a reason, so that a colleague can follow it."))
    if decision == Decision.CHOSEN:
        _may_be_chosen(offering)
    Offering.objects.filter(pk=offering.pk).update(decision=decision, reason=reason, decided_at=at)
    offering.refresh_from_db()
    record("governance.offering.decided", by=by, at=at, on=offering, decision=decision)


def _may_be_chosen(offering: Offering) -> None:
    weighed = set(offering.scores.values_list("criterion", flat=True))
    if missing := [str(one.label) for one in Criterion if one.value not in weighed]:
        raise Invalid(_("weigh it first on: %(criteria)s.") % {"criteria": ", ".join(missing)})
    chosen = offering.round.offerings.filter(decision=Decision.CHOSEN).exclude(pk=offering.pk).count()
    if chosen >= offering.round.places_count:
        raise Invalid(_("all places of this round are taken. Decide otherwise of another one first."))


@transaction.atomic
def close_round(*, selection: SelectionRound, by: Actor, at: datetime) -> None:
    """Close a year's choice, after which members can read it.

    Raises NotPermitted, WrongState for a closed round, and Invalid for a round in which something is undecided or
    nothing was put forward.
    """
    permit(by.may(Permission.FUNCTION_MANAGE))
    _hold_open(selection)
    decisions = list(selection.offerings.values_list("decision", flat=True))
    if not decisions:
        raise Invalid(_("nothing was put forward in this round."))
    if waiting := decisions.count(Decision.OPEN):
        raise Invalid(_("%(count)d of this round are not decided yet.") % {"count": waiting})
    move(selection, RoundState.CLOSED, moves=ROUND_MOVES, closed_at=at)
    record("governance.round.closed", by=by, at=at, on=selection, chosen=decisions.count(Decision.CHOSEN))


def _hold_open(selection: SelectionRound) -> None:
    """Keep the round as it is until the transaction ends. Raises WrongState where it is closed."""
    if not SelectionRound.objects.select_for_update().filter(pk=selection.pk, state=RoundState.OPEN).exists():
        raise WrongState
