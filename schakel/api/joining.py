"""Who may join, who asks to, and the first steps of who has just joined."""

from datetime import date, datetime
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Path, Query, Router

from schakel.api.pages import listed
from schakel.api.requests import Request
from schakel.api.shapes import Key, PageQuery, Shape, Word
from schakel.registry.models import (
    AgreementRole,
    Application,
    ApplicationState,
    Category,
    OnboardingSide,
    OnboardingStep,
    Prospect,
    Verdict,
)

router = Router(tags=["joining"], by_alias=True)


class ProspectQuery(PageQuery):
    """Which prospects."""

    type: Word | None = None
    category: Category | None = None
    function: Word | None = None
    sector: Word | None = None
    region: Word | None = None


class ProspectShape(Shape):
    """Somebody who may become a partner; `contactedOn` is the day of the last talk."""

    id: int
    key: str
    name: str
    type: str
    category: str
    functions: list[str]
    sectors: list[str]
    regions: list[str]
    origin: str
    contacted_on: date | None


class ProspectPage(Shape):
    """Some prospects, newest first, and where the next are."""

    items: list[ProspectShape]
    next: str | None


class ApplicationQuery(PageQuery):
    """Which applications."""

    state: ApplicationState | None = None


class ApplicationShape(Shape):
    """That somebody asks to become a partner; `partnerId` once it was accepted."""

    id: int
    name: str
    type: str
    role: AgreementRole
    functions: list[str]
    sectors: list[str]
    regions: list[str]
    state: ApplicationState
    received_at: datetime
    decided_at: datetime | None
    partner_id: int | None


class AppraisalShape(Shape):
    """What was found of one condition of the common list."""

    criterion: str
    verdict: Verdict
    words: str
    at: datetime


class ApplicationInFull(ApplicationShape):
    """An application with what the applicant wrote, and what was found of it."""

    kvk: str
    website: str
    how: str
    reach_count: int | None
    answers: dict[str, str]
    decision: str
    appraisals: list[AppraisalShape]


class ApplicationPage(Shape):
    """Some applications, newest first, and where the next are."""

    items: list[ApplicationShape]
    next: str | None


class StepShape(Shape):
    """One thing to be done before a new partner is at home."""

    id: int
    partner_id: int
    slug: str
    side: OnboardingSide
    due_on: date
    done_at: datetime | None


class StepPage(Shape):
    """Some first steps, newest first, and where the next are."""

    items: list[StepShape]
    next: str | None


@router.get("/prospects", response=ProspectPage, operation_id="listProspects")
def prospects(request: Request, query: Query[ProspectQuery]) -> Any:
    """Prospects, newest first, for whoever builds the network."""
    plain = {name: value for name in ("type", "category") if (value := getattr(query, name))}
    names = ("function", "sector", "region")
    lists = {f"{name}s__contains": [value] for name in names if (value := getattr(query, name))}
    return listed(request, Prospect.objects.visible_to(request.auth).filter(**plain, **lists), query)


@router.get("/prospects/{prospect_id}", response=ProspectShape, operation_id="getProspect")
def prospect(request: Request, prospect_id: Path[Key]) -> Any:
    """One prospect."""
    return get_object_or_404(Prospect.objects.visible_to(request.auth), pk=prospect_id)


@router.get("/applications", response=ApplicationPage, operation_id="listApplications")
def applications(request: Request, query: Query[ApplicationQuery]) -> Any:
    """Applications, newest first, for the coordinator."""
    rows = Application.objects.visible_to(request.auth)
    return listed(request, rows.filter(state=query.state) if query.state else rows, query)


@router.get("/applications/{application_id}", response=ApplicationInFull, operation_id="getApplication")
def application(request: Request, application_id: Path[Key]) -> Any:
    """One application; whom to talk to there stands on its page alone."""
    found = get_object_or_404(Application.objects.visible_to(request.auth), pk=application_id)
    plain = {name: getattr(found, name) for name in ApplicationInFull.model_fields if name != "appraisals"}
    return plain | {"appraisals": list(found.appraisals.order_by("criterion"))}


@router.get("/first-steps", response=StepPage, operation_id="listFirstSteps")
def first_steps(request: Request, query: Query[PageQuery]) -> Any:
    """The first steps of new partners, newest first: all for the coordinator, a partner's own for itself."""
    return listed(request, OnboardingStep.objects.visible_to(request.auth), query)
