"""Findings, as far as the key's actor sees them."""

from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Path, Query, Router

from schakel.api.pages import listed
from schakel.api.requests import Request
from schakel.api.shapes import FindingPage, FindingQuery, FindingShape, Key
from schakel.notices.models import Finding, FindingQuerySet, Severity

router = Router(tags=["findings"], by_alias=True)


@router.get("/findings", response=FindingPage, operation_id="listFindings")
def index(request: Request, query: Query[FindingQuery]) -> Any:
    """Findings, newest first."""
    rows = _seen(request)
    wanted = query.dict(include={"state", "kind", "weakness", "organisation_id"}, exclude_none=True)
    if query.severity:
        wanted["severity__gte"] = Severity[query.severity.upper()]
    return listed(request, rows.filter(**wanted), query)


@router.get("/findings/{finding_id}", response=FindingShape, operation_id="getFinding")
def show(request: Request, finding_id: Path[Key]) -> Finding:
    """One finding."""
    return get_object_or_404(_seen(request), pk=finding_id)


def _seen(request: Request) -> FindingQuerySet:
    return Finding.objects.visible_to(request.auth).with_last_seen().select_related("organisation")
