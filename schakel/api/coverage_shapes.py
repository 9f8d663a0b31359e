"""Coverage over the wire."""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime

from schakel.api.shapes import Given, PageQuery, Shape

By = Literal[
    "all", "sector", "section", "region", "size_class", "nis2", "sector.nis2", "sector.region", "section.region",
    "sector.size_class", "section.size_class", "region.size_class", "sector.region.size_class",
    "section.region.size_class",
]  # fmt: skip
Function = Literal["information-sharing", "notification", "incident-handling", "knowledge", "exercise"]


class CoverageQuery(Given):
    """For which function, told apart by which table."""

    function: Function = "notification"
    by: By = "all"


class SharesQuery(PageQuery):
    """Which partners' shares."""


class CellShape(Shape):
    """One cell: its values, null where unknown, and its counts of organisations.

    `population` are known to the registry, of which `held` may not be told: they objected, or the function has not
    begun in their region. `listed` are in the list of a partner in agreement, and between `low` and `high` can be
    reached when counts without a list are true as well.
    """

    sector: str | None = None
    section: str | None = None
    region: str | None = None
    size_class: str | None = None
    nis2: str | None = None
    population: int
    held: int
    listed: int
    low: int
    high: int
    told: int | None = None
    opened: int | None = None
    answered: int | None = None


class CoverageShape(Shape):
    """The latest count, one table of it."""

    on: date
    counted_at: AwareDatetime
    function: str
    by: str
    partners_count: int
    memberships_count: int
    estimates_count: int
    cells: list[CellShape]


class ShareShape(Shape):
    """One partner's share: organisations in its constituency, and told, opened, answered through it in a year.

    `alone` counts by function the organisations that no other partner reaches; for the coordinator only.
    """

    id: int
    partner_id: int
    members: int
    told: int
    opened: int
    answered: int
    counted_at: AwareDatetime
    alone: dict[str, int] | None


class SharesPage(Shape):
    """Some shares, and where the next are."""

    items: list[ShareShape]
    next: str | None
