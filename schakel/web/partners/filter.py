"""Which partners a list shows: all of it stands in the address."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from schakel.kit.paging import Ordered, ordered_page
from schakel.registry.models import Category, Partner, PartnerQuerySet, PartnerStanding
from schakel.registry.partners.register import in_function
from schakel.web import labels

PLACE = "after"
EVERY = "all"
UNASSESSED = "none"


class FilterForm(forms.Form):
    """The filters; each may be left empty. Only who keeps the register sees others than those that take part."""

    q = forms.CharField(label=_("Name"), required=False, max_length=200)
    type = forms.ChoiceField(label=_("Type"), required=False)
    function = forms.ChoiceField(label=_("Function"), required=False)
    sector = forms.ChoiceField(label=_("Sector"), required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)
    category = forms.ChoiceField(label=_("Category"), required=False)
    standing = forms.ChoiceField(label=_("Standing"), required=False)

    def __init__(self, given: Mapping[str, str], *, sees_all: bool) -> None:
        super().__init__(given)
        every = [("", _("all"))]
        choices: dict[str, list[object]] = {
            "type": [*every, *labels.partner_types()],
            "function": [*every, *labels.functions()],
            "sector": [*every, *labels.sectors()],
            "region": [*every, *labels.regions()],
            "category": [*every, *Category.choices, (UNASSESSED, _("not yet assessed"))],
            "standing": [("", _("taking part")), (EVERY, _("all")), *_standings()],
        }
        for name, shown in choices.items():
            self.fields[name].choices = shown  # type: ignore[attr-defined]
        self.fields["q"].widget.attrs = {"type": "search", "autocomplete": "off"}
        if not sees_all:
            del self.fields["standing"]


class Filter:
    """What an address asks for. A part that cannot be read is as if it were not there."""

    def __init__(self, given: Mapping[str, str], *, sees_all: bool) -> None:
        self.form = FilterForm(given, sees_all=sees_all)
        self.form.is_valid()
        self.asked: dict[str, Any] = {name: value for name, value in self.form.cleaned_data.items() if value}
        self.place = given.get(PLACE, "")

    @property
    def query(self) -> str:
        """The filters as an address says them, without the page's place."""
        return urlencode(self.asked)

    def narrow(self, partners: PartnerQuerySet) -> PartnerQuerySet:
        """Those of `partners` that are asked for."""
        asked = self.asked
        standing = asked.get("standing", PartnerStanding.PARTNER)
        if standing != EVERY:
            partners = partners.filter(standing=standing)
        if "function" in asked:
            partners = in_function(partners, asked["function"], on=timezone.localdate())
        return partners.filter(**self._plain())

    def _plain(self) -> dict[str, Any]:
        lookups = {"q": "name__icontains", "type": "type", "category": "category"}
        plain = {lookup: self.asked[name] for name, lookup in lookups.items() if name in self.asked}
        if plain.get("category") == UNASSESSED:
            plain["category"] = ""
        lists = {"sector": "sectors__contains", "region": "regions__contains"}
        return plain | {lookup: [self.asked[name]] for name, lookup in lists.items() if name in self.asked}

    def page(self, partners: PartnerQuerySet) -> Ordered[Partner]:
        """The page that the address asks for, by name. One query."""
        return ordered_page(self.narrow(partners), by=["name"], place=self.place)

    def next_query(self, place: str) -> str:
        """The address of the next page."""
        return urlencode({**self.asked, PLACE: place})


def _standings() -> list[tuple[str, object]]:
    return [(value, label) for value, label in PartnerStanding.choices if value != PartnerStanding.PROSPECT]
