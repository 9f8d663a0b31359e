"""The functions of the network: what each is for, who takes part, how they depend on each other, and older plans."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from schakel.governance.functions import Function, function, functions
from schakel.governance.models import EVERY, PARTS, Canvas, Dependency, Question, SelectionRound
from schakel.governance.overview import Standing, standings
from schakel.kit.paging import key_of, page
from schakel.notices.models import phase_at
from schakel.policy.access import Permission
from schakel.registry import starts
from schakel.registry.models import AgreementRole
from schakel.web import labels
from schakel.web.entrance import needs
from schakel.web.functions import flow_chart
from schakel.web.middleware import Request

PHASES: dict[str, Promise] = {
    "cold": gettext_lazy("cold"),
    "lukewarm": gettext_lazy("lukewarm"),
    "warm": gettext_lazy("warm"),
    "aftermath": gettext_lazy("aftermath"),
}
"""The phases of an incident, in their order."""
SHOWN_AT_ONCE = 5
LARGEST_VERSION = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Row:
    """One flow of the table: its number there, the names of both ends, and what it means in the page's language."""

    number: int
    flow: Dependency
    source: str
    target: str
    meaning: str


@require_safe
@needs(Permission.FUNCTION_VIEW)
def index(request: Request) -> HttpResponse:
    """Every function with its goal and phases, and the flows between them."""
    now = timezone.now()
    phase = phase_at(now)
    everywhere = Dependency.objects.visible_to(request.actor)
    rows = flow_rows(list(everywhere.running()))
    context = {
        "standings": [(one, name_of(one.function), chips(one.function, phase)) for one in _standings(request)],
        "phase": phase,
        "rows": rows,
        "picture": picture(rows),
        "ended": flow_rows(list(everywhere.exclude(ended_at=None).order_by("-ended_at"))),
        "may_manage": request.actor.may(Permission.FUNCTION_MANAGE),
        "may_ask": bool(request.actor.reach(Permission.FUNCTION_ASK)),
    }
    return render(request, "functions/index.html", context)


def _standings(request: Request) -> list[Standing]:
    return standings(request.actor, day=timezone.localdate())


@require_safe
@needs(Permission.FUNCTION_VIEW)
def show(request: Request, function_slug: str) -> HttpResponse:
    """One function: its canvas, lead and coordinator, phases, flows, rounds and questions."""
    shown = found(function_slug)
    standing = next(one for one in _standings(request) if one.function.slug == function_slug)
    canvas = standing.canvas
    questions = Question.objects.visible_to(request.actor).filter(function=function_slug).order_by("-pk")
    rows = flow_rows(list(Dependency.objects.visible_to(request.actor).running()))
    regions = dict(labels.regions())
    context = {
        "function": shown,
        "name": name_of(shown),
        "standing": standing,
        "canvas": canvas,
        "parts": [(name, label, getattr(canvas, name)) for name, label in PARTS.items()] if canvas else [],
        "chips": chips(shown, phase_at(timezone.now())),
        "roles": [(role.label, standing.partners[role.value]) for role in AgreementRole],
        "giving": [row for row in rows if row.flow.from_function == function_slug],
        "getting": [
            row
            for row in rows
            if row.flow.to_function in {function_slug, EVERY} and row.flow.from_function != function_slug
        ],
        "rounds": SelectionRound.objects.visible_to(request.actor).filter(function=function_slug).order_by("-year"),
        "starts": sorted((regions[region], day) for region, day in starts.starts(function_slug).items()),
        "questions": questions[:SHOWN_AT_ONCE],
        "may_manage": request.actor.may(Permission.FUNCTION_MANAGE),
        "may_ask": bool(request.actor.reach(Permission.FUNCTION_ASK)),
        "may_see_network": bool(request.actor.reach(Permission.NETWORK_VIEW)),
    }
    return render(request, "functions/show.html", context)


@require_safe
@needs(Permission.FUNCTION_VIEW)
def versions(request: Request, function_slug: str) -> HttpResponse:
    """Every version of a function's canvas, newest first, each with the reason for it."""
    shown = found(function_slug)
    listed = page(
        Canvas.objects.visible_to(request.actor).filter(function=function_slug), after=key_of(request.GET.get("after"))
    )
    here = reverse("function_versions", args=[function_slug])
    context = {
        "function": shown,
        "name": name_of(shown),
        "rows": listed.rows,
        "first_url": here if "after" in request.GET else "",
        "next_url": f"{here}?after={listed.next_after}" if listed.next_after else "",
    }
    return render(request, "functions/versions.html", context)


@require_safe
@needs(Permission.FUNCTION_VIEW)
def version(request: Request, function_slug: str, number: int) -> HttpResponse:
    """One version as it was, and what it changed."""
    shown = found(function_slug)
    if number > LARGEST_VERSION:
        raise Http404
    both = Canvas.objects.visible_to(request.actor).filter(function=function_slug, version__in=[number - 1, number])
    canvases = {one.version: one for one in both.select_related("lead")}
    if number not in canvases:
        raise Http404
    canvas, before = canvases[number], canvases.get(number - 1)
    context = {
        "function": shown,
        "name": name_of(shown),
        "canvas": canvas,
        "before": before,
        "parts": [
            (label, list(changes(getattr(before, part, ""), getattr(canvas, part)))) for part, label in PARTS.items()
        ],
        "may_manage": request.actor.may(Permission.FUNCTION_MANAGE),
    }
    return render(request, "functions/version.html", context)


def changes(was: str, now_is: str) -> Iterator[tuple[str, str]]:
    """The lines of a part, each with what happened to it: kept, added or dropped."""
    marks = {"  ": "kept", "+ ": "added", "- ": "dropped"}
    for line in difflib.ndiff(was.splitlines(), now_is.splitlines()):
        if line[:2] in marks:
            yield marks[line[:2]], line[2:]


def found(function_slug: str) -> Function:
    """The function of that address. Raises Http404."""
    if (one := function(function_slug)) is None:
        raise Http404
    return one


def name_of(one: Function) -> str:
    """A function's name in the language of the page, with a capital."""
    name = one.name(labels.language())
    return name[:1].upper() + name[1:]


def names() -> dict[str, str]:
    """The name of each function, and of all together, by slug."""
    return {one.slug: name_of(one) for one in functions()} | {EVERY: _("Every function")}


def chips(one: Function, phase: str) -> list[tuple[str, bool, bool]]:
    """The phases in order: name, whether the function works in it, whether the network is in it now."""
    return [(str(label), slug in one.phases, slug == phase) for slug, label in PHASES.items()]


def flow_rows(flows: list[Dependency]) -> list[Row]:
    """Flows as lines of a table, numbered from 1."""
    known, language = names(), labels.language()
    return [
        Row(number, one, known.get(one.from_function, one.from_function), known.get(one.to_function, one.to_function),
            one.meaning(language))
        for number, one in enumerate(flows, start=1)
    ]  # fmt: skip


def picture(rows: list[Row]) -> str:
    """The flows as arrows between the functions."""
    flows = [
        flow_chart.Flow(
            row.number, row.flow.from_function, None if row.flow.to_function == EVERY else row.flow.to_function
        )
        for row in rows
    ]
    return flow_chart.draw(
        {one.slug: name_of(one) for one in functions()},
        flows,
        title=_("How the functions depend on each other"),
        description=_("Each arrow carries the numbers of its flows in the table below."),
        every=_("every function"),
    )


def version_of(request: Request, function_slug: str) -> Canvas | None:
    """The version of a canvas that holds now."""
    return Canvas.objects.visible_to(request.actor).filter(function=function_slug).order_by("-version").first()


def older(request: Request, function_slug: str, number: int | None) -> Canvas | None:
    """The version of that number, else the one that holds now."""
    if number is None:
        return version_of(request, function_slug)
    return get_object_or_404(Canvas.objects.visible_to(request.actor), function=function_slug, version=number)
