"""Advice on the next partners: ask, follow, read. For whoever builds the network alone."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Path, Query, Router, Status

from schakel.api.advice_shapes import AdviceInFull, AdvicePage, AdviceShape, QuestionGiven
from schakel.api.pages import listed
from schakel.api.requests import Request
from schakel.api.shapes import Key, PageQuery
from schakel.oversight.advice import actions
from schakel.oversight.advice.question import Question
from schakel.oversight.models import Advice

router = Router(tags=["coverage"], by_alias=True)


@router.get("/advice", response=AdvicePage, operation_id="listAdvice")
def index(request: Request, query: Query[PageQuery]) -> Any:
    """What was asked, newest first."""
    return listed(request, Advice.objects.visible_to(request.auth), query)


@router.post("/advice", response={201: AdviceShape}, operation_id="askAdvice")
def ask(request: Request, given: QuestionGiven) -> Status[Advice]:
    """Ask; a worker answers, within a minute or so."""
    question = Question.kept(given.dict())
    return Status(201, actions.ask(question=question, by=request.auth, at=timezone.now()))


@router.get("/advice/{advice_id}", response=AdviceInFull, operation_id="getAdvice")
def show(request: Request, advice_id: Path[Key]) -> Advice:
    """One advice, with its answer once it is ready."""
    return get_object_or_404(Advice.objects.visible_to(request.auth), pk=advice_id)
