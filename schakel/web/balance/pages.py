"""The balance of what a partner brings and takes: seen by itself and the coordinator, never in an order of size."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from schakel.collaboration import balance, contributions, expectations, lists, survey
from schakel.collaboration.contributions import FIRST_YEAR
from schakel.collaboration.models import Contribution, Expectation, ExpectationReview, ExpectationState, Side
from schakel.kit.paging import key_of, ordered_page
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Partner
from schakel.web.balance.balance_forms import FORMS, ReviewForm, forms_for
from schakel.web.entrance import needs
from schakel.web.flows import Act, Step, at_once, form_page, given, is_done, run
from schakel.web.middleware import Request

Given = dict[str, Any]
SHOWN = (
    ("", gettext_lazy("all")),
    ("forgotten", gettext_lazy("not thanked for a year")),
    ("nothing", gettext_lazy("nothing stated this year")),
    ("statement", gettext_lazy("no statement this year")),
    ("review", gettext_lazy("review due")),
)
"""What the coordinator can look for."""


ACTS: dict[str, Act] = {
    "contributions": Act(contributions.contribute, gettext_lazy("Thank you. The contribution is written down.")),
    "expectations": Act(
        expectations.expect, gettext_lazy("The expectation is proposed; it holds when both sides agree.")
    ),
    "recognitions": Act(contributions.recognise, gettext_lazy("The thanks are written down.")),
    "value": Act(survey.answer, gettext_lazy("Thank you for your answer.")),
}


@require_safe
@needs(Permission.BALANCE_VIEW)
def index(request: Request) -> HttpResponse:
    """For the coordinator all partners, by name; a partner goes to its own balance."""
    reach = request.actor.reach(Permission.BALANCE_VIEW)
    if not reach.is_everything:
        own = list(_seen(request).order_by("name"))
        if len(own) == 1:
            return redirect("balance", own[0].pk)
        return render(request, "balance/own.html", {"partners": own})
    return _overview(request)


def _overview(request: Request) -> HttpResponse:
    today, here, asked = timezone.localdate(), reverse("balances"), request.GET.get("show", "")
    named = balance.overview(asked, to=request.actor, on=today)
    shown = ordered_page(named, by=["sorted_name"], place=request.GET.get("after"))
    query = f"show={asked}&" if asked in dict(SHOWN) and asked else ""
    context = {
        "rows": shown.rows,
        "choices": SHOWN,
        "asked": asked,
        "year": today.year,
        "words": survey.words_of(today.year, to=request.actor),
        "first_url": f"{here}?{query.rstrip('&')}" if "after" in request.GET else "",
        "next_url": f"{here}?{query}after={shown.next_place}" if shown.next_place else "",
    }
    return render(request, "balance/index.html", context)


@require_safe
@needs(Permission.BALANCE_VIEW)
def show(request: Request, partner_id: int) -> HttpResponse:
    """One partner's balance."""
    return _render(request, get_object_or_404(_seen(request), pk=partner_id))


@require_POST
@needs(Permission.BALANCE_EDIT)
def act(request: Request, partner_id: int, name: str) -> HttpResponse:
    """Do one act; where its form is wrong the page comes back with it."""
    partner = get_object_or_404(_seen(request), pk=partner_id)
    form = FORMS[name](request.POST, prefix=name, partner=partner)
    if is_done(request, ACTS[name], form, partner=partner):
        return redirect("balance", partner_id)
    return _render(request, partner, faulty=(name, form), status=400)


def _render(
    request: Request, partner: Partner, *, faulty: tuple[str, Form] | None = None, status: int = 200
) -> HttpResponse:
    actor, today = request.actor, timezone.localdate()
    year = _year(request.GET.get("year"), today)
    is_own = partner.pk in actor.reach(Permission.BALANCE_EDIT).partner_ids
    context = {
        "partner": partner,
        "year": year,
        "years": range(today.year + 1, FIRST_YEAR - 1, -1),
        "balance": balance.of(partner, year=year, to=actor),
        "expectations": _expectations(partner, actor, today),
        "answer": balance.answer_of(partner, year=year, to=actor),
        "value_names": {one.slug: one.words for one in lists.values()},
        "thanks": {one.slug: one.words for one in lists.recognitions()},
        "forms": forms_for(partner, faulty),
        "review_form": ReviewForm(prefix="review", partner=partner),
        "is_own": is_own,
        "may_edit": actor.may(Permission.BALANCE_EDIT, partner_id=partner.pk),
        "may_thank": actor.may(Permission.BALANCE_EDIT),
        "trend": survey.trend(actor),
    }
    return render(request, "balance/show.html", context, status=status)


def _expectations(
    partner: Partner, actor: Actor, today: date
) -> list[tuple[Any, list[tuple[Expectation, bool, bool]]]]:
    """The two columns, what runs first: an expectation, whether it waits for us, whether its review is due."""
    reviews = ExpectationReview.objects.order_by("-reviewed_on", "-pk")
    found = Expectation.objects.visible_to(actor).filter(partner=partner)
    rows = list(found.prefetch_related(Prefetch("reviews", reviews)).order_by("-pk"))
    rows.sort(key=lambda row: row.state == ExpectationState.ENDED)
    return [
        (side, [(row, expectations.awaits(row, actor), _is_due(row, today)) for row in rows if row.side == side])
        for side in Side
    ]


def _is_due(row: Expectation, today: date) -> bool:
    return row.state != ExpectationState.ENDED and row.review_on <= today


@require_safe
@needs(Permission.BALANCE_VIEW)
def export(request: Request, partner_id: int) -> HttpResponse:
    """Everything that the partner stated, as CSV."""
    partner = get_object_or_404(_seen(request), pk=partner_id)
    told = balance.contributions_csv(partner, by=request.actor, at=timezone.now())
    name = _("contributions") + f"-{timezone.localtime():%Y%m%d-%H%M}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(told, content_type="text/csv; charset=utf-8", headers=headers)


@require_POST
@needs(Permission.BALANCE_EDIT)
def withdraw(request: Request, contribution_id: int) -> HttpResponse:
    """Take back what was stated by mistake."""
    row = get_object_or_404(Contribution.objects.visible_to(request.actor), pk=contribution_id)
    contributions.withdraw(contribution=row, by=request.actor, at=timezone.now())
    messages.success(request, _("The contribution is taken back and counts no more."))
    return redirect("balance", row.partner_id)


@require_POST
@needs(Permission.BALANCE_EDIT)
def agree(request: Request, expectation_id: int) -> HttpResponse:
    """Agree to an expectation."""
    row = _expectation(request, expectation_id)
    expectations.agree(expectation=row, by=request.actor, at=timezone.now())
    messages.success(request, _("Both sides have agreed."))
    return redirect("balance", row.partner_id)


@form_page
@needs(Permission.BALANCE_EDIT)
def review(request: Request, expectation_id: int) -> HttpResponse:
    """Look back at an expectation."""
    row = _expectation(request, expectation_id)
    step = Step(
        title=_("Review an expectation"),
        button=_("Write it down"),
        done=_("The review is written down."),
        to=reverse("balance", args=[row.partner_id]),
        up=((_("Balance"), reverse("balances")), (row.partner.name, reverse("balance", args=[row.partner_id]))),
        context={"expectation": row},
        template="balance/review.html",
    )
    act: Given = {"expectation": row, "by": request.actor, "at": timezone.now()}
    form = ReviewForm(given(request), prefix="review", partner=row.partner)
    return run(request, step, form, lambda said: expectations.review(**act, **said))


@require_POST
@needs(Permission.BALANCE_EDIT)
def end(request: Request, expectation_id: int) -> HttpResponse:
    """Drop an expectation, with the reason."""
    row, reason = _expectation(request, expectation_id), request.POST.get("reason", "")
    act: Given = {"expectation": row, "reason": reason, "by": request.actor, "at": timezone.now()}
    here = reverse("balance", args=[row.partner_id])
    return at_once(request, lambda: expectations.end(**act), _("The expectation has ended."), here)


def _expectation(request: Request, expectation_id: int) -> Expectation:
    seen = Expectation.objects.visible_to(request.actor).select_related("partner")
    return get_object_or_404(seen, pk=expectation_id)


def _seen(request: Request) -> Any:
    """The partners whose balance the actor may see: all, or its own."""
    return Partner.objects.of(request.actor, Permission.BALANCE_VIEW)


def _year(given: str | None, today: date) -> int:
    """The year of the address, or this one where it is none."""
    year = key_of(given) or today.year
    return min(max(year, FIRST_YEAR), today.year + 1)


urlpatterns: list[URLPattern] = [
    path(f"network/balance/<int:partner_id>/{name}", act, {"name": name}, name=f"balance_{name}") for name in ACTS
]
