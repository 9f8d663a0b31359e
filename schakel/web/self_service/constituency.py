"""The constituency: which organisations a partner answers for, who asks to be among them, and whom one chose."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from schakel.kit.paging import key_of, ordered_page
from schakel.kit.refusals import Invalid, permit
from schakel.policy.access import Permission
from schakel.registry.constituents import enrolling
from schakel.registry.models import (
    Constituency,
    Enrolment,
    EnrolmentState,
    Organisation,
    Partner,
    PartnerQuerySet,
    PartnerStanding,
    Relation,
)
from schakel.web.entrance import needs
from schakel.web.flows import form_page
from schakel.web.middleware import Request
from schakel.web.self_service.organisations import done, frame, organisation_of, pages
from schakel.web.streams import stream

PLACE = "after"


class EnrolmentForm(forms.Form):
    """Which organisation, why, and from when until when."""

    named = forms.CharField(label=gettext_lazy("Name"), max_length=250, required=False)
    kvk = forms.CharField(
        label=gettext_lazy("KVK number"),
        max_length=12,
        required=False,
        help_text=gettext_lazy("Eight digits. With it nobody can be mistaken."),
    )
    relation = forms.ChoiceField(label=gettext_lazy("Relation"), choices=Relation.choices)
    from_on = forms.DateField(
        label=gettext_lazy("From (may stay empty)"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until_on = forms.DateField(
        label=gettext_lazy("Until (may stay empty)"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


@require_safe
@needs(Permission.CONSTITUENCY_VIEW)
def index(request: Request) -> HttpResponse:
    """The way to one's own constituency; who answers for several, or for all, chooses one."""
    reach = request.actor.reach(Permission.CONSTITUENCY_VIEW)
    partners = Partner.objects.of(request.actor, Permission.CONSTITUENCY_VIEW)
    if not reach.is_everything and len(reach.partner_ids) + len(reach.organisation_ids) == 1:
        if reach.organisation_ids:
            return redirect("organisation", next(iter(reach.organisation_ids)))
        return redirect("partner_constituency", get_object_or_404(partners).pk)
    context = {
        **pages(request, partners, reverse("constituency")),
        "organisations": list(Organisation.objects.filter(pk__in=reach.organisation_ids).order_by("name")[:50]),
        "waiting_count": Enrolment.objects.for_answer_by(request.actor).count(),
    }
    return render(request, "constituency/index.html", context)


@form_page
@needs(Permission.CONSTITUENCY_VIEW)
def show(request: Request, partner_id: int) -> HttpResponse:
    """One partner's constituency: members of today or of before, wishes that wait, and a form for one more."""
    partner = get_object_or_404(Partner.objects.of(request.actor, Permission.CONSTITUENCY_VIEW), pk=partner_id)
    here = reverse("partner_constituency", args=[partner.pk])
    form = EnrolmentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = {"partner": partner, "by": request.actor, "at": timezone.now(), **form.cleaned_data}
        try:
            enrolling.ask(**given)
        except Invalid as refused:
            form.add_error(None, str(refused))
        else:
            words = _("Asked. As soon as the organisation or the coordinator says yes, it stands in the list.")
            return done(request, lambda: None, words, here)
    context = {
        **_members(request, partner, here),
        "partner": partner,
        "form": form,
        "wishes": list(partner.enrolments.filter(state=EnrolmentState.ASKED).order_by("-pk")[:50]),
        "may_edit": request.actor.may(Permission.CONSTITUENCY_EDIT, partner_id=partner.pk),
    }
    return render(request, "constituency/show.html", context, status=400 if form.errors else 200)


@require_safe
@needs(Permission.CONSTITUENCY_VIEW)
def of_organisation(request: Request, organisation_id: int) -> HttpResponse:
    """Which partners answer for an organisation, and which of them it chose."""
    organisation = organisation_of(request, organisation_id)
    is_whole = request.actor.may(Permission.CONSTITUENCY_VIEW, organisation_id=organisation.pk)
    rows = Constituency.objects.filter(organisation=organisation).select_related("partner")
    if not is_whole:  # A partner does not learn who else answers for its constituents.
        rows = rows.filter(partner__in=Partner.objects.of(request.actor, Permission.CONSTITUENCY_VIEW))
    today = timezone.localdate()
    may_edit = request.actor.may(Permission.CONSTITUENCY_EDIT, organisation_id=organisation.pk)
    context = {
        **frame(request, organisation, "organisation_partners"),
        "rows": list(rows.exclude(partner__standing=PartnerStanding.LEFT).order_by("partner__name")[:100]),
        "today": today,
        "may_edit": may_edit,
        "may_choose": may_edit,
        "wishes": _wishes(request, organisation) if is_whole else [],
        "partners": _open_partners(organisation, today).order_by("name")[:500] if may_edit else [],
    }
    return render(request, "constituency/of_organisation.html", context)


@require_POST
@needs(Permission.CONSTITUENCY_EDIT)
def act(request: Request, constituency_id: int) -> HttpResponse:
    """End a membership on a day, or choose this partner."""
    reach = request.actor.reach(Permission.CONSTITUENCY_EDIT)
    ours = Q() if reach.is_everything else Q(partner__in=reach.partner_ids) | Q(organisation__in=reach.organisation_ids)
    row = get_object_or_404(Constituency.objects.filter(ours), pk=constituency_id)
    given: dict[str, Any] = {"constituency": row, "by": request.actor, "at": timezone.now()}
    is_partners = row.partner_id in reach.partner_ids or request.POST.get("back") == "partner"
    to = "partner_constituency" if is_partners else "organisation_partners"
    back = reverse(to, args=[row.partner_id if is_partners else row.organisation_id])
    if request.POST.get("act") == "choose":
        return done(request, lambda: enrolling.choose(**given), _("This partner is told first."), back)
    permit(request.POST.get("act") == "end")
    return done(request, lambda: enrolling.end(on=_day(request), **given), _("The membership ends on that day."), back)


@require_POST
@needs(Permission.CONSTITUENCY_EDIT)
def leave_open(request: Request, organisation_id: int) -> HttpResponse:
    """Leave it to the network which partner is told first."""
    organisation = organisation_of(request, organisation_id)
    given: dict[str, Any] = {"organisation": organisation, "by": request.actor, "at": timezone.now()}
    back = reverse("organisation_partners", args=[organisation.pk])
    return done(request, lambda: enrolling.choose_none(**given), _("The network chooses who is told first."), back)


@require_POST
@needs(Permission.CONSTITUENCY_EDIT)
def join(request: Request, organisation_id: int) -> HttpResponse:
    """Ask a partner to answer for the organisation."""
    organisation = organisation_of(request, organisation_id)
    permit(request.actor.may(Permission.CONSTITUENCY_EDIT, organisation_id=organisation.pk))
    partners = _open_partners(organisation, timezone.localdate())
    partner = get_object_or_404(partners, pk=key_of(request.POST.get("partner")) or 0)
    given: dict[str, Any] = {"partner": partner, "organisation": organisation, "by": request.actor}
    back, words = reverse("organisation_partners", args=[organisation.pk]), _("Asked. You see the answer here.")
    return done(request, lambda: enrolling.ask(at=timezone.now(), **given), words, back)


@require_safe
@needs(Permission.CONSTITUENCY_EDIT)
def wishes(request: Request) -> HttpResponse:
    """The wishes that wait for one's own answer."""
    rows = Enrolment.objects.for_answer_by(request.actor).select_related("partner", "organisation")
    context = pages(request, rows, reverse("enrolments"))
    context["is_coordinator"] = request.actor.may(Permission.CONSTITUENCY_EDIT)
    return render(request, "constituency/wishes.html", context)


@require_POST
@needs(Permission.CONSTITUENCY_EDIT)
def answer(request: Request, enrolment_id: int) -> HttpResponse:
    """Accept, refuse or withdraw a wish."""
    seen = Enrolment.objects.visible_to(request.actor).select_related("partner", "organisation")
    wish = get_object_or_404(seen, pk=enrolment_id)
    given: dict[str, Any] = {"enrolment": wish, "by": request.actor, "at": timezone.now()}
    acts = {
        "accept": (lambda: enrolling.accept(organisation=_meant(request), **given), _("Accepted.")),
        "refuse": (lambda: enrolling.refuse(reason=request.POST.get("reason", ""), **given), _("Refused.")),
        "withdraw": (lambda: enrolling.withdraw(**given), _("Withdrawn.")),
    }
    permit(request.POST.get("act", "") in acts)
    act_on, words = acts[request.POST["act"]]
    back = request.POST.get("back", "")
    names = {
        "partner": ("partner_constituency", wish.partner_id),
        "own": ("organisation_partners", wish.organisation_id),
    }
    to = reverse(names[back][0], args=[names[back][1]]) if back in names and names[back][1] else reverse("enrolments")
    return done(request, act_on, words, to)


@require_safe
@needs(Permission.CONSTITUENCY_VIEW)
def export(request: Request, partner_id: int) -> StreamingHttpResponse:
    """The whole constituency as a table, in the columns that an import reads."""
    partner = get_object_or_404(Partner.objects.of(request.actor, Permission.CONSTITUENCY_VIEW), pk=partner_id)
    pieces = enrolling.as_csv(partner=partner, by=request.actor, at=timezone.now())
    return stream(request, pieces, kind="text/csv; charset=utf-8", name=f"constituency-{partner.pk}.csv")


def _members(request: Request, partner: Partner, here: str) -> dict[str, Any]:
    """One page of the memberships, those that ended apart; found by a part of the name."""
    today, asked = timezone.localdate(), request.GET.get("q", "").strip()[:100]
    is_past = request.GET.get("past") == "yes"
    over = Q(valid_until__isnull=False, valid_until__lte=today)
    rows = Constituency.objects.filter(over if is_past else ~over, partner=partner)
    if asked:
        named = Organisation.objects.filter(pk=OuterRef("organisation_id"), name__icontains=asked)
        rows = rows.filter(Exists(named))
    shown = ordered_page(rows.select_related("organisation"), by=["organisation_id"], place=request.GET.get(PLACE))
    kept = {name: value for name, value in (("past", "yes" if is_past else ""), ("q", asked)) if value}
    seen = Organisation.objects.of(request.actor, Permission.CONSTITUENCY_VIEW)
    open_to = set(seen.filter(pk__in=[row.organisation_id for row in shown.rows]).values_list("pk", flat=True))
    return {
        "rows": shown.rows,
        "first_url": f"{here}?{urlencode(kept)}" if PLACE in request.GET else "",
        "next_url": f"{here}?{urlencode({**kept, PLACE: shown.next_place})}" if shown.next_place else "",
        "open_to": open_to,
        "asked": asked,
        "is_past": is_past,
        "today": today,
    }


def _wishes(request: Request, organisation: Organisation) -> list[Enrolment]:
    rows = Enrolment.objects.visible_to(request.actor).filter(organisation=organisation)
    return list(rows.filter(state=EnrolmentState.ASKED).select_related("partner").order_by("-pk")[:50])


def _open_partners(organisation: Organisation, today: date) -> PartnerQuerySet:
    """The partners that an organisation may know of and ask: those named in public that do not answer for it yet."""
    runs = Q(valid_until=None) | Q(valid_until__gt=today)
    already = Constituency.objects.filter(runs, organisation=organisation).values("partner_id")
    return Partner.objects.filter(standing=PartnerStanding.PARTNER, is_public=True).exclude(pk__in=already)


def _back(request: Request, wish: Enrolment) -> str:
    """The page from which a wish was answered."""
    back = request.POST.get("back", "")
    if back == "partner":
        return reverse("partner_constituency", args=[wish.partner_id])
    if back == "own" and wish.organisation_id:
        return reverse("organisation_partners", args=[wish.organisation_id])
    return reverse("enrolments")


def _day(request: Request) -> date:
    given = request.POST.get("on", "")
    try:
        return date.fromisoformat(given) if given else timezone.localdate()
    except ValueError:
        raise Invalid(_("write a day as year-month-day.")) from None


def _meant(request: Request) -> Organisation | None:
    """Which organisation the coordinator says is meant, by its key in the registry."""
    key = request.POST.get("organisation", "").strip()
    found = (
        Organisation.objects.of(request.actor, Permission.CONSTITUENCY_EDIT).filter(key=key).first() if key else None
    )
    if key and found is None:
        raise Invalid(_("there is no organisation of this key."))
    return found
