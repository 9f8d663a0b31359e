"""Agreements, for those who may read them."""

from datetime import date, datetime
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Path, Query, Router

from schakel.api.pages import listed
from schakel.api.requests import Request
from schakel.api.shapes import Key, PageQuery, Shape
from schakel.registry.models import Agreement, AgreementRole, AgreementState, Signature, SignatureSide

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


class CopyShape(Shape):
    """What another signing service made of a signature; `digest` is the SHA-256 of its file, empty without one."""

    provider: str
    reference: str
    digest: str
    kept_at: datetime


class SignatureShape(Shape):
    """That one side signed: when, and the SHA-256 of what."""

    side: SignatureSide
    name: str
    position: str
    signed_at: datetime
    digest: str
    copy_elsewhere: CopyShape | None


class AgreementInFull(AgreementShape):
    """An agreement with what was promised, and who signed it."""

    effort: str
    activities: str
    amends_id: int | None
    end_reason: str
    renewal_refused_at: datetime | None
    renewal_words: str
    signatures: list[SignatureShape]


class AgreementPage(Shape):
    """Some agreements, newest first, and where the next are."""

    items: list[AgreementShape]
    next: str | None


@router.get("/agreements", response=AgreementPage, operation_id="listAgreements")
def index(request: Request, query: Query[AgreementQuery]) -> Any:
    """Agreements, newest first: all for the coordinator, a partner's own for itself."""
    asked = {"state": query.state, "role": query.role, "partner_id": query.partner}
    rows = Agreement.objects.visible_to(request.auth)
    return listed(request, rows.filter(**{name: value for name, value in asked.items() if value is not None}), query)


@router.get("/agreements/{agreement_id}", response=AgreementInFull, operation_id="getAgreement")
def show(request: Request, agreement_id: Path[Key]) -> Any:
    """One agreement."""
    rows = Agreement.objects.visible_to(request.auth)
    agreement = get_object_or_404(rows, pk=agreement_id)
    names = [name for name in AgreementInFull.model_fields if name != "signatures"]
    signatures = agreement.signatures.select_related("copy").defer("copy__content").order_by("signed_at")
    return {name: getattr(agreement, name) for name in names} | {"signatures": [_signature(one) for one in signatures]}


def _signature(one: Signature) -> dict[str, Any]:
    names = ("side", "name", "position", "signed_at", "digest")
    return {name: getattr(one, name) for name in names} | {"copy_elsewhere": getattr(one, "copy", None)}
