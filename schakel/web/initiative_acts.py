"""What members do to an initiative on the site."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from schakel.collaboration import initiatives, lists, taking_part
from schakel.collaboration.initiatives import may_manage
from schakel.collaboration.models import Initiative, Participant, UseCase, UseCaseLink
from schakel.kit.refusals import Invalid, permit
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Partner
from schakel.web import naming
from schakel.web.entrance import needs
from schakel.web.initiative_forms import FORMS, DescriptionForm, LessonsForm
from schakel.web.initiative_page import render_one
from schakel.web.middleware import Request

Given = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """What is done with a form's values, and what is said when it is done."""

    do: Callable[[Initiative, Given, Actor, datetime], object]
    done: Promise


def _take_part(initiative: Initiative, given: Given, by: Actor, at: datetime) -> None:
    partner = naming.partner_named(given["name"], to=by)
    who = {"partner": partner} if partner else {"name": given["name"]}
    taking_part.take_part(initiative=initiative, role=given["role"], from_on=given["from_on"], by=by, at=at, **who)


def _link(initiative: Initiative, given: Given, by: Actor, at: datetime) -> None:
    case = get_object_or_404(UseCase, initiative=initiative, pk=given["use_case"])
    partner = naming.the_partner_named(given["name"], to=by)
    taking_part.link(use_case=case, partner=partner, part=given["part"], by=by, at=at)


ACTS: dict[str, Act] = {
    "decide": Act(
        lambda row, given, by, at: initiatives.decide(initiative=row, by=by, at=at, **given),
        gettext_lazy("The decision is kept with its reason."),
    ),
    "assess": Act(
        lambda row, given, by, at: initiatives.assess(initiative=row, by=by, at=at, **given),
        gettext_lazy("The assessment is kept."),
    ),
    "milestones": Act(
        lambda row, given, by, at: initiatives.add_milestone(initiative=row, by=by, at=at, **given),
        gettext_lazy("The milestone is added."),
    ),
    "participants": Act(_take_part, gettext_lazy("The participant is added.")),
    "meetings": Act(
        lambda row, given, by, at: taking_part.meet(initiative=row, by=by, at=at, **given),
        gettext_lazy("The meeting is added."),
    ),
    "use_cases": Act(
        lambda row, given, by, at: taking_part.add_use_case(initiative=row, by=by, at=at, **given),
        gettext_lazy("The use case is added."),
    ),
    "links": Act(_link, gettext_lazy("The partner is linked to the use case.")),
}


@require_POST
@needs(Permission.INITIATIVE_MANAGE)
def act(request: Request, initiative: str, name: str) -> HttpResponse:
    """Do one act on an initiative; where its form is wrong the page comes back with it."""
    row = _seen(request, initiative)
    permit(name == "links" or may_manage(request.actor, row))
    form = FORMS[name](request.POST, prefix=name)
    if form.is_valid() and _do(ACTS[name], row, form, request):
        messages.success(request, str(ACTS[name].done))
        return redirect("initiative", initiative)
    return render_one(request, row, faulty=(name, form), status=400)


def _do(asked: Act, row: Initiative, form: Form, request: Request) -> bool:
    try:
        asked.do(row, form.cleaned_data, request.actor, timezone.now())
    except Invalid as refused:
        form.add_error(None, str(refused))
    return not form.errors


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.INITIATIVE_MANAGE)
def new(request: Request) -> HttpResponse:
    """Put an initiative in the register."""
    form = DescriptionForm(request.POST if request.method == "POST" else None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            row = initiatives.add(description=form.description(), by=request.actor, at=timezone.now())
        except Invalid as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("initiative", row.slug)
    return _described(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.INITIATIVE_MANAGE)
def edit(request: Request, initiative: str) -> HttpResponse:
    """Describe an initiative anew."""
    row = _seen(request, initiative)
    permit(may_manage(request.actor, row))
    initial = None if request.method == "POST" else _initial(row, request.actor)
    form = DescriptionForm(request.POST if request.method == "POST" else None, initial=initial, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            initiatives.edit(initiative=row, description=form.description(), by=request.actor, at=timezone.now())
        except Invalid as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The description is changed."))
            return redirect("initiative", row.slug)
    return _described(request, form, row)


def _initial(row: Initiative, actor: Actor) -> Given:
    names = ("name", "name_en", "kind", "about", "about_en", "audience", "functions", "url", "began_in", "ended_in")
    owner = (row.owner.key if row.owner else row.owner_name) if actor.may(Permission.INITIATIVE_MANAGE) else row.owner
    return {name: getattr(row, name) for name in names} | {"owner": owner}


def _described(request: Request, form: Form, row: Initiative | None) -> HttpResponse:
    context = {"form": form, "initiative": row, "suggestions": naming.suggestions(request.actor)}
    return render(request, "initiatives/edit.html", context, status=400 if form.errors else 200)


@require_POST
@needs(Permission.INITIATIVE_MANAGE)
def check(request: Request, initiative: str) -> HttpResponse:
    """Say that what stands here is right today."""
    row = _seen(request, initiative)
    initiatives.check(initiative=row, by=request.actor, at=timezone.now())
    messages.success(request, _("Noted: what stands here is right today."))
    return redirect("initiative", initiative)


@require_POST
@needs(Permission.INITIATIVE_MANAGE)
def make_central(request: Request, initiative: str) -> HttpResponse:
    """Make this the central programme."""
    row = _seen(request, initiative)
    initiatives.make_central(initiative=row, by=request.actor, at=timezone.now())
    messages.success(request, _("This is the central programme from now on."))
    return redirect("initiative", initiative)


@require_POST
@needs(Permission.INITIATIVE_MANAGE)
def leave(request: Request, participant_id: int) -> HttpResponse:
    """End somebody's part."""
    mine = Participant.objects.filter(initiative__in=Initiative.objects.visible_to(request.actor))
    row = get_object_or_404(mine.select_related("initiative"), pk=participant_id)
    _see_partner(request, row.partner_id)
    taking_part.leave(participant=row, by=request.actor, at=timezone.now())
    messages.success(request, _("That part has ended."))
    return redirect("initiative", row.initiative.slug)


@require_POST
@needs(Permission.INITIATIVE_MANAGE)
def unlink(request: Request, link_id: int) -> HttpResponse:
    """End a partner's work on a use case."""
    mine = UseCaseLink.objects.filter(use_case__initiative__in=Initiative.objects.visible_to(request.actor))
    row = get_object_or_404(mine.select_related("use_case__initiative"), pk=link_id)
    _see_partner(request, row.partner_id)
    taking_part.unlink(link=row, by=request.actor, at=timezone.now())
    messages.success(request, _("The partner no longer works on it."))
    return redirect("initiative", row.use_case.initiative.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.INITIATIVE_VIEW)
def lessons(request: Request, initiative: str) -> HttpResponse:
    """The checklist of what earlier cooperation taught; its owner answers, other members read."""
    row = _seen(request, initiative)
    manages = may_manage(request.actor, row)
    permit(manages or request.method != "POST")
    given = request.POST if request.method == "POST" else None
    answers = {one.lesson: one for one in row.lesson_answers.all()}
    form = LessonsForm(given, lessons=lists.lessons(), answers=answers)
    if given is not None and form.is_valid():
        taking_part.answer_lessons(initiative=row, answers=form.answers(), by=request.actor, at=timezone.now())
        messages.success(request, _("Your answers are kept."))
        return redirect("initiative_lessons", initiative)
    context = {"initiative": row, "form": form, "answers": answers, "may_manage": manages}
    source = {"source": lists.source_of("lessons"), "lessons": lists.lessons()}
    return render(request, "initiatives/lessons.html", context | source, status=400 if form.errors else 200)


def _seen(request: Request, slug: str) -> Initiative:
    return get_object_or_404(Initiative.objects.visible_to(request.actor).select_related("owner"), slug=slug)


def _see_partner(request: Request, partner_id: int | None) -> None:
    """What concerns a partner that the actor may not know of does not exist."""
    if partner_id is not None and not Partner.objects.visible_to(request.actor).filter(pk=partner_id).exists():
        raise Http404


urlpatterns: list[URLPattern] = [
    path(
        f"network/initiatives/<slug:initiative>/{name.replace('_', '-')}",
        act,
        {"name": name},
        name=f"initiative_{name}",
    )
    for name in ACTS
]
