"""What is said of a partner: by itself what it does, by the coordinator what it is and where it stands."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, WrongState
from schakel.policy.access import Actor
from schakel.registry.models import Category, Language, Partner, PartnerStanding
from schakel.registry.partners.words_given import (
    NAME_LIMIT,
    known,
    line,
    one_known,
    permit_edit,
    permit_manage,
    text,
    web_address,
)

LEAST_REASON = 10
"""A reason of fewer signs says nothing to whoever reads it a year later."""


@transaction.atomic
def describe(
    *,
    partner: Partner,
    about: str,
    website: str,
    language: str,
    functions: Iterable[str],
    regions: Iterable[str],
    by: Actor,
    at: datetime,
) -> None:
    """Say what a partner does, for what it is suited, and where. Its own people may.

    Raises NotPermitted, WrongState for who has left, and Invalid for an address that is none or a word on no list.
    """
    permit_edit(partner, by)
    _still_here(partner)
    if language not in Language.values:
        raise Invalid(_("not on the list:"), language)
    given = {
        "about": text(about),
        "website": web_address(website),
        "language": language,
        "functions": known(functions, among="functions"),
        "regions": known(regions, among="regions"),
    }
    if changed := _changed(partner, given):
        record("registry.partner.described", on=partner, by=by, at=at, fields=changed)


@transaction.atomic
def characterise(
    *, partner: Partner, name: str, type: str, sectors: Iterable[str], by: Actor, at: datetime  # noqa: A002
) -> None:  # fmt: skip
    """Say what somebody is: name, type of partner and the sectors it serves. The coordinator's word.

    Raises NotPermitted, WrongState for who has left, and Invalid for an empty name or a word on no list.
    """
    permit_manage(partner, by)
    _still_here(partner)
    name = line(name, limit=NAME_LIMIT)
    if not name:
        raise Invalid(_("give a name."))
    given = {
        "name": name,
        "type": one_known(type, among="partner_types"),
        "sectors": known(sectors, among="sectors"),
    }
    if changed := _changed(partner, given):
        record("registry.partner.characterised", on=partner, by=by, at=at, fields=changed)


@transaction.atomic
def assess(*, partner: Partner, category: str, reason: str, by: Actor, at: datetime) -> None:
    """Place somebody in the core network, the wider ecosystem or among the connection partners, and say why.

    Who is in the ecosystem is there for a large or unique reach, so the reason must state it. Source: build plan,
    section 3.1. Raises NotPermitted, WrongState for who has left, and Invalid for an unknown category or no reason.
    """
    permit_manage(partner, by)
    _still_here(partner)
    if category not in Category.values:
        raise Invalid(_("choose a category."))
    reason = text(reason)
    if len(reason) < LEAST_REASON:
        raise Invalid(
            _("say which reach it has, or what makes it unique: that is what the ecosystem is for.")
            if category == Category.ECOSYSTEM
            else _("give a reason, so that a colleague can follow it.")
        )
    given = {
        "category": category,
        "category_reason": reason,
        "category_by": by.name,
        "category_on": timezone.localdate(at),
    }
    before = partner.category
    _changed(partner, given)
    record("registry.partner.assessed", on=partner, by=by, at=at, before=before, category=category)


@transaction.atomic
def place_by_default(*, partner: Partner, by: Actor, at: datetime) -> None:
    """Make who takes part and was never assessed a connection partner: it fits the aims, and no more is known.

    Part of joining, so it asks no permission of its own. Source: build plan, section 3.1.
    """
    placed = Partner.objects.filter(pk=partner.pk, category="")
    given = {"category": Category.CONNECTION, "category_by": by.name, "category_on": timezone.localdate(at)}
    if placed.update(**given):
        record("registry.partner.placed", on=partner, by=by, at=at, category=Category.CONNECTION.value)


def _still_here(partner: Partner) -> None:
    if partner.standing == PartnerStanding.LEFT:
        raise WrongState


def _changed(partner: Partner, given: Mapping[str, object]) -> list[str]:
    """Write what differs; the names of those fields."""
    differing = [name for name, value in given.items() if getattr(partner, name) != value]
    for name in differing:
        setattr(partner, name, given[name])
    if differing:
        partner.save(update_fields=differing)
    return differing
