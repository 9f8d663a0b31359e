"""How the ledger's words are shown."""

from datetime import timedelta

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from schakel.policy.audience import Hidden, Unpassable
from schakel.policy.sharing import Refusal
from schakel.sharing.models import Receipt

register = template.Library()
REFUSALS: dict[str, str | Promise] = {
    Hidden.TOO_WIDE: _("the label does not reach them"),
    Hidden.EMBARGO: _("not before its embargo ends"),
    Refusal.NO_AGREEMENT: _("no agreement for information sharing"),
    Refusal.AGREEMENT_ENDED: _("their agreement has ended"),
    Refusal.AGREEMENT_NOT_BEGUN: _("their agreement has not begun"),
    Refusal.AGREEMENT_SUSPENDED: _("their agreement is suspended"),
    Refusal.FUNCTION_NOT_COVERED: _("their agreement does not cover information sharing"),
    Refusal.NO_CHANNEL: _("no account and no checked address"),
}
HOUR, DAY = 3600, 86400


@register.filter
def refusal(value: str) -> str | Promise:
    """Why somebody was not told."""
    return REFUSALS.get(value, _("may not have it"))


@register.filter
def member_refusal(value: str) -> str | Promise:
    """Why an organisation of one's own constituency was not told."""
    words: dict[str, str | Promise] = {
        Refusal.OBJECTED: _("want no messages through the network"),
        Refusal.NOT_STARTED: _("in a region where this has not begun"),
        Refusal.NO_CHANNEL: _("without a checked address"),
        Unpassable.NO_SERVICES: _("no clients of yours"),
        Unpassable.NOT_SWITCHED_ON: _("no clients of yours"),
        "unsubscribed": _("stopped your bulletins"),
    }
    return words.get(value, _("may not have it"))


@register.filter
def recipient(row: Receipt) -> str | Promise:
    """Who it is; people are not named here."""
    if row.partner is not None:
        return row.partner.name
    if row.organisation is not None:
        return row.organisation.name
    return _("the coordinator's desk") if row.is_desk else _("a person by name")


@register.filter
def span(value: timedelta | None) -> str:
    """A length of time in its largest unit."""
    seconds = int(value.total_seconds()) if value is not None else 0
    if seconds < HOUR:
        minutes = max(1, round(seconds / 60))
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    if seconds < 2 * DAY:
        hours = round(seconds / HOUR)
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    days = round(seconds / DAY)
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
