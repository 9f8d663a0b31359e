"""Prospects: who may become a partner, in the order of building, and one of them with what is known and missing."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from schakel.kit.paging import ordered_page
from schakel.people.naming import names_of
from schakel.policy.access import Permission
from schakel.registry.models import Activity, Category, Contact, Prospect, ProspectQuerySet
from schakel.registry.partners import activities, estimates, prospects
from schakel.web import labels
from schakel.web.entrance import needs
from schakel.web.flows import Step, form_page, given, run
from schakel.web.middleware import Request
from schakel.web.partners import partner_forms
from schakel.web.partners.filter import PLACE, UNASSESSED

LISTS = {"function": "functions__contains", "sector": "sectors__contains", "region": "regions__contains"}


class FilterForm(forms.Form):
    """The filters; each may be left empty."""

    q = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=200)
    category = forms.ChoiceField(label=gettext_lazy("Category"), required=False)
    type = forms.ChoiceField(label=gettext_lazy("Type"), required=False)
    function = forms.ChoiceField(label=gettext_lazy("Function"), required=False)
    sector = forms.ChoiceField(label=gettext_lazy("Sector"), required=False)
    region = forms.ChoiceField(label=gettext_lazy("Region"), required=False)
    stale = forms.BooleanField(label=gettext_lazy("Not spoken with for long"), required=False)
    mine = forms.BooleanField(label=gettext_lazy("Mine"), required=False)

    def __init__(self, given: Mapping[str, str]) -> None:
        super().__init__(given)
        every = [("", _("all"))]
        choices: dict[str, list[object]] = {
            "category": [*every, *Category.choices, (UNASSESSED, _("not yet assessed"))],
            "type": [*every, *labels.partner_types()],
            "function": [*every, *labels.functions()],
            "sector": [*every, *labels.sectors()],
            "region": [*every, *labels.regions()],
        }
        for name, shown in choices.items():
            self.fields[name].choices = shown  # type: ignore[attr-defined]
        self.fields["q"].widget.attrs = {"type": "search", "autocomplete": "off"}


@require_safe
@needs(Permission.PROSPECT_VIEW)
def index(request: Request) -> HttpResponse:
    """Prospects in the order in which the network is built: core, ecosystem, the rest."""
    form = FilterForm(request.GET.dict())
    form.is_valid()
    asked = {name: value for name, value in form.cleaned_data.items() if value}
    seen, here = Prospect.objects.visible_to(request.actor), reverse("prospects")
    found = _narrowed(request, seen, asked)
    shown = ordered_page(prospects.ranked(found), by=["rank", "name"], place=request.GET.get(PLACE))
    context = {
        "form": form,
        "is_narrowed": bool(asked),
        "rows": [(prospect, 100 * prospect.known // prospects.ASKED) for prospect in shown.rows],  # type: ignore[attr-defined]
        "names": names_of([prospect.owned_by for prospect in shown.rows], to=request.actor),
        "count": found.count(),
        "stale_count": prospects.stale(seen, on=timezone.localdate()).count(),
        "stages": prospects.stages(to=request.actor),
        "sides": activities.sides(to=request.actor),
        "first_url": f"{here}?{urlencode(asked)}" if PLACE in request.GET else "",
        "next_url": f"{here}?{urlencode({**asked, PLACE: shown.next_place})}" if shown.next_place else "",
        "may_manage": request.actor.may(Permission.PROSPECT_MANAGE),
    }
    return render(request, "prospects/index.html", context)


@require_safe
@needs(Permission.PROSPECT_VIEW)
def show(request: Request, prospect_id: int) -> HttpResponse:
    """One prospect: what is known, what is missing, who keeps the tie."""
    seen = prospects.ranked(Prospect.objects.visible_to(request.actor)).select_related("organisation")
    prospect = get_object_or_404(seen, pk=prospect_id)
    theirs = list(Activity.objects.visible_to(request.actor).filter(partner=prospect).order_by("-side", "title"))
    may_manage = request.actor.may(Permission.PROSPECT_MANAGE)
    context = {
        "partner": prospect,
        "known": 100 * prospect.known // prospects.ASKED,  # type: ignore[attr-defined]
        "missing": _missing(prospect, theirs),
        "activities": theirs,
        "sides": activities.sides_of(theirs),
        "relations": estimates.by_relation(prospect, on=timezone.localdate()),
        "estimates": prospect.estimates.order_by(*estimates.CELL),
        "contacts": Contact.objects.filter(partner=prospect).order_by("role"),
        "names": names_of([prospect.owned_by, prospect.category_by], to=request.actor),
        "is_mine": prospect.owned_by == request.actor.name,
        "may_manage": may_manage,
        "may_edit": may_manage,
        "may_edit_activities": may_manage,
    }
    return render(request, "prospects/show.html", context)


@form_page
@needs(Permission.PROSPECT_MANAGE)
def new(request: Request) -> HttpResponse:
    """Note somebody who may become a partner."""
    here = reverse("prospects")
    step = Step(title=_("Note a prospect"), button=_("Note"), done=_("Noted."), to=here, up=((_("Prospects"), here),))
    form = partner_forms.ProspectForm(given(request))
    act: dict[str, Any] = {"by": request.actor, "at": timezone.now()}
    return run(request, step, form, lambda said: prospects.add_prospect(**act, **said))


@form_page
@needs(Permission.PROSPECT_MANAGE)
def contact(request: Request, prospect_id: int) -> HttpResponse:
    """Note a talk."""
    prospect = get_object_or_404(Prospect.objects.visible_to(request.actor), pk=prospect_id)
    here = reverse("prospect", args=[prospect.pk])
    up = ((_("Prospects"), reverse("prospects")), (prospect.name, here))
    step = Step(title=_("Note a talk"), button=_("Note"), done=_("Noted."), to=here, up=up)
    form = partner_forms.ContactForm(given(request), initial={"contacted_on": timezone.localdate()})
    act: dict[str, Any] = {"prospect": prospect, "by": request.actor, "at": timezone.now()}
    return run(request, step, form, lambda said: prospects.note_contact(**act, **said))


@require_POST
@needs(Permission.PROSPECT_MANAGE)
def take(request: Request, prospect_id: int) -> HttpResponse:
    """Keep the tie from now on."""
    prospect = get_object_or_404(Prospect.objects.visible_to(request.actor), pk=prospect_id)
    prospects.take_on(prospect=prospect, by=request.actor, at=timezone.now())
    messages.success(request, _("You keep the tie with this prospect now."))
    return redirect("prospect", prospect.pk)


def _narrowed(request: Request, seen: ProspectQuerySet, asked: Mapping[str, Any]) -> ProspectQuerySet:
    plain: dict[str, Any] = {lookup: [asked[name]] for name, lookup in LISTS.items() if name in asked}
    if "q" in asked:
        plain["name__icontains"] = asked["q"]
    if "type" in asked:
        plain["type"] = asked["type"]
    if "category" in asked:
        plain["category"] = "" if asked["category"] == UNASSESSED else asked["category"]
    if "mine" in asked:
        plain["owned_by"] = request.actor.name
    found = seen.filter(**plain)
    return prospects.stale(found, on=timezone.localdate()) if "stale" in asked else found


def _missing(prospect: Prospect, theirs: list[Activity]) -> list[str]:
    """What a complete record would hold besides, in words."""
    parts = {
        _("activities"): bool(theirs),
        _("category"): bool(prospect.category),
        _("sectors"): bool(prospect.sectors),
        _("functions"): bool(prospect.functions),
    }
    return [words for words, is_there in parts.items() if not is_there]
