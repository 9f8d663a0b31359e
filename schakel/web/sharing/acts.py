"""What its own party does with an item: see who gets it, have it reviewed, publish it, take it back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from schakel.kit.refusals import Invalid, permit
from schakel.policy.access import Permission
from schakel.sharing.items import drafting, publishing
from schakel.sharing.items.drafting import may_edit
from schakel.sharing.models import SharedItem
from schakel.web.entrance import needs
from schakel.web.flows import Step, at_once, form_page, given, run
from schakel.web.middleware import Request
from schakel.web.sharing.audience import own_item, preview
from schakel.web.sharing.page import address

Given = dict[str, Any]


class PublishForm(forms.Form):
    """A yes to this label and these people."""

    agreed = forms.BooleanField(label=gettext_lazy("I have seen who gets it, and under which label."))


class SendBackForm(forms.Form):
    """What has to change."""

    words = forms.CharField(label=gettext_lazy("What has to change?"), widget=forms.Textarea(attrs={"rows": 4}))


class RetractForm(forms.Form):
    """Why it is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("Why do you retract it?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Everybody who got it reads this."),
    )


class DropForm(forms.Form):
    """A yes, and nothing more."""


@form_page
@needs(Permission.ITEM_PUBLISH)
def publish(request: Request, uid: UUID) -> HttpResponse:
    """Let the newest version go out, after a look at its label and at how many get it."""
    item, version = own_item(request, uid)
    permit(may_edit(item, request.actor, Permission.ITEM_PUBLISH))
    step = _step(
        item,
        title=_("Publish"),
        button=_("Publish now"),
        done=_("It is published. Its recipients are told now."),
        template="sharing/publish.html",
        context=preview(request.actor, item, version, timezone.now()),
    )
    act: Given = {"item": item, "by": request.actor, "at": timezone.now()}
    return run(request, step, PublishForm(given(request)), lambda _said: publishing.publish(**act))


@require_POST
@needs(Permission.ITEM_EDIT)
def submit(request: Request, uid: UUID) -> HttpResponse:
    """Ask a second person."""
    return _at_once(request, uid, publishing.submit, _("It waits for a second person now."))


@require_POST
@needs(Permission.ITEM_REVIEW)
def approve(request: Request, uid: UUID) -> HttpResponse:
    """Say yes, as the second person."""
    return _at_once(request, uid, publishing.approve, _("You have said yes. It can be published now."))


def _at_once(request: Request, uid: UUID, act: Callable[..., object], done: str) -> HttpResponse:
    item, _version = own_item(request, uid)
    given_act: Given = {"item": item, "by": request.actor, "at": timezone.now()}
    return at_once(request, lambda: act(**given_act), done, address(item), told=(Invalid, publishing.OwnWork))


@form_page
@needs(Permission.ITEM_REVIEW)
def send_back(request: Request, uid: UUID) -> HttpResponse:
    """Give it back to its author, with words."""
    item, _version = own_item(request, uid)
    permit(may_edit(item, request.actor, Permission.ITEM_REVIEW))
    step = _step(item, title=_("Send back"), button=_("Send back"), done=_("Its author reads what you wrote."))
    act: Given = {"item": item, "by": request.actor, "at": timezone.now()}
    return run(request, step, SendBackForm(given(request)), lambda said: publishing.send_back(**act, **said))


@form_page
@needs(Permission.ITEM_PUBLISH)
def retract(request: Request, uid: UUID) -> HttpResponse:
    """Take back what was published."""
    item, _version = own_item(request, uid)
    permit(may_edit(item, request.actor, Permission.ITEM_PUBLISH))
    step = _step(
        item,
        title=_("Retract"),
        button=_("Retract this item"),
        done=_("It is retracted. Everybody who got it is told."),
        intro=_("A retracted item cannot be published again. Its readers see that it was retracted, and why."),
        is_grave=True,
    )
    act: Given = {"item": item, "by": request.actor, "at": timezone.now()}
    return run(request, step, RetractForm(given(request)), lambda said: publishing.retract(**act, **said))


@form_page
@needs(Permission.ITEM_EDIT)
def drop(request: Request, uid: UUID) -> HttpResponse:
    """Give up what was never published."""
    item, _version = own_item(request, uid)
    permit(may_edit(item, request.actor))
    step = _step(
        item,
        title=_("Give up this draft"),
        button=_("Give up"),
        done=_("The draft is given up."),
        intro=_("You cannot go on with it after that. What you wrote stays in its history, for your own organisation."),
        is_grave=True,
    )
    act: Given = {"item": item, "by": request.actor, "at": timezone.now()}
    return run(request, step, DropForm(given(request)), lambda _said: drafting.drop(**act))


def _step(item: SharedItem, *, title: str, button: str, done: str, **more: Any) -> Step:
    here = address(item)
    up = ((gettext_lazy("Items"), reverse("items")), (_short(item), here))
    return Step(title=title, button=button, done=done, to=here, up=up, **more)


def _short(item: SharedItem) -> str | Promise:
    """Its title on the way back; in a closed circle the row has none."""
    return item.title or gettext_lazy("Item")
