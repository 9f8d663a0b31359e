"""Coverage in words and pictures: labels of what it is told apart by, bars, the trend, gaps."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schakel.oversight import targets
from schakel.oversight.coverage.dimensions import REGION, SECTION, SECTOR, SIZE, STATUS, functions, values
from schakel.oversight.coverage.gaps import Gap
from schakel.oversight.coverage.reading import PAPER, Cell
from schakel.oversight.models import CoverageShare
from schakel.oversight.targets import Target
from schakel.registry.files.lists import facts as registry_facts
from schakel.registry.models import Nis2Status, SizeClass
from schakel.registry.models.measurement import FIRST_YEAR
from schakel.web import charts, labels

MEASURE_LABELS: dict[str, Promise] = {
    PAPER: gettext_lazy("reachable on paper"),
    "told": gettext_lazy("told in the past year"),
    "opened": gettext_lazy("opened a notice"),
    "answered": gettext_lazy("answered a notice"),
}
KIND_LABELS: dict[str, Promise] = {
    SECTOR: gettext_lazy("NIS2 sector"),
    SECTION: gettext_lazy("SBI section"),
    REGION: gettext_lazy("Region"),
    SIZE: gettext_lazy("Size"),
}
MARGIN_TITLES: dict[str, Promise] = {
    SECTOR: gettext_lazy("Per NIS2 sector"),
    SECTION: gettext_lazy("Per SBI section"),
    REGION: gettext_lazy("Per region"),
    SIZE: gettext_lazy("Per size"),
}
SHORT_TREND = 2
"""Fewer days than this make no line."""


def _sections() -> labels.Choices:
    """Letter and name."""
    names = registry_facts("sbi_sections")
    return [(letter, f"{letter} {names[letter][labels.language()]}") for letter in values(SECTION)[1:]]


CHOSEN: dict[str, type[SizeClass] | type[Nis2Status]] = {SIZE: SizeClass, STATUS: Nis2Status}
LISTED: dict[str, Callable[[], labels.Choices]] = {
    "function": labels.functions,
    SECTOR: labels.sectors,
    SECTION: _sections,
    REGION: labels.regions,
}


def labels_of(dimension: str) -> dict[str, str]:
    """The words for each value of a dimension, the unknown one included."""
    if dimension in CHOSEN:
        return {one.value: str(one.label) for one in CHOSEN[dimension]} | {"": _("not known")}
    return dict(LISTED[dimension]()) | {"": _("not known")}


def number(count: int) -> str:
    """A number as people read it."""
    return number_format(count, force_grouping=True)


def reached(cell: Cell, measure: str) -> str:
    """How many: a number, or a band where counts without a list make it one."""
    if measure == PAPER and cell.is_band:
        return _("%(low)s to %(high)s") % {"low": number(cell.low), "high": number(cell.high)}
    return number(cell.value(measure))


def of_whole(cell: Cell, measure: str) -> str:
    """How many of how many."""
    return _("%(reached)s of %(population)s") % {
        "reached": reached(cell, measure),
        "population": number(cell.population),
    }


def margin(label: str, cell: Cell | None, measure: str, target: Target | None = None) -> dict[str, Any]:
    """A row: its words, its counts and its bar, with how many there are by another's count. Without a cell: unknown."""
    if cell is None:
        return {"label": label, "is_known": False, "target": target}
    sure = cell.value(measure)
    maybe = min(cell.high, cell.population) - sure if measure == PAPER else 0
    parts = [
        charts.Part(_("reached"), min(sure, cell.population), "good"),
        charts.Part(_("perhaps"), max(0, maybe), "medium"),
    ]
    return {
        "label": label,
        "is_known": True,
        "population": cell.population,
        "reached": reached(cell, measure),
        "percent": round(100 * min(sure, cell.population) / cell.population) if cell.population else None,
        "unreached": max(0, cell.population - cell.held - sure),
        "held": cell.held,
        "target": target,
        "bar": charts.mini_bar(parts, whole=cell.population),
    }


def trend_chart(days: Sequence[tuple[date, Cell]], *, rounds: Mapping[date, int]) -> dict[str, Any]:
    """The line over the days that were counted, with its table; too few days make no line. Rounds are named."""
    rows = [(on, cell, _round(rounds.get(on))) for on, cell in days[::-1]]
    if len(days) < SHORT_TREND:
        return {"chart": "", "days": rows}
    lines = [
        charts.Line(_("organisations known"), [cell.population for _on, cell in days], tone=6),
        charts.Line(_("reachable on paper"), [cell.low for _on, cell in days], tone=1, is_area=True),
    ]
    if days[-1][1].told is not None:
        lines.append(charts.Line(_("told in the past year"), [cell.told or 0 for _on, cell in days], tone=2))
    first, last = days[0][1].low, days[-1][1].low
    description = _("Reachable on paper: from %(first)s to %(last)s.") % {"first": number(first), "last": number(last)}
    if days[0][0] in rounds:
        description = f"{_round(rounds[days[0][0]])}. {description}"
    chart = charts.lines(lines, days=[on for on, _cell in days], title=_("Coverage over time"), description=description)
    return {"chart": chart, "days": rows}


def _round(year: int | None) -> str:
    """The round of measuring of a year, the first by its own name."""
    if year is None:
        return ""
    return _("baseline") if year == FIRST_YEAR else _("measurement of %(year)d") % {"year": year}


def gap_row(gap: Gap) -> dict[str, Any]:
    """A gap in words."""
    types = dict(labels.partner_types())
    return {
        "where": [labels_of(dimension)[value] for dimension, value in gap.by.items()],
        "population": gap.population,
        "least": gap.least,
        "most": gap.most,
        "types": [types[kind] for kind in gap.types if kind in types],
    }


def others(whole: Cell, *, size: str) -> list[dict[str, Any]]:
    """What the registry knows, and others' counts beside it; those of the size that is asked."""
    ours = {"label": _("in this registry"), "count": whole.population, "source": "", "is_certain": True}
    return [ours] + [
        {
            "label": one.words[labels.language()],
            "count": one.count,
            "source": one.source,
            "is_certain": one.is_certain,
        }
        for one in targets.targets()
        if not size or one.where.get(SIZE) == size
    ]


def alone(share: CoverageShare) -> list[tuple[str, int, int]]:
    """Per function that the partner covers: whom nobody else reaches, in number and in hundredths of its members."""
    names = labels_of("function")
    return [
        (names[function], count, round(100 * count / share.members) if share.members else 0)
        for function, count in share.alone.items()
    ]


def alone_bar(share: CoverageShare, function: str) -> str:
    """Reached alone against all members."""
    count = share.alone.get(function, 0)
    parts = [charts.Part(_("only here"), count, "high"), charts.Part(_("elsewhere too"), share.members - count, "low")]
    return charts.mini_bar(parts, whole=share.members)


def parts(share: CoverageShare, *, with_alone: bool) -> list[dict[str, Any]]:
    """The share by each dimension: members, and per function whom nobody else reaches where that may be seen."""
    covered = [function for function in functions() if function in share.alone] if with_alone else []
    places = [1 + functions().index(function) for function in covered]
    names = labels_of("function")
    return [
        {
            "title": MARGIN_TITLES[dimension],
            "label": KIND_LABELS[dimension],
            "columns": [names[function] for function in covered],
            "rows": [
                (labels_of(dimension)[value], counts[0], [counts[place] for place in places])
                for value in (*values(dimension)[1:], "")
                if (counts := share.parts.get(dimension, {}).get(value))
            ],
        }
        for dimension in (SECTOR, SECTION, REGION, SIZE)
    ]
