"""One step of a flow: a page with a form, its act, and where it leads."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise

from schakel.kit.refusals import Invalid
from schakel.web.middleware import Request

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Step:
    """What the page of a step says, and where it goes when it is done. `up` holds the way back: label, address."""

    title: Words
    button: Words
    done: Words
    to: str
    up: tuple[tuple[Words, str], ...] = ()
    intro: Words = ""
    is_grave: bool = False
    context: dict[str, Any] = field(default_factory=dict)
    template: str = "network/flow.html"


def run(request: Request, step: Step, form: forms.Form, act: Callable[[dict[str, Any]], object]) -> HttpResponse:
    """Show the form, or act on what was filled in; what the act calls invalid stands at the top of the form again."""
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except Invalid as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, str(step.done))
            return redirect(step.to)
    context = {"form": form, "step": step, **step.context}
    return render(request, step.template, context, status=400 if form.errors else 200)


def given(request: Request) -> Any:
    """What was sent, or None where the page is only looked at."""
    return request.POST if request.method == "POST" else None
