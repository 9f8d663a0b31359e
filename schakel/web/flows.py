"""What people do on a page: a step with a page of its own, one form among others, or a button."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.views.decorators.http import require_http_methods

from schakel.kit.refusals import Invalid, Refused
from schakel.web.middleware import Request

Words = str | Promise
form_page = require_http_methods(["GET", "HEAD", "POST"])
"""A page that shows a form and takes it."""


@dataclass(frozen=True, slots=True)
class Step:
    """What the page of a step says, and where it goes when it is done. `up` holds the way back: label, address.

    `to` is an address, or says the address of what the act has made.
    """

    title: Words
    button: Words
    done: Words
    to: str | Callable[[Any], str]
    up: tuple[tuple[Words, str], ...] = ()
    intro: Words = ""
    is_grave: bool = False
    context: dict[str, Any] = field(default_factory=dict)
    template: str = "network/flow.html"

    @property
    def back(self) -> str:
        """Where who changes nothing goes."""
        return self.to if isinstance(self.to, str) else self.up[-1][1]


@dataclass(frozen=True, slots=True)
class Act:
    """One of several acts on a page: what is done with its form's values, and what is said when it is done."""

    do: Callable[..., object]
    done: Words


def run(request: Request, step: Step, form: forms.Form, act: Callable[[dict[str, Any]], object]) -> HttpResponse:
    """Show the form, or act on what was filled in; what the act calls invalid stands at the top of the form again."""
    if request.method == "POST" and form.is_valid():
        try:
            made = act(form.cleaned_data)
        except Invalid as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, str(step.done))
            return redirect(step.to if isinstance(step.to, str) else step.to(made))
    context = {"form": form, "step": step, **step.context}
    return render(request, step.template, context, status=400 if form.errors else 200)


def is_done(request: Request, act: Act, form: forms.Form, **on: object) -> bool:
    """Act on what was filled in, and say so; where that is faulty or called invalid its form says why."""
    if not form.is_valid():
        return False
    try:
        act.do(**on, by=request.actor, at=timezone.now(), **form.cleaned_data)
    except Invalid as refused:
        form.add_error(None, str(refused))
        return False
    messages.success(request, str(act.done))
    return True


def at_once(
    request: Request,
    act: Callable[[], object],
    done: Words,
    to: str,
    *,
    told: type[Refused] | tuple[type[Refused], ...] = Invalid,
) -> HttpResponse:
    """Act without a form of its own, say what came of it, and go on to a page. `told`: refusals that are said there."""
    try:
        act()
    except told as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, str(done))
    return redirect(to)


def given(request: Request) -> Any:
    """What was sent, or None where the page is only looked at."""
    return request.POST if request.method == "POST" else None
