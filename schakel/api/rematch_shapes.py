"""What the API says of runs that matched stored observations again."""

from typing import Any

from pydantic import AwareDatetime

from schakel.api.shapes import PageQuery, Shape
from schakel.notices.models import Rematch, RematchState


class RematchQuery(PageQuery):
    """Which runs."""

    state: RematchState | None = None


class RematchCounts(Shape):
    """What a run has seen and done; null is what it has not counted, as it did not come so far.

    `assets`: those that changed. `rows`: rows looked at, of which `concerned` were anybody's by what changed. `new`,
    `reopened`, `closed`: findings. `told`: routes of these that led to a notice. `changedOperator`: open findings in
    networks that another runs now. `rerouted`, `bettered`: routes that led to nobody and now do not, and routes with a
    better way now.
    """

    assets: int | None
    reports: int | None
    rows: int | None
    concerned: int | None
    new: int | None
    reopened: int | None
    closed: int | None
    told: int | None
    changed_operator: int | None
    rerouted: int | None
    bettered: int | None


class RematchShape(Shape):
    """One run: over the assets that changed after revision `assetsFrom`, up to `assetsUntil`."""

    id: int
    state: RematchState
    begun_at: AwareDatetime
    ended_at: AwareDatetime | None
    assets_from: int
    assets_until: int
    counts: RematchCounts

    @staticmethod
    def resolve_counts(row: Rematch) -> dict[str, Any]:
        """By the names of the API."""
        return {name: row.counts.get(name) for name in RematchCounts.model_fields}


class RematchPage(Shape):
    """Some runs, newest first, and where the next are."""

    items: list[RematchShape]
    next: str | None
