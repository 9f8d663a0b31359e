"""The menus: one list each, shown as far as the permissions of who asks go."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from schakel.policy.access import Actor, Permission

Line = tuple[str, Promise, Permission]
"""The name of an address, its label, and the permission that opens it."""
ENTRIES: tuple[Line, ...] = (
    ("situation", _("Situation"), Permission.SITUATION_VIEW),
    ("findings", _("Findings"), Permission.FINDING_VIEW),
    ("notices", _("Notices"), Permission.NOTICE_VIEW),
    ("campaigns", _("Campaigns"), Permission.CAMPAIGN_VIEW),
    ("reports", _("Reports"), Permission.REPORT_VIEW),
    ("desk", _("Desk"), Permission.DELIVERY_VIEW),
    ("acts", _("Journal"), Permission.JOURNAL_VIEW),
)
NETWORK: tuple[Line, ...] = (
    ("partners", _("Partners"), Permission.PARTNER_VIEW),
    ("prospects", _("Prospects"), Permission.PROSPECT_VIEW),
    ("measurements", _("Measurements"), Permission.MEASUREMENT_VIEW),
    ("roles", _("Roles"), Permission.PARTNER_VIEW),
    ("directory", _("People"), Permission.PARTNER_VIEW),
    ("duplicates", _("Duplicates"), Permission.PARTNER_MANAGE),
    ("network_map", _("Map"), Permission.NETWORK_VIEW),
    ("kingdom", _("Kingdom"), Permission.KINGDOM_VIEW),
    ("functions", _("Functions"), Permission.FUNCTION_VIEW),
    ("constituency", _("Constituency"), Permission.CONSTITUENCY_VIEW),
    ("claims", _("Claims"), Permission.CLAIM_APPROVE),
    ("applications", _("Applications"), Permission.APPLICATION_VIEW),
    ("agreements", _("Agreements"), Permission.AGREEMENT_VIEW),
    ("first_steps", _("First steps"), Permission.AGREEMENT_VIEW),
    ("law", _("Law"), Permission.LAW_VIEW),
    ("initiatives", _("Initiatives"), Permission.INITIATIVE_VIEW),
    ("balances", _("Balance"), Permission.BALANCE_VIEW),
    ("interests", _("Interests"), Permission.INTEREST_VIEW),
    ("coverage", _("Coverage"), Permission.COVERAGE_VIEW),
    ("advice", _("Advice"), Permission.ADVICE_MAKE),
    ("network_figures", _("In figures"), Permission.INITIATIVE_COUNT),
)
"""The pages about the network itself: one entry of the main menu, and a row of their own below it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a menu."""

    label: Promise
    url: str
    is_current: bool


def entries(actor: Actor, *, path: str) -> list[Entry]:
    """What the actor may open; the entry above `path` is the current one."""
    lines = _shown(ENTRIES, actor, path)
    network = _shown(NETWORK, actor, path)
    if network:
        is_current = any(entry.is_current for entry in network)
        lines.append(Entry(_("Network"), network[0].url, is_current=is_current))
    return lines


def network_entries(actor: Actor, *, path: str) -> list[Entry]:
    """The row of pages about the network, on those pages; elsewhere nothing."""
    shown = _shown(NETWORK, actor, path)
    return shown if any(entry.is_current for entry in shown) else []


def _shown(lines: tuple[Line, ...], actor: Actor, path: str) -> list[Entry]:
    shown = [(reverse(name), label) for name, label, permission in lines if actor.reach(permission)]
    return [Entry(label, url, is_current=_is_below(path, url)) for url, label in shown]


def _is_below(path: str, url: str) -> bool:
    return path == url if url == "/" else path == url or path.startswith(f"{url}/")
