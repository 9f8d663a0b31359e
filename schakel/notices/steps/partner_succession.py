"""What a partner was told becomes its successor's: the notices, and the ways that led to it."""

from datetime import datetime

from django.db import transaction

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid
from schakel.notices.models import Notice, NoticeState, Route
from schakel.policy.access import Actor
from schakel.registry.models import Partner


@transaction.atomic
def hand_over_to_partner(old: Partner, new: Partner, *, by: Actor, at: datetime) -> dict[str, int]:
    """Move the notices and routes of `old` to `new`; nothing is told again by it. Safe to repeat.

    A notice that still gathers is closed, as the successor may gather one of its own. Returns counts. Raises Invalid
    where the two are the same.
    """
    if old.pk == new.pk:
        raise Invalid(old.name)
    Notice.objects.filter(partner=old, state=NoticeState.GATHERING).update(state=NoticeState.READY)
    counts = {
        "notices": Notice.objects.filter(partner=old).update(partner=new),
        "routes": Route.objects.filter(partner=old).update(partner=new),
    }
    record("notices.partner.handed_over", by=by, at=at, on=new, former=old.pk, **counts)
    return counts
