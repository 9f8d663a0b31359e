"""Which findings a list shows, in which order, and where its next page starts: all of it stands in the address."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schakel.intake.kinds import KINDS
from schakel.kit.paging import LARGEST_KEY, SIZE, key_of
from schakel.notices.models import Finding, FindingQuerySet, FindingState, Severity
from schakel.web import labels

UNSOLVED, EVERY = "unsolved", "all"
NEWEST, GRAVEST = "newest", "severity"
SORTS = [(NEWEST, _("newest first")), (GRAVEST, _("gravest first"))]
ORDERS = {NEWEST: ["-pk"], GRAVEST: ["-severity", "-pk"]}
LOOKS_LIKE_AN_ASSET = re.compile(r"^[\w.:/@-]*[.:@][\w.:/@-]*$")
PLACE = "after"
"""The part of the address that says after which row the page starts."""


class FilterForm(forms.Form):
    """The filters; each may be left empty."""

    q = forms.CharField(label=_("Organisation or system"), required=False, max_length=200)
    state = forms.ChoiceField(label=_("State"), required=False)
    severity = forms.TypedChoiceField(label=_("Severity"), required=False, coerce=int, empty_value=None)
    nature = forms.ChoiceField(label=_("Nature"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    sector = forms.ChoiceField(label=_("Sector"), required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)
    weakness = forms.CharField(label=_("Weakness"), required=False, max_length=100)
    sort = forms.ChoiceField(label=_("Order"), required=False, choices=SORTS)
    organisation = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_KEY, widget=forms.HiddenInput)

    def __init__(self, given: Mapping[str, str]) -> None:
        super().__init__(given)
        every = [("", _("all"))]
        choices: dict[str, list[object]] = {
            "state": [("", _("still to be solved")), (EVERY, _("all")), *FindingState.choices],
            "severity": [("", _("all")), *((at, Severity(at).label) for at in reversed(Severity.values))],
            "nature": [*every, *labels.natures()],
            "kind": [*every, *labels.kinds()],
            "sector": [*every, *labels.sectors()],
            "region": [*every, *labels.regions()],
        }
        for name, shown in choices.items():
            self.fields[name].choices = shown  # type: ignore[attr-defined]
        self.fields["q"].widget.attrs = {"type": "search", "autocomplete": "off"}
        self.fields["weakness"].widget.attrs = {"placeholder": "CVE-…", "autocomplete": "off"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One page of findings, and the address of the next; empty on the last."""

    rows: list[Finding]
    next_query: str
    has_start: bool


class Filter:
    """What an address asks for. A part that cannot be read is as if it were not there."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.form = FilterForm(given)
        self.form.is_valid()
        self._asked = {name: value for name, value in self.form.cleaned_data.items() if value not in {"", None}}
        self._after = given.get(PLACE, "")

    @property
    def names(self) -> list[str]:
        """The filters in use, without their values."""
        return sorted(self.names_and_order - {"sort"})

    @property
    def names_and_order(self) -> frozenset[str]:
        """The filters in use, and `sort` where an order is asked for."""
        return frozenset(self._asked)

    @property
    def query(self) -> str:
        """The filters and the order as an address says them, without the page's place."""
        return urlencode(self._asked)

    def narrow(self, findings: FindingQuerySet) -> FindingQuerySet:
        """Those of `findings` that are asked for."""
        asked = self._asked
        plain: dict[str, Any] = {name: asked[name] for name in ("severity", "kind", "organisation") if name in asked}
        theirs = {f"organisation__{name}": asked[name] for name in ("sector", "region") if name in asked}
        if "weakness" in asked:
            plain["weakness"] = asked["weakness"].strip().upper()
        if "nature" in asked and "kind" not in asked:
            plain["kind__in"] = [slug for slug, kind in KINDS.items() if kind.nature == asked["nature"]]
        return findings.filter(_in_state(asked.get("state", UNSOLVED)), _about(asked.get("q", "")), **plain, **theirs)

    def page(self, findings: FindingQuerySet) -> Shown:
        """The page that the address asks for. One query."""
        sort = self._asked.get("sort", NEWEST)
        found = self.narrow(findings).with_last_seen().select_related("organisation")
        rows = list(found.filter(_behind(sort, self._after)).order_by(*ORDERS[sort])[: SIZE + 1])
        shown = rows[:SIZE]
        after = _place_of(sort, shown[-1]) if len(rows) > SIZE else ""
        next_query = urlencode({**self._asked, PLACE: after}) if after else ""
        return Shown(rows=shown, next_query=next_query, has_start=bool(self._after))


def _in_state(state: str) -> Q:
    if state == EVERY:
        return Q()
    return Q(state__in=[FindingState.OPEN, FindingState.PROMISED]) if state == UNSOLVED else Q(state=state)


def _about(words: str) -> Q:
    """What looks like an address or a host name is sought among systems, by its beginning; the rest among names."""
    words = words.strip()
    if not words:
        return Q()
    if LOOKS_LIKE_AN_ASSET.match(words):
        return Q(asset__startswith=words.lower())
    return Q(organisation__name__icontains=words)


def _place_of(sort: str, last: Finding) -> str:
    return str(last.pk) if sort == NEWEST else f"{last.severity}~{last.pk}"


def _behind(sort: str, place: str) -> Q:
    """The rows behind a place in that order; a place that cannot be read is the start."""
    value, _tilde, last = place.rpartition("~")
    if sort == NEWEST:
        key = key_of(place)
        return Q() if key is None else Q(pk__lt=key)
    key, bound = key_of(last), key_of(value)
    if key is None or bound is None:
        return Q()
    return Q(severity__lte=bound) & (Q(severity__lt=bound) | Q(pk__lt=key))
