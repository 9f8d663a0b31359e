"""Organisations that nobody could tell: what the desk sees of them, and what a person can do."""

from datetime import datetime

import polars as pl
from django.db import models, transaction
from django.db.models import Exists, Max, OuterRef
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.copying import copy_in
from schakel.kit.refusals import Invalid, Refused, WrongState, permit
from schakel.notices import judging, operators
from schakel.notices.models import UNSOLVED, Finding, Occasion, Route, Via
from schakel.notices.steps.compose import gather
from schakel.policy.access import Actor, Permission
from schakel.registry.constituents import contacts

GIVEN_UP = "given-up"
REASON_LIMIT = 4000


class StillUnreached(Refused):
    """No way passes yet."""

    wording = _("There is still no way that may be used. Look at why each way was refused.")


def unreached(*, to: Actor) -> models.QuerySet[Route]:
    """Routes that led to nobody and still matter: something is open, no later route was made, nobody gave them up."""
    if not to.reach(Permission.DELIVERY_VIEW).is_everything:
        return Route.objects.none()
    same = {"organisation": OuterRef("organisation"), "kind": OuterRef("kind")}
    later = Route.objects.filter(**same, report=OuterRef("report"), round__gt=OuterRef("round"))
    still_open = Finding.objects.filter(**same, opened_in=OuterRef("report"), state__in=UNSOLVED)
    nowhere = Route.objects.filter(via=Via.UNREACHABLE, refusal="")
    return nowhere.filter(~Exists(later), Exists(still_open))


@transaction.atomic
def give_address(*, route: Route, address: str, is_verified: bool, by: Actor, at: datetime) -> Route:
    """Write down an address for the organisation, and try again. Raises as `add_address` and `try_again` do."""
    contacts.add_address(organisation=route.organisation, address=address, is_verified=is_verified, by=by, at=at)
    return try_again(route=route, by=by, at=at)


@transaction.atomic
def try_again(*, route: Route, by: Actor, at: datetime) -> Route:
    """Judge the ways anew: contacts and agreements may have changed. The way that passes joins a notice.

    Raises NotPermitted, WrongState when somebody was faster, StillUnreached when no way passes.
    """
    permit(by.may(Permission.NOTICE_SEND))
    row = _group(_claimed(route, by), route)
    operated = operators.operated_of(route.report)
    around = operators.around_of(row, operated)
    ways = judging.judged(around, terms=route.report.terms, at=at)
    told = operators.in_network(judging.told(row, ways), around, operated)
    if told["contact"].item() is None:
        raise StillUnreached
    copy_in(judging.as_table(told, report=route.report, at=at, occasion=Occasion.FIRST), table="notices_route")
    gather(None, at)
    record("notices.route.retried", by=by, at=at, on=route, via=told["via"].item())
    rounds = Route.objects.filter(report=route.report_id, organisation=route.organisation_id, kind=route.kind)
    return rounds.latest("round")


@transaction.atomic
def give_up(*, route: Route, by: Actor, at: datetime, reason: str) -> None:
    """Take a route off the desk: nobody will be told of it. Raises NotPermitted, Invalid, WrongState."""
    permit(by.may(Permission.NOTICE_SEND))
    if not reason.strip():
        raise Invalid(_("give a reason, so that a colleague can follow it."))
    Route.objects.filter(pk=_claimed(route, by).pk).update(refusal=GIVEN_UP)
    record("notices.route.given_up", by=by, at=at, on=route, reason=reason.strip()[:REASON_LIMIT])


def _claimed(route: Route, by: Actor) -> Route:
    """Lock a route that is at the desk. Raises WrongState."""
    locked = Route.objects.select_for_update(no_key=True).filter(pk=route.pk).first()
    if locked is None or not unreached(to=by).filter(pk=route.pk).exists():
        raise WrongState
    return locked


def _group(locked: Route, route: Route) -> pl.DataFrame:
    """The route as a group to be routed, in its next round."""
    same = {"organisation": locked.organisation_id, "kind": locked.kind}
    still_open = Finding.objects.filter(**same, opened_in=route.report_id, state__in=UNSOLVED)
    rounds = Route.objects.filter(**same, report=route.report_id).aggregate(last=Max("round"))
    return pl.DataFrame(
        {
            "organisation": [locked.organisation_id],
            "kind": [locked.kind],
            "round": [rounds["last"] + 1],
            "severity": [locked.severity],
            "findings_count": [still_open.count()],
            "refusal": [""],
        }
    )
