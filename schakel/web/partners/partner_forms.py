"""The forms in which people say things about partners and prospects."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from schakel.registry.models import (
    AgreementRole,
    Capacity,
    CapacityLabel,
    Category,
    EvidenceKind,
    FundingKind,
    Language,
    Relation,
    Side,
    SizeClass,
)
from schakel.registry.partners.words_given import LINE_LIMIT, NAME_LIMIT, TEXT_LIMIT
from schakel.web import labels

FEW = {"rows": 3}
SOME = {"rows": 6}


def day(**given: Any) -> forms.DateField:
    """A day, chosen in the browser's own calendar."""
    return forms.DateField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **given)


def several(**given: Any) -> forms.MultipleChoiceField:
    """Any of a list."""
    return forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, required=False, **given)


class DescribeForm(forms.Form):
    """What a partner says of itself."""

    about = forms.CharField(
        label=_("What do you do to make others resilient?"),
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs=SOME),
    )
    website = forms.CharField(label=_("Website"), required=False, max_length=LINE_LIMIT)
    language = forms.ChoiceField(label=_("Language in which we write to you"), choices=Language.choices)
    functions = several(label=_("Which functions suit you?"), choices=labels.functions)
    regions = several(label=_("In which regions do you work?"), choices=labels.regions)


class CharacteriseForm(forms.Form):
    """What the coordinator says a partner is."""

    name = forms.CharField(label=_("Name"), max_length=NAME_LIMIT)
    type = forms.ChoiceField(label=_("Type"), choices=labels.partner_types)
    sectors = several(label=_("Sectors"), choices=labels.sectors)


class AssessForm(forms.Form):
    """Where a partner belongs, and why."""

    category = forms.ChoiceField(label=_("Category"), choices=Category.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs=FEW),
        help_text=_("For the ecosystem: which reach it has, or what makes it unique."),
    )


class CommitForm(forms.Form):
    """A function that a partner joins."""

    function = forms.ChoiceField(label=_("Function"), choices=labels.functions)
    role = forms.ChoiceField(label=_("Role"), choices=AgreementRole.choices, widget=forms.RadioSelect)
    from_on = day(label=_("From"))
    until_on = day(
        label=_("Until"), required=False, help_text=_("The day after the last. Leave it empty where no end is known.")
    )
    effort = forms.CharField(
        label=_("How much work is it?"),
        required=False,
        max_length=LINE_LIMIT,
        help_text=_("Such as two days a month. Not needed for who only informs."),
    )

    def __init__(self, *given: Any, may_lead: bool, **more: Any) -> None:
        super().__init__(*given, **more)
        if not may_lead:
            self.fields["role"].choices = [  # type: ignore[attr-defined]
                choice for choice in AgreementRole.choices if choice[0] != AgreementRole.LEAD
            ]


class EndForm(forms.Form):
    """The day on which something ends."""

    until_on = day(label=_("Ends on"), help_text=_("The first day on which it no longer holds."))


class ActivityForm(forms.Form):
    """One thing that is done."""

    title = forms.CharField(label=_("What is done?"), max_length=LINE_LIMIT)
    side = forms.ChoiceField(
        label=_("Soft or hard?"),
        choices=Side.choices,
        widget=forms.RadioSelect,
        help_text=_("Soft is information and awareness; hard is protection and response."),
    )


class ContinuityForm(forms.Form):
    """How lasting a partner is."""

    funding = forms.ChoiceField(label=_("On what does the partner live?"), choices=FundingKind.choices)
    ends_on = day(label=_("Until when is that sure?"), required=False, help_text=_("Leave it empty for no end known."))
    hangs_on_one = forms.BooleanField(label=_("All hangs on one person"), required=False)
    words = forms.CharField(label=_("Remark"), required=False, max_length=TEXT_LIMIT, widget=forms.Textarea(attrs=FEW))


class MaturityForm(forms.Form):
    """How mature a partner is."""

    statement = forms.CharField(
        label=_("How mature is the partner, or its audience?"), max_length=TEXT_LIMIT, widget=forms.Textarea(attrs=SOME)
    )
    evidence = forms.ChoiceField(label=_("On what does this rest?"), choices=EvidenceKind.choices)
    reference = forms.CharField(
        label=_("Where can that be found?"),
        required=False,
        max_length=LINE_LIMIT,
        help_text=_("Needed where it is others who judged."),
    )


class EstimateForm(forms.Form):
    """A part of a constituency as a count."""

    relation = forms.ChoiceField(label=_("Relation"), choices=Relation.choices)
    count = forms.IntegerField(label=_("How many organisations?"), min_value=1)
    sector = forms.ChoiceField(label=_("Sector"), required=False)
    sbi_section = forms.ChoiceField(label=_("SBI section"), required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)
    size_class = forms.ChoiceField(label=_("Size"), choices=SizeClass.choices, initial=SizeClass.UNKNOWN)
    source = forms.CharField(label=_("Where does the count come from?"), max_length=LINE_LIMIT)
    counted_on = day(label=_("Counted on"))

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        listed = {"sector": labels.sectors(), "sbi_section": labels.sections(), "region": labels.regions()}
        for name, choices in listed.items():
            self.fields[name].choices = [("", _("any")), *choices]  # type: ignore[attr-defined]


class ProfileForm(forms.Form):
    """What the world may read."""

    is_public = forms.BooleanField(label=_("Show this partner in the public list"), required=False)
    shows = several(
        label=_("What else may everybody read?"),
        choices=(
            ("about", _("what you do")),
            ("functions", _("functions")),
            ("sectors", _("sectors")),
            ("regions", _("regions")),
            ("activities", _("activities")),
            ("website", _("website")),
        ),
    )
    society = forms.CharField(
        label=_("What do you do for society?"),
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs=FEW),
        help_text=_("Stands on your public profile. Leave it empty to say nothing."),
    )


class CapacityForm(forms.Form):
    """An office of an organisation."""

    organisation = forms.CharField(
        label=_("Key of the organisation"), max_length=NAME_LIMIT, help_text=_("As it stands in the registry.")
    )
    label = forms.ChoiceField(label=_("Capacity"), choices=CapacityLabel.choices)
    from_on = day(label=_("From"))
    until_on = day(label=_("Until"), required=False)


class ProspectForm(forms.Form):
    """Somebody who may become a partner."""

    name = forms.CharField(label=_("Name"), max_length=NAME_LIMIT)
    type = forms.ChoiceField(label=_("Type"), choices=labels.partner_types)
    origin = forms.CharField(label=_("How do we know of them?"), max_length=LINE_LIMIT)


class ContactForm(forms.Form):
    """A talk with a prospect."""

    contacted_on = day(label=_("Spoken on"))
    words = forms.CharField(
        label=_("What came of it?"), required=False, max_length=TEXT_LIMIT, widget=forms.Textarea(attrs=FEW)
    )


class HandledForm(forms.Form):
    """What was done about a signal."""

    words = forms.CharField(label=_("What was done?"), max_length=LINE_LIMIT)


class ActAsForm(forms.Form):
    """The capacity in which somebody of the coordinator acts."""

    capacity = forms.ChoiceField(label=_("Capacity"), widget=forms.RadioSelect)

    def __init__(self, *given: Any, held: list[Capacity], chosen: str, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["capacity"].choices = [(one.label, one.get_label_display()) for one in held]  # type: ignore[attr-defined]
        self.fields["capacity"].initial = chosen or "coordinator"
        if not held:
            self.fields["capacity"].help_text = _("No organisation is the coordinator yet. Give that office first.")
