"""What a partner brings and takes, and the thanks for it, for its own programs and the coordinator's."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Path, Query, Router, Status

from schakel.api.balance_shapes import (
    AnswerGiven,
    AnswerShape,
    BalanceShape,
    ContributionGiven,
    ContributionShape,
    ThanksGiven,
    ThanksShape,
    YearQuery,
)
from schakel.api.pages import no_strangers
from schakel.api.requests import Request
from schakel.api.shapes import Key
from schakel.collaboration import balance, contributions, survey
from schakel.collaboration.models import Contribution, Initiative, Recognition
from schakel.policy.access import Permission
from schakel.registry.models import Partner

router = Router(tags=["balance"], by_alias=True)


@router.get("/partners/{partner_id}/balance", response=BalanceShape, operation_id="getBalance")
def show(request: Request, partner_id: Path[Key], query: Query[YearQuery]) -> Any:
    """What a partner brings and takes in a year."""
    no_strangers(request, query)
    partner = get_object_or_404(Partner.objects.of(request.auth, Permission.BALANCE_VIEW), pk=partner_id)
    found = balance.of(partner, year=query.year or timezone.localdate().year, to=request.auth)
    return {
        "partner": partner.key,
        "year": found.year,
        "contributions": [_told(row) for row in found.contributions],
        "totals": [{"kind": kind, "unit": unit, "amount": amount} for kind, unit, amount in found.totals],
        "brings": [{"slug": one.slug, "count": count} for one, count in found.brings],
        "takes": [{"slug": one.slug, "count": count} for one, count in found.takes],
    }


@router.post("/partners/{partner_id}/contributions", response={201: ContributionShape}, operation_id="addContribution")
def contribute(request: Request, partner_id: Path[Key], given: ContributionGiven) -> Any:
    """Write down what a partner brings. The partner itself may, and the coordinator."""
    partner = get_object_or_404(Partner.objects.of(request.auth, Permission.BALANCE_EDIT), pk=partner_id)
    told = given.model_dump()
    slug = told.pop("initiative")
    initiative = get_object_or_404(Initiative.objects.visible_to(request.auth), slug=slug) if slug else None
    row = contributions.contribute(partner=partner, initiative=initiative, by=request.auth, at=timezone.now(), **told)
    return Status(201, _told(row))


@router.get("/partners/{partner_id}/recognitions", response=list[ThanksShape], operation_id="listRecognitions")
def recognitions(request: Request, partner_id: Path[Key]) -> Any:
    """The thanks that a partner was given, newest first."""
    partner = get_object_or_404(Partner.objects.of(request.auth, Permission.BALANCE_VIEW), pk=partner_id)
    return Recognition.objects.visible_to(request.auth).filter(partner=partner).order_by("-given_on", "-pk")


@router.post("/partners/{partner_id}/recognitions", response={201: ThanksShape}, operation_id="addRecognition")
def recognise(request: Request, partner_id: Path[Key], given: ThanksGiven) -> Any:
    """Thank a partner; the coordinator does."""
    partner = get_object_or_404(Partner.objects.of(request.auth, Permission.BALANCE_EDIT), pk=partner_id)
    told = given.model_dump(exclude={"contribution_id"})
    rows = Contribution.objects.visible_to(request.auth)
    for_what = get_object_or_404(rows, pk=given.contribution_id) if given.contribution_id else None
    row = contributions.recognise(partner=partner, contribution=for_what, by=request.auth, at=timezone.now(), **told)
    return Status(201, row)


@router.put("/partners/{partner_id}/answer", response=AnswerShape, operation_id="answerQuestionOfTheYear")
def answer(request: Request, partner_id: Path[Key], given: AnswerGiven) -> Any:
    """Say for this year how much taking part brings; a partner's own programs do, nobody in its place."""
    partner = get_object_or_404(Partner.objects.of(request.auth, Permission.BALANCE_EDIT), pk=partner_id)
    told = given.model_dump() | {"values": tuple(given.values)}
    return survey.answer(partner=partner, by=request.auth, at=timezone.now(), **told)


def _told(row: Contribution) -> dict[str, Any]:
    same = ("id", "kind", "amount", "unit", "what", "year", "project")
    told = {name: getattr(row, name) for name in same}
    return told | {
        "initiative": row.initiative.slug if row.initiative else None,
        "capacity": row.capacity.label if row.capacity else "",
        "is_withdrawn": row.withdrawn_at is not None,
    }
