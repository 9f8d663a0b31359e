"""Asking for advice on the next partners, and working it out."""

import time
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from schakel.journal.actions import record
from schakel.kit.progress import Progress, unwatched
from schakel.kit.queue import later
from schakel.kit.refusals import Refused, permit
from schakel.kit.states import move
from schakel.oversight.advice.answering import answer
from schakel.oversight.advice.inputs import inputs
from schakel.oversight.advice.question import Question
from schakel.oversight.coverage import snapshot
from schakel.oversight.models import ADVICE_MOVES, Advice, AdviceState
from schakel.policy.access import Actor, Permission

TOLD_SECONDS = 1.0  # How often a watched advice writes how far it is.


@transaction.atomic
def ask(*, question: Question, by: Actor, at: datetime, based_on: Advice | None = None) -> Advice:
    """Queue the question; a worker answers it. Raises NotPermitted, and Invalid for what cannot be asked."""
    permit(by.may(Permission.ADVICE_MAKE))
    advice = Advice.objects.create(
        question=question.checked().plain(), based_on=based_on, asked_by=by.name, asked_at=at
    )
    later("oversight.advise", queue="oversight", advice_id=advice.pk)
    record("oversight.advice.asked", by=by, at=at, on=advice, ceiling=question.ceiling)
    return advice


def work_out(*, advice: Advice, by: Actor, at: datetime) -> None:
    """Answer a question that waits, or that a killed worker left; what cannot be answered says why.

    Raises NotPermitted, WrongState when it is answered already.
    """
    permit(by.may(Permission.ADVICE_MAKE))
    move(advice, AdviceState.RUNNING, moves=ADVICE_MOVES, done_count=0)
    try:
        found = advise(question=Question.kept(advice.question), by=by, at=at, progress=_telling(advice))
    except Refused as refused:
        move(advice, AdviceState.FAILED, moves=ADVICE_MOVES, refusal=str(refused), ended_at=timezone.now())
        return
    with transaction.atomic():
        move(advice, AdviceState.READY, moves=ADVICE_MOVES, answer=found, ended_at=timezone.now())
        record("oversight.advice.given", by=by, at=at, on=advice, reached=found["reached"], bound=found["bound"])


def advise(*, question: Question, by: Actor, at: datetime, progress: Progress = unwatched) -> dict[str, Any]:
    """The answer to a question, now. Raises NotPermitted, and Invalid for what cannot be asked."""
    permit(by.may(Permission.ADVICE_MAKE))
    question.checked()
    held = snapshot.current(timezone.localdate(at), progress=progress)
    return answer(question, inputs(question, held, to=by), progress=progress)


def _telling(advice: Advice) -> Progress:
    """Progress that the advice's page can read."""
    told_at = time.monotonic()

    def tell(done: int, _words: str) -> None:
        nonlocal told_at
        if time.monotonic() - told_at > TOLD_SECONDS:
            told_at = time.monotonic()
            Advice.objects.filter(pk=advice.pk).update(done_count=done)

    return tell
