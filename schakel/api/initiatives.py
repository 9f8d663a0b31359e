"""The register of initiatives."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Path, Query, Router

from schakel.api.initiative_shapes import (
    DecisionGiven,
    InitiativeInFull,
    InitiativePage,
    InitiativeQuery,
    InitiativeShape,
    told,
)
from schakel.api.pages import address_after, no_strangers
from schakel.api.requests import Request
from schakel.api.shapes import Word
from schakel.collaboration import initiatives, register
from schakel.collaboration.models import Initiative, UseCaseLink, still_there
from schakel.kit.paging import ordered_page
from schakel.policy.access import Actor

router = Router(tags=["initiatives"], by_alias=True)


@router.get("/initiatives", response=InitiativePage, operation_id="listInitiatives")
def index(request: Request, query: Query[InitiativeQuery]) -> Any:
    """Initiatives, by name."""
    no_strangers(request, query)
    today, asked = timezone.localdate(), query.model_dump(exclude={"after", "size"})
    rows = Initiative.objects.visible_to(request.auth).select_related("successor").by_name()
    asked_for = register.Question(**asked).narrow(rows, to=request.auth, on=today)
    found = ordered_page(asked_for, by=["sorted_name"], place=query.after, size=query.size)
    owners = register.names_of((row.owner_id for row in found.rows), to=request.auth)
    items = [told(row, owner=owners.get(row.owner_id or 0, row.owner_name), on=today) for row in found.rows]
    return {"items": items, "next": address_after(request, found.next_place or None)}


@router.get("/initiatives/{initiative}", response=InitiativeInFull, operation_id="getInitiative")
def show(request: Request, initiative: Path[Word]) -> Any:
    """One initiative with who takes part, its use cases and its history."""
    return _in_full(_seen(request.auth, initiative), request.auth)


@router.post("/initiatives/{initiative}/decision", response=InitiativeShape, operation_id="decideInitiative")
def decide(request: Request, initiative: Path[Word], given: DecisionGiven) -> Any:
    """Say that an initiative goes on, is developed further or stops. Its owner may, and the coordinator."""
    row, by = _seen(request.auth, initiative), request.auth
    initiatives.decide(initiative=row, state=given.state, reason=given.reason, by=by, at=timezone.now())
    owners = register.names_of([row.owner_id], to=by)
    return told(row, owner=owners.get(row.owner_id or 0, row.owner_name), on=timezone.localdate())


def _seen(actor: Actor, slug: str) -> Initiative:
    return get_object_or_404(Initiative.objects.visible_to(actor).select_related("successor"), slug=slug)


def _in_full(row: Initiative, actor: Actor) -> dict[str, Any]:
    today = timezone.localdate()
    participants = list(row.participants.order_by("pk"))
    links = list(UseCaseLink.objects.filter(still_there(today), use_case__initiative=row))
    partners = [row.owner_id, *(one.partner_id for one in participants), *(link.partner_id for link in links)]
    names = register.names_of(partners, to=actor)
    at_work: dict[int, list[str]] = {}
    for link in links:
        if link.partner_id in names:
            at_work.setdefault(link.use_case_id, []).append(names[link.partner_id])
    return {
        "initiative": told(row, owner=names.get(row.owner_id or 0, row.owner_name), on=today),
        "participants": sorted(
            (
                {
                    "name": one.name or names[one.partner_id or 0],
                    "role": one.role,
                    "from_on": one.from_on,
                    "until_on": one.until_on,
                }
                for one in participants
                if one.name or one.partner_id in names
            ),
            key=lambda one: str(one["name"]).casefold(),
        ),
        "use_cases": [
            {"name": case.name, "about": case.about, "partners": sorted(at_work.get(case.pk, []), key=str.casefold)}
            for case in row.use_cases.order_by("name", "pk")
        ],
        "milestones": list(row.milestones.order_by("on", "pk")),
        "steps": list(row.steps.order_by("-at", "-pk")),
    }
