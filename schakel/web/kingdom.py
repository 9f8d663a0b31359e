"""The map of the Kingdom, with the same figures in a table beside it."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from schakel.governance.functions import function
from schakel.oversight.coverage import reading
from schakel.oversight.coverage.dimensions import REGION
from schakel.oversight.coverage.reading import Cell
from schakel.policy.access import Permission
from schakel.registry.files.lists import facts
from schakel.registry.models import NetworkFunction
from schakel.web import kingdom_map, labels, outlines
from schakel.web.entrance import needs
from schakel.web.functions import name_of
from schakel.web.kingdom_map import Reached
from schakel.web.middleware import Request

ISLANDS = "caribbean"


@require_safe
@needs(Permission.KINGDOM_VIEW)
def show(request: Request) -> HttpResponse:
    """How much of each region can be reached by one function, for those who oversee the whole."""
    asked = function(request.GET.get("function", "")) or function(NetworkFunction.NOTIFICATION)
    slug = asked.slug if asked else ""
    counted = reading.latest(to=request.actor)
    table = (REGION,)
    cells = reading.cells(counted, function=slug, tables=[table])[table] if counted else []
    figures = {cell.values[0]: Reached(cell.population, cell.low, cell.high) for cell in cells}
    name = name_of(asked) if asked else ""
    context = {
        "counted": counted,
        "asked": slug,
        "name": name,
        "functions": labels.functions(),
        "map": kingdom_map.draw(figures, title=_("Reached per region: %(function)s") % {"function": name}),
        "parts": _parts(figures, {cell.values[0]: cell for cell in cells}),
        "attribution": outlines.ATTRIBUTION,
        "licence": outlines.LICENCE,
    }
    return render(request, "network/kingdom.html", context)


def _parts(figures: Mapping[str, Reached], cells: Mapping[str, Cell]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The rows of the table in parts: the provinces, the islands, and what has no region."""
    rows: dict[bool, list[dict[str, Any]]] = {False: [], True: []}
    for code, name in labels.regions():
        rows[facts("regions")[code]["part"] == ISLANDS].append(_row(name, figures.get(code), cells.get(code)))
    nowhere = [_row(_("region not known"), figures[""], cells[""])] if "" in figures else []
    return [(_("Provinces"), rows[False]), (_("Islands"), rows[True]), (_("Elsewhere"), nowhere)]


def _row(name: str, reached: Reached | None, cell: Cell | None) -> dict[str, Any]:
    is_known = kingdom_map.is_known(reached)
    return {"name": name, "cell": cell if is_known else None, "words": kingdom_map.in_words(reached)}
