"""The register of initiatives: the list, one initiative, its figures, and the register as a file."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from schakel.collaboration import balance, lists, register
from schakel.collaboration.models import (
    Initiative,
    InitiativeState,
    MergeProposal,
    ProposalState,
    Tie,
)
from schakel.kit.paging import key_of, ordered_page, page
from schakel.policy.access import Actor, Permission
from schakel.web import labels
from schakel.web.entrance import needs
from schakel.web.initiatives.initiative_forms import FilterForm
from schakel.web.initiatives.page import render_one
from schakel.web.middleware import Request

MARKS = ("is_not_central", "is_stale", "is_seeking", "is_mine")


def question_of(given: Mapping[str, str]) -> tuple[FilterForm, register.Question]:
    """What an address asks for. A part that cannot be read is as if it were not there."""
    form = FilterForm(given)
    form.is_valid()
    names = {one.name for one in fields(register.Question)}
    asked = {name: value for name, value in form.cleaned_data.items() if name in names and value}
    return form, register.Question(**asked)


@require_safe
@needs(Permission.INITIATIVE_VIEW)
def index(request: Request) -> HttpResponse:
    """The initiatives that the filters in the address leave, by name."""
    form, question = question_of(request.GET)
    today, here = timezone.localdate(), reverse("initiatives")
    found = question.narrow(Initiative.objects.visible_to(request.actor), to=request.actor, on=today)
    shown = ordered_page(found.by_name(), by=["sorted_name"], place=request.GET.get("after"))
    owners = register.names_of((row.owner_id for row in shown.rows), to=request.actor)
    query = urlencode({name: value for name, value in request.GET.items() if name != "after"})
    context = {
        "form": form,
        "first_fields": [form[name] for name in ("q", "state", "function", "kind")],
        "marks": [form[name] for name in MARKS if name != "is_mine" or _has_own(request.actor)],
        "is_narrowed": question != register.Question(),
        "rows": [(row, owners.get(row.owner_id or 0, row.owner_name), row.is_stale(today)) for row in shown.rows],
        "count": found.count(),
        "figures": register.figures(request.actor, on=today),
        "central": Initiative.objects.visible_to(request.actor).filter(is_central=True).first(),
        "first_url": f"{here}?{query}" if "after" in request.GET else "",
        "next_url": f"{here}?{_with(query, shown.next_place)}" if shown.next_place else "",
        "query": query,
        "proposals": _waiting(request.actor),
    }
    return render(request, "initiatives/index.html", context)


@require_safe
@needs(Permission.INITIATIVE_VIEW)
def show(request: Request, initiative: str) -> HttpResponse:
    """One initiative: what it is, what was decided, who takes part, and its history."""
    row = get_object_or_404(Initiative.objects.visible_to(request.actor).select_related("successor"), slug=initiative)
    return render_one(request, row)


@require_safe
@needs(Permission.INITIATIVE_VIEW)
def ideas(request: Request) -> HttpResponse:
    """The board: what looks for partners, and for what, newest first."""
    here, seeking = reverse("ideas"), Initiative.objects.visible_to(request.actor).seeking()
    shown = page(seeking, after=key_of(request.GET.get("after")))
    owners = register.names_of((row.owner_id for row in shown.rows), to=request.actor)
    context = {
        "rows": [(row, owners.get(row.owner_id or 0, row.owner_name)) for row in shown.rows],
        "first_url": here if "after" in request.GET else "",
        "next_url": f"{here}?after={shown.next_after}" if shown.next_after else "",
    }
    return render(request, "initiatives/ideas.html", context)


@require_safe
@needs(Permission.INITIATIVE_COUNT)
def figures(request: Request) -> HttpResponse:
    """The register in numbers, for those who see figures only as well."""
    found = register.figures(request.actor, on=timezone.localdate())
    names = dict(labels.functions())
    has_balance = bool(request.actor.reach(Permission.BALANCE_COUNT))
    context = {
        "balance": balance.figures(request.actor, on=timezone.localdate()) if has_balance else None,
        "value_names": {one.slug: one.words for one in lists.values()},
        "figures": found,
        "states": [(InitiativeState(state).label, count) for state, count in found.by_state.items()],
        "ties": [(Tie(tie).label, count) for tie, count in found.by_tie.items()],
        "functions": [(names.get(slug, slug), count) for slug, count in sorted(found.by_function.items())],
    }
    return render(request, "initiatives/figures.html", context)


@require_safe
@needs(Permission.INITIATIVE_VIEW)
def export_csv(request: Request) -> HttpResponse:
    """The initiatives of the list as CSV."""
    told = _told(request, "csv")
    name = _("initiatives") + f"-{timezone.localtime():%Y%m%d-%H%M}.csv"
    return HttpResponse(
        register.as_csv(told),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_safe
@needs(Permission.INITIATIVE_VIEW)
def export_json(request: Request) -> HttpResponse:
    """The initiatives of the list as JSON."""
    name = _("initiatives") + f"-{timezone.localtime():%Y%m%d-%H%M}.json"
    answer = JsonResponse({"initiatives": list(_told(request, "json"))}, json_dumps_params={"ensure_ascii": False})
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _told(request: Request, form: str) -> Any:
    _form, question = question_of(request.GET)
    return register.facts(question, by=request.actor, at=timezone.now(), on=timezone.localdate(), form=form)


def _waiting(actor: Actor) -> list[MergeProposal]:
    """The open proposals to merge that the actor has to do with."""
    found = MergeProposal.objects.visible_to(actor).filter(state=ProposalState.OPEN)
    return list(found.select_related("source", "target").order_by("pk"))


def _has_own(actor: Actor) -> bool:
    return bool(actor.reach(Permission.INITIATIVE_MANAGE).partner_ids)


def _with(query: str, after: str) -> str:
    return f"{query}&after={after}" if query else f"after={after}"
