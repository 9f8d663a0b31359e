"""Why a notice went this way: the whole chain, from the row in a report to the answer."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from django.db import models

from schakel.notices import source_rows
from schakel.notices.chain import Candidate, Explanation, Given, Leg, Sent, Told, Try
from schakel.notices.models import Finding, Notice, Response, Route
from schakel.policy.access import Actor, Permission
from schakel.post.models import Delivery
from schakel.registry.models import Contact, Partner

LEGS = 10
FINDINGS = 500


def explain(notice: Notice, *, to: Actor, after: int | None = None, legs: int = LEGS) -> Explanation:
    """The chain of `notice`, for a reader who may see it; a constant number of queries, however large it is.

    `after` is the id of the last route shown before. A partner reads which of its own ways was tried and why; the
    names of others that were tried are counted, not given.
    """
    routes = Route.objects.filter(notice=notice)
    shown = list(
        routes.filter(pk__gt=after or 0)
        .select_related("organisation", "report__series__source")
        .order_by("pk")[: legs + 1]
    )
    has_more, shown = len(shown) > legs, shown[:legs]
    return Explanation(
        notice_id=notice.pk,
        kind=notice.kind,
        recipient=notice.recipient,
        via=notice.via,
        tlp=notice.tlp,
        language=notice.language,
        state=notice.state,
        made_at=notice.made_at,
        sent_at=notice.sent_at,
        opened_at=notice.opened_at,
        legs_count=routes.count(),
        next_after=shown[-1].pk if has_more else None,
        legs=tuple(_legs(notice, shown, to)),
        delivery=_sent(notice.delivery),
        answers=tuple(map(_given, notice.responses.order_by("at", "pk"))),
    )


def _legs(notice: Notice, routes: Sequence[Route], to: Actor) -> Iterator[Leg]:
    names = _names(routes, to)
    findings = _findings(notice, routes)
    rows = source_rows.of(routes)
    for route in routes:
        own = findings.get(_key(route), ())
        candidates = tuple(_candidates(route, names, to))
        yield Leg(
            route_id=route.pk,
            report_id=route.report_id,
            report=route.report.name,
            source=route.report.series.source.name,
            received_at=route.report.received_at,
            organisation_id=route.organisation_id,
            organisation=route.organisation.name,
            via=route.via,
            basis=route.basis,
            occasion=route.occasion,
            findings_count=route.findings_count,
            candidates=candidates,
            hidden_count=len(route.steps) - len(candidates),
            findings=own,
            rows=tuple(rows.get(_key(route), ())),
        )


def _names(routes: Sequence[Route], to: Actor) -> Mapping[tuple[str, int], str]:
    """What the reader may know of those that were tried: of partners the name, of contacts the address."""
    steps = [step for route in routes for step in route.steps]
    partner_ids = {step["partner"] for step in steps if step.get("partner")}
    if not to.reach(Permission.REGISTRY_VIEW).is_everything:
        own = partner_ids & to.reach(Permission.NOTICE_VIEW).partner_ids
        return {("partner", pk): name for pk, name in _partner_names(own)}
    contact_ids = {step["contact"] for step in steps if step.get("contact")}
    addresses = Contact.objects.filter(pk__in=contact_ids).values_list("pk", "address")
    partners = {("partner", pk): name for pk, name in _partner_names(partner_ids)}
    return partners | {("contact", pk): address for pk, address in addresses}


def _partner_names(ids: AbstractSet[int]) -> models.QuerySet[Partner, tuple[int, str]]:
    return Partner.objects.filter(pk__in=ids).values_list("pk", "name")


def _candidates(route: Route, names: Mapping[tuple[str, int], str], to: Actor) -> Iterator[Candidate]:
    """The ways that were tried, in order, as far as the reader may know of them."""
    sees_all = to.reach(Permission.REGISTRY_VIEW).is_everything
    for step in route.steps:
        partner, contact = step.get("partner"), step.get("contact")
        name = names.get(("partner", partner)) or names.get(("contact", contact), "")
        if sees_all or ("partner", partner) in names:
            is_chosen = (step["via"], partner, contact) == (route.via, route.partner_id, route.contact_id)
            yield Candidate(via=step["via"], name=name, refusal=step.get("refusal") or "", is_chosen=is_chosen)


def _key(row: Route | Finding) -> tuple[int, int, str]:
    """By what a finding belongs to a route: the report that opened it, the organisation, the kind."""
    report_id = row.report_id if isinstance(row, Route) else row.opened_in_id
    return report_id, row.organisation_id, row.kind


def _findings(notice: Notice, routes: Sequence[Route]) -> Mapping[tuple[int, int, str], tuple[Told, ...]]:
    """What the notice tells of on these routes, at most FINDINGS together."""
    wanted = notice.findings().filter(
        organisation__in={route.organisation_id for route in routes},
        opened_in__in={route.report_id for route in routes},
    )
    told: dict[tuple[int, int, str], tuple[Told, ...]] = {}
    for finding in wanted.with_last_seen().order_by("pk")[:FINDINGS]:
        told[_key(finding)] = (*told.get(_key(finding), ()), _told(finding))
    return told


def _told(finding: Any) -> Told:  # A Finding, with the `seen_at` that its queryset adds.
    return Told(
        id=finding.pk,
        asset=finding.asset,
        weakness=finding.weakness,
        severity=finding.severity,
        state=finding.state,
        first_seen_at=finding.first_seen_at,
        seen_at=finding.seen_at,
    )


def _sent(delivery: Delivery | None) -> Sent | None:
    if delivery is None:
        return None
    return Sent(
        id=delivery.pk,
        channel=delivery.channel,
        address=delivery.address,
        message_id=delivery.message_id,
        subject=delivery.subject,
        body=delivery.body,
        state=delivery.state,
        failure=delivery.failure,
        sent_at=delivery.sent_at,
        attempts=tuple(
            Try(started_at=one.started_at, ended_at=one.ended_at, is_success=one.is_success, reply=one.reply)
            for one in delivery.attempts.order_by("started_at", "pk")
        ),
    )


def _given(response: Response) -> Given:
    return Given(
        id=response.pk,
        answer=response.answer,
        due_on=response.due_on,
        words=response.words,
        at=response.at,
        given_by=response.given_by,
        findings_count=response.findings_count,
        handled_at=response.handled_at,
    )
