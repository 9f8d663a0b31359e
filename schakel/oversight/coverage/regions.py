"""Coverage by region, of everybody or of one partner's own organisations: what the map of the Kingdom shows."""

import csv
import io
from collections.abc import Mapping
from datetime import datetime

from schakel.journal.actions import record
from schakel.kit.refusals import permit
from schakel.oversight.coverage import reading
from schakel.oversight.coverage.counting import MEASURED_FUNCTION
from schakel.oversight.coverage.dimensions import REGION, functions
from schakel.oversight.coverage.exports import COUNTS
from schakel.oversight.coverage.reading import Cell
from schakel.oversight.models import Coverage, CoverageShare
from schakel.policy.access import Actor, Permission
from schakel.registry.files.lists import facts, slugs

Regions = Mapping[str, Cell]
"""By region, "" where it is not known; a region of which nobody is known is not in it."""


def of(counted: Coverage | CoverageShare, *, function: str) -> Regions:
    """What a count found in each region, or what a partner's share of it holds there. One query at most."""
    if isinstance(counted, CoverageShare):
        return _of_share(counted, function)
    return {cell.values[0]: cell for cell in reading.cells(counted, function=function, tables=[(REGION,)])[(REGION,)]}


def _of_share(share: CoverageShare, function: str) -> Regions:
    """Of the partner's members: who it may tell on paper in the function, and who was told through it."""
    place, is_covered = functions().index(function), function in share.alone
    found = {}
    for region, (members, *counts) in share.paper.items():
        reached = counts[place]
        steps = share.steps.get(region, [0, 0, 0]) if function == MEASURED_FUNCTION else []
        held = members - reached if is_covered else 0
        found[region] = Cell((region,), members, held, reached, reached, reached, *steps)
    return found


def exported(counted: Coverage | CoverageShare, *, function: str, form: str, by: Actor, at: datetime) -> Regions:
    """The same, to leave as a file of the form, and never without a trace. Raises NotPermitted."""
    permit(by.may(Permission.COVERAGE_VIEW, partner_id=getattr(counted, "partner_id", None)))
    record("oversight.coverage.exported", by=by, at=at, on=counted, function=function, form=form)
    return of(counted, function=function)


def as_csv(found: Regions, *, function: str) -> str:
    """A row per region, in the order of the list; counts of a region of which nobody is known are empty."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["function", "region", "name", *COUNTS])
    for region in (*slugs("regions"), *([""] if "" in found else [])):
        name = facts("regions")[region]["name"] if region else ""
        cell = found.get(region)
        writer.writerow(
            [function, region or "unknown", name, *(getattr(cell, count) if cell else None for count in COUNTS)]
        )
    return buffer.getvalue()
