"""Campaigns: what is followed together, and what came of it."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from schakel.intake.models import TLP_CHOICES
from schakel.kit.paging import key_of, page
from schakel.kit.refusals import Invalid, permit
from schakel.notices import campaigns
from schakel.notices.effect import Day, Share, effect, open_counts
from schakel.notices.models import Campaign, Phase, phase_at
from schakel.policy.access import Permission
from schakel.web import charts, labels
from schakel.web.entrance import needs
from schakel.web.flows import form_page
from schakel.web.middleware import Request

STEPS = (
    ("told", gettext_lazy("told")),
    ("opened", gettext_lazy("opened")),
    ("answered", gettext_lazy("answered")),
    ("fixed", gettext_lazy("fixed or gone")),
)
"""The way of a finding, as a campaign counts it."""


class CampaignForm(forms.Form):
    """A title, and what the campaign is about: a weakness, a kind, or one within the other."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=campaigns.TITLE_LIMIT)
    weakness = forms.CharField(
        label=gettext_lazy("Weakness"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("A CVE number, or the name of malware. Leave it empty to follow a kind of finding."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    tlp = forms.ChoiceField(
        label=gettext_lazy("TLP label"),
        choices=TLP_CHOICES,
        initial="amber",
        help_text=gettext_lazy("Who may know of the campaign. Findings keep their own label."),
    )
    advisory_url = forms.URLField(label=gettext_lazy("Address of the advisory"), required=False, assume_scheme="https")
    advisory = forms.CharField(
        label=gettext_lazy("Advice in a few lines"),
        required=False,
        max_length=campaigns.ADVISORY_LIMIT,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, given: object = None, **more: object) -> None:
        super().__init__(given, **more)  # type: ignore[arg-type]
        self.fields["kind"].choices = [("", _("every kind")), *labels.kinds()]  # type: ignore[attr-defined]


@require_safe
@needs(Permission.CAMPAIGN_VIEW)
def index(request: Request) -> HttpResponse:
    """The campaigns, newest first, each with what is still open."""
    shown = page(Campaign.objects.visible_to(request.actor), after=key_of(request.GET.get("after")))
    still_open = open_counts(shown.rows, to=request.actor)
    here, phase = reverse("campaigns"), phase_at(timezone.now())
    context = {
        "rows": [(campaign, still_open[campaign.pk]) for campaign in shown.rows],
        "first_url": here if "after" in request.GET else "",
        "next_url": f"{here}?after={shown.next_after}" if shown.next_after else "",
        "may_manage": request.actor.may(Permission.CAMPAIGN_MANAGE),
        "phase": phase,
        "phases": [one for one in Phase if one != phase],
    }
    return render(request, "campaigns/index.html", context)


@form_page
@needs(Permission.CAMPAIGN_MANAGE)
def new(request: Request) -> HttpResponse:
    """Start a campaign."""
    known = {"weakness": request.GET.get("weakness", ""), "title": request.GET.get("weakness", "")}
    form = CampaignForm(request.POST if request.method == "POST" else None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            campaign = campaigns.start_campaign(by=request.actor, at=timezone.now(), **form.cleaned_data)
        except Invalid as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("campaign", campaign.slug)
    return render(request, "campaigns/new.html", {"form": form}, status=400 if form.errors else 200)


@require_safe
@needs(Permission.CAMPAIGN_VIEW)
def show(request: Request, slug: str) -> HttpResponse:
    """One campaign: its burn-down, and told, opened, answered and fixed per partner and sector."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.actor), slug=slug)
    figures = effect(campaign, to=request.actor, at=timezone.now())
    sectors = dict(labels.sectors())
    context = {
        "campaign": campaign,
        "effect": figures,
        "steps": [(label, getattr(figures.total, name)) for name, label in STEPS],
        "chart": _burn_down(figures.days) if figures.days else "",
        "days": reversed(figures.days),
        "partners": [(share.name, share, _bar(share)) for share in figures.partners],
        "sectors": [
            (sectors.get(one.name, one.name) or _("sector not known"), one, _bar(one)) for one in figures.sectors
        ],
        "is_whole": request.actor.reach(Permission.FINDING_VIEW).is_everything,
        "may_end": request.actor.may(Permission.CAMPAIGN_MANAGE) and campaign.ended_at is None,
    }
    return render(request, "campaigns/show.html", context)


@require_POST
@needs(Permission.CAMPAIGN_MANAGE)
def end(request: Request, slug: str) -> HttpResponse:
    """Close a campaign."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.actor), slug=slug)
    campaigns.end_campaign(campaign=campaign, by=request.actor, at=timezone.now())
    messages.success(request, _("The campaign has ended. Its figures stay here to be read."))
    return redirect("campaign", slug)


@require_POST
@needs(Permission.CAMPAIGN_MANAGE)
def set_phase(request: Request) -> HttpResponse:
    """Say in which phase the network is."""
    given, reason = request.POST.get("phase", ""), request.POST.get("reason", "")
    permit(given in Phase.values)
    try:
        campaigns.set_phase(phase=Phase(given), by=request.actor, at=timezone.now(), reason=reason)
    except Invalid as refused:
        messages.error(request, str(refused))
    return redirect("campaigns")


def _burn_down(days: tuple[Day, ...]) -> str:
    return charts.lines(
        [charts.Line(_("still open"), [day.still_open for day in days], is_area=True)],
        days=[day.on for day in days],
        title=_("Findings still open"),
        description=_("From %(first)d on the first day to %(last)d on the last.")
        % {"first": days[0].still_open, "last": days[-1].still_open},
    )


def _bar(share: Share) -> str:
    """Fixed against still open."""
    parts = [charts.Part(_("fixed or gone"), share.fixed, "good"), charts.Part(_("open"), share.still_open, "high")]
    return charts.mini_bar(parts, whole=share.findings)
