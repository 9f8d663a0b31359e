"""What people do to an initiative: add, describe, decide, assess, check, hand over."""

from dataclasses import fields as fields_of
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from schakel.collaboration.descriptions import Description, checked, reason_of
from schakel.collaboration.models import (
    DECIDED_BY_HAND,
    INITIATIVE_MOVES,
    Assessment,
    Initiative,
    InitiativeState,
    InitiativeStep,
    Milestone,
    Outcome,
    Precision,
    Step,
    Tie,
)
from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.kit.states import move
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Partner
from schakel.registry.partners.words_given import NAME_LIMIT, line

SLUG_LIMIT = 40  # Leaves room for a number behind it.
RESERVED = frozenset({"new", "figures", "ideas", "merges"})
"""Names that pages beside the initiatives have."""


@transaction.atomic
def add(*, description: Description, by: Actor, at: datetime) -> Initiative:
    """Put an initiative in the register. A partner adds what is its own.

    Raises NotPermitted, Invalid.
    """
    owner = description.owner
    permit(by.may(Permission.INITIATIVE_MANAGE, partner_id=owner.pk if owner else None))
    given = checked(description)
    initiative = Initiative.objects.create(
        slug=free_slug(given.name),
        made_at=at,
        checked_on=timezone.localdate(at),
        **_fields(given),
    )
    remember(initiative, Step.ADDED, by=by, at=at)
    record("collaboration.initiative.added", by=by, at=at, on=initiative, kind=initiative.kind)
    return initiative


@transaction.atomic
def edit(*, initiative: Initiative, description: Description, by: Actor, at: datetime) -> None:
    """Describe an initiative anew; only who manages all initiatives hands it to another owner.

    Raises NotPermitted, Invalid.
    """
    permit(may_manage(by, initiative))
    given = checked(description)
    owner = (given.owner.pk if given.owner else None), given.owner_name
    has_new_owner = owner != (initiative.owner_id, initiative.owner_name)
    permit(not has_new_owner or by.may(Permission.INITIATIVE_MANAGE))
    for name, value in _fields(given).items():
        setattr(initiative, name, value)
    initiative.is_from_list = False
    initiative.save()
    remember(initiative, Step.HANDED_OVER if has_new_owner else Step.EDITED, by=by, at=at)
    record("collaboration.initiative.edited", by=by, at=at, on=initiative, new_owner=has_new_owner)


@transaction.atomic
def decide(*, initiative: Initiative, state: str, reason: str, by: Actor, at: datetime) -> None:
    """Say that an initiative goes on, is developed further or stops, and why.

    Raises NotPermitted, Invalid without a reason or for what one owner cannot decide, WrongState after a merger.
    """
    permit(may_manage(by, initiative))
    if state not in DECIDED_BY_HAND:
        raise Invalid(_("choose to continue, develop or stop; a merger needs both owners."))
    reason = reason_of(reason)
    move(initiative, InitiativeState(state), moves=INITIATIVE_MOVES, state_reason=reason, is_from_list=False)
    remember(initiative, Step.DECIDED, became=state, reason=reason, by=by, at=at)
    record("collaboration.initiative.decided", by=by, at=at, on=initiative, state=state)


@transaction.atomic
def assess(*, initiative: Initiative, outcome: str, tie: str, reason: str, by: Actor, at: datetime) -> Assessment:
    """Say what coupling an initiative to the central programme would bring, and how the two stand to each other now.

    Raises NotPermitted, Invalid for an unknown outcome or tie, for no reason, and for the central programme itself.
    """
    permit(by.may(Permission.INITIATIVE_MANAGE))
    if initiative.is_central:
        raise Invalid(_("this is the central programme itself."))
    if outcome not in Outcome.values or tie not in Tie.values:
        raise Invalid(_("choose an outcome and how the two stand to each other."))
    assessment = Assessment.objects.create(
        initiative=initiative,
        outcome=outcome,
        tie=tie,
        reason=reason_of(reason),
        assessed_on=timezone.localdate(at),
        by=by.name,
    )
    _change(initiative, outcome=outcome, tie=tie)
    remember(initiative, Step.ASSESSED, became=outcome, reason=assessment.reason, by=by, at=at)
    record("collaboration.initiative.assessed", by=by, at=at, on=initiative, outcome=outcome, tie=tie)
    return assessment


@transaction.atomic
def check(*, initiative: Initiative, by: Actor, at: datetime) -> None:
    """Say that what the register tells of an initiative is right today. Raises NotPermitted."""
    permit(may_manage(by, initiative))
    today = timezone.localdate(at)
    Initiative.objects.filter(pk=initiative.pk).update(checked_on=today)
    initiative.checked_on = today
    remember(initiative, Step.CHECKED, by=by, at=at)
    record("collaboration.initiative.checked", by=by, at=at, on=initiative)


@transaction.atomic
def make_central(*, initiative: Initiative, by: Actor, at: datetime) -> None:
    """Make this the programme to which the others are compared, in the place of the one before.

    Raises NotPermitted, WrongState for one that does not run.
    """
    permit(by.may(Permission.INITIATIVE_MANAGE))
    if not initiative.is_running:
        raise WrongState
    Initiative.objects.filter(is_central=True).exclude(pk=initiative.pk).update(is_central=False, tie=Tie.UNKNOWN)
    _change(initiative, is_central=True, tie=Tie.PART)
    record("collaboration.initiative.made_central", by=by, at=at, on=initiative)


@transaction.atomic
def add_milestone(
    *, initiative: Initiative, on: date, precision: str, words: str, by: Actor, at: datetime
) -> Milestone:
    """Write down something of note in an initiative's life. Raises NotPermitted, Invalid."""
    permit(may_manage(by, initiative))
    words = line(words, limit=NAME_LIMIT)
    if not words:
        raise Invalid(_("say what happened."))
    if precision not in Precision.values:
        raise Invalid(_("say how exactly the day is known."))
    milestone, is_new = Milestone.objects.get_or_create(
        initiative=initiative, on=on, words=words, defaults={"precision": precision}
    )
    if is_new:
        record("collaboration.milestone.added", by=by, at=at, on=initiative, day=on.isoformat())
    return milestone


def may_manage(actor: Actor, initiative: Initiative) -> bool:
    """Whether the actor may change the initiative: its owner, and whoever manages all."""
    return actor.may(Permission.INITIATIVE_MANAGE, partner_id=initiative.owner_id)


def remember(  # The register's own history: the journal is for auditors.
    initiative: Initiative, step: Step, *, by: Actor, at: datetime, became: str = "", reason: str = ""
) -> None:
    """Add a step to an initiative's history, in the caller's transaction."""
    InitiativeStep.objects.create(initiative=initiative, step=step, became=became, reason=reason, by=by.name, at=at)


def free_slug(name: str) -> str:
    """A readable address that no other initiative and no page beside them has."""
    stem = slugify(name)[:SLUG_LIMIT].strip("-") or "initiative"
    taken = RESERVED | set(Initiative.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    names = (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3)))
    return next(one for one in names if one not in taken)


def owner_named(key: str) -> Partner | None:
    """The partner with that key, or None for no key. Raises Invalid for a key that no partner has."""
    if not key:
        return None
    if (partner := Partner.objects.filter(key=key).first()) is None:
        raise Invalid(_("there is no partner with this key:"), key[:NAME_LIMIT])
    return partner


def _change(initiative: Initiative, **fields: object) -> None:
    Initiative.objects.filter(pk=initiative.pk).update(is_from_list=False, **fields)
    for name, value in fields.items():
        setattr(initiative, name, value)


def _fields(given: Description) -> dict[str, object]:
    """The columns that a description fills."""
    fields = {name: getattr(given, name) for name in (one.name for one in fields_of(given)) if name != "functions"}
    return fields | {"functions": sorted(given.functions)}
