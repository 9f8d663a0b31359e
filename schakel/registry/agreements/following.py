"""Commitments follow agreements: what is signed stands in the register of roles, and what ends does not."""

from contextlib import suppress
from datetime import date, datetime

from django.db.models import Q

from schakel.policy.access import SYSTEM
from schakel.registry.models import Agreement, Commitment, Partner
from schakel.registry.partners import commitments
from schakel.registry.partners.words_given import line


def follow(*, agreement: Agreement, at: datetime) -> None:
    """Write down the functions of a signed agreement as commitments, in its role and for its days.

    A commitment to the same function in another role ends on the day this begins; one in the same role stays.
    """
    for function in agreement.functions:
        running = Commitment.objects.filter(
            Q(until_on=None) | Q(until_on__gt=agreement.from_on), partner=agreement.partner_id, function=function
        )
        for one in running.exclude(role=agreement.role):
            commitments.end_commitment(commitment=one, until_on=agreement.from_on, by=SYSTEM, at=at)
        with suppress(commitments.AlreadyCommitted):  # In the same role: nothing changes.
            commitments.commit(
                partner=agreement.partner,
                function=function,
                role=agreement.role,
                from_on=agreement.from_on,
                until_on=agreement.until_on,
                effort=line(agreement.effort),
                by=SYSTEM,
                at=at,
            )


def end_all(*, partner: Partner, on: date, at: datetime) -> None:
    """End every commitment of a partner that leaves."""
    for one in Commitment.objects.filter(Q(until_on=None) | Q(until_on__gt=on), partner=partner):
        commitments.end_commitment(commitment=one, until_on=on, by=SYSTEM, at=at)
