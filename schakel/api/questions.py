"""Questions to a function or to the network: asked, read, and settled by whoever directs."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Path, Query, Router, Status
from pydantic import AwareDatetime

from schakel.api.pages import listed
from schakel.api.requests import Request
from schakel.api.shapes import Given, Key, PageQuery, Shape, Word, Words
from schakel.governance import questions
from schakel.governance.models import Question, QuestionState
from schakel.policy.access import Permission
from schakel.registry.models import Partner

router = Router(tags=["questions"], by_alias=True)


class QuestionQuery(PageQuery):
    """Which questions. `function` is empty for those to the network as a whole."""

    function: Word | None = None
    state: QuestionState | None = None


class QuestionGiven(Given):
    """A question. `function` is empty for one to the network as a whole."""

    function: Word = ""
    title: Word
    words: Words = ""
    partner_id: Key | None = None
    is_shared: bool = False


class WordsGiven(Given):
    """What is said to whoever asked."""

    words: Words


class OwnerGiven(Given):
    """Who takes it up; empty for oneself."""

    owner: Word = ""


class FunctionGiven(Given):
    """To which function it goes; empty for the network."""

    function: Word


class QuestionShape(Shape):
    """A question and its answer. `partnerId` is told to who asked and to who directs; it is null for others."""

    id: int
    function: str
    title: str
    words: str
    partner_id: int | None
    is_shared: bool
    state: QuestionState
    asked_at: AwareDatetime
    answer: str
    settled_at: AwareDatetime | None

    @staticmethod
    def resolve_partner_id(row: Question, context: Any) -> int | None:
        """Whose it is, for those who may know."""
        is_own = context["request"].auth.may(Permission.FUNCTION_ASK, partner_id=row.partner_id)
        return row.partner_id if is_own else None

    @staticmethod
    def resolve_answer(row: Question) -> str:
        """What was answered; nothing while it waits again."""
        return row.answer if row.settled_at else ""


class QuestionPage(Shape):
    """Some questions, newest first, and where the next are."""

    items: list[QuestionShape]
    next: str | None


@router.get("/questions", response=QuestionPage, operation_id="listQuestions")
def index(request: Request, query: Query[QuestionQuery]) -> Any:
    """Questions that you may read, newest first: your own, and answered ones that are shared."""
    wanted = {name: value for name in ("function", "state") if (value := getattr(query, name)) is not None}
    return listed(request, Question.objects.visible_to(request.auth).filter(**wanted), query)


@router.get("/questions/{question_id}", response=QuestionShape, operation_id="getQuestion")
def show(request: Request, question_id: Path[Key]) -> Any:
    """One question, with its answer."""
    return _seen(request, question_id)


@router.post("/questions", response={201: QuestionShape}, operation_id="askQuestion")
def ask(request: Request, given: QuestionGiven) -> Any:
    """Put a question to a function, or to the network; a partner names itself by `partnerId`."""
    mine = Partner.objects.of(request.auth, Permission.FUNCTION_ASK)
    partner = get_object_or_404(mine, pk=given.partner_id) if given.partner_id else None
    words = given.model_dump(exclude={"partner_id"})
    return Status(201, questions.ask(partner=partner, by=request.auth, at=timezone.now(), **words))


@router.post("/questions/{question_id}/take", response=QuestionShape, operation_id="takeQuestion")
def take(request: Request, question_id: Path[Key], given: OwnerGiven) -> Any:
    """Take a question up; a settled one is opened again."""
    return _settled(request, question_id, questions.take, given)


@router.post("/questions/{question_id}/pass-on", response=QuestionShape, operation_id="passQuestionOn")
def pass_on(request: Request, question_id: Path[Key], given: FunctionGiven) -> Any:
    """Give a question that waits to another function."""
    return _settled(request, question_id, questions.pass_on, given)


@router.post("/questions/{question_id}/answer", response=QuestionShape, operation_id="answerQuestion")
def answer(request: Request, question_id: Path[Key], given: WordsGiven) -> Any:
    """Answer a question."""
    return _settled(request, question_id, questions.answer, given)


@router.post("/questions/{question_id}/decline", response=QuestionShape, operation_id="declineQuestion")
def decline(request: Request, question_id: Path[Key], given: WordsGiven) -> Any:
    """Say why a question is not taken up."""
    return _settled(request, question_id, questions.decline, given)


def _seen(request: Request, question_id: int) -> Question:
    return get_object_or_404(Question.objects.visible_to(request.auth), pk=question_id)


def _settled(request: Request, question_id: int, act: Any, given: Given) -> Question:
    question = _seen(request, question_id)
    act(question=question, by=request.auth, at=timezone.now(), **given.model_dump())
    return question
