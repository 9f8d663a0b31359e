"""The forms of agreements."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from schakel.registry.agreements.agreeing import Draft
from schakel.registry.agreements.copies import LARGEST, Elsewhere
from schakel.registry.models import (
    Agreement,
    AgreementRole,
    BreachKind,
    Language,
)
from schakel.registry.partners.words_given import LINE_LIMIT, NAME_LIMIT
from schakel.web import labels
from schakel.web.joining.application_forms import AppraiseForm
from schakel.web.joining.joining_forms import words
from schakel.web.partners.partner_forms import FEW, SOME, day, several


class CopyForm(forms.Form):
    """What another signing service made of a signature."""

    provider = forms.CharField(label=_("With which signing service?"), required=False, max_length=NAME_LIMIT)
    reference = forms.CharField(label=_("Its reference"), required=False, max_length=LINE_LIMIT)
    file = forms.FileField(
        label=_("The signed PDF"), required=False, help_text=_("At most 10 MB. We keep it, with its SHA-256.")
    )

    def clean_file(self) -> Any:
        """Refuse what is too large before it is read."""
        file = self.cleaned_data["file"]
        if file and file.size > LARGEST:
            raise forms.ValidationError(_("This file is larger than 10 MB."))
        return file

    def elsewhere(self) -> Elsewhere | None:
        """What was given, for the action; None where nothing was."""
        file = self.cleaned_data["file"]
        said = {name: self.cleaned_data[name] for name in ("provider", "reference")}
        return Elsewhere(**said, content=file.read() if file else b"") if file or any(said.values()) else None


class SignForm(CopyForm):
    """Who signs, and which document."""

    field_order = ("name", "position", "digest", "provider", "reference", "file", "agree")
    name = forms.CharField(label=_("Your name"), max_length=NAME_LIMIT)
    position = forms.CharField(label=_("Your position"), max_length=NAME_LIMIT)
    digest = forms.CharField(widget=forms.HiddenInput)
    agree = forms.BooleanField(label=_("I have read the agreement and may sign it for my organisation"))

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        words = _("Only where you signed with such a service too. Else leave these three empty.")
        self.fields["provider"].help_text = words


class NotRenewForm(AppraiseForm):
    """The same list, and why the agreement is not to go on."""

    def __init__(self, given: Any = None) -> None:
        super().__init__(given)
        self.fields["reason"] = words(
            SOME, label=_("Why not, and what would help"), help_text=_("The partner gets these words by mail.")
        )


class AgreementForm(forms.Form):
    """What an agreement says."""

    role = forms.ChoiceField(label=_("Role"), choices=AgreementRole.choices)
    functions = several(label=_("Functions"), choices=labels.functions)
    from_on = day(label=_("First day"))
    until_on = day(label=_("Day after the last"), required=False, help_text=_("Empty: no end agreed."))
    effort = words(FEW, label=_("Promised effort"), required=False, help_text=_("For example: two days a month."))
    activities = words(SOME, label=_("Activities"), required=False)
    language = forms.ChoiceField(label=_("Language of the document"), choices=Language.choices)
    signatory = forms.CharField(label=_("Who signs for the partner"), required=False, max_length=NAME_LIMIT)
    signatory_mail = forms.EmailField(label=_("E-mail address of who signs"), required=False, max_length=LINE_LIMIT)

    def draft(self, amends: Agreement | None) -> Draft:
        """What was filled in, for the action."""
        return Draft(**self.cleaned_data, amends=amends)


class BreachForm(forms.Form):
    """What was not kept."""

    kind = forms.ChoiceField(label=_("Which condition was not kept?"), choices=BreachKind.choices)
    happened_on = day(label=_("When?"))
    words = words(SOME, label=_("What happened?"))
    talk_on = day(label=_("When do you talk about it?"), required=False)


class TalkForm(forms.Form):
    """When it was or will be talked about."""

    talk_on = day(label=_("Day of the talk"))


class LeaveForm(forms.Form):
    """Why a partner leaves, and what is learnt."""

    reasons = words(SOME, label=_("Why does the partner leave?"))
    lessons = words(SOME, label=_("What can the network learn from it?"))
    sure = forms.BooleanField(label=_("I know that access, agreements and routes end at once and cannot be undone"))
