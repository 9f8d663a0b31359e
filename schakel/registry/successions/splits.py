"""One becomes two: who splits off takes along what was chosen, and the rest stays."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit import following
from schakel.kit.queue import later
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.policy.access import Actor, Permission
from schakel.registry.models import (
    Activity,
    Asset,
    Claim,
    Commitment,
    Constituency,
    Contact,
    Estimate,
    Merger,
    MergerKind,
    Organisation,
    Partner,
    PartnerStanding,
)
from schakel.registry.partners.prospects import KEY_LIMIT, free_key
from schakel.registry.partners.words_given import NAME_LIMIT, line
from schakel.registry.successions.merging import note, reason


@transaction.atomic
def split_partner(
    *,
    old: Partner,
    name: str,
    words: str,
    relations: Iterable[str],
    sectors: Iterable[str],
    contacts: Iterable[int],
    activities: Iterable[int],
    by: Actor,
    at: datetime,
    commitments: Iterable[int] = (),
    above: Mapping[str, list[int]] | None = None,
) -> Merger:
    """Let a new partner come out of `old`, with the constituents of those relations (and sectors, where named).

    The new one is joining: it has no agreement of its own yet. Counts of those relations go along. `above`: what of
    other parts of the house goes along, keys by `app.model.field`; a job takes it. Raises NotPermitted, WrongState for
    who has left or is a prospect, and Invalid without a name, a reason, or anything that goes along.
    """
    permit(by.may(Permission.PARTNER_MANAGE))
    old = Partner.objects.select_for_update(of=("self",)).get(pk=old.pk)
    if old.standing != PartnerStanding.PARTNER:
        raise WrongState
    said, relations, sectors = reason(words), list(relations), list(sectors)
    members = Constituency.objects.filter(partner=old, relation__in=relations)
    counts = Estimate.objects.filter(partner=old, relation__in=relations)
    if sectors:
        members, counts = members.filter(organisation__sector__in=sectors), counts.filter(sector__in=sectors)
    chosen: dict[str, models.QuerySet[Any]] = {
        "registry.constituency.partner": members,
        "registry.estimate.partner": counts,
        "registry.contact.partner": Contact.objects.filter(partner=old, pk__in=contacts),
        "registry.activity.partner": Activity.objects.filter(partner=old, pk__in=activities),
        "registry.commitment.partner": Commitment.objects.filter(partner=old, pk__in=commitments),
    }
    new = Partner(key=free_key(_name(name)), name=_name(name), standing=PartnerStanding.JOINING)
    for given in ("type", "functions", "sectors", "regions", "language"):
        setattr(new, given, getattr(old, given))
    return _split(old, new, chosen, above=above, words=said, by=by, at=at)


@transaction.atomic
def split_organisation(
    *,
    old: Organisation,
    name: str,
    words: str,
    assets: Iterable[int],
    contacts: Iterable[int],
    keeps_guardians: bool,
    by: Actor,
    at: datetime,
) -> Merger:
    """Let a new organisation come out of `old`, with those assets and contacts.

    With `keeps_guardians` the same partners answer for it too. What is found on its assets becomes its own as stored
    observations are matched again. Raises NotPermitted, WrongState for who is gone, and Invalid without a name, a
    reason, or anything that goes along.
    """
    permit(by.may(Permission.PARTNER_MANAGE))
    old = Organisation.objects.select_for_update(of=("self",)).get(pk=old.pk)
    if old.successor_id is not None:
        raise WrongState
    chosen: dict[str, models.QuerySet[Any]] = {
        "registry.asset.organisation": Asset.objects.filter(organisation=old, pk__in=assets),
        "registry.claim.organisation": Claim.objects.filter(organisation=old, asset__in=assets),
        "registry.contact.organisation": Contact.objects.filter(organisation=old, pk__in=contacts),
    }
    new = Organisation(key=_free_organisation_key(_name(name)), name=_name(name))
    for given in ("sector", "sbi", "region", "language", "nis2", "has_objected"):
        setattr(new, given, getattr(old, given))
    merger = _split(old, new, chosen, words=reason(words), by=by, at=at)
    if keeps_guardians:
        for row in Constituency.objects.filter(organisation=old):
            row.pk, row.organisation = None, new
            row.save(force_insert=True)
    return merger


def _split(
    old: Any,
    new: Any,
    chosen: dict[str, models.QuerySet[Any]],
    *,
    words: str,
    by: Actor,
    at: datetime,
    above: Mapping[str, list[int]] | None = None,
) -> Merger:
    keys = {label: list(rows.values_list("pk", flat=True)) for label, rows in chosen.items()}
    later_on = {label: sorted(found) for label, found in (above or {}).items() if found}
    if not any(keys.values()) and not later_on:
        raise Invalid(_("choose what goes along."))
    new.save(force_insert=True)
    followed = following.hand(old, new, keys)
    merger = note(MergerKind.SPLIT, old, new, followed, words=words, before={}, by=by, at=at)
    if later_on:
        later("registry.split_off", merger_id=merger.pk, chosen=later_on)
    facts = {"off": new.pk, "merger": merger.pk, "rows": followed.count}
    if isinstance(old, Partner):
        record("registry.partner.split", on=old, by=by, at=at, **facts)
    else:
        record("registry.organisation.split", on=old, by=by, at=at, **facts)
    return merger


def _name(name: str) -> str:
    name = line(name, limit=NAME_LIMIT)
    if not name:
        raise Invalid(_("give a name."))
    return name


def _free_organisation_key(name: str) -> str:
    """A readable key that no organisation has."""
    stem = slugify(name)[:KEY_LIMIT].strip("-") or "organisation"
    taken = set(Organisation.objects.filter(key__startswith=stem).values_list("key", flat=True))
    return next(key for key in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 2))) if key not in taken)
