"""Who left the network and what is learnt from it, for the coordinator."""

from datetime import datetime
from typing import Any

from ninja import Field, Query, Router

from schakel.api.pages import listed
from schakel.api.requests import Request
from schakel.api.shapes import PageQuery, Shape, Word
from schakel.kit.refusals import permit
from schakel.policy.access import Permission
from schakel.registry.agreements import lessons
from schakel.registry.models import Departure

router = Router(tags=["departures"], by_alias=True)


class DepartureQuery(PageQuery):
    """Which departures."""

    function: Word = ""
    year: int | None = Field(None, ge=1, le=9999)


class DepartureShape(Shape):
    """That one partner left, from which functions, why, and what is learnt."""

    id: int
    partner_id: int
    left_at: datetime
    is_own_wish: bool
    functions: list[str]
    reasons: str
    lessons: str


class DeparturePage(Shape):
    """Some departures, newest first, and where the next are."""

    items: list[DepartureShape]
    next: str | None


class YearShape(Shape):
    """How many left in a year, by their own wish and from each function; who took part in several counts in each."""

    year: int
    count: int
    own_wish_count: int
    by_function: dict[str, int]


@router.get("/departures", response=DeparturePage, operation_id="listDepartures")
def index(request: Request, query: Query[DepartureQuery]) -> Any:
    """Departures, newest first."""
    permit(request.auth.may(Permission.AGREEMENT_MANAGE))
    rows = Departure.objects.visible_to(request.auth)
    return listed(request, lessons.narrowed(rows, function=query.function, year=query.year), query)


@router.get("/departures/years", response=list[YearShape], operation_id="countDepartures")
def years(request: Request) -> Any:
    """Departures per year and function, newest year first."""
    permit(request.auth.may(Permission.AGREEMENT_MANAGE))
    return lessons.years(to=request.auth)
