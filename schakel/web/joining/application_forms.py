"""The forms by which the desk handles applications."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from schakel.registry.criteria import criteria
from schakel.registry.models import (
    Language,
    Organisation,
    Partner,
    Prospect,
    Verdict,
)
from schakel.registry.partners.words_given import NAME_LIMIT
from schakel.web import labels
from schakel.web.joining.joining_forms import words
from schakel.web.partners.partner_forms import FEW, SOME, day, several


class AppraiseForm(forms.Form):
    """A verdict per condition of the common list."""

    def __init__(self, given: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(given, initial=initial)
        for one in criteria():
            name, look = one.name[labels.language()], one.look[labels.language()]
            self.fields[f"verdict_{one.slug}"] = forms.ChoiceField(
                label=name, choices=Verdict.choices, widget=forms.RadioSelect
            )
            self.fields[f"words_{one.slug}"] = words(
                FEW, label=_("Why: %(criterion)s") % {"criterion": name}, required=False, help_text=look
            )

    def verdicts(self) -> dict[str, tuple[str, str]]:
        """Verdict and words by condition."""
        cleaned = self.cleaned_data
        return {one.slug: (cleaned[f"verdict_{one.slug}"], cleaned[f"words_{one.slug}"]) for one in criteria()}


class AcceptForm(forms.Form):
    """Words to the applicant, and the prospect that it already was."""

    words = words(SOME, label=_("Words to the applicant"), required=False)
    prospect = forms.ModelChoiceField(
        label=_("Is this one of our prospects?"),
        queryset=Prospect.objects.none(),
        required=False,
        empty_label=_("no, this is somebody new"),
    )

    is_organisation = forms.BooleanField(required=False)

    def __init__(self, given: Any = None, *, likely: list[Prospect], organisation: Organisation | None) -> None:
        super().__init__(given)
        if organisation is None:
            del self.fields["is_organisation"]
        else:
            label = _("It is %(name)s, which has the same KVK number in our registry")
            self.fields["is_organisation"].label = label % {"name": organisation.name}
        rows = Prospect.objects.filter(pk__in=[one.pk for one in likely])
        self.fields["prospect"].queryset = rows  # type: ignore[attr-defined]


class RefuseForm(forms.Form):
    """Words to the applicant, and partners that can help it on."""

    words = words(SOME, label=_("Why not, and what would help"))
    referred_to = forms.ModelMultipleChoiceField(
        label=_("Refer to"),
        queryset=Partner.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Partners that agreed to be named in public and serve this sector or region."),
    )

    def __init__(self, given: Any = None, *, fitting: list[Partner]) -> None:
        super().__init__(given)
        rows = Partner.objects.filter(pk__in=[one.pk for one in fitting]).order_by("name")
        self.fields["referred_to"].queryset = rows  # type: ignore[attr-defined]


class AssignForm(forms.Form):
    """Who does a step, by when."""

    owner = forms.CharField(label=_("Who does it"), required=False, max_length=NAME_LIMIT)
    due_on = day(label=_("By when"))


class InvitationForm(forms.Form):
    """A letter to somebody who might join."""

    prospect = forms.ModelChoiceField(
        label=_("Prospect"), queryset=Prospect.objects.none(), required=False, empty_label=_("somebody else")
    )
    name = forms.CharField(label=_("Name of the organisation"), required=False, max_length=NAME_LIMIT)
    addressee = forms.CharField(label=_("To whom"), max_length=NAME_LIMIT)
    functions = several(label=_("For which functions"), choices=labels.functions)
    personal = words(FEW, label=_("A personal word"), required=False)
    language = forms.ChoiceField(label=_("Language of the letter"), choices=Language.choices)
    sender = forms.CharField(label=_("Who signs the letter"), max_length=NAME_LIMIT)

    def __init__(self, given: Any = None, *, prospects: Any, initial: dict[str, Any] | None = None) -> None:
        super().__init__(given, initial=initial)
        self.fields["prospect"].queryset = prospects  # type: ignore[attr-defined]


class TermsForm(forms.Form):
    """A new version of the terms."""

    text_nl = words({"rows": 20}, label=_("The text in Dutch"))
    text_en = words({"rows": 20}, label=_("The text in English"))
    change_nl = words(FEW, label=_("What changed, in Dutch"))
    change_en = words(FEW, label=_("What changed, in English"))
    origin_nl = words(FEW, label=_("On what the text builds, in Dutch"))
    origin_en = words(FEW, label=_("On what the text builds, in English"))

    def __init__(self, given: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(given, initial=initial)
        for name in ("text_nl", "text_en"):
            self.fields[name].max_length = None  # type: ignore[attr-defined]
            self.fields[name].validators = []
