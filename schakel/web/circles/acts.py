"""What is done with a circle on the site: prepare, describe, open, change the phase, end; take in and let out."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.policy.access import Permission
from schakel.sharing.circles import circles, members
from schakel.sharing.circles.rules import memberships, moderating
from schakel.sharing.models import Circle, CircleMember
from schakel.sharing.models.circle import in_now
from schakel.web.circles.circle_forms import NewCircleForm, PhaseForm, SeatForm, SureForm, WordsForm
from schakel.web.circles.pages import render_one, seen, way_to
from schakel.web.entrance import needs
from schakel.web.flows import Act, Step, at_once, form_page, given, is_done, run
from schakel.web.middleware import Request
from schakel.web.partners import naming

Given = dict[str, Any]
SET_PHASE = Act(circles.set_phase, gettext_lazy("The phase has changed. The members are told."))


@form_page
@needs(Permission.CIRCLE_MANAGE)
def new(request: Request) -> HttpResponse:
    """Prepare a circle; of a closed one its maker sees nothing more, unless it is in it."""
    form = NewCircleForm(given(request))
    step = Step(
        title=_("Prepare a circle"),
        button=_("Prepare"),
        done=_("The circle is prepared. Its moderators open it. A closed circle is seen by its members alone."),
        to=lambda circle: _page_of(request, circle),
        up=way_to(),
        context={"suggestions": naming.suggestions(request.actor)},
    )

    def prepared(said: Given) -> Circle:
        how: Given = {"basis": said["basis"], "is_closed": said["is_closed"], "first": form.first(request.actor)}
        return circles.prepare(words=form.words, by=request.actor, at=timezone.now(), **how)

    return run(request, step, form, prepared)


def _page_of(request: Request, circle: Circle) -> str:
    is_seen = Circle.objects.visible_to(request.actor).filter(pk=circle.pk).exists()
    return reverse("circle", args=[circle.pk]) if is_seen else reverse("circles")


@form_page
@needs(Permission.CIRCLE_VIEW)
def edit(request: Request, circle_id: int) -> HttpResponse:
    """Change what a circle says of itself."""
    circle = _run_by(request, circle_id)
    form = WordsForm(given(request), initial=WordsForm.initial_of(circle.words, circle.basis))
    step = Step(
        title=_("Change the circle"),
        button=_("Keep"),
        done=_("The circle is changed."),
        to=reverse("circle", args=[circle.pk]),
        up=way_to(circle),
    )

    def described(said: Given) -> None:
        act: Given = {"circle": circle, "by": request.actor, "at": timezone.now()}
        circles.describe(words=form.words, basis=said["basis"], **act)

    return run(request, step, form, described)


@require_POST
@needs(Permission.CIRCLE_VIEW)
def open_circle(request: Request, circle_id: int) -> HttpResponse:
    """Open it."""
    circle = _run_by(request, circle_id)
    act: Given = {"circle": circle, "by": request.actor, "at": timezone.now()}
    done = _("The circle is open. Its members can share.")
    return at_once(request, lambda: circles.open_circle(**act), done, reverse("circle", args=[circle.pk]))


@require_POST
@needs(Permission.CIRCLE_VIEW)
def set_phase(request: Request, circle_id: int) -> HttpResponse:
    """Say in which phase it is."""
    circle = _run_by(request, circle_id)
    form = PhaseForm(request.POST)
    if is_done(request, SET_PHASE, form, circle=circle):
        return redirect("circle", circle.pk)
    return render_one(request, circle, form=form, status=400)


@form_page
@needs(Permission.CIRCLE_VIEW)
def end(request: Request, circle_id: int) -> HttpResponse:
    """End it, after saying that it cannot be undone."""
    circle = _run_by(request, circle_id)
    step = Step(
        title=_("End this circle"),
        button=_("End this circle"),
        done=_("The circle has ended."),
        to=lambda _none: reverse("circles"),
        up=way_to(circle),
        intro=_("From then on nobody reads anything of this circle any more, its members neither."),
        is_grave=True,
    )
    act: Given = {"circle": circle, "by": request.actor, "at": timezone.now()}
    return run(request, step, SureForm(given(request)), lambda _said: circles.end(**act))


@form_page
@needs(Permission.CIRCLE_VIEW)
def take_in(request: Request, circle_id: int) -> HttpResponse:
    """Take somebody in."""
    circle = _run_by(request, circle_id)
    form = SeatForm(given(request))
    step = Step(
        title=_("Take somebody in"),
        button=_("Take in"),
        done=_("The member is in the circle."),
        to=reverse("circle", args=[circle.pk]),
        up=way_to(circle),
        intro=_("In a closed circle are people only, each for a body and with a task.") if circle.is_closed else "",
        context={"suggestions": naming.suggestions(request.actor)},
    )

    def taken(said: Given) -> None:
        act: Given = {"circle": circle, "by": request.actor, "at": timezone.now()}
        members.take_in(seat=form.seat(request.actor), is_moderator=said["is_moderator"], **act)

    return run(request, step, form, taken)


@form_page
@needs(Permission.CIRCLE_VIEW)
def leave(request: Request, circle_id: int, member_id: int) -> HttpResponse:
    """Let a member out, or leave oneself."""
    circle, member = _member(request, circle_id, member_id)
    is_own = memberships(request.actor, circle).filter(pk=member.pk).exists()
    permit(is_own or moderating(request.actor, circle))
    title = _("Leave this circle") if is_own else _("Let this member out")
    step = Step(
        title=title,
        button=title,
        done=_("The member is no longer in the circle."),
        to=lambda _none: _page_of(request, circle),
        up=way_to(circle),
        intro=_("The member reads nothing more from that moment. What it wrote stays in the circle."),
        is_grave=True,
    )

    def left(_said: Given) -> None:
        try:
            members.leave(member=member, by=request.actor, at=timezone.now())
        except members.LastModerator as refused:
            raise Invalid(str(refused)) from refused

    return run(request, step, SureForm(given(request)), left)


@require_POST
@needs(Permission.CIRCLE_VIEW)
def moderate(request: Request, circle_id: int, member_id: int) -> HttpResponse:
    """Make a member a moderator, or no longer one."""
    circle, member = _member(request, circle_id, member_id)
    permit(moderating(request.actor, circle))
    act: Given = {"member": member, "is_moderator": not member.is_moderator}
    act |= {"by": request.actor, "at": timezone.now()}
    done = _("It is changed.")
    return at_once(
        request,
        lambda: members.moderate(**act),
        done,
        reverse("circle", args=[circle.pk]),
        told=(members.LastModerator, WrongState),
    )


def _run_by(request: Request, circle_id: int) -> Circle:
    """A circle that the actor moderates; whoever only sees it is told that it may not."""
    circle = seen(request, circle_id)
    permit(moderating(request.actor, circle))
    return circle


def _member(request: Request, circle_id: int, member_id: int) -> tuple[Circle, CircleMember]:
    circle = seen(request, circle_id)
    return circle, get_object_or_404(circle.members.filter(in_now()).select_related("circle"), pk=member_id)
