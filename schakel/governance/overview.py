"""Reading over functions: who takes part, what holds now, and what waits."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.models import Count

from schakel.governance.functions import Function, functions
from schakel.governance.models import Canvas, Question
from schakel.policy.access import Actor
from schakel.registry.models import Agreement, AgreementRole, AgreementState, PartnerStanding


@dataclass(frozen=True, slots=True)
class Standing:
    """One function as it stands: its canvas, who takes part in which role, and how many questions wait."""

    function: Function
    canvas: Canvas | None
    partners: Counter[str]
    questions_count: int

    @property
    def partners_count(self) -> int:
        """Partners that take part, in whichever role."""
        return sum(self.partners.values())


def standings(actor: Actor, *, day: date) -> list[Standing]:
    """Every function as the actor may know it. Three queries."""
    canvases = {one.function: one for one in Canvas.objects.visible_to(actor).holding().select_related("lead")}
    partners = taking_part(day=day)
    waiting = Question.objects.visible_to(actor).waiting().values("function").annotate(count=Count("pk"))
    questions = {row["function"]: row["count"] for row in waiting.order_by()}
    return [
        Standing(one, canvases.get(one.slug), partners.get(one.slug, Counter()), questions.get(one.slug, 0))
        for one in functions()
    ]


def taking_part(*, day: date) -> dict[str, Counter[str]]:
    """How many partners take part in each function on `day`, by role: figures, which every member may know.

    A partner counts once per function, in the heaviest role that its agreements in force give it.
    """
    rows = in_force(day).filter(partner__standing=PartnerStanding.PARTNER)
    return roles_of(rows.values_list("partner_id", "role", "functions"))


def in_force(day: date) -> models.QuerySet[Agreement]:
    """The agreements that are in force on `day`, for whichever function."""
    running = models.Q(until_on=None) | models.Q(until_on__gt=day)
    return Agreement.objects.filter(running, state=AgreementState.SIGNED, from_on__lte=day)


def roles_of(rows: Iterable[tuple[int, str, list[str]]]) -> dict[str, Counter[str]]:
    """Partners per function and role, each once."""
    weight = {role.value: at for at, role in enumerate(AgreementRole)}
    held: dict[tuple[str, int], str] = {}
    for partner, role, covered in rows:
        for slug in covered:
            held[slug, partner] = max(held.get((slug, partner), role), role, key=weight.__getitem__)
    counted: dict[str, Counter[str]] = {}
    for (slug, _partner), role in held.items():
        counted.setdefault(slug, Counter())[role] += 1
    return counted
