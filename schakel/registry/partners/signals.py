"""The coordinator's list: partners whose means end soon, and partners of whom nothing is heard."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Continuity, PartnerStanding, Signal, SignalKind
from schakel.registry.partners.words_given import line


@transaction.atomic
def raise_ending(*, by: Actor, at: datetime) -> int:
    """Put each partner whose means end within the days set on the list, once for each end; how many are new.

    Raises NotPermitted.
    """
    permit(by.may(Permission.PARTNER_MANAGE))
    today = timezone.localdate(at)
    soon = Continuity.objects.filter(
        partner__standing=PartnerStanding.PARTNER, ends_on__lte=today + timedelta(days=settings.CONTINUITY_DAYS)
    )
    ends = dict(soon.values_list("partner", "ends_on"))
    return _raised(SignalKind.ENDS_SOON, {pk: on for pk, on in ends.items() if on}, by=by, at=at)


@transaction.atomic
def raise_silent(silent_since: Mapping[int, date], *, by: Actor, at: datetime) -> int:
    """Put partners (by id) of whom nothing was heard since a day on the list, once for each silence; how many are new.

    It is a signal to people and nothing else: nobody is removed by it. Source: vision, choice 5. Raises NotPermitted.
    """
    permit(by.may(Permission.PARTNER_MANAGE))
    return _raised(SignalKind.INACTIVE, silent_since, by=by, at=at)


@transaction.atomic
def handle(*, signal: Signal, words: str, by: Actor, at: datetime) -> None:
    """Take a signal off the list, and say what was done. Raises NotPermitted, Invalid without words, WrongState."""
    permit(by.may(Permission.PARTNER_MANAGE))
    words = line(words)
    if not words:
        raise Invalid(_("say in a few words what was done."))
    done = Signal.objects.filter(pk=signal.pk, handled_at=None).update(handled_at=at, handled_by=by.name, words=words)
    if not done:
        raise WrongState
    record("registry.signal.handled", on=signal, by=by, at=at, kind=signal.kind)


def _raised(kind: SignalKind, about: Mapping[int, date], *, by: Actor, at: datetime) -> int:
    """Write what is not there yet; a signal that was handled does not come back for the same day."""
    there = set(Signal.objects.filter(kind=kind, partner__in=about).values_list("partner", "about_on"))
    rows = [
        Signal(partner_id=partner, kind=kind, about_on=on, raised_at=at)
        for partner, on in about.items()
        if (partner, on) not in there
    ]
    Signal.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        record("registry.signal.raised", by=by, at=at, kind=kind.value, count=len(rows))
    return len(rows)
