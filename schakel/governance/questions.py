"""What members ask, and what becomes of it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schakel.governance.functions import known
from schakel.governance.models import QUESTION_MOVES, Offering, OfferingKind, Question, QuestionState, SelectionRound
from schakel.governance.selections import propose
from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.kit.states import move
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Partner

TITLE_LIMIT = 200
WORDS_LIMIT = 4000


@transaction.atomic
def ask(
    *,
    function: str,
    title: str,
    words: str,
    partner: Partner | None,
    by: Actor,
    at: datetime,
    is_shared: bool = False,
) -> Question:
    """Put a question to a function (empty: to the network), on behalf of a partner or (None) of the coordinator.

    With `is_shared` other partners may read question and answer, without who asked. Raises NotPermitted, and Invalid
    without a question or for an unknown function.
    """
    permit(by.may(Permission.FUNCTION_ASK, partner_id=partner.pk if partner else None))
    title = " ".join(title.split())[:TITLE_LIMIT]
    if not title:
        raise Invalid(_("write down your question."))
    question = Question.objects.create(
        function=known(function) if function else "",
        title=title,
        words=words.strip()[:WORDS_LIMIT],
        partner=partner,
        asked_by=by.name,
        asked_at=at,
        is_shared=is_shared,
    )
    record("governance.question.asked", by=by, at=at, on=question, function=function)
    return question


@transaction.atomic
def take(*, question: Question, by: Actor, at: datetime, owner: str = "") -> None:
    """Take a question up, oneself or by `owner`; a settled one is opened again. Raises NotPermitted, WrongState."""
    permit(by.may(Permission.FUNCTION_MANAGE))
    owner = " ".join(owner.split())[:TITLE_LIMIT] or by.name
    move(question, QuestionState.TAKEN, moves=QUESTION_MOVES, owner=owner, settled_at=None)
    record("governance.question.taken", by=by, at=at, on=question)


@transaction.atomic
def pass_on(*, question: Question, function: str, by: Actor, at: datetime) -> None:
    """Give a question that waits to another function (empty: to the network).

    Raises NotPermitted, WrongState for a settled question, Invalid for an unknown function.
    """
    permit(by.may(Permission.FUNCTION_MANAGE))
    was, to = question.function, known(function) if function else ""
    if not Question.objects.waiting().filter(pk=question.pk).update(function=to):
        raise WrongState
    question.function = to
    record("governance.question.passed", by=by, at=at, on=question, was=was, function=to)


@transaction.atomic
def answer(*, question: Question, words: str, by: Actor, at: datetime) -> None:
    """Answer a question. Raises NotPermitted, WrongState, and Invalid without words."""
    permit(by.may(Permission.FUNCTION_MANAGE))
    words = _words(words)
    move(question, QuestionState.ANSWERED, moves=QUESTION_MOVES, answer=words, settled_at=at)
    record("governance.question.answered", by=by, at=at, on=question)


@transaction.atomic
def decline(*, question: Question, words: str, by: Actor, at: datetime) -> None:
    """Say why a question is not taken up. Raises NotPermitted, WrongState, and Invalid without words."""
    permit(by.may(Permission.FUNCTION_MANAGE))
    words = _words(words)
    move(question, QuestionState.DECLINED, moves=QUESTION_MOVES, answer=words, settled_at=at)
    record("governance.question.declined", by=by, at=at, on=question)


@transaction.atomic
def put_forward(*, question: Question, selection: SelectionRound, by: Actor, at: datetime) -> Offering:
    """Make a question a candidate of an open round of its function.

    Raises NotPermitted, WrongState for a settled question or a closed round, Invalid where the round is another
    function's or has one of that name.
    """
    permit(by.may(Permission.FUNCTION_MANAGE))
    if selection.function != question.function:
        raise Invalid(_("this round is of another function."))
    if not Question.objects.select_for_update().waiting().filter(pk=question.pk, offering=None).exists():
        raise WrongState
    offering = propose(
        selection=selection, title=question.title, kind=OfferingKind.PRODUCT, words=question.words, by=by, at=at
    )
    Question.objects.filter(pk=question.pk).update(offering=offering)
    question.offering = offering
    record("governance.question.forwarded", by=by, at=at, on=question, round=selection.pk)
    return offering


def _words(words: str) -> str:
    words = words.strip()[:WORDS_LIMIT]
    if not words:
        raise Invalid(_("say something, so that whoever asked can follow it."))
    return words
