"""The network as a graph, and the functions with their plans and what they give each other."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from ninja import Path, Query, Router

from schakel.api.network_shapes import FunctionInFull, FunctionList, NetworkQuery, NetworkShape
from schakel.api.pages import no_strangers
from schakel.api.requests import Request
from schakel.api.shapes import Word
from schakel.governance.models import EVERY, PARTS, Dependency
from schakel.governance.overview import Standing, standings
from schakel.kit.refusals import permit
from schakel.oversight.network import Asked, network
from schakel.policy.access import Actor, Permission

router = Router(tags=["network"], by_alias=True)


@router.get("/network", response=NetworkShape, operation_id="getNetwork")
def graph(request: Request, query: Query[NetworkQuery]) -> Any:
    """The part of the network that is asked for and that you may see: nodes, and ties between them by their ids."""
    no_strangers(request, query)
    given = query.model_dump(exclude={"language"})
    asked = Asked(**{name: value for name, value in given.items() if value is not None})
    seen = network(request.auth, day=timezone.localdate(), language=query.language, asked=asked)
    return {"nodes": seen.nodes, "ties": seen.ties}


@router.get("/functions", response=FunctionList, operation_id="listFunctions")
def index(request: Request) -> Any:
    """Every function with the phases in which it works, who leads, who coordinates, and how many take part."""
    return {"items": [_function(one) for one in _standings(request.auth)]}


@router.get("/functions/{function_slug}", response=FunctionInFull, operation_id="getFunction")
def show(request: Request, function_slug: Path[Word]) -> Any:
    """One function with its plan as it is now, and what it gives other functions and gets from them."""
    standing = {one.function.slug: one for one in _standings(request.auth)}.get(function_slug)
    if standing is None:
        raise Http404
    flows = Dependency.objects.visible_to(request.auth).running()
    here = [flow for flow in flows if {function_slug, EVERY} & {flow.from_function, flow.to_function}]
    parts = {name: getattr(standing.canvas, name) for name in PARTS} if standing.canvas else None
    return {**_function(standing), "plan": parts, "version": standing.canvas and standing.canvas.version, "flows": here}


def _standings(actor: Actor) -> list[Standing]:
    permit(bool(actor.reach(Permission.FUNCTION_VIEW)))
    return standings(actor, day=timezone.localdate())


def _function(one: Standing) -> dict[str, Any]:
    canvas, lead = one.canvas, one.canvas.lead if one.canvas else None
    return {
        "slug": one.function.slug,
        "names": one.function.names,
        "phases": one.function.phases,
        "are_phases_certain": one.function.are_phases_certain,
        "lead": lead.name if lead else None,
        "coordinator": canvas.coordinator if canvas else "",
        "partners": dict(one.partners),
    }
