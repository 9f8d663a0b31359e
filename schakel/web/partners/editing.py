"""Saying things about a partner or a prospect: one step each, by whoever may."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from schakel.kit import spreadsheet
from schakel.policy.access import Permission
from schakel.registry.models import Activity, Commitment, Continuity, Estimate, Partner, PartnerStanding, Prospect
from schakel.registry.partners import activities, commitments, describing, estimates, standings
from schakel.web.entrance import needs
from schakel.web.flows import Step, Words, form_page, given, run
from schakel.web.middleware import Request
from schakel.web.partners import partner_forms

SAVE = _("Save")


@form_page
@needs(Permission.PARTNER_EDIT)
def describe(request: Request, partner_id: int) -> HttpResponse:
    """What it does, for what it is suited, and where."""
    partner = _theirs(request, partner_id)
    names = ("about", "website", "language", "functions", "regions")
    form = partner_forms.DescribeForm(given(request), initial=_now(partner, names))
    step = _step(partner, _("Change the description"))
    return run(request, step, form, _saying(request, describing.describe, partner))


@form_page
@needs(Permission.PARTNER_MANAGE)
def characterise(request: Request, partner_id: int) -> HttpResponse:
    """What it is: name, type, sectors."""
    partner = _theirs(request, partner_id)
    form = partner_forms.CharacteriseForm(given(request), initial=_now(partner, ("name", "type", "sectors")))
    step = _step(partner, _("Change name, type and sectors"))
    return run(request, step, form, _saying(request, describing.characterise, partner))


@form_page
@needs(Permission.PARTNER_MANAGE)
def assess(request: Request, partner_id: int) -> HttpResponse:
    """Where it stands in the network. A partner that is fit and no more is a connection partner."""
    partner = _theirs(request, partner_id)
    initial = {"category": partner.category or "connection", "reason": partner.category_reason}
    form = partner_forms.AssessForm(given(request), initial=initial)
    step = _step(partner, _("Assess"), intro=_("Core: strong ties and high trust. Ecosystem: a large or unique reach."))
    return run(request, step, form, _saying(request, describing.assess, partner))


@form_page
@needs(Permission.PARTNER_EDIT)
def commit(request: Request, partner_id: int) -> HttpResponse:
    """Join a function."""
    partner = _theirs(request, partner_id)
    initial = {"from_on": timezone.localdate(), "role": "informer", "function": request.GET.get("function", "")}
    may_lead = request.actor.may(Permission.PARTNER_MANAGE)
    form = partner_forms.CommitForm(given(request), initial=initial, may_lead=may_lead)
    return run(request, _step(partner, _("Join a function")), form, _saying(request, commitments.commit, partner))


@form_page
@needs(Permission.PARTNER_EDIT)
def end_commitment(request: Request, commitment_id: int) -> HttpResponse:
    """End a commitment."""
    seen = Commitment.objects.filter(partner__in=_own(request)).select_related("partner")
    commitment = get_object_or_404(seen, pk=commitment_id)
    form = partner_forms.EndForm(given(request), initial={"until_on": timezone.localdate()})
    step = _step(commitment.partner, _("End a commitment"), button=_("End"))
    act: dict[str, Any] = {"commitment": commitment, "by": request.actor, "at": timezone.now()}
    return run(request, step, form, lambda said: commitments.end_commitment(**act, **said))


@form_page
@needs(Permission.PARTNER_EDIT)
def continuity(request: Request, partner_id: int) -> HttpResponse:
    """How lasting it is."""
    partner = _theirs(request, partner_id)
    now = Continuity.objects.visible_to(request.actor).filter(partner=partner).first()
    names = ("funding", "ends_on", "hangs_on_one", "words")
    form = partner_forms.ContinuityForm(given(request), initial=_now(now, names) if now else {})
    intro = _("Only the partner itself and the coordinator read this.")
    step = _step(partner, _("How lasting"), intro=intro)
    return run(request, step, form, _saying(request, standings.state_continuity, partner))


@form_page
@needs(Permission.PARTNER_EDIT)
def maturity(request: Request, partner_id: int) -> HttpResponse:
    """How mature it is."""
    partner = _theirs(request, partner_id)
    intro = _("Only the partner itself and the coordinator read this.")
    step = _step(partner, _("How mature"), intro=intro)
    form = partner_forms.MaturityForm(given(request))
    return run(request, step, form, _saying(request, standings.state_maturity, partner))


@form_page
@needs(Permission.PARTNER_EDIT)
def profile(request: Request, partner_id: int) -> HttpResponse:
    """What the world may read of it."""
    partner = get_object_or_404(_own(request), pk=partner_id, standing=PartnerStanding.PARTNER)
    kept = getattr(partner, "profile", None)
    shows = [part for part in standings.SHOWN if kept and getattr(kept, f"shows_{part}")]
    initial = {"is_public": partner.is_public, "shows": shows, "society": kept.society if kept else ""}
    form = partner_forms.ProfileForm(given(request), initial=initial)
    intro = _("Nothing is public unless you choose so here. You can take it back at any time.")
    step = _step(partner, _("Public profile"), intro=intro)

    def act(said: dict[str, Any]) -> object:
        said["shows"] = set(said["shows"])
        return _saying(request, standings.show_publicly, partner)(said)

    return run(request, step, form, act)


@form_page
@needs(Permission.PARTNER_EDIT)
def add_activity(request: Request, partner_id: int) -> HttpResponse:
    """One more thing that it does."""
    partner = _theirs(request, partner_id)
    form = partner_forms.ActivityForm(given(request))
    step = _step(partner, _("Add an activity"), button=_("Add"))
    return run(request, step, form, _saying(request, activities.add_activity, partner))


@require_POST
@needs(Permission.PARTNER_EDIT)
def drop_activity(request: Request, activity_id: int) -> HttpResponse:
    """Take an activity off the list."""
    rows = Activity.objects.filter(_editable(request)).select_related("partner")
    activity = get_object_or_404(rows, pk=activity_id)
    activities.drop_activity(activity=activity, by=request.actor, at=timezone.now())
    return redirect(page_of(activity.partner))


@form_page
@needs(Permission.PARTNER_EDIT)
def add_estimate(request: Request, partner_id: int) -> HttpResponse:
    """A part of its constituency as a count."""
    partner = _theirs(request, partner_id)
    form = partner_forms.EstimateForm(given(request), initial={"counted_on": timezone.localdate()})
    intro = _(
        "For whom the partner gives no list. An earlier count of the same relation, sector, section, region and size "
        "goes."
    )
    step = _step(partner, _("Add a count"), button=_("Add"), intro=intro)
    return run(request, step, form, _saying(request, estimates.estimate, partner))


@require_safe
@needs(Permission.PARTNER_EDIT)
def export_estimates(request: Request, partner_id: int) -> HttpResponse:
    """The counts of one partner as the file that `schakel import estimates` reads."""
    partner = _theirs(request, partner_id)
    columns = ("partner", *estimates.CELL, "count", "source", "counted_on")
    rows = partner.estimates.order_by(*estimates.CELL).values_list("partner__key", *columns[1:])
    return HttpResponse(
        spreadsheet.text([columns, *([str(cell) for cell in row] for row in rows)]),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="estimates-{partner.key}.csv"'},
    )


@require_POST
@needs(Permission.PARTNER_EDIT)
def drop_estimate(request: Request, estimate_id: int) -> HttpResponse:
    """Take a count back."""
    row = get_object_or_404(Estimate.objects.filter(_editable(request)).select_related("partner"), pk=estimate_id)
    estimates.drop_estimate(row=row, by=request.actor, at=timezone.now())
    return redirect(page_of(row.partner))


def page_of(partner: Partner) -> str:
    """Where a partner or a prospect is shown."""
    return reverse("prospect" if partner.standing == PartnerStanding.PROSPECT else "partner", args=[partner.pk])


def _own(request: Request) -> Any:
    return Partner.objects.of(request.actor, Permission.PARTNER_EDIT)


def _editable(request: Request) -> Q:
    """Rows of partners that are the actor's to edit, and of prospects that it sees."""
    prospects = Prospect.objects.visible_to(request.actor)
    return Q(partner__in=_own(request).values("pk")) | Q(partner__in=prospects.values("pk"))


def _theirs(request: Request, partner_id: int) -> Partner:
    """The partner or prospect of which the actor may say things; others are not there."""
    found = _own(request).exclude(standing=PartnerStanding.LEFT).filter(pk=partner_id).first()
    return found or get_object_or_404(Prospect.objects.visible_to(request.actor), pk=partner_id)


def _now(row: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _saying(request: Request, act: Callable[..., object], partner: Partner) -> Callable[[dict[str, Any]], object]:
    at = timezone.now()
    return lambda said: act(partner=partner, by=request.actor, at=at, **said)


def _step(partner: Partner, title: Words, *, button: Words = SAVE, intro: Words = "") -> Step:
    is_prospect, here = partner.standing == PartnerStanding.PROSPECT, page_of(partner)
    first = (_("Prospects"), reverse("prospects")) if is_prospect else (_("Partners"), reverse("partners"))
    up = (first, (partner.name, here))
    return Step(title=title, button=button, done=_("Saved."), to=here, up=up, intro=intro)
