"""What people do to one notice: open it, answer it, withdraw it, revoke its link."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, permit
from schakel.kit.states import move, sources_of
from schakel.notices.models import (
    ANSWER_MOVES,
    FINDING_MOVES,
    NOTICE_MOVES,
    UNSOLVED,
    Answer,
    Change,
    Finding,
    Notice,
    NoticeState,
    Response,
)
from schakel.policy.access import Actor, Permission
from schakel.policy.sharing import Standing
from schakel.registry.models import Contact

LINK = Actor(name="link")  # Whoever holds the signed link: the link itself is the permission.
LONGEST_PROMISE_DAYS = 366
WORDS_LIMIT = 4000
DENIALS = {
    Standing.AFFECTED: frozenset[Answer](),
    Standing.GUARDIAN: frozenset({Answer.NOT_OURS}),
    Standing.OPERATOR: frozenset({Answer.NOT_OURS, Answer.FALSE_ALARM}),
}
"""What nobody can say of systems that others use: it moves no finding, and the next way is tried."""


def mark_opened(*, notice: Notice, at: datetime) -> None:
    """Remember when a recipient first opened the page."""
    Notice.objects.filter(pk=notice.pk, opened_at=None).update(opened_at=at)


@transaction.atomic
def answer(
    *, notice: Notice, answer: Answer, by: Actor, at: datetime, due_on: date | None = None, words: str = ""
) -> Response:
    """Take a recipient's answer and move the notice's findings by it.

    Raises NotPermitted, Invalid for a promise without a sensible date, WrongState for a notice that was never sent.
    """
    permit(by is LINK or by.may(Permission.NOTICE_ANSWER, partner_id=notice.partner_id))
    due_on = _promise(due_on, at) if answer == Answer.WILL_FIX else None
    is_denial = answer in DENIALS[notice.standing]
    move(
        notice,
        NoticeState.ANSWERED,
        moves=NOTICE_MOVES,
        answered_at=notice.answered_at or at,
        opened_at=notice.opened_at or at,
        remind_at=at if is_denial else None,
    )
    response = Response.objects.create(
        notice=notice,
        answer=answer,
        due_on=due_on,
        words=words.strip()[:WORDS_LIMIT],
        at=at,
        given_by=by.name,
    )
    response.findings_count = 0 if is_denial else _move_findings(response)
    response.save(update_fields=["findings_count"])
    record("notices.response.given", by=by, at=at, on=notice, answer=answer, findings=response.findings_count)
    return response


@transaction.atomic
def withdraw(*, notice: Notice, by: Actor, at: datetime, reason: str) -> None:
    """Keep a notice that was not yet sent from being sent.

    Raises NotPermitted, Invalid without a reason, WrongState when it has gone.
    """
    permit(by.may(Permission.NOTICE_SEND))
    if not reason.strip():
        raise Invalid(_("give a reason, so that a colleague can follow it."))
    move(notice, NoticeState.WITHDRAWN, moves=NOTICE_MOVES)
    record("notices.notice.withdrawn", by=by, at=at, on=notice, reason=reason.strip()[:WORDS_LIMIT])


@transaction.atomic
def revoke_link(*, notice: Notice, by: Actor, at: datetime) -> None:
    """Close a notice's own page: its link opens nothing any more. Raises NotPermitted."""
    permit(by.may(Permission.NOTICE_SEND))
    Notice.objects.filter(pk=notice.pk, link_revoked_at=None).update(link_revoked_at=at)
    record("notices.link.revoked", by=by, at=at, on=notice)


@transaction.atomic
def stop_digests(*, notice: Notice, by: Actor, at: datetime) -> None:
    """Send this notice's contact nothing any more that is of low severity; what is grave still comes.

    Raises NotPermitted.
    """
    permit(by is LINK or by.may(Permission.NOTICE_SEND))
    if notice.contact_id is not None:
        Contact.objects.filter(pk=notice.contact_id).update(has_stopped_digests=True)
    record("notices.digests.stopped", by=by, at=at, on=notice)


@transaction.atomic
def mark_handled(*, response: Response, by: Actor, at: datetime) -> None:
    """Say that somebody has taken up a call for help. Raises NotPermitted."""
    permit(by.may(Permission.NOTICE_SEND))
    Response.objects.filter(pk=response.pk, handled_at=None).update(handled_at=at)
    record("notices.response.handled", by=by, at=at, on=response.notice)


def _promise(due_on: date | None, at: datetime) -> date:
    """A promise's day: today or later, within a year."""
    if due_on is None:
        raise Invalid(_("give the date by which it will be fixed."))
    if not at.date() <= due_on <= at.date() + timedelta(days=LONGEST_PROMISE_DAYS):
        raise Invalid(_("the date must be today or later, and within a year."))
    return due_on


def _move_findings(response: Response) -> int:
    """Move every finding of the notice that the answer can move, with a Change each; returns how many."""
    to = ANSWER_MOVES.get(Answer(response.answer))
    if to is None:
        return 0
    rows = (
        response.notice.findings()
        .filter(state__in=sources_of(to, moves=FINDING_MOVES))
        .select_for_update(no_key=True, of=("self",))
    )
    moved = list(rows.values_list("pk", "state"))
    closed_at = None if to in UNSOLVED else response.at
    Finding.objects.filter(pk__in=[pk for pk, _ in moved]).update(state=to, closed_at=closed_at, due_on=response.due_on)
    Change.objects.bulk_create(
        [
            Change(finding_id=pk, from_state=state, to_state=to, at=response.at, response=response)
            for pk, state in moved
        ],
        batch_size=5000,
    )
    return len(moved)
