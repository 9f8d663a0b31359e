"""What members do to an initiative on the site."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from schakel.collaboration import initiatives, lists, taking_part
from schakel.collaboration.initiatives import may_manage
from schakel.collaboration.models import Initiative, Participant, UseCase, UseCaseLink
from schakel.kit.paging import key_of
from schakel.kit.refusals import permit
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Partner
from schakel.web.entrance import needs
from schakel.web.flows import Act, Step, at_once, form_page, given, is_done, run
from schakel.web.initiatives.initiative_forms import FORMS, DescriptionForm, LessonsForm
from schakel.web.initiatives.page import render_one
from schakel.web.middleware import Request
from schakel.web.partners import naming
from schakel.web.templatetags.collaboration import named

Given = dict[str, Any]


def _take_part(*, initiative: Initiative, by: Actor, name: str, **said: Any) -> None:
    partner = naming.partner_named(name, to=by)
    taking_part.take_part(initiative=initiative, partner=partner, name="" if partner else name, by=by, **said)


def _link(*, initiative: Initiative, by: Actor, at: datetime, use_case: str, name: str, part: str) -> None:
    case = get_object_or_404(UseCase, initiative=initiative, pk=use_case)
    partner = naming.the_partner_named(name, to=by)
    taking_part.link(use_case=case, partner=partner, part=part, by=by, at=at)


ACTS: dict[str, Act] = {
    "decide": Act(initiatives.decide, gettext_lazy("The decision is kept with its reason.")),
    "assess": Act(initiatives.assess, gettext_lazy("The assessment is kept.")),
    "milestones": Act(initiatives.add_milestone, gettext_lazy("The milestone is added.")),
    "participants": Act(_take_part, gettext_lazy("The participant is added.")),
    "meetings": Act(taking_part.meet, gettext_lazy("The meeting is added.")),
    "use_cases": Act(taking_part.add_use_case, gettext_lazy("The use case is added.")),
    "links": Act(_link, gettext_lazy("The partner is linked to the use case.")),
}


@require_POST
@needs(Permission.INITIATIVE_MANAGE)
def act(request: Request, initiative: str, name: str) -> HttpResponse:
    """Do one act on an initiative; where its form is wrong the page comes back with it."""
    row = _seen(request, initiative)
    permit(name == "links" or may_manage(request.actor, row))
    form = FORMS[name](request.POST, prefix=name)
    if is_done(request, ACTS[name], form, initiative=row):
        return redirect("initiative", initiative)
    return render_one(request, row, faulty=(name, form), status=400)


@form_page
@needs(Permission.INITIATIVE_MANAGE)
def new(request: Request) -> HttpResponse:
    """Put an initiative in the register."""
    form = DescriptionForm(given(request), actor=request.actor)
    step = Step(
        title=_("Add an initiative"),
        button=_("Add"),
        done=_("The initiative stands in the register."),
        to=lambda row: reverse("initiative", args=[row.slug]),
        up=((_("Initiatives"), reverse("initiatives")),),
        context={"suggestions": naming.suggestions(request.actor)},
    )
    act: Given = {"by": request.actor, "at": timezone.now()}
    return run(request, step, form, lambda _said: initiatives.add(description=form.description(), **act))


@form_page
@needs(Permission.INITIATIVE_MANAGE)
def edit(request: Request, initiative: str) -> HttpResponse:
    """Describe an initiative anew."""
    row = _seen(request, initiative)
    permit(may_manage(request.actor, row))
    form = DescriptionForm(given(request), initial=_initial(row, request.actor), actor=request.actor)
    here = reverse("initiative", args=[row.slug])
    step = Step(
        title=_("Change the description"),
        button=_("Keep"),
        done=_("The description is changed."),
        to=here,
        up=((_("Initiatives"), reverse("initiatives")), (named(row), here)),
        context={"suggestions": naming.suggestions(request.actor)},
    )
    act: Given = {"initiative": row, "by": request.actor, "at": timezone.now()}
    return run(request, step, form, lambda _said: initiatives.edit(description=form.description(), **act))


def _initial(row: Initiative, actor: Actor) -> Given:
    names = (
        "name", "name_en", "kind", "about", "about_en", "audience", "functions", "url", "seeks", "began_in", "ended_in",
    )  # fmt: skip
    owner = (row.owner.key if row.owner else row.owner_name) if actor.may(Permission.INITIATIVE_MANAGE) else row.owner
    return {name: getattr(row, name) for name in names} | {"owner": owner}


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
def join(request: Request, initiative: str) -> HttpResponse:
    """Let one's own partner take part in what looks for partners."""
    row, own = _seen(request, initiative), Partner.objects.of(request.actor, Permission.INITIATIVE_MANAGE)
    partner = get_object_or_404(own, pk=key_of(request.POST.get("partner")) or 0)
    act: Given = {"initiative": row, "partner": partner, "by": request.actor, "at": timezone.now()}
    act["from_on"] = timezone.localdate()
    done = _("You take part. The owner sees your name here.")
    return at_once(request, lambda: taking_part.take_part(**act), done, reverse("initiative", args=[initiative]))


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


@form_page
@needs(Permission.INITIATIVE_VIEW)
def lessons(request: Request, initiative: str) -> HttpResponse:
    """The checklist of what earlier cooperation taught; its owner answers, other members read."""
    row = _seen(request, initiative)
    manages = may_manage(request.actor, row)
    permit(manages or request.method != "POST")
    answers = {one.lesson: one for one in row.lesson_answers.all()}
    form = LessonsForm(given(request), lessons=lists.lessons(), answers=answers)
    if request.method == "POST" and form.is_valid():
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
