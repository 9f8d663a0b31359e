"""Who stands in the registry twice: pairs to judge, mergers and splits, and taking them back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from schakel.kit.paging import key_of, page
from schakel.kit.refusals import Invalid
from schakel.people.naming import names_of
from schakel.policy.access import Permission
from schakel.registry.models import (
    Activity,
    Asset,
    Contact,
    Likeness,
    LikenessState,
    Merger,
    Organisation,
    Partner,
    PartnerStanding,
    Prospect,
)
from schakel.registry.successions import duplicates, merging, splits
from schakel.web.entrance import needs
from schakel.web.flows import Step, form_page, given, run
from schakel.web.middleware import Request
from schakel.web.partners import merger_forms
from schakel.web.partners.editing import page_of
from schakel.web.templatetags.network import function_labels, region_labels, sector_labels, type_label

Body = Partner | Organisation
SIDES = "partner", "other_partner", "organisation", "other_organisation"
GROUNDS: dict[str, Promise] = {
    "name": gettext_lazy("the names are alike"),
    "website": gettext_lazy("the same website"),
    "organisation": gettext_lazy("the same organisation"),
    "kvk": gettext_lazy("the same KVK number"),
    "rsin": gettext_lazy("the same RSIN"),
    "oin": gettext_lazy("the same OIN"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said of both, side by side."""

    label: str
    first: str
    second: str

    @property
    def differs(self) -> bool:
        """Whether they are not the same."""
        return self.first != self.second


@require_safe
@needs(Permission.PARTNER_MANAGE)
def index(request: Request) -> HttpResponse:
    """Pairs to judge, newest first; and what was merged or split lately."""
    pairs = Likeness.objects.visible_to(request.actor).filter(state=LikenessState.OPEN)
    shown, here = page(pairs.select_related(*SIDES), after=key_of(request.GET.get("after"))), reverse("duplicates")
    mergers = Merger.objects.visible_to(request.actor).defer("moved", "absorbed")
    latest = list(
        mergers.select_related("partner", "to_partner", "organisation", "to_organisation").order_by("-pk")[:20]
    )
    at = timezone.now()
    context = {
        "rows": [(pair, *duplicates.bodies_of(pair), _grounds(pair)) for pair in shown.rows],
        "first_url": here if "after" in request.GET else "",
        "next_url": f"{here}?after={shown.next_after}" if shown.next_after else "",
        "mergers": [(one, *merging.bodies(one), merging.can_be_undone(one, at=at)) for one in latest],
        "names": names_of([one.made_by for one in latest], to=request.actor),
    }
    return render(request, "duplicates/index.html", context)


@require_safe
@needs(Permission.PARTNER_MANAGE)
def show(request: Request, pair_id: int) -> HttpResponse:
    """Two side by side."""
    pair = get_object_or_404(Likeness.objects.visible_to(request.actor).select_related(*SIDES), pk=pair_id)
    first, second = duplicates.bodies_of(pair)
    context = {
        "pair": pair,
        "first": first,
        "second": second,
        "lines": _lines(first, second),
        "grounds": _grounds(pair),
        "is_open": pair.state == LikenessState.OPEN,
        "may_keep_first": _may_stay(first, second),
        "may_keep_second": _may_stay(second, first),
        "until": _until(),
    }
    return render(request, "duplicates/show.html", context)


@require_POST
@needs(Permission.PARTNER_MANAGE)
def judge(request: Request, pair_id: int) -> HttpResponse:
    """Merge the two, or keep them apart."""
    pair = get_object_or_404(Likeness.objects.visible_to(request.actor).select_related(*SIDES), pk=pair_id)
    act: dict[str, Any] = {"pair": pair, "words": request.POST.get("words", ""), "by": request.actor}
    keep = key_of(request.POST.get("keep")) or 0
    try:
        if request.POST.get("act") == "merge":
            duplicates.merge_pair(**act, keep=keep, at=timezone.now())
        else:
            duplicates.keep_apart(**act, at=timezone.now())
    except Invalid as refused:
        messages.error(request, str(refused))
        return redirect("duplicate", pair_id)
    messages.success(request, _("Judged."))
    return redirect("duplicates")


@require_POST
@needs(Permission.PARTNER_MANAGE)
def undo(request: Request, merger_id: int) -> HttpResponse:
    """Take a merger or a split back."""
    merger = get_object_or_404(Merger.objects.visible_to(request.actor), pk=merger_id)
    merging.undo(merger=merger, by=request.actor, at=timezone.now())
    messages.success(request, _("It is taken back. What was theirs is theirs again."))
    return redirect("duplicates")


@form_page
@needs(Permission.PARTNER_MANAGE)
def merge_partner(request: Request, partner_id: int) -> HttpResponse:
    """Let a partner or a prospect become part of another that the coordinator names."""
    old = _partner(request, partner_id)
    others = Partner.objects.visible_to(request.actor).exclude(standing=PartnerStanding.LEFT).exclude(pk=old.pk)
    form = merger_forms.MergePartnerForm(given(request), others=others.order_by("name", "pk"))
    return _merge(request, old, page_of(old), form, merging.merge_partners)


@form_page
@needs(Permission.PARTNER_MANAGE)
def merge_organisation(request: Request, organisation_id: int) -> HttpResponse:
    """Let an organisation become part of another, named by its key."""
    old = get_object_or_404(Organisation.objects.visible_to(request.actor), pk=organisation_id, successor=None)
    form = merger_forms.MergeOrganisationForm(given(request), seen=Organisation.objects.visible_to(request.actor))
    return _merge(request, old, reverse("duplicates"), form, merging.merge_organisations)


@form_page
@needs(Permission.PARTNER_MANAGE)
def split_partner(request: Request, partner_id: int) -> HttpResponse:
    """Let a new partner come out of one."""
    old = get_object_or_404(Partner.objects.visible_to(request.actor), pk=partner_id, standing=PartnerStanding.PARTNER)
    contacts = Contact.objects.visible_to(request.actor).filter(partner=old)
    activities = Activity.objects.visible_to(request.actor).filter(partner=old)
    form = merger_forms.SplitPartnerForm(given(request), contacts=contacts, activities=activities, old=old)
    step = _split(old, page_of(old), _("The new partner is joining: it has no agreement of its own yet."))
    return run(request, step, form, _by(request, splits.split_partner, old))


@form_page
@needs(Permission.PARTNER_MANAGE)
def split_organisation(request: Request, organisation_id: int) -> HttpResponse:
    """Let a new organisation come out of one."""
    old = get_object_or_404(Organisation.objects.visible_to(request.actor), pk=organisation_id, successor=None)
    contacts = Contact.objects.visible_to(request.actor).filter(organisation=old)
    form = merger_forms.SplitOrganisationForm(
        given(request), assets=Asset.objects.filter(organisation=old), contacts=contacts
    )
    step = _split(old, reverse("duplicates"), _("What is found on its systems becomes the new organisation's."))
    return run(request, step, form, _by(request, splits.split_organisation, old))


def _merge(request: Request, old: Body, here: str, form: forms.Form, act: Callable[..., object]) -> HttpResponse:
    step = Step(
        title=_("Merge %(name)s into another") % {"name": old.name},
        button=_("Merge"),
        done=_("Merged. All that was theirs has followed or follows now."),
        to=here,
        up=((_("Duplicates"), reverse("duplicates")),),
        intro=f"{_('All that is theirs goes to the other.')} {_until()}",
        is_grave=True,
    )
    merging = _by(request, act, old)
    return run(request, step, form, lambda said: merging({"new": said["into"], "words": said["words"]}))


def _split(old: Body, here: str, intro: str) -> Step:
    return Step(
        title=_("Split %(name)s") % {"name": old.name},
        button=_("Split"),
        done=_("Split."),
        to=here,
        up=((_("Duplicates"), reverse("duplicates")),),
        intro=f"{intro} {_until()}",
        is_grave=True,
    )


def _by(request: Request, act: Callable[..., object], old: Body) -> Callable[[dict[str, Any]], object]:
    at = timezone.now()
    return lambda said: act(old=old, by=request.actor, at=at, **said)


def _until() -> str:
    return _("You can take this back for %(days)s days.") % {"days": settings.UNDO_DAYS}


def _partner(request: Request, partner_id: int) -> Partner:
    """A partner that has not left, or a prospect."""
    seen = Partner.objects.visible_to(request.actor).exclude(standing=PartnerStanding.LEFT)
    found = (
        seen.filter(pk=partner_id).first() or Prospect.objects.visible_to(request.actor).filter(pk=partner_id).first()
    )
    if found is None:
        raise Http404
    return found


def _grounds(pair: Likeness) -> str:
    return ", ".join(str(GROUNDS.get(ground, ground)) for ground in pair.grounds)


def _may_stay(one: Body, other: Body) -> bool:
    """A partner cannot become part of a prospect."""
    prospects = [getattr(body, "standing", "") == PartnerStanding.PROSPECT for body in (one, other)]
    return prospects != [True, False]


def _lines(first: Body, second: Body) -> list[Line]:
    said = [_said(first), _said(second)]
    return [Line(label, said[0][label], said[1][label]) for label in said[0]]


def _said(body: Body) -> dict[str, str]:
    """What is known of one, in words."""
    if isinstance(body, Partner):
        return {
            _("Name"): body.name,
            _("Key"): body.key,
            _("Standing"): str(body.get_standing_display()),
            _("Type"): type_label(body.type),
            _("Functions"): function_labels(body.functions),
            _("Sectors"): sector_labels(body.sectors),
            _("Regions"): region_labels(body.regions),
            _("Website"): body.website,
            _("Origin"): body.origin,
        }
    return {
        _("Name"): body.name,
        _("Key"): body.key,
        _("KVK number"): body.kvk or "",
        _("RSIN"): body.rsin or "",
        _("OIN"): body.oin or "",
        _("Sector"): sector_labels([body.sector] if body.sector else []),
        _("Region"): region_labels([body.region] if body.region else []),
        _("Size"): str(body.get_size_class_display()),
    }
