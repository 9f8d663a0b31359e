"""Who is in a circle: taking in, letting out, who moderates."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit import queue
from schakel.kit.refusals import Invalid, Refused, WrongState, permit
from schakel.people.models import User, actor_of
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Organisation, Partner
from schakel.sharing import sealing
from schakel.sharing.circles import log
from schakel.sharing.circles.rules import memberships, moderating
from schakel.sharing.models import Circle, CircleMember
from schakel.sharing.models.circle import in_now
from schakel.sharing.words import CircleState, CircleTask

RESEAL = "sharing.reseal"
KEYS_AT_MOST = 20


class LastModerator(Refused):
    """A circle without a moderator is lost to everybody."""

    wording = _("This is the last moderator. Name another one first, or end the circle.")


@dataclass(frozen=True, slots=True)
class Seat:
    """A place in a circle: for a partner, an organisation, or with neither for the coordinator's desk.

    `mail` names the person by the address of the account; without one the whole body is in it, which only an open
    circle allows. `tasks`: for which of its tasks somebody takes part.
    """

    partner: Partner | None = None
    organisation: Organisation | None = None
    mail: str = ""
    tasks: tuple[str, ...] = ()


@transaction.atomic
def take_in(*, circle: Circle, seat: Seat, by: Actor, at: datetime, is_moderator: bool = False) -> CircleMember:
    """Take a body, or a person for a body, into a circle. Raises NotPermitted, Invalid, WrongState once it ended."""
    permit(moderating(by, circle))
    if not Circle.objects.filter(pk=circle.pk).exclude(state=CircleState.ENDED).exists():
        raise WrongState
    member = place(circle, seat, by=by, at=at, is_moderator=is_moderator)
    log.note(circle, log.EntryKind.TOOK_IN, by=by, at=at, whom=member.user_id)
    record("sharing.circle.joined", by=by, at=at, on=circle)
    return member


@transaction.atomic
def moderate(*, member: CircleMember, is_moderator: bool, by: Actor, at: datetime) -> None:
    """Make somebody a moderator, or no longer one. Raises NotPermitted, LastModerator, WrongState."""
    permit(moderating(by, member.circle))
    _keep_a_moderator(member, stays=is_moderator)
    changed = CircleMember.objects.filter(in_now(), pk=member.pk).exclude(is_moderator=is_moderator)
    if not changed.update(is_moderator=is_moderator):
        raise WrongState
    member.is_moderator = is_moderator
    log.note(member.circle, log.EntryKind.CHANGED, by=by, at=at, whom=member.user_id)
    record("sharing.circle.entrusted", by=by, at=at, on=member.circle)


@transaction.atomic
def leave(*, member: CircleMember, by: Actor, at: datetime) -> None:
    """Let a member out, or leave oneself: it reads nothing more from this moment. What it wrote stays in the circle.

    A closed circle changes its key. Raises NotPermitted, LastModerator, WrongState.
    """
    circle = member.circle
    own = memberships(by, circle).filter(pk=member.pk).exists()
    permit(own or moderating(by, circle))
    _keep_a_moderator(member, stays=False)
    if not CircleMember.objects.filter(in_now(), pk=member.pk).update(until_at=at):
        raise WrongState
    log.note(circle, log.EntryKind.LET_OUT, by=by, at=at, whom=member.user_id)
    if circle.is_closed:
        change_key(circle)
    record("sharing.circle.left", by=by, at=at, on=circle)


def change_key(circle: Circle) -> None:
    """Seal with a new key from now on, and let a job seal anew what lies under the former ones."""
    row = Circle.objects.select_for_update(no_key=True).get(pk=circle.pk)
    if len(row.former_keys) < KEYS_AT_MOST:  # So many still wait for the job that one more makes nothing safer.
        row.former_keys = [*map(bytes, row.former_keys), bytes(row.sealed_key)]
        row.sealed_key, row.key_number = sealing.new_key(), row.key_number + 1
        row.save(update_fields=["former_keys", "sealed_key", "key_number"])
    queue.later(RESEAL, once=f"reseal:{circle.pk}", circle_id=circle.pk)
    circle.refresh_from_db()


def place(circle: Circle, seat: Seat, *, by: Actor, at: datetime, is_moderator: bool = False) -> CircleMember:
    """The row of a new member, for actions that have permitted it. Raises Invalid."""
    user = _person(seat) if seat.mail.strip() else None
    _check(circle, seat, user)
    given = {"partner": seat.partner, "organisation": seat.organisation, "user": user}
    if CircleMember.objects.filter(in_now(), circle=circle, **given).exists():
        raise Invalid(_("this member is in the circle already."))
    is_desk = seat.partner is None and seat.organisation is None
    tasks = [task.value for task in CircleTask if task in seat.tasks]
    return CircleMember.objects.create(
        circle=circle, **given, is_desk=is_desk, tasks=tasks, is_moderator=is_moderator, from_at=at, added_by=by.name
    )


def _check(circle: Circle, seat: Seat, user: User | None) -> None:
    if set(seat.tasks) - set(CircleTask.values):
        raise Invalid(_("this task is not known."))
    if seat.partner is not None and seat.organisation is not None:
        raise Invalid(_("choose one body: a partner or an organisation."))
    if circle.is_closed and user is None:
        raise Invalid(_("in a closed circle are people only: give the mail address of an account."))
    if circle.is_closed and not seat.tasks:
        raise Invalid(_("say for which tasks this person takes part."))


def _person(seat: Seat) -> User:
    """The account of that address that acts for that body. Raises Invalid, alike where there is none or another."""
    partner_id = seat.partner.pk if seat.partner else None
    organisation_id = seat.organisation.pk if seat.organisation else None
    for user in User.objects.filter(email__iexact=seat.mail.strip(), is_active=True):
        actor = actor_of(user)
        if actor.may(Permission.CIRCLE_VIEW, partner_id=partner_id, organisation_id=organisation_id):
            return user
    raise Invalid(_("nobody with this mail address acts for this body here."))


def _keep_a_moderator(member: CircleMember, *, stays: bool) -> None:
    """Raises LastModerator where a closed circle would be left with nobody to run it."""
    Circle.objects.select_for_update(no_key=True).get(pk=member.circle_id)  # Two who leave at once are counted in turn.
    others = CircleMember.objects.filter(in_now(), circle=member.circle_id, is_moderator=True).exclude(pk=member.pk)
    if member.is_moderator and not stays and member.circle.is_closed and not others.exists():
        raise LastModerator
