"""Who takes part in an initiative, when they met, which partners work on which use case, and what lessons it keeps."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from schakel.collaboration import lists
from schakel.collaboration.initiatives import may_manage
from schakel.collaboration.models import (
    Initiative,
    LessonAnswer,
    LessonState,
    Meeting,
    Participant,
    ParticipantRole,
    UseCase,
    UseCaseLink,
)
from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Partner
from schakel.registry.partners.words_given import NAME_LIMIT, line, text

MOST_PEOPLE = 100_000
"""More than this many at one meeting is a slip of the hand."""


@transaction.atomic
def take_part(
    *,
    initiative: Initiative,
    by: Actor,
    at: datetime,
    partner: Partner | None = None,
    name: str = "",
    role: str = ParticipantRole.MEMBER,
    from_on: date | None = None,
) -> Participant:
    """Let a partner or an outside body take part in an initiative.

    Its owner may, and where it looks for partners a partner for itself, as a member. Raises NotPermitted, Invalid for
    neither or both, an unknown role, or one that takes part already.
    """
    permit(may_manage(by, initiative) or (role == ParticipantRole.MEMBER and may_join(by, initiative, partner)))
    name = line(name, limit=NAME_LIMIT)
    if (partner is None) == (not name):
        raise Invalid(_("choose a partner or name a body outside the network."))
    if role not in ParticipantRole.values:
        raise Invalid(_("this role is not known:"), role)
    if Participant.objects.filter(initiative=initiative, partner=partner, name=name, until_on=None).exists():
        raise Invalid(_("it takes part already."))
    row = Participant.objects.create(initiative=initiative, partner=partner, name=name, role=role, from_on=from_on)
    record("collaboration.participant.added", by=by, at=at, on=initiative, role=role)
    return row


def may_join(actor: Actor, initiative: Initiative, partner: Partner | None) -> bool:
    """Whether the actor may let that partner, which is its own, join an initiative that looks for partners."""
    is_open = initiative.is_running and bool(initiative.seeks)
    return is_open and partner is not None and actor.may(Permission.INITIATIVE_MANAGE, partner_id=partner.pk)


@transaction.atomic
def leave(*, participant: Participant, by: Actor, at: datetime) -> None:
    """End somebody's part in an initiative: the initiative's owner may, and a partner for itself.

    Raises NotPermitted, WrongState when it has ended.
    """
    initiative = participant.initiative
    is_own = by.may(Permission.INITIATIVE_MANAGE, partner_id=participant.partner_id)
    permit(may_manage(by, initiative) or is_own)
    _end(Participant, participant.pk, at)
    record("collaboration.participant.ended", by=by, at=at, on=initiative)


@transaction.atomic
def meet(
    *,
    initiative: Initiative,
    on: date,
    subject: str,
    by: Actor,
    at: datetime,
    outcome: str = "",
    attended_count: int | None = None,
) -> Meeting:
    """Write down that those who take part met, or will. Raises NotPermitted, Invalid."""
    permit(may_manage(by, initiative))
    subject = line(subject, limit=NAME_LIMIT)
    if not subject:
        raise Invalid(_("say what the meeting is about."))
    if attended_count is not None and not 0 <= attended_count <= MOST_PEOPLE:
        raise Invalid(_("this number of people cannot be right."))
    row = Meeting.objects.create(
        initiative=initiative,
        on=on,
        subject=subject,
        outcome=text(outcome),
        attended_count=attended_count,
    )
    record("collaboration.meeting.added", by=by, at=at, on=initiative, day=on.isoformat())
    return row


@transaction.atomic
def add_use_case(
    *, initiative: Initiative, name: str, by: Actor, at: datetime, name_en: str = "", about: str = ""
) -> UseCase:
    """Name something that an initiative does, on which partners can work. Raises NotPermitted, Invalid."""
    permit(may_manage(by, initiative))
    name = line(name, limit=NAME_LIMIT)
    if not name:
        raise Invalid(_("give the use case a name."))
    if UseCase.objects.filter(initiative=initiative, name=name).exists():
        raise Invalid(_("this initiative has a use case of that name."))
    row = UseCase.objects.create(
        initiative=initiative, name=name, name_en=line(name_en, limit=NAME_LIMIT), about=text(about)
    )
    record("collaboration.use_case.added", by=by, at=at, on=initiative)
    return row


@transaction.atomic
def link(*, use_case: UseCase, partner: Partner, by: Actor, at: datetime, part: str = "") -> UseCaseLink:
    """Say that a partner works on a use case: the partner itself may, and whoever manages the initiative.

    Raises NotPermitted, Invalid where it does so already, WrongState where the initiative does not run.
    """
    is_own = by.may(Permission.INITIATIVE_MANAGE, partner_id=partner.pk)
    permit(is_own or may_manage(by, use_case.initiative))
    if not use_case.initiative.is_running:
        raise WrongState
    if UseCaseLink.objects.filter(use_case=use_case, partner=partner, until_on=None).exists():
        raise Invalid(_("this partner works on it already."))
    row = UseCaseLink.objects.create(
        use_case=use_case,
        partner=partner,
        part=line(part, limit=NAME_LIMIT),
        from_on=timezone.localdate(at),
    )
    record("collaboration.use_case.linked", by=by, at=at, on=use_case, partner=partner.pk)
    return row


@transaction.atomic
def unlink(*, link: UseCaseLink, by: Actor, at: datetime) -> None:
    """Say that a partner no longer works on a use case. Raises NotPermitted, WrongState when it has ended."""
    is_own = by.may(Permission.INITIATIVE_MANAGE, partner_id=link.partner_id)
    permit(is_own or may_manage(by, link.use_case.initiative))
    _end(UseCaseLink, link.pk, at)
    record("collaboration.use_case.unlinked", by=by, at=at, on=link.use_case, partner=link.partner_id)


@transaction.atomic
def answer_lessons(*, initiative: Initiative, answers: dict[str, tuple[str, str]], by: Actor, at: datetime) -> int:
    """Say of each lesson (by slug) whether the initiative keeps it, with words; returns how many were given.

    Raises NotPermitted, Invalid for an unknown lesson or answer; then nothing is kept.
    """
    permit(may_manage(by, initiative))
    if strangers := sorted(set(answers) - {lesson.slug for lesson in lists.lessons()}):
        raise Invalid(_("this lesson is not known:"), ", ".join(strangers))
    if any(state not in LessonState.values for state, _words in answers.values()):
        raise Invalid(_("choose one of the answers."))
    today = timezone.localdate(at)
    rows = [
        LessonAnswer(initiative=initiative, lesson=slug, state=state, words=text(words), answered_on=today)
        for slug, (state, words) in answers.items()
    ]
    LessonAnswer.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["initiative", "lesson"],
        update_fields=["state", "words", "answered_on"],
    )
    record("collaboration.lessons.answered", by=by, at=at, on=initiative, count=len(rows))
    return len(rows)


def _end(model: type[Participant] | type[UseCaseLink], pk: int, at: datetime) -> None:
    """End a row's span today. Raises WrongState when somebody was faster."""
    today = timezone.localdate(at)
    open_ones = model.objects.filter(pk=pk, until_on=None)
    is_ended = open_ones.filter(Q(from_on=None) | Q(from_on__lte=today)).update(until_on=today)
    # What has not begun yet ends on the day on which it would have begun: it never was.
    if not is_ended and not open_ones.update(until_on=F("from_on")):
        raise WrongState
