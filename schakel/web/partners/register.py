"""The register of partners: the list, one partner, the roles in every function, and the list as a file."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from schakel.collaboration.models import Initiative
from schakel.kit import spreadsheet
from schakel.people.naming import names_of
from schakel.policy.access import Permission
from schakel.registry.models import (
    Activity,
    Agreement,
    Capacity,
    Commitment,
    Contact,
    Continuity,
    Maturity,
    Partner,
    PartnerStanding,
    Signal,
)
from schakel.registry.partners import activities, commitments, estimates, register
from schakel.web.entrance import needs
from schakel.web.middleware import Request
from schakel.web.partners.filter import PLACE, Filter

TAKING_PART = frozenset({PartnerStanding.JOINING, PartnerStanding.PARTNER})
COLUMNS = ("key", "name", "type", "standing", "category", "functions", "sectors", "regions", "website", "joined_on")


@require_safe
@needs(Permission.PARTNER_VIEW)
def index(request: Request) -> HttpResponse:
    """The partners that the filters in the address leave, by name."""
    asked, seen = _asked(request), Partner.objects.visible_to(request.actor)
    shown, here = asked.page(seen), reverse("partners")
    context = {
        "form": asked.form,
        "is_narrowed": bool(asked.asked),
        "rows": shown.rows,
        "count": asked.narrow(seen).count(),
        "first_url": f"{here}?{asked.query}" if PLACE in request.GET else "",
        "next_url": f"{here}?{asked.next_query(shown.next_place)}" if shown.next_place else "",
        "csv_url": f"{reverse('partners_csv')}?{asked.query}",
        "size": register.size(to=request.actor),
        "may_manage": request.actor.may(Permission.PARTNER_MANAGE),
        "signals_count": Signal.objects.visible_to(request.actor).waiting().count(),
    }
    return render(request, "partners/index.html", context)


@require_safe
@needs(Permission.PARTNER_VIEW)
def export(request: Request) -> HttpResponse:
    """The partners of the list as CSV; there are never more than some thousands."""
    rows = _asked(request).narrow(Partner.objects.visible_to(request.actor)).order_by("name", "pk")
    name = _("partners") + f"-{timezone.localdate():%Y%m%d}.csv"
    return HttpResponse(
        spreadsheet.text([COLUMNS, *(_cells(partner) for partner in rows)]),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_safe
@needs(Permission.PARTNER_VIEW)
def show(request: Request, partner_id: int) -> HttpResponse:
    """One partner: what all who take part may know, and for its own people and the coordinator the rest."""
    seen = Partner.objects.visible_to(request.actor).select_related("organisation", "successor", "profile")
    partner, today = get_object_or_404(seen, pk=partner_id), timezone.localdate()
    theirs = list(Activity.objects.visible_to(request.actor).filter(partner=partner).order_by("-side", "title"))
    context = {
        "partner": partner,
        "commitments": _commitments(request, partner),
        "today": today,
        "initiatives": Initiative.objects.visible_to(request.actor).filter(owner=partner).order_by("name", "pk"),
        "activities": theirs,
        "sides": activities.sides_of(theirs),
        "profile": getattr(partner, "profile", None),
        "capacities": _capacities(request, partner, today),
        "predecessors": partner.predecessors.order_by("name"),
        "may_manage": request.actor.may(Permission.PARTNER_MANAGE),
    }
    if request.actor.may(Permission.PARTNER_EDIT, partner_id=partner.pk):
        may_edit = partner.standing != PartnerStanding.LEFT
        context |= _inside(request, partner, today) | {"may_edit": may_edit, "may_edit_activities": may_edit}
    return render(request, "partners/show.html", context)


@require_safe
@needs(Permission.PARTNER_VIEW)
def roles(request: Request) -> HttpResponse:
    """Who leads, contributes and informs in every function, and who holds which office in the network."""
    today = timezone.localdate()
    offices = Capacity.objects.visible_to(request.actor).on(today).select_related("organisation")
    context = {
        "casts": register.roles(to=request.actor, on=today),
        "offices": offices.order_by("label", "organisation__name"),
        "may_manage": request.actor.may(Permission.PARTNER_MANAGE),
    }
    return render(request, "partners/roles.html", context)


def _asked(request: Request) -> Filter:
    return Filter(request.GET.dict(), sees_all=request.actor.may(Permission.PARTNER_MANAGE))


def _commitments(request: Request, partner: Partner) -> list[Commitment]:
    rows = Commitment.objects.visible_to(request.actor).filter(partner=partner)
    return list(rows.order_by("function", "-from_on"))


def _capacities(request: Request, partner: Partner, today: date) -> list[Capacity]:
    seen = Capacity.objects.visible_to(request.actor).on(today)
    return list(seen.filter(organisation=partner.organisation_id).order_by("label"))


def _inside(request: Request, partner: Partner, today: date) -> dict[str, Any]:
    """What is between a partner and the coordinator."""
    continuity = Continuity.objects.visible_to(request.actor).filter(partner=partner).first()
    maturities = list(Maturity.objects.visible_to(request.actor).filter(partner=partner).order_by("-stated_on", "-pk"))
    stated = [row.stated_by for row in (continuity, *maturities) if row]
    return {
        "is_inside": True,
        "agreements": Agreement.objects.visible_to(request.actor).filter(partner=partner).order_by("-from_on"),
        "may_agree": request.actor.may(Permission.AGREEMENT_MANAGE) and partner.standing in TAKING_PART,
        "may_leave": request.actor.may(Permission.AGREEMENT_SIGN, partner_id=partner.pk)
        and partner.standing in TAKING_PART,
        "continuity": continuity,
        "maturities": maturities,
        "names": names_of([partner.category_by, *stated], to=request.actor),
        "relations": estimates.by_relation(partner, on=today),
        "estimates": partner.estimates.order_by(*estimates.CELL),
        "suggestions": commitments.suggestions(partner, on=today),
        "contacts": Contact.objects.visible_to(request.actor).filter(partner=partner).order_by("role", "channel"),
        "signals": Signal.objects.visible_to(request.actor).waiting().filter(partner=partner),
    }


def _cells(partner: Partner) -> list[str]:
    return [_cell(getattr(partner, column)) for column in COLUMNS]


def _cell(value: object) -> str:
    if isinstance(value, list):
        return ";".join(value)
    return "" if value is None else str(value)
