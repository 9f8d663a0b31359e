"""Who takes part and of whom nothing is heard: the last sign of life of each partner, from all parts of the house."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Max, Min
from django.utils import timezone

from schakel.kit.refusals import permit
from schakel.notices.models import Notice
from schakel.people.models import UserGrant
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Agreement, Commitment, Maturity, Partner, PartnerStanding

Signs = Iterable[tuple[int | None, datetime | date | None]]


def _logins() -> Signs:
    return UserGrant.objects.filter(partner__isnull=False).values_list("partner").annotate(Max("user__last_login"))


def _answers() -> Signs:
    return Notice.objects.filter(partner__isnull=False).values_list("partner").annotate(Max("answered_at"))


def _openings() -> Signs:
    return Notice.objects.filter(partner__isnull=False).values_list("partner").annotate(Max("opened_at"))


def _commitments() -> Signs:
    return Commitment.objects.values_list("partner").annotate(Max("from_on"))


def _statements() -> Signs:
    return Maturity.objects.values_list("partner").annotate(Max("stated_on"))


SIGNS: list[Callable[[], Signs]] = [_logins, _answers, _openings, _commitments, _statements]
"""What counts as a sign of life; a part that comes to hold more adds its own here."""


def silent(*, to: Actor, at: datetime) -> dict[int, date]:
    """Partners of whom nothing was heard for the days set, with the day of the last sign.

    Who never gave one is silent since it joined, or since its first agreement; who has neither is left out, as nothing
    could be expected of it. Raises NotPermitted. One query per kind of sign and two besides.
    """
    permit(to.may(Permission.PARTNER_MANAGE))
    today = timezone.localdate(at)
    last = _since()
    for signs in SIGNS:
        for partner, moment in signs():
            if partner in last and moment is not None and (day := min(_day(moment), today)) > last[partner]:
                last[partner] = day
    limit = today - timedelta(days=settings.INACTIVE_DAYS)
    return {partner: day for partner, day in last.items() if day < limit}


def _since() -> dict[int, date]:
    """The day from which something can be expected of each partner that takes part."""
    partners = Partner.objects.filter(standing=PartnerStanding.PARTNER)
    joined = {pk: day for pk, day in partners.values_list("pk", "joined_on") if day}
    first = Agreement.objects.filter(partner__in=partners.values("pk")).values_list("partner").annotate(Min("from_on"))
    return dict(first) | joined


def _day(moment: datetime | date) -> date:
    return timezone.localdate(moment) if isinstance(moment, datetime) else moment
