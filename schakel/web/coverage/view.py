"""What of the coverage a page shows: function, classification, size and measure, from its address."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from schakel.oversight import targets
from schakel.oversight.coverage import reading
from schakel.oversight.coverage.counting import MEASURED_FUNCTION
from schakel.oversight.coverage.dimensions import REGION, SECTION, SECTOR, SIZE, STATUS, functions, values
from schakel.oversight.coverage.reading import MEASURES, PAPER, Cell
from schakel.oversight.coverage.tables import WHOLE, Table
from schakel.web import labels
from schakel.web.coverage import words

KINDS = (SECTOR, SECTION)
HEAT_STEPS = 5
Found = Mapping[Table, list[Cell]]


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to look at it."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Heat:
    """One cell of the heat table: a share of 0 to 100 with its step of colour, or nothing known."""

    percent: int | None
    step: int
    words: str


class View:
    """A way to look; anything unknown in the address is passed over."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.function = _one_of(given.get("function"), functions(), MEASURED_FUNCTION)
        self.kind = _one_of(given.get("by"), KINDS, SECTOR)
        self.size = _one_of(given.get("size"), values(SIZE)[1:], "")
        measures = MEASURES if self.function == MEASURED_FUNCTION else (PAPER,)
        self.measure = _one_of(given.get("measure"), measures, PAPER)
        self.measures = measures

    @property
    def tables(self) -> set[Table]:
        """The tables that the page needs."""
        margins: list[Table] = [WHOLE, (self.kind,), (REGION,), (self.kind, REGION)]
        if self.size:
            return {_with_size(table) for table in margins} | {(SIZE,)}
        return {*margins, (SIZE,), *([(SECTOR, STATUS)] if self.kind == SECTOR else [])}

    def narrowed(self, found: Found, table: Table) -> list[Cell]:
        """A table's cells for the size that is asked."""
        if not self.size or SIZE in table:
            return found.get(table, [])
        return reading.only(found.get(_with_size(table), []), len(table), self.size)

    def only_size(self, cells: list[Cell]) -> list[Cell]:
        """Cells by kind, region and size of the size that is asked."""
        return [cell for cell in cells if not self.size or cell.values[2] == self.size]

    def choices(self, name: str, labels: Mapping[str, str]) -> list[Choice]:
        """Each value of one part of the address, with the others as they are."""
        now = {"function": self.function, "by": self.kind, "size": self.size, "measure": self.measure}
        return [
            Choice(label, "?" + urlencode({**now, name: value}), is_current=now[name] == value)
            for value, label in labels.items()
        ]

    def function_choices(self) -> list[Choice]:
        """By function."""
        return self.choices("function", dict(labels.functions()))

    def kind_choices(self) -> list[Choice]:
        """By classification of sectors."""
        return self.choices("by", {SECTOR: _("NIS2 sectors"), SECTION: _("SBI sections")})

    def size_choices(self) -> list[Choice]:
        """By size class, or all."""
        labels = words.labels_of(SIZE)
        return self.choices("size", {"": _("all sizes"), **{size: labels[size] for size in values(SIZE)[1:]}})

    def measure_choices(self) -> list[Choice]:
        """By what counts as reached."""
        return self.choices("measure", {one: str(words.MEASURE_LABELS[one]) for one in self.measures})

    def steps(self, whole: Cell) -> list[tuple[str, int]]:
        """What notification showed."""
        return [(str(words.MEASURE_LABELS[one]), whole.value(one)) for one in self.measures if one != PAPER]

    def heat(self, found: Found) -> dict[str, Any]:
        """The table of kind by region: its columns, and its rows with a cell for each of them."""
        cells = reading.by_value(self.narrowed(found, (self.kind, REGION)))
        labels, regions = words.labels_of(self.kind), words.labels_of(REGION)
        columns = [*values(REGION)[1:], ""]
        rows = [
            (labels[value], [self._heat(cells.get((value, region))) for region in columns])
            for value in (*values(self.kind)[1:], "")
        ]
        return {"columns": [regions[one] for one in columns], "rows": rows, "label": words.KIND_LABELS[self.kind]}

    def _heat(self, cell: Cell | None) -> Heat:
        if cell is None or not (cell.population or cell.high):
            return Heat(None, 0, _("not known"))
        whole = max(cell.population, cell.low)
        percent = round(100 * cell.value(self.measure) / whole)
        return Heat(percent, -(-percent * HEAT_STEPS // 100), words.of_whole(cell, self.measure))

    def margins(self, found: Found) -> Iterator[dict[str, Any]]:
        """The tables of one dimension, each row with its bar."""
        for table in [(self.kind,), (REGION,), *([] if self.size else [(SIZE,)])]:
            cells = reading.by_value(self.narrowed(found, table))
            labels, there = words.labels_of(table[0]), {} if self.size else targets.by(table[0])
            rows = [
                words.margin(labels[value], cells.get((value,)), self.measure, there.get(value))
                for value in _ordered(table[0])
            ]
            yield _margin(words.MARGIN_TITLES[table[0]], table[0], rows)
        if (SECTOR, STATUS) in found:
            rows = list(self._entities(found[SECTOR, STATUS]))
            yield _margin(_("Under the Cyberbeveiligingswet, per sector"), SECTOR, rows) | {"is_long": True}

    def _entities(self, cells: list[Cell]) -> Iterator[dict[str, Any]]:
        """Essential and important entities of each sector that has any."""
        sectors, statuses = words.labels_of(SECTOR), words.labels_of(STATUS)
        for cell in cells:
            sector, status = cell.values
            if status in {"essential", "important"}:
                yield words.margin(f"{sectors[sector]}, {statuses[status]}", cell, self.measure)


def _margin(title: object, dimension: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    has_held, has_target = (any(row.get(name) for row in rows) for name in ("held", "target"))
    return {
        "title": title,
        "label": words.KIND_LABELS[dimension],
        "rows": rows,
        "has_held": has_held,
        "has_target": has_target,
    }


def _ordered(dimension: str) -> tuple[str, ...]:
    """The known values, the unknown one last."""
    return (*values(dimension)[1:], "")


def _with_size(table: Table) -> Table:
    return (*table, SIZE)


def _one_of(given: str | None, known: tuple[str, ...], usual: str) -> str:
    return given if given in known else usual
