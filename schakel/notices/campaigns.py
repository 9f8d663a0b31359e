"""What coordinators do to a campaign, and to the network's phase."""

import re
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from schakel.intake.kinds import KINDS
from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.notices.models import Campaign, NetworkPhase, Phase, phase_at
from schakel.policy import sharing
from schakel.policy.access import Actor, Permission

TITLE_LIMIT = 200
ADVISORY_LIMIT = 20_000
RESERVED = {"new", "phase"}
SLUG_LIMIT = 40  # Leaves room for a number behind it.
CVE = re.compile(r"CVE-\d{4}-\d{4,}", re.IGNORECASE)  # CVE Record Format, the form of an identifier.


@transaction.atomic
def start_campaign(
    *,
    title: str,
    tlp: str,
    by: Actor,
    at: datetime,
    weakness: str = "",
    kind: str = "",
    advisory_url: str = "",
    advisory: str = "",
) -> Campaign:
    """Follow all findings of one weakness, or one kind, or one weakness of one kind, under one title.

    The campaign carries the phase that the network is in. Raises NotPermitted, and Invalid for an empty title, an
    unknown label or kind, neither weakness nor kind, or an address of an advisory that is no web address.
    """
    permit(by.may(Permission.CAMPAIGN_MANAGE))
    label = sharing.label(tlp)
    if label is None:
        raise Invalid(_("this is not a label of the Traffic Light Protocol."))
    title = _title(title)
    weakness, kind = _subject(weakness, kind)
    campaign = Campaign.objects.create(
        slug=_free_slug(title),
        title=title,
        weakness=weakness,
        kind=kind,
        tlp=label.value,
        phase=phase_at(at),
        advisory_url=_web_address(advisory_url),
        advisory=advisory.strip()[:ADVISORY_LIMIT],
        started_at=at,
    )
    record("notices.campaign.started", by=by, at=at, on=campaign, weakness=weakness, kind=kind, tlp=campaign.tlp)
    return campaign


@transaction.atomic
def end_campaign(*, campaign: Campaign, by: Actor, at: datetime) -> None:
    """Close a campaign: its figures stay to be read. Raises NotPermitted, WrongState when it has ended."""
    permit(by.may(Permission.CAMPAIGN_MANAGE))
    if not Campaign.objects.filter(pk=campaign.pk, ended_at=None).update(ended_at=at):
        raise WrongState
    campaign.ended_at = at
    record("notices.campaign.ended", by=by, at=at, on=campaign)


@transaction.atomic
def set_phase(*, phase: Phase, by: Actor, at: datetime, reason: str) -> NetworkPhase:
    """Say that the network is colder or warmer from now on: windows and escalation follow it.

    Running campaigns take the phase over. Raises NotPermitted, Invalid without a reason, WrongState when the network
    is in that phase.
    """
    permit(by.may(Permission.CAMPAIGN_MANAGE))
    if not reason.strip():
        raise Invalid(_("give a reason, so that a colleague can follow it."))
    if phase_at(at) == phase:
        raise WrongState
    row = NetworkPhase.objects.create(phase=phase, from_at=at, reason=reason.strip()[:TITLE_LIMIT])
    Campaign.objects.filter(ended_at=None).update(phase=phase)
    record("notices.phase.set", by=by, at=at, on=row, phase=phase.value)
    return row


def _title(title: str) -> str:
    title = " ".join(title.split())[:TITLE_LIMIT]
    if not title:
        raise Invalid(_("give the campaign a title."))
    return title


def _subject(weakness: str, kind: str) -> tuple[str, str]:
    """Weakness and kind as findings write them: CVE numbers in capitals, families of malware in small letters."""
    weakness, kind = weakness.strip(), kind.strip()
    if not (weakness or kind):
        raise Invalid(_("say which weakness or which kind of finding the campaign is about."))
    if kind and kind not in KINDS:
        raise Invalid(_("this kind of finding is not known."))
    return (weakness.upper() if CVE.fullmatch(weakness) else weakness.lower()), kind


def _web_address(url: str) -> str:
    url = url.strip()
    try:
        if url:
            URLValidator(schemes=["https", "http"])(url)
    except ValidationError:
        raise Invalid(_("the address of the advisory must be a web address.")) from None
    return url


def _free_slug(title: str) -> str:
    """A readable address that no other campaign and no page beside them has."""
    stem = slugify(title)[:SLUG_LIMIT].strip("-") or "campaign"
    taken = RESERVED | set(Campaign.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    names = (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 2)))
    return next(name for name in names if name not in taken)
