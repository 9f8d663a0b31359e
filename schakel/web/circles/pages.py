"""My circles, one circle, and the log of a closed one."""

from typing import Any

from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from schakel.kit.paging import Page, key_of, page
from schakel.policy.access import Actor, Permission
from schakel.sharing.circles import log, together
from schakel.sharing.circles.rules import memberships, moderating
from schakel.sharing.items import content
from schakel.sharing.models import Circle, CircleEntry, CircleMember, ItemVersion, Release, SharedItem
from schakel.sharing.models.circle import in_now
from schakel.sharing.words import CircleState, CircleTask, ReleaseState
from schakel.web.circles.circle_forms import PhaseForm
from schakel.web.entrance import needs
from schakel.web.middleware import Request

STATE_TONES = {CircleState.PREPARED: "medium", CircleState.OPEN: "good", CircleState.ENDED: "info"}
SHOWN_RELEASES = 20


@require_safe
@needs(Permission.CIRCLE_VIEW)
def index(request: Request) -> HttpResponse:
    """The circles that one is in; for the coordinator all open ones too."""
    rows = Circle.objects.visible_to(request.actor).order_by("-pk")
    shown = page(rows, after=key_of(request.GET.get("after")))
    within = set(CircleMember.objects.held_by(request.actor).values_list("circle", flat=True))
    here = reverse("circles")
    context = {
        "rows": [(circle, STATE_TONES[CircleState(circle.state)], circle.pk in within) for circle in shown.rows],
        "may_prepare": request.actor.may(Permission.CIRCLE_MANAGE),
        "first_url": here if "after" in request.GET else "",
        "next_url": f"{here}?after={shown.next_after}" if shown.next_after else "",
    }
    return render(request, "circles/index.html", context)


@require_safe
@needs(Permission.CIRCLE_VIEW)
def show(request: Request, circle_id: int) -> HttpResponse:
    """One circle."""
    return render_one(request, seen(request, circle_id))


def seen(request: Request, circle_id: int) -> Circle:
    """The circle of that number, if the actor may know of it; else there is nothing."""
    return get_object_or_404(Circle.objects.visible_to(request.actor), pk=circle_id)


def way_to(circle: Circle | None = None) -> tuple[tuple[Any, str], ...]:
    """The way back from a page below the circles, or below one."""
    own = ((circle.words.name, reverse("circle", args=[circle.pk])),) if circle else ()
    return ((_("Circles"), reverse("circles")), *own)


def render_one(request: Request, circle: Circle, *, form: Form | None = None, status: int = 200) -> HttpResponse:
    """The page of one circle, also where its form came back with a fault."""
    actor, items, now = request.actor, _items(request, circle), timezone.now()
    here = reverse("circle", args=[circle.pk])
    releases = Release.objects.visible_to(actor).filter(item__circle=circle).order_by("-pk")
    context = {
        "circle": circle,
        "words": circle.words,
        "tone": STATE_TONES[CircleState(circle.state)],
        "members": _members(circle, actor),
        "rows": titled(items.rows, circle),
        "first_url": here if "after" in request.GET else "",
        "next_url": f"{here}?after={items.next_after}" if items.next_after else "",
        "releases": _releases(list(releases.select_related("item", "asked_by")[:SHOWN_RELEASES]), circle),
        "waiting_count": releases.filter(state=ReleaseState.ASKED).count(),
        "reaction": (reaction := together.reaction(circle, to=actor)),
        "reaction_words": timesince(now - reaction.median, now) if reaction.median is not None else "",
        "phases": [(one, one.said.get("reason", "")) for one in _phases(circle)],
        "phase_form": form or PhaseForm(initial={"phase": circle.phase}),
        "may_moderate": moderating(actor, circle),
        "is_open": circle.state == CircleState.OPEN,
        "is_member": memberships(actor, circle).exists(),
    }
    return render(request, "circles/show.html", context, status=status)


def _items(request: Request, circle: Circle) -> Page[SharedItem]:
    rows = SharedItem.objects.visible_to(request.actor).filter(circle=circle).select_related("owner", "circle")
    return page(rows, after=key_of(request.GET.get("after")))


def _phases(circle: Circle) -> list[Any]:
    phases = list(circle.phases.order_by("-pk")[:SHOWN_RELEASES])
    for one in phases:
        one.circle = circle  # Opened with the keys that are here already.
    return phases


def _releases(rows: list[Release], circle: Circle) -> list[tuple[Release, str]]:
    """Each with its title."""
    for row in rows:
        row.item.circle = circle
    return [(row, str(row.said["document"]["title"])) for row in rows]


def titled(items: list[SharedItem], circle: Circle) -> list[tuple[SharedItem, str]]:
    """The items with their titles, also those that lie sealed. One query."""
    if not circle.is_closed:
        return [(item, item.title) for item in items]
    wanted = {item.pk: item.published_version or item.version_count for item in items}
    found = ItemVersion.objects.filter(item__in=wanted).defer("document")
    titles = {}
    for version in found:
        if version.number == wanted[version.item_id]:
            version.item = next(item for item in items if item.pk == version.item_id)
            titles[version.item_id] = content.title_in(version)
    return [(item, titles.get(item.pk, "")) for item in items]


def _members(circle: Circle, actor: Actor) -> list[tuple[CircleMember, str, str, list[Any], bool]]:
    """Who is in it: the body, the person, the tasks, and whether the membership is one's own. Three queries."""
    rows = list(circle.members.filter(in_now()).select_related("partner", "organisation").order_by("pk"))
    names = log.names_of(row.user_id for row in rows)
    own = set(memberships(actor, circle).values_list("pk", flat=True))
    return [(row, _body(row), names.get(row.user_id or 0, ""), _tasks(row), row.pk in own) for row in rows]


def _body(row: CircleMember) -> str:
    body = row.partner or row.organisation
    return body.name if body else _("the coordinator")


def _tasks(row: CircleMember) -> list[Any]:
    return [CircleTask(task).label for task in row.tasks]


@require_safe
@needs(Permission.CIRCLE_VIEW)
def show_log(request: Request, circle_id: int) -> HttpResponse:
    """Who opened and did what in a closed circle, newest first; for its members."""
    circle = seen(request, circle_id)
    if not circle.is_closed:
        raise Http404
    shown = page(CircleEntry.objects.filter(circle=circle), after=key_of(request.GET.get("after")))
    lines = log.lines(shown.rows, circle, to=request.actor)
    items = SharedItem.objects.visible_to(request.actor).filter(uid__in=[line.item for line in lines if line.item])
    known = {str(item.uid): title for item, title in titled(list(items.select_related("circle")), circle)}
    here = reverse("circle_log", args=[circle.pk])
    context = {
        "circle": circle,
        "words": circle.words,
        "rows": [(line, known.get(line.item, "")) for line in lines],
        "first_url": here if "after" in request.GET else "",
        "next_url": f"{here}?after={shown.next_after}" if shown.next_after else "",
    }
    return render(request, "circles/log.html", context)
