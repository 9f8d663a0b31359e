"""The law as dated facts, as the page shows it: every text in both languages, for programs that speak either."""

from dataclasses import asdict
from datetime import date
from typing import Any

from django.utils import timezone
from ninja import Router

from schakel.api.requests import Request
from schakel.api.shapes import Shape
from schakel.kit.refusals import permit
from schakel.policy.access import Permission
from schakel.registry import law
from schakel.registry.models import Designation

router = Router(tags=["law"], by_alias=True)


class TextShape(Shape):
    """A text in Dutch and in English; empty where there is none."""

    nl: str
    en: str


class FactShape(Shape):
    """Where a fact comes from, when somebody looked, and whether a text of its owner says so."""

    source: str
    checked_on: date | None
    is_certain: bool


class BasisShape(FactShape):
    """A legal ground for sharing. `untilOn` is the day after the last; one that is `isBeside` is never enough alone."""

    slug: str
    title: TextShape
    sender: TextShape
    recipients: TextShape
    content: TextShape
    note: TextShape
    allows_personal_data: bool
    from_on: date
    until_on: date | None
    is_in_force: bool
    is_beside: bool


class DesignationShape(FactShape):
    """Which CSIRT the law designates for a sector; `partnerId` where that CSIRT is a partner here."""

    sector: str
    csirt: str
    partner_id: int | None
    scope: TextShape
    from_on: date
    until_on: date | None
    basis: str


class SupervisorShape(FactShape):
    """Who watches over a law; supervisors are no part of the network."""

    slug: str
    name: TextShape
    ministry: str
    sectors: list[str]
    scope: TextShape
    note: TextShape


class LawChangeShape(FactShape):
    """What changed in the law, and what that does to our rules."""

    slug: str
    on: date
    words: TextShape
    effect: TextShape


@router.get("/legal-bases", response=list[BasisShape], operation_id="listLegalBases")
def bases(request: Request) -> Any:
    """The legal bases for sharing, with their days and whether they are in force today."""
    permit(bool(request.auth.reach(Permission.LAW_VIEW)))
    today = timezone.localdate()
    return [_basis(one, today) for one in law.bases().values()]


@router.get("/designations", response=list[DesignationShape], operation_id="listDesignations")
def designations(request: Request) -> Any:
    """The CSIRTs that the law designates: those that are partners here, then what else is known of the country."""
    permit(bool(request.auth.reach(Permission.LAW_VIEW)))
    ours = [_ours(one) for one in Designation.objects.visible_to(request.auth)]
    return ours + [_with_origin(one) | {"partner_id": None} for one in law.designations().values()]


@router.get("/supervisors", response=list[SupervisorShape], operation_id="listSupervisors")
def supervisors(request: Request) -> Any:
    """Who supervises which sectors."""
    permit(bool(request.auth.reach(Permission.LAW_VIEW)))
    return [_with_origin(one) for one in law.supervisors().values()]


@router.get("/law-changes", response=list[LawChangeShape], operation_id="listLawChanges")
def changes(request: Request) -> Any:
    """What changed in the law, newest first."""
    permit(bool(request.auth.reach(Permission.LAW_VIEW)))
    return [_with_origin(one) for one in law.changes()]


def _basis(one: law.LegalBasis, today: date) -> dict[str, Any]:
    rule = {name: getattr(one.rule, name) for name in ("slug", "allows_personal_data", "from_on", "until_on")}
    return _with_origin(one) | rule | {"is_in_force": one.rule.in_force(today)}


def _ours(one: Designation) -> dict[str, Any]:
    names = ("sector", "partner_id", "from_on", "until_on", "basis", "source", "checked_on", "is_certain")
    plain = {name: getattr(one, name) for name in names}
    return plain | {"csirt": one.partner.name, "scope": dict.fromkeys(law.LANGUAGES, "")}


def _with_origin(fact: law.LegalBasis | law.DesignationFact | law.Supervisor | law.LawChange) -> dict[str, Any]:
    """A fact's own fields and those of its origin, side by side."""
    return asdict(fact) | asdict(fact.origin)
