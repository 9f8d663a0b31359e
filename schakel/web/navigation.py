"""The main menu: one list, shown as far as the permissions of who asks go."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from schakel.policy.access import Actor, Permission

ENTRIES: tuple[tuple[str, Promise, Permission], ...] = (
    ("situation", _("Situation"), Permission.SITUATION_VIEW),
    ("findings", _("Findings"), Permission.FINDING_VIEW),
    ("notices", _("Notices"), Permission.NOTICE_VIEW),
    ("campaigns", _("Campaigns"), Permission.CAMPAIGN_VIEW),
    ("reports", _("Reports"), Permission.REPORT_VIEW),
    ("desk", _("Desk"), Permission.DELIVERY_VIEW),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu."""

    label: Promise
    url: str
    is_current: bool


def entries(actor: Actor, *, path: str) -> list[Entry]:
    """What the actor may open; the entry above `path` is the current one."""
    shown = [(reverse(name), label) for name, label, permission in ENTRIES if actor.reach(permission)]
    return [Entry(label, url, is_current=_is_below(path, url)) for url, label in shown]


def _is_below(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
