"""Agreements and the legal bases, for those who may read them."""

from datetime import date, datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Path, Query, Router

from schakel.api.pages import listed
from schakel.api.requests import Request
from schakel.api.shapes import Key, PageQuery, Shape
from schakel.kit.refusals import permit
from schakel.policy.access import Permission
from schakel.registry import law
from schakel.registry.models import Agreement, AgreementRole, AgreementState, SignatureSide

router = Router(tags=["agreements"], by_alias=True)


class AgreementQuery(PageQuery):
    """Which agreements."""

    state: AgreementState | None = None
    role: AgreementRole | None = None
    partner: int | None = None


class AgreementShape(Shape):
    """One agreement. `untilOn` is the day after the last."""

    id: int
    partner_id: int
    role: AgreementRole
    functions: list[str]
    state: AgreementState
    from_on: date
    until_on: date | None


class SignatureShape(Shape):
    """That one side signed: when, and the SHA-256 of what."""

    side: SignatureSide
    name: str
    position: str
    signed_at: datetime
    digest: str


class AgreementInFull(AgreementShape):
    """An agreement with what was promised, and who signed it."""

    effort: str
    activities: str
    amends_id: int | None
    end_reason: str
    signatures: list[SignatureShape]


class AgreementPage(Shape):
    """Some agreements, newest first, and where the next are."""

    items: list[AgreementShape]
    next: str | None


class BasisShape(Shape):
    """A legal ground for sharing. `untilOn` is the day after the last; texts are in Dutch."""

    slug: str
    title: str
    sender: str
    recipients: str
    content: str
    allows_personal_data: bool
    from_on: date
    until_on: date | None
    is_in_force: bool
    source: str
    checked_on: date
    is_certain: bool


@router.get("/agreements", response=AgreementPage, operation_id="listAgreements")
def index(request: Request, query: Query[AgreementQuery]) -> Any:
    """Agreements, newest first: all for the coordinator, a partner's own for itself."""
    asked = {"state": query.state, "role": query.role, "partner_id": query.partner}
    rows = Agreement.objects.visible_to(request.auth)
    return listed(request, rows.filter(**{name: value for name, value in asked.items() if value is not None}), query)


@router.get("/agreements/{agreement_id}", response=AgreementInFull, operation_id="getAgreement")
def show(request: Request, agreement_id: Path[Key]) -> Any:
    """One agreement."""
    rows = Agreement.objects.visible_to(request.auth).prefetch_related("signatures")
    agreement = get_object_or_404(rows, pk=agreement_id)
    names = [name for name in AgreementInFull.model_fields if name != "signatures"]
    signatures = sorted(agreement.signatures.all(), key=lambda one: one.signed_at)
    return {name: getattr(agreement, name) for name in names} | {"signatures": signatures}


@router.get("/legal-bases", response=list[BasisShape], operation_id="listLegalBases")
def bases(request: Request) -> Any:
    """The legal bases for sharing, with their days and whether they are in force today."""
    permit(bool(request.auth.reach(Permission.LAW_VIEW)))
    today = timezone.localdate()
    return [_basis(one, today) for one in law.bases().values()]


def _basis(one: law.LegalBasis, today: date) -> dict[str, Any]:
    words = {name: getattr(one, name)["nl"] for name in ("title", "sender", "recipients", "content")}
    rule = {name: getattr(one.rule, name) for name in ("slug", "allows_personal_data", "from_on", "until_on")}
    origin = {name: getattr(one.origin, name) for name in ("source", "checked_on", "is_certain")}
    return {**words, **rule, **origin, "is_in_force": one.rule.in_force(today)}
