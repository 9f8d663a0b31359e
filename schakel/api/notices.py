"""Notices, and answers to them: with a key, or by whoever holds the link."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Path, Query, Router
from ninja.errors import HttpError
from ninja.responses import Status

from schakel.api.pages import listed
from schakel.api.requests import Request
from schakel.api.shapes import (
    AnswerGiven,
    Key,
    LinkAnswerGiven,
    NoticeInFull,
    NoticePage,
    NoticeQuery,
    ResponseShape,
)
from schakel.notices import actions, gate, links
from schakel.notices.models import Notice, NoticeQuerySet, Response

router = Router(tags=["notices"], by_alias=True)


@router.get("/notices", response=NoticePage, operation_id="listNotices")
def index(request: Request, query: Query[NoticeQuery]) -> Any:
    """Notices, newest first."""
    wanted = query.dict(include={"state", "via", "kind"}, exclude_none=True)
    return listed(request, _seen(request).filter(**wanted), query)


@router.get("/notices/{notice_id}", response=NoticeInFull, operation_id="getNotice")
def show(request: Request, notice_id: Path[Key]) -> Notice:
    """One notice with its answers."""
    return get_object_or_404(_seen(request), pk=notice_id)


@router.post("/notices/{notice_id}/responses", response={201: ResponseShape}, operation_id="answerNotice")
def answer(request: Request, notice_id: Path[Key], given: AnswerGiven) -> Status[Response]:
    """Answer a notice that you were sent. A later answer outranks an earlier one."""
    notice = get_object_or_404(_seen(request), pk=notice_id)
    response = actions.answer(notice=notice, by=request.auth, at=timezone.now(), **given.dict())
    return Status(201, response)


@router.post("/responses", response={201: ResponseShape}, auth=None, operation_id="answerByLink")
def answer_by_link(request: Request, given: LinkAnswerGiven) -> Status[Response]:
    """Answer the notice whose signed link you hold; no key is needed."""
    now = timezone.now()
    if gate.is_shut(given.token, client=request.META["REMOTE_ADDR"], at=now):
        raise HttpError(429, "Too many requests.")
    notice = links.notice_of(given.token, at=now)
    if notice is None:
        raise Http404
    response = actions.answer(notice=notice, by=actions.LINK, at=now, **given.dict(exclude={"token"}))
    return Status(201, response)


def _seen(request: Request) -> NoticeQuerySet:
    return Notice.objects.visible_to(request.auth).with_recipient()
