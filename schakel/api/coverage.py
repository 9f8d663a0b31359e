"""Who can be reached, and what each partner holds of it."""

from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Query, Router

from schakel.api.coverage_shapes import CoverageQuery, CoverageShape, SharesPage, SharesQuery
from schakel.api.pages import listed, no_strangers
from schakel.api.requests import Request
from schakel.oversight.coverage import exports, reading, tables
from schakel.oversight.models import Coverage, CoverageShare
from schakel.policy.access import Permission

router = Router(tags=["coverage"], by_alias=True)


@router.get("/coverage", response=CoverageShape, operation_id="getCoverage")
def show(request: Request, query: Query[CoverageQuery]) -> Any:
    """One table of the latest count."""
    no_strangers(request, query)
    counted = get_object_or_404(Coverage.objects.visible_to(request.auth).order_by("-on")[:1])
    table = tables.named()[query.by]
    cells = reading.cells(counted, function=query.function, tables=[table])[table]
    about = {name: getattr(counted, name) for name in ("on", "counted_at", "partners_count", "memberships_count")}
    return {
        **about,
        "estimates_count": counted.estimates_count,
        "function": query.function,
        "by": query.by,
        "cells": [exports.plain(table, cell) for cell in cells],
    }


@router.get("/coverage/shares", response=SharesPage, operation_id="listCoverageShares")
def shares(request: Request, query: Query[SharesQuery]) -> Any:
    """Shares of the partners that you may see: all, or your own."""
    shown = listed(request, CoverageShare.objects.visible_to(request.auth), query)
    if not request.auth.reach(Permission.COVERAGE_VIEW).is_everything:
        for share in shown["items"]:
            share.alone = None
    return shown
