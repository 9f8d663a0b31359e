"""The register of interests, which partners read of each other, and the talks where interests clash."""

from typing import Any

from django.contrib import messages
from django.db.models.functions import Lower
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from schakel.collaboration import balance, interests, register
from schakel.collaboration.models import CONFLICT_MOVES, ConflictState, InterestConflict, InterestStatement
from schakel.kit.paging import ordered_page
from schakel.kit.refusals import permit
from schakel.policy.access import Permission
from schakel.registry.models import Partner
from schakel.web.balance.balance_forms import ConflictForm, EndForm, StatementForm, TalkForm
from schakel.web.entrance import needs
from schakel.web.flows import Act, Step, form_page, given, is_done, run
from schakel.web.middleware import Request
from schakel.web.partners import naming

STATE = Act(interests.state, gettext_lazy("The statement is kept."))


@require_safe
@needs(Permission.INTEREST_VIEW)
def index(request: Request) -> HttpResponse:
    """The register: every partner by name, with the year of its last statement."""
    here = reverse("interests")
    known = balance.members().filter(pk__in=Partner.objects.visible_to(request.actor))
    named = known.annotate(sorted_name=Lower("name"))
    shown = ordered_page(named, by=["sorted_name"], place=request.GET.get("after"))
    stated = InterestStatement.objects.visible_to(request.actor).filter(partner__in=shown.rows).order_by("year")
    latest = {row.partner_id: row for row in stated}
    own = Partner.objects.of(request.actor, Permission.BALANCE_EDIT).order_by("name")
    context = {
        "rows": [(partner, latest.get(partner.pk)) for partner in shown.rows],
        "own": list(own) if not request.actor.may(Permission.BALANCE_EDIT) else [],
        "open_count": InterestConflict.objects.visible_to(request.actor).filter(ended_at=None).count(),
        "first_url": here if "after" in request.GET else "",
        "next_url": f"{here}?after={shown.next_place}" if shown.next_place else "",
    }
    return render(request, "interests/index.html", context)


@form_page
@needs(Permission.INTEREST_VIEW)
def show(request: Request, partner_id: int) -> HttpResponse:
    """One partner's statements; itself and the coordinator see what is private, and give this year's."""
    partner = get_object_or_404(Partner.objects.visible_to(request.actor), pk=partner_id)
    may_edit = request.actor.may(Permission.BALANCE_EDIT, partner_id=partner.pk)
    permit(may_edit or request.method != "POST")
    rows = list(InterestStatement.objects.visible_to(request.actor).filter(partner=partner).order_by("-year"))
    form = StatementForm(given(request), partner=partner, initial=_last(rows))
    if request.method == "POST" and is_done(request, STATE, form, partner=partner):
        return redirect("interest", partner_id)
    context = {
        "partner": partner,
        "rows": rows,
        "form": form if may_edit else None,
        "year": timezone.localdate().year,
        "sees_private": request.actor.may(Permission.BALANCE_VIEW, partner_id=partner.pk),
    }
    return render(request, "interests/show.html", context, status=400 if form.errors else 200)


def _last(rows: list[InterestStatement]) -> dict[str, str]:
    """Last year's words to begin with: mostly little has changed."""
    return {name: getattr(rows[0], name) for name in ("aims", "interests", "private")} if rows else {}


@require_safe
@needs(Permission.BALANCE_VIEW)
def conflicts(request: Request) -> HttpResponse:
    """Clashing interests that the actor has to do with, newest first."""
    rows = list(InterestConflict.objects.visible_to(request.actor).order_by("-pk"))
    ids = [pk for row in rows for pk in (row.partner_id, row.other_id)]
    own = Partner.objects.of(request.actor, Permission.BALANCE_EDIT).order_by("name")
    context = {
        "rows": [(row, *_sides(row, names)) for names in [_names(request, ids)] for row in rows],
        "own": list(own) if not request.actor.may(Permission.BALANCE_EDIT) else [],
    }
    return render(request, "interests/conflicts.html", context)


@form_page
@needs(Permission.BALANCE_EDIT)
def raise_conflict(request: Request, partner_id: int) -> HttpResponse:
    """Say that a partner's interests clash with another's."""
    partner = get_object_or_404(Partner.objects.of(request.actor, Permission.BALANCE_EDIT), pk=partner_id)
    step = Step(
        title=_("Say that interests clash"),
        button=_("Write it down"),
        done=_("It is written down. The other partner does not know of it until the coordinator shares it."),
        to=lambda row: reverse("interest_conflict", args=[row.pk]),
        up=((_("Interests"), reverse("interests")), (partner.name, reverse("interest", args=[partner.pk]))),
        context={"suggestions": naming.suggestions(request.actor)},
    )
    act: dict[str, Any] = {"partner": partner, "by": request.actor, "at": timezone.now()}

    def raised(said: dict[str, Any]) -> InterestConflict:
        other = naming.the_partner_named(said["other"], to=request.actor) if said["other"] else None
        return interests.raise_conflict(other=other, what=said["what"], **act)

    return run(request, step, ConflictForm(given(request), partner=partner), raised)


@require_safe
@needs(Permission.BALANCE_VIEW)
def conflict(request: Request, clash_id: int) -> HttpResponse:
    """One clash, with its talks."""
    return _render(request, _seen(request, clash_id))


def _render(
    request: Request, row: InterestConflict, *, faulty: tuple[str, Form] | None = None, status: int = 200
) -> HttpResponse:
    partner, other = _sides(row, _names(request, [row.partner_id, row.other_id]))
    may_decide = request.actor.may(Permission.BALANCE_EDIT)
    is_moving = ConflictState(row.state) in CONFLICT_MOVES
    forms: dict[str, Any] = {name: form(prefix=name, partner=row.partner) for name, form in FORMS.items()}
    context = {
        "conflict": row,
        "partner": partner,
        "other": other,
        "talks": list(row.talks.order_by("-on", "-pk")),
        "may_share": may_decide and row.other_id is not None and row.shared_at is None,
        "may_talk": is_moving and interests.may_talk(request.actor, row),
        "may_end": is_moving and may_decide,
        "forms": forms | ({faulty[0]: faulty[1]} if faulty else {}),
    }
    return render(request, "interests/conflict.html", context, status=status)


FORMS = {"talk": TalkForm, "end": EndForm}
WRITTEN = gettext_lazy("It is written down.")
ACTS = {"talk": Act(interests.talk, WRITTEN), "end": Act(interests.end, WRITTEN)}


@require_POST
@needs(Permission.BALANCE_EDIT)
def talk(request: Request, clash_id: int) -> HttpResponse:
    """Write down a talk."""
    return _act(request, clash_id, "talk")


@require_POST
@needs(Permission.BALANCE_EDIT)
def end(request: Request, clash_id: int) -> HttpResponse:
    """Say what the talks came to."""
    return _act(request, clash_id, "end")


def _act(request: Request, clash_id: int, name: str) -> HttpResponse:
    row = _seen(request, clash_id)
    form = FORMS[name](request.POST, prefix=name, partner=row.partner)
    if is_done(request, ACTS[name], form, conflict=row):
        return redirect("interest_conflict", clash_id)
    return _render(request, row, faulty=(name, form), status=400)


@require_POST
@needs(Permission.BALANCE_EDIT)
def share(request: Request, clash_id: int) -> HttpResponse:
    """Let the other partner know, after saying that it cannot be taken back."""
    row = _seen(request, clash_id)
    if not request.POST.get("is_sure"):
        messages.error(request, _("Tick that you know that this cannot be taken back."))
        return redirect("interest_conflict", clash_id)
    interests.share(conflict=row, by=request.actor, at=timezone.now())
    messages.success(request, _("The other partner can see this from now on."))
    return redirect("interest_conflict", clash_id)


def _seen(request: Request, clash_id: int) -> InterestConflict:
    return get_object_or_404(InterestConflict.objects.visible_to(request.actor).select_related("partner"), pk=clash_id)


def _names(request: Request, ids: list[int | None]) -> dict[int, str]:
    return register.names_of(ids, to=request.actor)


def _sides(row: InterestConflict, names: dict[int, str]) -> tuple[str, str]:
    """Who against whom; a partner that has left is not named to others."""
    other = names.get(row.other_id, "\N{EN DASH}") if row.other_id else _("the network itself")
    return names.get(row.partner_id, "\N{EN DASH}"), other
