"""The sorts by which an answer is narrowed, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from schakel.policy.sharing import label
from schakel.sharing.search.finding import BEST, NEWEST
from schakel.sharing.words import ItemKind, Phase

SORTS: tuple[tuple[str, Promise], ...] = ((BEST, _("best fit first")), (NEWEST, _("newest first")))
FACETS: Mapping[str, Promise] = {
    "kind": _("Kind"),
    "label": _("TLP label"),
    "phase": _("Phase"),
    "severity": _("Severity of weaknesses"),
    "publisher": _("Source"),
    "year": _("Year"),
}
SEVERITIES: Mapping[str, Promise] = {
    "low": _("low"),
    "medium": _("medium"),
    "high": _("high"),
    "critical": _("critical"),
}


def value(name: str, given: object) -> str:
    """One value of a sort, in words."""
    text = str(given)
    if name == "label":
        known = label(text)
        return known.marking if known else text
    named = {"kind": dict(ItemKind.choices), "phase": dict(Phase.choices), "severity": SEVERITIES}
    return str(named.get(name, {}).get(text, text))
