"""Runs that matched stored observations again: what changed, what was looked at, and what came of it."""

from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Path, Query, Router

from schakel.api.pages import listed
from schakel.api.rematch_shapes import RematchPage, RematchQuery, RematchShape
from schakel.api.requests import Request
from schakel.api.shapes import Key
from schakel.notices.models import Rematch

router = Router(tags=["reports"], by_alias=True)


@router.get("/rematches", response=RematchPage, operation_id="listRematches")
def index(request: Request, query: Query[RematchQuery]) -> Any:
    """Runs, newest first."""
    rows = Rematch.objects.visible_to(request.auth)
    if query.state:
        rows = rows.filter(state=query.state)
    return listed(request, rows, query)


@router.get("/rematches/{rematch_id}", response=RematchShape, operation_id="getRematch")
def show(request: Request, rematch_id: Path[Key]) -> Rematch:
    """One run."""
    return get_object_or_404(Rematch.objects.visible_to(request.auth), pk=rematch_id)
