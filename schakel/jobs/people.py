"""Accounts as jobs: those of a partner that has left are closed."""

from django.utils import timezone
from procrastinate.contrib.django import app

from schakel.people import actions
from schakel.policy.access import SYSTEM
from schakel.registry.models import Partner


@app.task(name="people.close_partner")
def close_partner(*, partner_id: int, **_later_arguments: object) -> None:
    """Close the accounts of a partner that has left."""
    actions.close_partner(partner=Partner.objects.get(pk=partner_id), by=SYSTEM, at=timezone.now())
