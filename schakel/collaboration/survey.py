"""The yearly question: how much does taking part bring you? And the answers over the years (section 3.4.1)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Avg, Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from schakel.collaboration import lists
from schakel.collaboration.models import SCORES, ValueAnswer
from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, NotPermitted, permit
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Partner
from schakel.registry.partners.words_given import text

FEWEST = 5
"""A figure of fewer answers than this could tell who gave which: it is not shown."""


@transaction.atomic
def answer(
    *,
    partner: Partner,
    score: int,
    by: Actor,
    at: datetime,
    values: tuple[str, ...] = (),
    words: str = "",
    is_named: bool = False,
) -> ValueAnswer:
    """Answer the question for this year; given again, it replaces the answer of the year.

    A partner's own people answer, nobody in their place. Raises NotPermitted, Invalid.
    """
    if partner.pk not in by.reach(Permission.BALANCE_EDIT).partner_ids:
        raise NotPermitted
    if score not in SCORES:
        raise Invalid(_("give a number from 1 to 5."))
    if set(values) - {line.slug for line in lists.values()}:
        raise Invalid(_("choose from the list what taking part brings."))
    given = {
        "score": score,
        "values": sorted(values),
        "words": text(words),
        "is_named": is_named,
        "answered_at": at,
    }
    year = timezone.localdate(at).year
    row, _is_new = ValueAnswer.objects.update_or_create(partner=partner, year=year, defaults=given)
    record("collaboration.value.answered", by=by, at=at, on=row, year=year)
    return row


@dataclass(frozen=True, slots=True)
class YearOfAnswers:
    """The answers of one year in which enough partners answered."""

    year: int
    count: int
    mean: float
    by_value: dict[str, int]


def trend(actor: Actor) -> list[YearOfAnswers]:
    """The answers of each year in which enough answered, latest first, for those who take part or oversee.

    Raises NotPermitted. Two queries.
    """
    permit(bool(actor.reach(Permission.BALANCE_COUNT)) or bool(actor.reach(Permission.BALANCE_VIEW)))
    years = ValueAnswer.objects.values("year").annotate(count=Count("pk"), mean=Avg("score")).order_by("-year")
    chosen = list(ValueAnswer.objects.values_list("year", "values"))
    return [_year(row["year"], row["count"], row["mean"], chosen) for row in years if row["count"] >= FEWEST]


def _year(year: int, count: int, mean: float, chosen: list[tuple[int, list[str]]]) -> YearOfAnswers:
    named = [value for of, values in chosen if of == year for value in values]
    return YearOfAnswers(
        year, count, round(float(mean), 1), {one.slug: named.count(one.slug) for one in lists.values()}
    )


def words_of(year: int, *, to: Actor) -> list[tuple[str, str]]:
    """What partners wrote with their answers, for the coordinator: named only where the partner wished so.

    Raises NotPermitted. Unnamed ones come only where enough answered, so that nobody is told by being the only one.
    """
    permit(to.may(Permission.BALANCE_VIEW))
    rows = list(ValueAnswer.objects.filter(year=year).select_related("partner"))
    is_crowd = len(rows) >= FEWEST
    told = [(row.partner.name if row.is_named else "", row.words) for row in rows if row.words]
    return sorted(one for one in told if one[0] or is_crowd)
