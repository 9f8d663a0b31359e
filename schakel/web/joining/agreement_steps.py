"""What the acts on agreements have in common: the agreement as its reader sees it, the step, the way back."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from schakel.registry.models import Agreement
from schakel.web.flows import Step, Words, given, run
from schakel.web.joining.joining_forms import WordsForm
from schakel.web.middleware import Request


def with_reason(
    request: Request, agreement_id: int, act: Callable[..., object], words: tuple[Words, Words, Words, Words]
) -> HttpResponse:
    """Run a step that asks why."""
    agreement, (title, button, done, intro) = seen(request, agreement_id), words
    form: forms.Form = WordsForm(given(request), label=_("Why?"))
    step = step_of(agreement, title, button, done, intro=intro)
    who: dict[str, Any] = {"agreement": agreement, "by": request.actor, "at": timezone.now()}
    return run(request, step, form, lambda said: act(reason=said["words"], **who))


def seen(request: Request, agreement_id: int) -> Agreement:
    """The agreement, if the reader may know of it; else 404."""
    rows = Agreement.objects.visible_to(request.actor).select_related("partner", "amends", "document")
    return get_object_or_404(rows, pk=agreement_id)


def step_of(agreement: Agreement, title: Words, button: Words, done: Words, *, intro: Words = "") -> Step:
    """A step that leads back to the agreement; with an introduction it is grave."""
    return Step(
        title=title, button=button, done=done, to=address(agreement), up=up(agreement), intro=intro,
        is_grave=bool(intro),
    )  # fmt: skip


def up(agreement: Agreement | None = None) -> tuple[tuple[Words, str], ...]:
    """The way back."""
    first: tuple[tuple[Words, str], ...] = ((_("Agreements"), reverse("agreements")),)
    return first if agreement is None else (*first, (agreement.partner.name, address(agreement)))


def address(agreement: Agreement) -> str:
    """Its page."""
    return reverse("agreement", args=[agreement.pk])
