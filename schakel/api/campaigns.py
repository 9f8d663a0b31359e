"""Campaigns and what came of them."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Path, Query, Router

from schakel.api.pages import listed
from schakel.api.requests import Request
from schakel.api.shapes import CampaignInFull, CampaignPage, CampaignQuery, Word
from schakel.notices.effect import effect
from schakel.notices.models import Campaign

router = Router(tags=["campaigns"], by_alias=True)


@router.get("/campaigns", response=CampaignPage, operation_id="listCampaigns")
def index(request: Request, query: Query[CampaignQuery]) -> Any:
    """Campaigns, newest first."""
    rows = Campaign.objects.visible_to(request.auth)
    if query.is_running is not None:
        rows = rows.filter(ended_at__isnull=query.is_running)
    return listed(request, rows, query)


@router.get("/campaigns/{slug}", response=CampaignInFull, operation_id="getCampaign")
def show(request: Request, slug: Path[Word]) -> Any:
    """One campaign with its figures, counted over the findings that you may see."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.auth), slug=slug)
    return {"campaign": campaign, "effect": effect(campaign, to=request.auth, at=timezone.now())}
