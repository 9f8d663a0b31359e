"""The page of one initiative, which its own address and every act on it answer with."""

from datetime import date
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from schakel.collaboration import register
from schakel.collaboration.initiatives import may_manage
from schakel.collaboration.models import Initiative, MergeProposal, Participant, UseCaseLink
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Partner
from schakel.web import labels
from schakel.web.initiatives.initiative_forms import forms_for
from schakel.web.middleware import Request
from schakel.web.partners import naming

SHOWN_STEPS = 30


def render_one(
    request: Request, row: Initiative, *, faulty: tuple[str, Form] | None = None, status: int = 200
) -> HttpResponse:
    """The page of one initiative; `faulty` is the name and the form of an act that could not be done."""
    today, actor = timezone.localdate(), request.actor
    participants = list(row.participants.order_by("name", "pk"))
    links = list(UseCaseLink.objects.filter(use_case__initiative=row).order_by("from_on", "pk"))
    people = [row.owner_id, *(one.partner_id for one in participants), *(link.partner_id for link in links)]
    names = register.names_of(people, to=actor)
    own = actor.reach(Permission.INITIATIVE_MANAGE).partner_ids
    manages = may_manage(actor, row)
    context = {
        "initiative": row,
        "owner": names.get(row.owner_id or 0, row.owner_name),
        "functions": [dict(labels.functions()).get(one, one) for one in row.functions],
        "is_stale": row.is_stale(today),
        "central": Initiative.objects.visible_to(actor).filter(is_central=True).first(),
        "predecessors": list(row.predecessors.order_by("name")),
        "participants": _by_name(participants, names, today=today, may_end=manages, own=own),
        "meetings": list(row.meetings.order_by("-on", "-pk")),
        "use_cases": _use_cases(row, links, names, today=today, may_end=manages, own=own),
        "milestones": list(row.milestones.order_by("on", "pk")),
        "assessments": list(row.assessments.order_by("-assessed_on", "-pk")),
        "steps": list(row.steps.order_by("-at", "-pk")[:SHOWN_STEPS]),
        "lessons": _lessons(row),
        "proposals": list(
            (row.proposals_to_leave.all() | row.proposals_to_take_in.all())
            .filter(pk__in=MergeProposal.objects.visible_to(actor))
            .select_related("source", "target")
            .order_by("-pk")
        ),
        "may_manage": manages,
        "may_assess": actor.may(Permission.INITIATIVE_MANAGE) and not row.is_central,
        "may_merge": row.is_running and bool(own or actor.may(Permission.INITIATIVE_MANAGE)),
        "may_link": row.is_running and bool(own or manages),
        "joining": _joining(row, participants, actor, today),
        "forms": forms_for(faulty),
        "suggestions": naming.suggestions(actor) if own or manages else [],
    }
    return render(request, "initiatives/show.html", context, status=status)


def _joining(row: Initiative, participants: list[Participant], actor: Actor, today: date) -> list[Partner]:
    """The actor's own partners that may join and do not take part yet."""
    here = {one.partner_id for one in participants if one.until_on is None or one.until_on > today}
    own = actor.reach(Permission.INITIATIVE_MANAGE).partner_ids - here - {row.owner_id}
    if not own or not (row.seeks and row.is_running):
        return []
    return list(Partner.objects.visible_to(actor).filter(pk__in=own).order_by("name"))


def _by_name(
    rows: list[Participant], names: dict[int, str], *, today: date, may_end: bool, own: frozenset[int]
) -> list[tuple[Participant, str, bool]]:
    """Who takes part and took part, by name, each with whether the actor may end it; hidden partners are left out."""
    found = [
        (row, row.name or names[row.partner_id or 0], _may_end(row, today=today, may_end=may_end, own=own))
        for row in rows
        if row.name or row.partner_id in names
    ]
    return sorted(found, key=lambda one: (one[0].until_on is not None, one[1].casefold()))


def _may_end(row: Participant | UseCaseLink, *, today: date, may_end: bool, own: frozenset[int]) -> bool:
    return (row.until_on is None or row.until_on > today) and (may_end or row.partner_id in own)


def _use_cases(
    initiative: Initiative,
    links: list[UseCaseLink],
    names: dict[int, str],
    *,
    today: date,
    may_end: bool,
    own: frozenset[int],
) -> list[tuple[Any, list[tuple[UseCaseLink, str, bool]]]]:
    """The use cases, each with the partners that work on it now, by name."""
    found: dict[int, list[tuple[UseCaseLink, str, bool]]] = {}
    for link in links:
        if link.partner_id in names and (link.until_on is None or link.until_on > today):
            entry = (link, names[link.partner_id], _may_end(link, today=today, may_end=may_end, own=own))
            found.setdefault(link.use_case_id, []).append(entry)
    cases = initiative.use_cases.order_by("name", "pk")
    return [(case, sorted(found.get(case.pk, []), key=lambda one: one[1].casefold())) for case in cases]


def _lessons(initiative: Initiative) -> dict[str, int]:
    """How many lessons it keeps, keeps partly, or does not yet."""
    counts = {"yes": 0, "partly": 0, "no": 0, "not-applicable": 0}
    for state in initiative.lesson_answers.values_list("state", flat=True):
        counts[state] += 1
    return {name.replace("-", "_"): count for name, count in counts.items()} if any(counts.values()) else {}
