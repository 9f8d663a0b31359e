"""Applications that wait too long for the coordinator: who applies should hear from the network within some days."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from schakel.journal.actions import record
from schakel.kit import queue
from schakel.kit.refusals import permit
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Application

REMIND_JOB = "joining.remind_desk"


@transaction.atomic
def remind(*, by: Actor, at: datetime) -> int:
    """Tell the desk of the applications that wait too long, each again after as many days; returns how many are new.

    Raises NotPermitted.
    """
    permit(by.may(Permission.APPLICATION_MANAGE))
    day = timezone.localdate(at)
    again = Q(reminded_on=None) | Q(reminded_on__lte=day - timedelta(days=settings.APPLICATION_DAYS))
    due = Application.objects.waiting_long(at).filter(again).values("pk")
    count = Application.objects.filter(pk__in=due).update(reminded_on=day)
    if count:
        queue.later(REMIND_JOB, queue="outgoing", day=day.isoformat())
        record("registry.application.reminded", by=by, at=at, count=count)
    return count
