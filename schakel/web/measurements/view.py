"""A measurement's counts as rows for its pages: by function, category, type, sector, region and side."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from schakel.registry.measurements import counting
from schakel.registry.measurements.counting import Counts, Pair
from schakel.registry.models import Category, Facet, LegacyStatus, Side
from schakel.web import charts, labels

SHADES = 5
PROSPECT_TONE, PARTNER_TONE = "1", "2"


@dataclass(frozen=True, slots=True)
class Row:
    """One word of a facet: its name, who was counted, and a bar against the largest."""

    word: str
    label: str
    pair: Pair
    bar: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One crossing of a heat table; `shade` goes from 0 (nobody) to SHADES (the most)."""

    label: str
    count: int
    shade: int


@dataclass(frozen=True, slots=True)
class Sector:
    """One sector of the law: whether it is new, who is in it, and for each function how many."""

    label: str
    is_newer: bool
    pair: Pair
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Gaps:
    """What is missing, in figures. `per_hard` is how many soft activities there are for each hard one."""

    soft: int
    hard: int
    per_hard: float | None
    older_mean: float
    newer_mean: float
    empty_sectors: tuple[str, ...]
    unknown_regions: tuple[str, ...]
    weakest_functions: tuple[Row, ...]


def overview(counts: Counts, looked_at: list[str]) -> dict[str, Any]:
    """Everything that an overview shows. No query."""
    functions = _rows(counts, Facet.FUNCTION, labels.functions())
    sectors = _sectors(counts)
    regions = counting.regions(counts, looked_at)
    names = dict(labels.regions())
    return {
        "all": counts.all,
        "functions": functions,
        "categories": _rows(counts, Facet.CATEGORY, [(one.value, str(one.label)) for one in Category]),
        "category_chart": _category_chart(counts),
        "legacy": [(one.label, pair.total) for one in LegacyStatus if (pair := counts.of(Facet.LEGACY, one)).total],
        "types": sorted(_rows(counts, Facet.TYPE, labels.partner_types()), key=lambda row: -row.pair.total),
        "sectors": sectors,
        "sector_functions": [label for _slug, label in labels.functions()],
        "without_sector": counts.of(Facet.SECTOR, ""),
        "regions": [(names[one.code], one) for one in regions],
        "without_region": counts.of(Facet.REGION, ""),
        "side_chart": _side_chart(counts),
        "does": {word or "none": counts.of(Facet.DOES, word).total for word in ("soft", "hard", "both", "")},
        "gaps": _gaps(counts, functions, sectors, [names[one.code] for one in regions if one.count is None]),
    }


def completeness(counts: Counts) -> list[tuple[int, int]]:
    """How many prospects have so many of the four fields known, from all to none."""
    return [(known, counts.of(Facet.KNOWN, str(known)).prospects) for known in range(4, -1, -1)]


def _rows(counts: Counts, facet: Facet, choices: Iterable[tuple[str, str]]) -> list[Row]:
    """A row for each word that the lists know, and one for the unknown where there is any."""
    named = [(word, label, counts.of(facet, word)) for word, label in choices]
    named = [one for one in named if one[2].total or facet != Facet.TYPE]
    if (unknown := counts.of(facet, "")).total:
        named.append(("", unknown_words(facet), unknown))
    most = max((pair.total for _word, _label, pair in named), default=0)
    return [Row(word, label, pair, charts.mini_bar(parts(pair), whole=most)) for word, label, pair in named]


def unknown_words(facet: Facet) -> str:
    """What is said of those of whom the facet is not known."""
    return _("not yet assessed") if facet == Facet.CATEGORY else _("not known")


def parts(pair: Pair) -> list[charts.Part]:
    """Prospects and partners as parts of a bar."""
    return [
        charts.Part(_("prospects"), pair.prospects, PROSPECT_TONE),
        charts.Part(_("partners"), pair.partners, PARTNER_TONE),
    ]


def _category_chart(counts: Counts) -> str:
    tones = {Category.CORE: "1", Category.ECOSYSTEM: "2", Category.CONNECTION: "3"}
    shown = [charts.Part(str(one.label), counts.of(Facet.CATEGORY, one).total, tone) for one, tone in tones.items()]
    if unknown := counts.of(Facet.CATEGORY, "").total:
        shown.append(charts.Part(unknown_words(Facet.CATEGORY), unknown, "6"))
    return charts.bar(shown, title=_("Partners and prospects by category"))


def _side_chart(counts: Counts) -> str:
    tones = {Side.SOFT: "4", Side.HARD: "2"}
    shown = [charts.Part(str(side.label), counts.of(Facet.SIDE, side).total, tone) for side, tone in tones.items()]
    return charts.bar(shown, title=_("Activities by side"))


def _sectors(counts: Counts) -> list[Sector]:
    """Older sectors first: the newer ones are what the study found less organised."""
    functions = labels.functions()

    def crossed(sector: str, function: str) -> int:
        return counts.of(Facet.SECTOR, sector, function).total

    most = {function: max(crossed(sector, function) for sector, _l in labels.sectors()) for function, _f in functions}
    rows = [
        Sector(
            label=label,
            is_newer=counting.is_newer(sector),
            pair=counts.of(Facet.SECTOR, sector),
            cells=tuple(_cell(name, crossed(sector, function), most[function]) for function, name in functions),
        )
        for sector, label in labels.sectors()
    ]
    return sorted(rows, key=lambda row: (row.is_newer, row.label.casefold()))


def _cell(label: str, count: int, most: int) -> Cell:
    return Cell(label, count, 1 + (SHADES - 1) * count // most if count else 0)


def _gaps(counts: Counts, functions: list[Row], sectors: list[Sector], unknown_regions: list[str]) -> Gaps:
    soft, hard = counts.of(Facet.SIDE, "soft").total, counts.of(Facet.SIDE, "hard").total
    means = [
        sum(row.pair.total for row in group) / len(group)
        for group in ([row for row in sectors if row.is_newer == newer] for newer in (False, True))
    ]
    known = [row for row in functions if row.word]
    return Gaps(
        soft=soft,
        hard=hard,
        per_hard=soft / hard if hard else None,
        older_mean=means[0],
        newer_mean=means[1],
        empty_sectors=tuple(row.label for row in sectors if not row.pair.total),
        unknown_regions=tuple(unknown_regions),
        weakest_functions=tuple(sorted(known, key=lambda row: row.pair.total)[:2]),
    )


def growth_chart(points: list[Any], words: list[tuple[str, str]]) -> str:
    """Partners month by month, for at most six words."""
    lines = [
        charts.Line(label, [point.counts.get(word, 0) for point in points], tone=tone, is_area=len(words) == 1)
        for tone, (word, label) in enumerate(words, start=1)
    ]
    return charts.lines(
        lines,
        days=[point.on for point in points],
        title=_("Partners since the first measurement"),
        description=_("The table below holds the numbers of each measurement and of today."),
    )
