"""Commitments follow agreements: what is signed stands in the register of roles, and what ends does not."""

from contextlib import suppress
from datetime import date, datetime

from django.db import connection
from django.db.models import Q

from schakel.policy.access import SYSTEM
from schakel.registry.models import Agreement, Commitment, Partner
from schakel.registry.partners import commitments
from schakel.registry.partners.words_given import line

FOLLOWED = """
INSERT INTO registry_commitment (partner_id, function, role, from_on, until_on, effort)
SELECT a.partner_id, f, a.role, a.from_on, a.until_on, a.effort
FROM registry_agreement a CROSS JOIN unnest(a.functions) f JOIN registry_partner p ON p.id = a.partner_id
WHERE a.state = 'signed' AND p.standing IN ('joining', 'partner') AND NOT EXISTS (
    SELECT FROM registry_commitment c WHERE c.partner_id = a.partner_id AND c.function = f
        AND daterange(c.from_on, c.until_on) && daterange(a.from_on, a.until_on))
ON CONFLICT DO NOTHING
"""


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


def follow_loaded() -> int:
    """Write down the functions of all signed agreements for whose days nothing is said yet; how many there were.

    For agreements that came by file. What people said of those days stays.
    """
    with connection.cursor() as cursor:
        cursor.execute(FOLLOWED)
        return int(cursor.rowcount)


def end_all(*, partner: Partner, on: date, at: datetime) -> None:
    """End every commitment of a partner that leaves."""
    for one in Commitment.objects.filter(Q(until_on=None) | Q(until_on__gt=on), partner=partner):
        commitments.end_commitment(commitment=one, until_on=on, by=SYSTEM, at=at)
