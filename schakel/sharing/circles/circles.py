"""What is done with a circle: prepare it, open it on its ground, change what it says, change its phase, end it."""

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit import queue
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.kit.states import move
from schakel.policy.access import Actor, Permission
from schakel.sharing import sealing
from schakel.sharing.circles import log
from schakel.sharing.circles.members import Seat, place
from schakel.sharing.circles.rules import moderating, tidied
from schakel.sharing.models import CIRCLE_MOVES, Circle, CirclePhase, CircleWords
from schakel.sharing.words import CircleBasis, CircleState, Phase

TELL_PHASE = "sharing.tell_phase"


@transaction.atomic
def prepare(
    *,
    words: CircleWords,
    by: Actor,
    at: datetime,
    basis: str = CircleBasis.AGREEMENT,
    is_closed: bool = False,
    first: Seat | None = None,
) -> Circle:
    """Prepare a circle. A closed one gets its first moderator with it, and is from then on seen by its members alone.

    Raises NotPermitted, Invalid: also for a closed circle without a first moderator, who is a person with a task.
    """
    permit(by.may(Permission.CIRCLE_MANAGE))
    told = tidied(words)
    if basis not in CircleBasis.values:
        raise Invalid(_("choose the ground."))
    if is_closed and first is None:
        raise Invalid(_("name the first moderator: nobody else will see that the circle exists."))
    circle = Circle(key=secrets.token_hex(16), is_closed=is_closed, basis=basis, made_at=at, made_by=by.name)
    circle.sealed_key = sealing.new_key() if is_closed else b""
    circle.speak(told)
    circle.save()
    if first is not None:
        place(circle, first, by=by, at=at, is_moderator=True)
    record("sharing.circle.prepared", by=by, at=at, on=circle)
    return circle


@transaction.atomic
def describe(*, circle: Circle, words: CircleWords, by: Actor, at: datetime, basis: str = "") -> None:
    """Change what a circle says of itself, its ground too. Raises NotPermitted, Invalid, WrongState once it ended."""
    permit(moderating(by, circle))
    told = tidied(words)
    if basis and basis not in CircleBasis.values:
        raise Invalid(_("choose the ground."))
    row = Circle.objects.select_for_update(no_key=True).get(pk=circle.pk)
    if row.state == CircleState.ENDED:
        raise WrongState
    row.basis = basis or row.basis
    row.speak(told)
    if row.state == CircleState.OPEN:
        _check_ground(row)
    row.save()
    log.note(row, log.EntryKind.CHANGED, by=by, at=at)
    record("sharing.circle.described", by=by, at=at, on=circle)


@transaction.atomic
def open_circle(*, circle: Circle, by: Actor, at: datetime) -> None:
    """Let a circle begin to share, on its agreement or covenant.

    Raises NotPermitted, WrongState, and Invalid without a ground; a closed circle also without the place where its
    ground was published.
    """
    permit(moderating(by, circle))
    _check_ground(Circle.objects.select_for_update(no_key=True).get(pk=circle.pk))
    move(circle, CircleState.OPEN, moves=CIRCLE_MOVES, opened_at=at)
    record("sharing.circle.opened", by=by, at=at, on=circle)


def _check_ground(circle: Circle) -> None:
    if circle.has_basis:
        return
    if circle.is_closed and circle.words.basis:
        raise Invalid(_("a closed circle needs the address where its ground was published."))
    raise Invalid(_("name the agreement or covenant on which the circle shares."))


@transaction.atomic
def set_phase(*, circle: Circle, phase: str, reason: str, by: Actor, at: datetime) -> None:
    """Say in which phase a circle is; its members are told that it changed, without a word about the circle.

    Raises NotPermitted, Invalid without a reason, WrongState where it is in that phase or not open.
    """
    permit(moderating(by, circle))
    if phase not in Phase.values:
        raise Invalid(_("choose the phase."))
    if not reason.strip():
        raise Invalid(_("say why the phase changes."))
    if not Circle.objects.filter(pk=circle.pk, state=CircleState.OPEN).exclude(phase=phase).update(phase=phase):
        raise WrongState
    change = CirclePhase(circle=circle, phase=phase, at=at, by_id=by.user_id)
    change.keep({"reason": reason.strip()})
    change.save()
    circle.phase = phase
    log.note(circle, log.EntryKind.PHASE, by=by, at=at)
    queue.later(TELL_PHASE, queue="outgoing", change_id=change.pk)
    record("sharing.circle.warmed", by=by, at=at, on=circle)


@transaction.atomic
def end(*, circle: Circle, by: Actor, at: datetime) -> None:
    """Close a circle for good: with its ground ends the right to read on, so nobody reads anything of it any more.

    Raises NotPermitted, WrongState.
    """
    permit(moderating(by, circle))
    move(circle, CircleState.ENDED, moves=CIRCLE_MOVES, ended_at=at)
    record("sharing.circle.ended", by=by, at=at, on=circle)
