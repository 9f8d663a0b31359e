"""What a partner says of its own footing: how lasting it is, how mature, and what the world may read of it."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.policy.access import Actor, Permission
from schakel.registry.models import (
    Continuity,
    EvidenceKind,
    FundingKind,
    Maturity,
    Partner,
    PartnerStanding,
    Profile,
)
from schakel.registry.partners.words_given import line, text

SHOWN = ("about", "functions", "sectors", "regions", "activities", "website")
"""What a public profile may show, each by choice."""


@transaction.atomic
def state_continuity(
    *, partner: Partner, funding: str, ends_on: date | None, hangs_on_one: bool, words: str, by: Actor, at: datetime
) -> Continuity:
    """Say on what a partner lives, until when, and whether all hangs on one person; replaces what was said.

    Raises NotPermitted, and Invalid for no kind of means.
    """
    permit(by.may(Permission.PARTNER_EDIT, partner_id=partner.pk))
    if funding not in FundingKind.values:
        raise Invalid(_("choose on what the partner lives."))
    stated = {"stated_by": by.name, "stated_on": timezone.localdate(at)}
    given = {"funding": funding, "ends_on": ends_on, "hangs_on_one": hangs_on_one, "words": text(words)}
    continuity, _is_new = Continuity.objects.update_or_create(partner=partner, defaults=given | stated)
    facts = {"funding": funding, "ends_on": ends_on.isoformat() if ends_on else None, "hangs_on_one": hangs_on_one}
    record("registry.continuity.stated", on=continuity, by=by, at=at, partner=partner.pk, **facts)
    return continuity


@transaction.atomic
def state_maturity(
    *, partner: Partner, statement: str, evidence: str, reference: str, by: Actor, at: datetime
) -> Maturity:
    """Say how mature a partner or its audience is, and what shows it; earlier statements stay.

    Raises NotPermitted, and Invalid without words, without a kind of evidence, or without a reference where it is
    others who judged.
    """
    permit(by.may(Permission.PARTNER_EDIT, partner_id=partner.pk))
    statement, reference = text(statement), line(reference)
    if not statement:
        raise Invalid(_("say how mature the partner is."))
    if evidence not in EvidenceKind.values:
        raise Invalid(_("choose what it rests on."))
    if evidence != EvidenceKind.SELF and not reference:
        raise Invalid(_("say where the audit, certificate or judgement can be found."))
    maturity = Maturity.objects.create(
        partner=partner,
        statement=statement,
        evidence=evidence,
        reference=reference,
        stated_by=by.name,
        stated_on=timezone.localdate(at),
    )
    record("registry.maturity.stated", on=maturity, by=by, at=at, partner=partner.pk, evidence=evidence)
    return maturity


@transaction.atomic
def show_publicly(
    *, partner: Partner, is_public: bool, shows: set[str], society: str, by: Actor, at: datetime
) -> Profile:
    """Choose what anybody may read of a partner: nothing, or its name and the parts in `shows` (of SHOWN).

    Raises NotPermitted, WrongState for who does not take part, and Invalid for a part that cannot be shown.
    """
    permit(by.may(Permission.PARTNER_EDIT, partner_id=partner.pk))
    if partner.standing != PartnerStanding.PARTNER:
        raise WrongState
    if strangers := shows - set(SHOWN):
        raise Invalid(_("not on the list:"), ", ".join(sorted(strangers)))
    given = {f"shows_{part}": part in shows for part in SHOWN} | {"society": text(society)}
    profile, _is_new = Profile.objects.update_or_create(partner=partner, defaults=given)
    partner.is_public = is_public
    partner.save(update_fields=["is_public"])
    record("registry.profile.chosen", on=profile, by=by, at=at, is_public=is_public, shows=sorted(shows))
    return profile
