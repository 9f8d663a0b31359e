"""The map of the Kingdom, with the same figures in a table beside it: of everybody, or of one partner's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from schakel.kit.paging import key_of
from schakel.oversight.coverage import reading, regions
from schakel.oversight.coverage.counting import MEASURED_FUNCTION
from schakel.oversight.coverage.dimensions import functions
from schakel.oversight.coverage.reading import MEASURES, PAPER, Cell
from schakel.oversight.models import Coverage, CoverageShare
from schakel.policy.access import Permission
from schakel.registry.files.lists import facts
from schakel.web import labels
from schakel.web.coverage import words
from schakel.web.entrance import needs
from schakel.web.maps import kingdom_map, outlines
from schakel.web.maps.kingdom_map import Reached
from schakel.web.middleware import Request

ISLANDS = "caribbean"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks: a function, what counts as reached, and whose organisations; nonsense is passed over."""

    function: str
    measure: str
    counted: Coverage | CoverageShare | None

    @property
    def share(self) -> CoverageShare | None:
        """The partner's share, where it is not the whole that is shown."""
        return self.counted if isinstance(self.counted, CoverageShare) else None

    @property
    def address(self) -> str:
        """The same as part of an address."""
        whose = {"partner": self.share.partner_id} if self.share else {}
        return urlencode({"function": self.function, "measure": self.measure, **whose})

    def reached(self, cell: Cell) -> Reached:
        """A region by what counts."""
        if self.measure == PAPER:
            return Reached(cell.population, cell.low, cell.high)
        return Reached(cell.population, cell.value(self.measure), cell.value(self.measure))


def _asked(request: Request) -> Asked:
    given = request.GET.get("function", "")
    function = given if given in functions() else MEASURED_FUNCTION.value
    measure = request.GET.get("measure", "")
    is_measured = function == MEASURED_FUNCTION and measure in MEASURES
    return Asked(function, measure if is_measured else PAPER, _counted(request))


def _counted(request: Request) -> Coverage | CoverageShare | None:
    """The whole for who oversees it, unless it asks for one partner; for a partner its own share."""
    partner = key_of(request.GET.get("partner"))
    shares = CoverageShare.objects.visible_to(request.actor).select_related("partner").order_by("partner__name")
    if partner:
        return get_object_or_404(shares, partner_id=partner)
    if request.actor.reach(Permission.COVERAGE_VIEW).is_everything:
        return reading.latest(to=request.actor)
    return shares.first()


@require_safe
@needs(Permission.COVERAGE_VIEW)
def show(request: Request) -> HttpResponse:
    """How much of each region is reached."""
    asked = _asked(request)
    cells = regions.of(asked.counted, function=asked.function) if asked.counted else {}
    names = labels.functions()
    context = {
        "counted": asked.counted,
        "share": asked.share,
        "is_whole": request.actor.reach(Permission.COVERAGE_VIEW).is_everything,
        "asked": asked,
        "name": capfirst(dict(names)[asked.function]),
        "functions": names,
        "measures": [(one, words.MEASURE_LABELS[one]) for one in MEASURES],
        "is_paper": asked.measure == PAPER,
        "map": kingdom_map.draw(_figures(asked, cells), title=_title(asked)),
        "parts": _parts(asked, cells),
        "attribution": outlines.ATTRIBUTION,
        "licence": outlines.LICENCE,
    }
    return render(request, "network/kingdom.html", context)


@require_safe
@needs(Permission.COVERAGE_VIEW)
def export_csv(request: Request) -> HttpResponse:
    """The table as CSV, whatever counts: every measure has its column."""
    asked, cells = _exported(request, "csv")
    text = regions.as_csv(cells, function=asked.function)
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=_saved_as(asked, "csv"))


@require_safe
@needs(Permission.COVERAGE_VIEW)
def export_svg(request: Request) -> HttpResponse:
    """The map as a picture that stands on its own."""
    asked, cells = _exported(request, "svg")
    picture = kingdom_map.as_file(_figures(asked, cells), title=_title(asked))
    return HttpResponse(picture, content_type="image/svg+xml", headers=_saved_as(asked, "svg"))


def _exported(request: Request, form: str) -> tuple[Asked, regions.Regions]:
    asked = _asked(request)
    if asked.counted is None:
        raise Http404
    at = timezone.now()
    return asked, regions.exported(asked.counted, function=asked.function, form=form, by=request.actor, at=at)


def _saved_as(asked: Asked, ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{_("kingdom")}-{asked.function}-{asked.measure}.{ending}"'}


def _title(asked: Asked) -> str:
    names = {
        "function": capfirst(dict(labels.functions())[asked.function]),
        "measure": words.MEASURE_LABELS[asked.measure],
    }
    title = _("%(function)s per region: %(measure)s") % names
    return f"{asked.share.partner.name}: {title}" if asked.share else title


def _figures(asked: Asked, cells: Mapping[str, Cell]) -> dict[str, Reached]:
    return {region: asked.reached(cell) for region, cell in cells.items()}


def _parts(asked: Asked, cells: Mapping[str, Cell]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The rows of the table in parts: the provinces, the islands, and what has no region."""
    rows: dict[bool, list[dict[str, Any]]] = {False: [], True: []}
    for code, name in labels.regions():
        rows[facts("regions")[code]["part"] == ISLANDS].append(_row(asked, name, cells.get(code)))
    nowhere = [_row(asked, _("region not known"), cells[""])] if "" in cells else []
    return [(_("Provinces"), rows[False]), (_("Islands"), rows[True]), (_("Elsewhere"), nowhere)]


def _row(asked: Asked, name: str, cell: Cell | None) -> dict[str, Any]:
    reached = asked.reached(cell) if cell else None
    is_known = kingdom_map.is_known(reached)
    said = kingdom_map.in_words(reached) if is_known or not asked.share else "\N{EN DASH}"
    return {"name": name, "reached": reached if is_known else None, "words": said}
