"""Giving feedback and sightings from the page of an item."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from schakel.policy.access import Permission
from schakel.sharing.feedback import giving
from schakel.sharing.ledger.letters import path_of
from schakel.sharing.models import Feedback, SharedItem
from schakel.web.entrance import needs
from schakel.web.flows import Step, form_page, given, run
from schakel.web.middleware import Request
from schakel.web.search.feedback_forms import FeedbackForm, SightingForm


@form_page
@needs(Permission.ITEM_ANSWER)
def give(request: Request, uid: UUID) -> HttpResponse:
    """Say what an item was worth; what is wrong with it is said on a page of its own, with what was filled in."""
    item = _item(request, uid)
    form = FeedbackForm(given(request), is_sealed=is_sealed(item), initial=request.GET.dict())
    step = _step(item, title=_("Feedback to the source"), done=_("Thank you. The source gets your feedback."))
    return run(request, step, form, lambda said: giving.give(item=item, by=request.actor, at=timezone.now(), **said))


@form_page
@needs(Permission.ITEM_ANSWER)
def sight(request: Request, uid: UUID) -> HttpResponse:
    """Say where an indicator was seen."""
    item = _item(request, uid)
    form: forms.Form = SightingForm(given(request), initial=request.GET.dict())
    step = _step(item, title=_("We saw this indicator"), done=_("Thank you. The source gets your sighting."))
    return run(request, step, form, lambda said: giving.sight(item=item, by=request.actor, at=timezone.now(), **said))


@require_POST
@needs(Permission.ITEM_ANSWER)
def forget(request: Request, uid: UUID, feedback_id: int) -> HttpResponse:
    """Take back what one said."""
    rows = Feedback.objects.visible_to(request.actor).filter(item__uid=uid).select_related("item")
    feedback = get_object_or_404(rows, pk=feedback_id)
    giving.take_back(feedback=feedback, by=request.actor, at=timezone.now())
    messages.success(request, _("Your feedback has been taken back."))
    return redirect(f"{path_of(feedback.item)}#feedback")


def is_sealed(item: SharedItem) -> bool:
    """Whether it lies in a closed circle."""
    return item.circle is not None and item.circle.is_closed


def _item(request: Request, uid: UUID) -> SharedItem:
    return get_object_or_404(SharedItem.objects.visible_to(request.actor).select_related("circle"), uid=uid)


def _step(item: SharedItem, *, title: str, done: str) -> Step:
    up = ((_("Item"), path_of(item)),)
    return Step(title=title, button=_("Send"), done=done, to=f"{path_of(item)}#feedback", up=up)
