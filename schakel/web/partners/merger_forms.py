"""The forms by which one becomes part of another, or two come out of one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from schakel.collaboration.models import Contribution, Expectation, Initiative, Participant, UseCaseLink
from schakel.governance.models import Canvas
from schakel.people.models import UserGrant
from schakel.registry.models import Asset, Commitment, Contact, Organisation, OrganisationQuerySet, Partner, Relation
from schakel.registry.partners.words_given import NAME_LIMIT, TEXT_LIMIT
from schakel.web import labels
from schakel.web.templatetags.collaboration import named

CUT = 80
LISTED_AT_MOST = 500
"""More rows to choose from than this nobody ticks one by one."""


def _reason() -> forms.CharField:
    return forms.CharField(label=_("Reason"), max_length=TEXT_LIMIT, widget=forms.Textarea(attrs={"rows": 3}))


def _chosen(label: Any) -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(label=label, required=False, coerce=int, widget=forms.CheckboxSelectMultiple)


@dataclass(frozen=True, slots=True)
class Above:
    """Rows of a partner in a part above the registry, of which some can go along when it splits."""

    label: str
    question: Promise
    rows: Callable[[Partner], Any]
    words: Callable[[Any], str]


ABOVE = (
    Above(
        "collaboration.initiative.owner",
        _("Which initiatives go along?"),
        lambda old: Initiative.objects.running().filter(owner=old),
        named,
    ),
    Above(
        "collaboration.participant.partner",
        _("In which initiatives does the new one take part in its place?"),
        lambda old: Participant.objects.filter(partner=old, until_on=None).select_related("initiative"),
        lambda row: named(row.initiative),
    ),
    Above(
        "collaboration.usecaselink.partner",
        _("Which work on use cases goes along?"),
        lambda old: UseCaseLink.objects.filter(partner=old, until_on=None).select_related("use_case"),
        lambda row: named(row.use_case),
    ),
    Above(
        "collaboration.contribution.partner",
        _("Which contributions go along?"),
        lambda old: Contribution.objects.filter(partner=old, withdrawn_at=None),
        lambda row: f"{row.year}: {row.what[:CUT]}",
    ),
    Above(
        "collaboration.expectation.partner",
        _("Which expectations go along?"),
        lambda old: Expectation.objects.filter(partner=old, ended_at=None),
        lambda row: f"{row.get_side_display()}: {row.words[:CUT]}",
    ),
    Above(
        "governance.canvas.lead",
        _("Which functions does the new one lead from now on?"),
        lambda old: Canvas.objects.filter(pk__in=Canvas.objects.holding().values("pk"), lead=old),
        lambda row: str(dict(labels.functions()).get(row.function, row.function)),
    ),
    Above(
        "people.usergrant.partner",
        _("Which accounts go along?"),
        lambda old: UserGrant.objects.filter(partner=old).select_related("user"),
        lambda row: str(row.user.get_username()),
    ),
)
"""What else can go along with who splits off; what is not chosen stays."""


class MergePartnerForm(forms.Form):
    """Into which partner."""

    into: "forms.ModelChoiceField[Partner]" = forms.ModelChoiceField(
        queryset=Partner.objects.none(), label=_("Into which partner?")
    )
    words = _reason()

    def __init__(self, *given: Any, others: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["into"].queryset = others  # type: ignore[attr-defined]


class MergeOrganisationForm(forms.Form):
    """Into which organisation."""

    into = forms.CharField(label=_("Key of the organisation"), max_length=NAME_LIMIT)
    words = _reason()

    def __init__(self, *given: Any, seen: OrganisationQuerySet, **more: Any) -> None:
        super().__init__(*given, **more)
        self._seen = seen

    def clean_into(self) -> Organisation:
        """The organisation of that key."""
        found = self._seen.filter(key=self.cleaned_data["into"]).first()
        if found is None:
            raise forms.ValidationError(_("no organisation has this key."))
        return found


class SplitPartnerForm(forms.Form):
    """What goes along with the new partner."""

    name = forms.CharField(label=_("Name of the new partner"), max_length=NAME_LIMIT)
    relations = forms.MultipleChoiceField(
        label=_("Which part of the constituency goes along?"),
        choices=Relation.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    sectors = forms.MultipleChoiceField(
        label=_("Only of these sectors"),
        choices=labels.sectors,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none for all."),
    )
    contacts = _chosen(_("Which contacts go along?"))
    activities = _chosen(_("Which activities go along?"))
    commitments = _chosen(_("Which functions go along?"))
    words = _reason()

    def __init__(self, *given: Any, contacts: Any, activities: Any, old: Partner, **more: Any) -> None:
        super().__init__(*given, **more)
        _offer(self, "contacts", contacts, lambda row: row.address)
        _offer(self, "activities", activities, lambda row: row.title)
        _offer(self, "commitments", old.commitments.filter(until_on=None), _commitment_words)
        for place, above in enumerate(ABOVE):
            self.fields[f"above{place}"] = _chosen(above.question)
            _offer(self, f"above{place}", above.rows(old), above.words)
        self.order_fields([name for name in self.fields if name != "words"])

    def clean(self) -> dict[str, Any]:
        """What of other parts of the house was chosen, by the relation that puts it to the partner."""
        said = dict(self.cleaned_data)
        chosen = {above.label: said.pop(f"above{place}", []) for place, above in enumerate(ABOVE)}
        return said | {"above": chosen}


class SplitOrganisationForm(forms.Form):
    """What goes along with the new organisation."""

    name = forms.CharField(label=_("Name of the new organisation"), max_length=NAME_LIMIT)
    assets = _chosen(_("Which assets go along?"))
    contacts = _chosen(_("Which contacts go along?"))
    keeps_guardians = forms.BooleanField(
        label=_("The same partners answer for the new organisation"), required=False, initial=True
    )
    words = _reason()

    def __init__(self, *given: Any, assets: Any, contacts: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        _offer(self, "assets", assets, _asset_words)
        _offer(self, "contacts", contacts, _contact_words)


def _commitment_words(row: Commitment) -> str:
    return f"{dict(labels.functions()).get(row.function, row.function)} ({row.get_role_display()})"


def _asset_words(row: Asset) -> str:
    return f"{row.value} ({row.get_kind_display()})"


def _contact_words(row: Contact) -> str:
    return f"{row.address} ({row.get_role_display()})"


def _offer(form: forms.Form, name: str, rows: Any, words: Any) -> None:
    """Let somebody choose among rows; a part of which there are none is left out."""
    choices = [(row.pk, words(row)) for row in rows.order_by("pk")[:LISTED_AT_MOST]]
    form.fields[name].choices = choices  # type: ignore[attr-defined]
    if not choices:
        form.fields[name].widget = forms.MultipleHiddenInput()
