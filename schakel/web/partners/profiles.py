"""The partners that chose to be public, for anybody: an alphabetical list and a page each, with what they chose."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from schakel.kit.paging import ordered_page
from schakel.registry.models import Activity, Profile
from schakel.web.middleware import Request
from schakel.web.partners.filter import PLACE


@require_safe
def index(request: Request) -> HttpResponse:
    """By name, and by nothing else: no partner stands above another."""
    shown = ordered_page(_seen(request), by=["partner__name"], place=request.GET.get(PLACE))
    here = reverse("profiles")
    context = {
        "rows": shown.rows,
        "first_url": here if PLACE in request.GET else "",
        "next_url": f"{here}?{PLACE}={shown.next_place}" if shown.next_place else "",
    }
    return render(request, "profiles/index.html", context)


@require_safe
def show(request: Request, partner_id: int) -> HttpResponse:
    """What one partner chose to show."""
    profile = get_object_or_404(_seen(request), partner=partner_id)
    activities = Activity.objects.none()
    if profile.shows_activities:
        activities = Activity.objects.filter(partner=profile.partner_id).order_by("title")
    return render(request, "profiles/show.html", {"profile": profile, "activities": activities})


def _seen(request: Request) -> "QuerySet[Profile]":
    return Profile.objects.visible_to(request.actor).select_related("partner")
