"""The menus: one list each, shown as far as the permissions of who asks go."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from schakel.policy.access import Actor, Permission
from schakel.registry.models import Application
from schakel.sharing.items import listing

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
SECTIONS: tuple[tuple[Promise, tuple[Line, ...]], ...] = (
    (
        _("Information sharing"),
        (
            ("items", _("Items"), Permission.ITEM_VIEW),
            ("search", _("Search"), Permission.ITEM_VIEW),
            ("circles", _("Circles"), Permission.CIRCLE_VIEW),
            ("item_reviews", _("To review"), Permission.ITEM_REVIEW),
            ("held", _("Held back"), Permission.ITEM_IMPORT),
        ),
    ),
    (
        _("Network"),
        (
            ("partners", _("Partners"), Permission.PARTNER_VIEW),
            ("prospects", _("Prospects"), Permission.PROSPECT_VIEW),
            ("roles", _("Roles"), Permission.PARTNER_VIEW),
            ("directory", _("People"), Permission.PARTNER_VIEW),
            ("network_map", _("Map"), Permission.NETWORK_VIEW),
            ("duplicates", _("Duplicates"), Permission.PARTNER_MANAGE),
        ),
    ),
    (
        _("Joining"),
        (
            ("applications", _("Applications"), Permission.APPLICATION_VIEW),
            ("agreements", _("Agreements"), Permission.AGREEMENT_VIEW),
            ("first_steps", _("First steps"), Permission.AGREEMENT_VIEW),
            ("departures", _("Lessons of leaving"), Permission.AGREEMENT_MANAGE),
            ("law", _("Law"), Permission.LAW_VIEW),
            ("crisis", _("In a crisis"), Permission.LAW_VIEW),
        ),
    ),
    (
        _("Coverage"),
        (
            ("coverage", _("Who is reached"), Permission.COVERAGE_VIEW),
            ("kingdom", _("Kingdom"), Permission.COVERAGE_VIEW),
            ("advice", _("Advice"), Permission.ADVICE_MAKE),
            ("measurements", _("Measurements"), Permission.MEASUREMENT_VIEW),
        ),
    ),
    (
        _("Passing on"),
        (
            ("bulletins", _("Bulletins"), Permission.ITEM_RELAY),
            ("newsletters", _("Newsletters"), Permission.ITEM_RELAY),
        ),
    ),
    (
        _("Constituency"),
        (
            ("constituency", _("Organisations"), Permission.CONSTITUENCY_VIEW),
            ("claims", _("Claims"), Permission.CLAIM_APPROVE),
        ),
    ),
    (
        _("Together"),
        (
            ("functions", _("Functions"), Permission.FUNCTION_VIEW),
            ("initiatives", _("Initiatives"), Permission.INITIATIVE_VIEW),
            ("balances", _("Balance"), Permission.BALANCE_VIEW),
            ("interests", _("Interests"), Permission.INTEREST_VIEW),
            ("network_figures", _("In figures"), Permission.INITIATIVE_COUNT),
            ("sharing_figures", _("Sharing in figures"), Permission.ITEM_COUNT),
        ),
    ),
)
"""Pages that belong together: one entry of the main menu, and a row of their own below it."""


def _applications(actor: Actor) -> int:
    return Application.objects.visible_to(actor).waiting_for_us().count()


def _reviews(actor: Actor) -> int:
    return listing.waiting(actor).count()


COUNTERS: dict[str, Callable[[Actor], int]] = {"applications": _applications, "item_reviews": _reviews}
"""What waits behind a line for who asks: one query each, on the pages of its own section only."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a menu, and how much waits behind it."""

    label: Promise
    url: str
    is_current: bool
    waiting: int = 0


def entries(actor: Actor, *, path: str) -> list[Entry]:
    """What the actor may open; the entry above `path` is the current one, and a section leads to its first page."""
    found = _shown(ENTRIES, actor, path)
    for label, lines in SECTIONS:
        if shown := _shown(lines, actor, path):
            found.append(Entry(label, shown[0].url, is_current=any(entry.is_current for entry in shown)))
    return found


def beside(actor: Actor, *, path: str) -> list[Entry]:
    """The pages of the section in which `path` lies; none elsewhere, or where there is only that one."""
    for _label, lines in SECTIONS:
        shown = _shown(lines, actor, path)
        if any(entry.is_current for entry in shown):
            return [_counted(entry, actor) for entry in shown] if len(shown) > 1 else []
    return []


def _shown(lines: tuple[Line, ...], actor: Actor, path: str) -> list[Entry]:
    shown = [(reverse(name), label) for name, label, permission in lines if actor.reach(permission)]
    return [Entry(label, url, is_current=_is_below(path, url)) for url, label in shown]


def _counted(entry: Entry, actor: Actor) -> Entry:
    found = next((count for name, count in COUNTERS.items() if reverse(name) == entry.url), None)
    return replace(entry, waiting=found(actor)) if found else entry


def _is_below(path: str, url: str) -> bool:
    return path == url if url == "/" else path == url or path.startswith(f"{url}/")
