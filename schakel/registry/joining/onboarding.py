"""The first steps of a new partner: who does what, by when, and what is done."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.policy.access import Actor, Permission
from schakel.registry.files.lists import facts, slugs
from schakel.registry.models import OnboardingSide, OnboardingStep, Partner
from schakel.registry.partners.words_given import line


def words_of(slug: str, language: str) -> str:
    """What a step asks, in a language; a step that is no longer on the list stands for itself."""
    row = facts("onboarding").get(slug, {})
    return str(row.get(language, slug)) if isinstance(row, dict) else slug


@transaction.atomic
def begin(*, partner: Partner, by: Actor, at: datetime) -> list[OnboardingStep]:
    """Lay out the steps of the list for a partner; those that it has stay as they are. Raises NotPermitted."""
    permit(by.may(Permission.AGREEMENT_MANAGE))
    today = timezone.localdate(at)
    rows = [(slug, facts("onboarding")[slug]) for slug in slugs("onboarding")]
    steps = [
        OnboardingStep(partner=partner, slug=slug, side=row["side"], due_on=today + timedelta(days=row["days"]))
        for slug, row in rows
    ]
    OnboardingStep.objects.bulk_create(steps, ignore_conflicts=True)
    record("registry.onboarding.begun", by=by, at=at, on=partner, steps=len(steps))
    return steps


@transaction.atomic
def finish(*, step: OnboardingStep, by: Actor, at: datetime) -> None:
    """Say that a step is done. Raises NotPermitted, WrongState where it was."""
    _permit(step, by)
    if not OnboardingStep.objects.filter(pk=step.pk, done_at=None).update(done_at=at, done_by=by.name):
        raise WrongState
    record("registry.onboarding.finished", by=by, at=at, on=step.partner, step=step.slug)


@transaction.atomic
def reopen(*, step: OnboardingStep, by: Actor, at: datetime) -> None:
    """Say that a step is not done after all. Raises NotPermitted, WrongState where it was not."""
    _permit(step, by)
    if not OnboardingStep.objects.filter(pk=step.pk, done_at__isnull=False).update(done_at=None, done_by=""):
        raise WrongState
    record("registry.onboarding.reopened", by=by, at=at, on=step.partner, step=step.slug)


@transaction.atomic
def assign(*, step: OnboardingStep, owner: str, due_on: date, by: Actor, at: datetime) -> None:
    """Say who does a step, and by when. Raises NotPermitted, Invalid for a day before today."""
    permit(by.may(Permission.AGREEMENT_MANAGE))
    if due_on < timezone.localdate(at):
        raise Invalid(_("the day must be today or later."))
    OnboardingStep.objects.filter(pk=step.pk).update(owner=line(owner), due_on=due_on)
    record("registry.onboarding.assigned", by=by, at=at, on=step.partner, step=step.slug, due_on=due_on.isoformat())


def _permit(step: OnboardingStep, by: Actor) -> None:
    """The coordinator ticks every step, a partner its own side's."""
    is_theirs = step.side == OnboardingSide.PARTNER
    permit(
        by.may(Permission.AGREEMENT_MANAGE)
        or (is_theirs and by.may(Permission.PARTNER_EDIT, partner_id=step.partner_id))
    )
