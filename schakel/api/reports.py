"""Reports: what came in, and where each row went."""

from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Path, Query, Router

from schakel.api.pages import listed
from schakel.api.requests import Request
from schakel.api.shapes import Key, ReportPage, ReportQuery, ReportShape
from schakel.intake.models import Report, ReportQuerySet

router = Router(tags=["reports"], by_alias=True)


@router.get("/reports", response=ReportPage, operation_id="listReports")
def index(request: Request, query: Query[ReportQuery]) -> Any:
    """Reports, newest first."""
    rows = _seen(request)
    if query.state:
        rows = rows.filter(state=query.state)
    if query.source:
        rows = rows.filter(series__source__slug=query.source)
    return listed(request, rows, query)


@router.get("/reports/{report_id}", response=ReportShape, operation_id="getReport")
def show(request: Request, report_id: Path[Key]) -> Report:
    """One report."""
    return get_object_or_404(_seen(request), pk=report_id)


def _seen(request: Request) -> ReportQuerySet:
    return Report.objects.visible_to(request.auth).select_related("series__source")
