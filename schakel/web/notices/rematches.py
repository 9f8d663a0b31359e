"""Runs that matched stored observations again: what each saw and did, and a button for one more."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from schakel.kit.paging import key_of, page
from schakel.notices import rematching
from schakel.notices.models import Rematch, RematchState
from schakel.policy.access import Actor, Permission
from schakel.web.entrance import needs
from schakel.web.middleware import Request

TONES = {RematchState.RUNNING: "info", RematchState.DONE: "good", RematchState.STOPPED: "critical"}
COUNTS = ("assets", "rows", "concerned", "new", "closed", "told", "rerouted", "bettered")


@dataclass(frozen=True, slots=True)
class Row:
    """One run, with its counts by name; what it has not counted is None."""

    run: Rematch
    tone: str
    counts: dict[str, int | None]
    done: int
    """How many rows a run that is not over has looked at."""


@require_safe
@needs(Permission.REPORT_VIEW)
def index(request: Request) -> HttpResponse:
    """The runs, latest first."""
    shown = page(Rematch.objects.visible_to(request.actor), after=key_of(request.GET.get("after")))
    here = reverse("rematches")
    context = {
        "rows": [row_of(run) for run in shown.rows],
        "first_url": here if "after" in request.GET else "",
        "next_url": f"{here}?after={shown.next_after}" if shown.next_after else "",
        "may_ask": bool(request.actor.reach(Permission.REPORT_INGEST)),
    }
    return render(request, "reports/again.html", context)


@require_POST
@needs(Permission.REPORT_INGEST)
def ask(request: Request) -> HttpResponse:
    """Queue one more run."""
    rematching.ask(by=request.actor, at=timezone.now())
    messages.success(request, _("It is queued. The run appears here as soon as it begins."))
    return redirect("rematches")


def row_of(run: Rematch) -> Row:
    """The run as the pages show it."""
    counts = {name: run.counts.get(name) for name in COUNTS}
    return Row(run, TONES[RematchState(run.state)], counts, run.counts.get("done", 0))


def latest(actor: Actor) -> Row | None:
    """The last run that the actor may see, or None."""
    run = Rematch.objects.visible_to(actor).order_by("-pk").first()
    return row_of(run) if run else None
