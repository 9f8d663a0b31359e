"""An organisation's own pages: what is known of it, what it uses, and the frame that its other pages share."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from schakel.kit.paging import key_of, page
from schakel.kit.refusals import Invalid, WrongState
from schakel.policy.access import Permission
from schakel.registry.constituents import products
from schakel.registry.models import LIVING, Asset, Claim, Conflict, Contact, Organisation, Product
from schakel.web import labels
from schakel.web.entrance import needs
from schakel.web.flows import at_once, form_page
from schakel.web.middleware import Request

SECTIONS = (
    ("organisation", gettext_lazy("Overview")),
    ("organisation_claims", gettext_lazy("Claims")),
    ("organisation_contacts", gettext_lazy("Contacts")),
    ("organisation_products", gettext_lazy("Products")),
    ("organisation_partners", gettext_lazy("Partners")),
)
PEOPLE = ("organisation_people", gettext_lazy("People"))
"""For who manages the organisation's own people."""


def organisation_of(request: Request, organisation_id: int) -> Organisation:
    """The organisation, where who asks answers for it; else it is not there."""
    seen = Organisation.objects.of(request.actor, Permission.CONSTITUENCY_VIEW)
    return get_object_or_404(seen, pk=organisation_id)


def may(request: Request, permission: Permission, organisation: Organisation) -> bool:
    """Whether who asks holds the permission for this organisation."""
    return Organisation.objects.of(request.actor, permission).filter(pk=organisation.pk).exists()


def frame(request: Request, organisation: Organisation, current: str) -> dict[str, Any]:
    """What every page of an organisation shows: its name and the way to its other pages."""
    manages = request.actor.may(Permission.PEOPLE_DELEGATE, organisation_id=organisation.pk)
    shown = (*SECTIONS, PEOPLE) if manages else SECTIONS
    sections = [(label, reverse(name, args=[organisation.pk]), name == current) for name, label in shown]
    is_own = request.actor.reach(Permission.CONSTITUENCY_VIEW).organisation_ids == {organisation.pk}
    return {"organisation": organisation, "sections": sections, "is_own": is_own}


def pages(request: Request, rows: Any, here: str, *, size: int = 50) -> dict[str, Any]:
    """One page of rows by key, and the way on."""
    shown = page(rows, after=key_of(request.GET.get("after")), size=size)
    return {
        "rows": shown.rows,
        "first_url": here if "after" in request.GET else "",
        "next_url": f"{here}?after={shown.next_after}" if shown.next_after else "",
    }


def done(request: Request, act: Callable[[], object], words: str, to: str) -> HttpResponse:
    """Do it, say what came of it or that somebody was faster, and go on to a page."""
    return at_once(request, act, words, to, told=(Invalid, WrongState))


@require_safe
@needs(Permission.CONSTITUENCY_VIEW)
def show(request: Request, organisation_id: int) -> HttpResponse:
    """What the network knows of an organisation: its assets, and how sure that is."""
    organisation = organisation_of(request, organisation_id)
    now = timezone.now()
    assets = Asset.objects.filter(_runs(now), organisation=organisation)
    conflicts = Conflict.objects.visible_to(request.actor).filter(asset__organisation=organisation, settled_at=None)
    context = {
        **frame(request, organisation, "organisation"),
        **pages(request, assets, reverse("organisation", args=[organisation.pk])),
        "assets_count": assets.count(),
        "claims_count": Claim.objects.filter(organisation=organisation, state__in=LIVING).count(),
        "contacts_count": Contact.objects.filter(organisation=organisation).count(),
        "products_count": Product.objects.filter(organisation=organisation).count(),
        "conflicts": list(conflicts.select_related("asset")[:20]),
        "sector": dict(labels.sectors()).get(organisation.sector, ""),
        "region": dict(labels.regions()).get(organisation.region, ""),
        "may_claim": may(request, Permission.CLAIM_MAKE, organisation),
    }
    return render(request, "organisations/show.html", context)


@form_page
@needs(Permission.CONSTITUENCY_VIEW)
def product_list(request: Request, organisation_id: int) -> HttpResponse:
    """The products that an organisation uses, and a form for one more."""
    organisation = organisation_of(request, organisation_id)
    here = reverse("organisation_products", args=[organisation.pk])
    if request.method == "POST":
        act: dict[str, Any] = {"organisation": organisation, "by": request.actor, "at": timezone.now()}
        act |= {name: request.POST.get(name, "") for name in ("vendor", "product", "version", "cpe")}
        return done(request, lambda: products.add(**act), _("The product is on the list."), here)
    context = {
        **frame(request, organisation, "organisation_products"),
        **pages(request, Product.objects.visible_to(request.actor).filter(organisation=organisation), here),
        "may_claim": may(request, Permission.CLAIM_MAKE, organisation),
    }
    return render(request, "organisations/products.html", context)


@require_POST
@needs(Permission.CONSTITUENCY_VIEW)
def product_remove(request: Request, product_id: int) -> HttpResponse:
    """Take one product off the list."""
    product = get_object_or_404(Product.objects.visible_to(request.actor), pk=product_id)
    here = reverse("organisation_products", args=[product.organisation_id])
    act: dict[str, Any] = {"product": product, "by": request.actor, "at": timezone.now()}
    return done(request, lambda: products.remove(**act), _("The product is off the list."), here)


def _runs(at: datetime) -> Q:
    """What is valid now, or will be."""
    return Q(valid_until=None) | Q(valid_until__gt=at)
