"""Counting coverage from its arrays: every table for every function, and what each partner holds of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from schakel.oversight.coverage import bands, dimensions, reach, tables
from schakel.oversight.coverage.bands import Estimates
from schakel.oversight.coverage.keeping import Snapshot
from schakel.oversight.coverage.measuring import STEPS
from schakel.oversight.coverage.reach import Counts, Mask, Places
from schakel.oversight.coverage.tables import Table
from schakel.registry.files.lists import slugs
from schakel.registry.models import Agreement, Estimate, NetworkFunction, active_on

MEASURED_FUNCTION = NetworkFunction.NOTIFICATION
"""The one function whose work leaves traces that can be counted so far."""
NO_PLACES = np.zeros(0, np.int32)


def functions() -> tuple[str, ...]:
    """The functions of the network; the place of each is its bit in a mask."""
    found = slugs("functions")
    if len(found) > reach.MOST_FUNCTIONS:
        raise NotImplementedError("a mask of functions has eight bits")
    return found


def in_force(day: date) -> dict[int, int]:
    """Of each partner with an agreement in force on `day` the functions that it covers, as a mask.

    An organisation counts as reachable on paper in a function when it is in the constituency, valid that day, of a
    partner whose agreement in force covers the function: the rule by which notices are routed.
    """
    masks: dict[int, int] = {}
    for at, function in enumerate(functions()):
        for partner in Agreement.objects.filter(active_on(day, function)).values_list("partner_id", flat=True):
            masks[partner] = masks.get(partner, 0) | 1 << at
    return masks


@dataclass(frozen=True, slots=True)
class Counted:
    """Everything that one count found out. Counts by code; `layers` and `masks` are what partners' shares need."""

    snapshot: Snapshot
    masks: Mapping[int, int]
    layers: reach.Layers
    constituencies: Mapping[int, Places]
    population: Counts
    listed: Counts
    measured: Counts
    estimates: Estimates
    estimated: tuple[tuple[int, str], ...]


def counted(snapshot: Snapshot, *, masks: Mapping[int, int], steps: Mask) -> Counted:
    """Count the snapshot anew, with the agreements of `masks` and the steps of notification by place."""
    size, codes = len(snapshot.population), snapshot.population.codes
    constituencies = merged(snapshot, masks)
    layers = reach.layers(((places, masks[one]) for one, places in constituencies.items()), size=size)
    cells = dimensions.cells()
    estimates, groups = estimated(masks)
    return Counted(
        snapshot=snapshot,
        masks=masks,
        layers=layers,
        constituencies=constituencies,
        population=reach.histogram(codes, cells=cells),
        listed=_by_bit(codes, layers.once, len(functions())),
        measured=_by_bit(codes, steps, len(STEPS)),
        estimates=estimates,
        estimated=groups,
    )


def merged(snapshot: Snapshot, partners: Iterable[int]) -> dict[int, Places]:
    """The constituency of each of these partners over all its relations, each organisation once."""
    parts: dict[int, list[Places]] = {one: [] for one in partners}
    for (partner, _relation), places in snapshot.relations.items():
        if partner in parts:
            parts[partner].append(places)
    size = len(snapshot.population)
    return {one: reach.union(found, size=size) for one, found in parts.items() if found}


def _by_bit(codes: reach.Codes, masks: Mask, bits: int) -> Counts:
    cells = dimensions.cells()
    within = ((masks >> bit & 1).astype(np.bool_) for bit in range(bits))
    return np.stack([reach.histogram(codes, cells=cells, within=one) for one in within])


def estimated(partners: Iterable[int]) -> tuple[Estimates, tuple[tuple[int, str], ...]]:
    """The estimates of these partners as arrays, and the partner and relation of each group."""
    columns = "partner_id", "relation", "sector", "sbi_section", "region", "size_class", "count"
    rows = list(Estimate.objects.filter(partner_id__in=list(partners)).order_by("pk").values_list(*columns))
    groups = tuple(sorted({(row[0], row[1]) for row in rows}))
    at = {group: number for number, group in enumerate(groups)}
    told = [
        [dimensions.number(one, value) for one, value in zip(bands.ESTIMATED, row[2:6], strict=True)] for row in rows
    ]
    return Estimates(
        groups=np.array([at[row[0], row[1]] for row in rows], np.intp),
        numbers=np.array(told, np.intp).reshape(len(rows), len(bands.ESTIMATED)),
        counts=np.array([row[6] for row in rows], np.int64),
        group_count=len(groups),
    ), groups


@dataclass(frozen=True, slots=True)
class Cells:
    """One table for one function: of each cell with somebody in it its values and its counts.

    Counts are population, listed, low and high; then told, opened and answered where the function is measured.
    """

    function: str
    table: Table
    cells: list[list[Any]]


def counted_tables(found: Counted, wanted: Iterable[Table]) -> Iterator[Cells]:
    """These tables for each function; cells in which nobody is known or estimated are left out."""
    counts = np.concatenate([found.population[None], found.listed, found.measured])
    cubes = {cube: tables.summed(counts, cube) for cube in tables.CUBES}
    owned = {cube: _owned(found, cube) for cube in tables.CUBES}
    for table in wanted:
        cube = tables.cube_of(table)
        population, *others = tables.summed(cubes[cube], table, of=cube)
        listed, measured = others[: len(functions())], others[len(functions()) :]
        least, most = bands.reach_of(found.estimates, table)
        own = tables.summed(owned[cube], table, of=cube)
        for bit, function in enumerate(functions()):
            covers = np.array([found.masks[partner] >> bit & 1 for partner, _relation in found.estimated], np.bool_)
            band = bands.band(listed[bit], population, least=least[covers], most=most[covers], own=own[covers])
            steps = measured if function == MEASURED_FUNCTION else []
            yield Cells(function, table, _filled(table, [population, listed[bit], band.low, band.high, *steps]))


def _filled(table: Table, columns: list[Counts]) -> list[list[Any]]:
    chosen = np.flatnonzero((columns[0] > 0) | (columns[3] > 0))
    names, counts = tables.cells(table), np.stack(columns)[:, chosen].T.tolist()
    return [[list(names[cell]), *numbers] for cell, numbers in zip(chosen.tolist(), counts, strict=True)]


def _owned(found: Counted, cube: Table) -> Counts:
    """How many of each estimated group's own list are in each cell of a cube."""
    cells = tables.size(cube)
    if not found.estimated:
        return np.zeros((0, cells), np.int64)
    cell_of = tables.code_cells(cube)[found.snapshot.population.codes]
    lists = (found.snapshot.relations.get(group, NO_PLACES) for group in found.estimated)
    return np.stack([np.bincount(cell_of[places], minlength=cells) for places in lists])
