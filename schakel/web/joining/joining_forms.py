"""The forms of the join desk, and what forms of this section share."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from schakel.registry.criteria import criteria
from schakel.registry.joining.answers import Given
from schakel.registry.models import (
    AgreementRole,
    SizeClass,
)
from schakel.registry.partners.words_given import LINE_LIMIT, NAME_LIMIT, TEXT_LIMIT
from schakel.web import labels
from schakel.web.partners.partner_forms import FEW, SOME, several

SALT = "schakel.web.joining.joining_forms"
QUICKEST = timedelta(seconds=3)  # Nobody reads and fills in a form faster; a program does.
LONGEST = timedelta(days=1)
ANY = ("", "\N{EN DASH}")


def words(rows: dict[str, int], **given: Any) -> forms.CharField:
    """Some lines of text."""
    return forms.CharField(widget=forms.Textarea(attrs=rows), max_length=TEXT_LIMIT, **given)


def begun(at: datetime) -> str:
    """When a form was shown, sealed."""
    return signing.Signer(salt=SALT).sign(str(int(at.timestamp())))


class GuardedForm(forms.Form):
    """A form for strangers: what only a program fills in, or too fast, is not taken."""

    nickname = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    begun = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, given: Any = None, **more: Any) -> None:
        super().__init__(given, initial={"begun": begun(timezone.now()), **more.pop("initial", {})}, **more)

    def clean(self) -> dict[str, Any]:
        """Refuse what was filled in by a program."""
        cleaned: dict[str, Any] = super().clean() or {}
        shown_at = self._shown_at(cleaned.get("begun", ""))
        if cleaned.get("nickname") or shown_at is None or timezone.now() - shown_at > LONGEST:
            raise forms.ValidationError(_("The form could not be taken. Load the page again and fill it in once more."))
        if timezone.now() - shown_at < QUICKEST:
            raise forms.ValidationError(_("That was very fast. Wait a moment, then press the button again."))
        return cleaned

    @staticmethod
    def _shown_at(seal: str) -> datetime | None:
        try:
            seconds = int(signing.Signer(salt=SALT).unsign(seal))
        except (signing.BadSignature, ValueError):
            return None
        return datetime.fromtimestamp(seconds, tz=timezone.get_current_timezone())


class ApplyForm(GuardedForm):
    """Everything an application asks."""

    aim = forms.ChoiceField(
        label=_("What do you want?"),
        choices=[
            ("partner", _("We make other organisations resilient and want to work together")),
            ("self", _("We want to make our own organisation more resilient")),
        ],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(label=_("Name of your organisation"), max_length=NAME_LIMIT)
    kvk = forms.CharField(label=_("KVK number"), required=False, max_length=12)
    website = forms.CharField(label=_("Website"), required=False, max_length=LINE_LIMIT)
    type = forms.ChoiceField(
        label=_("What kind of organisation are you?"), choices=lambda: [ANY, *labels.partner_types()]
    )
    how = words(
        SOME,
        label=_("How do you make other organisations resilient?"),
        help_text=_("For example: you warn your members, you share knowledge, you help after an attack."),
    )
    functions = several(label=_("In which functions do you want to take part?"), choices=labels.functions)
    role = forms.ChoiceField(
        label=_("In which role?"),
        choices=AgreementRole.choices,
        widget=forms.RadioSelect,
        initial=AgreementRole.INFORMER,
    )
    sectors = several(label=_("For which sectors?"), choices=labels.sectors)
    regions = several(label=_("In which regions?"), choices=labels.regions)
    reach_count = forms.IntegerField(
        label=_("About how many organisations can you reach?"), required=False, min_value=0, max_value=10_000_000
    )
    contact_name = forms.CharField(label=_("Your name"), max_length=NAME_LIMIT)
    contact_mail = forms.EmailField(label=_("Your e-mail address"), max_length=LINE_LIMIT)
    contact_phone = forms.CharField(label=_("Your telephone number"), required=False, max_length=40)
    agree = forms.BooleanField(label=_("We have read the terms and can keep to them"))

    def __init__(self, given: Any = None) -> None:
        super().__init__(given)
        for one in criteria():
            self.fields[f"answer_{one.slug}"] = words(
                FEW, label=one.name[labels.language()], help_text=one.question[labels.language()]
            )

    def given(self, language: str) -> Given:
        """What was filled in, for the action."""
        cleaned = self.cleaned_data
        names = ("name", "kvk", "website", "type", "how", "functions", "role", "sectors", "regions", "reach_count")
        person = ("contact_name", "contact_mail", "contact_phone")
        answers = {one.slug: cleaned[f"answer_{one.slug}"] for one in criteria()}
        return Given(**{name: cleaned[name] for name in (*names, *person)}, answers=answers, language=language)


class HelpForm(forms.Form):
    """What kind of organisation looks for help."""

    sector = forms.ChoiceField(label=_("Sector"), required=False, choices=lambda: [ANY, *labels.sectors()])
    region = forms.ChoiceField(label=_("Region"), required=False, choices=lambda: [ANY, *labels.regions()])
    size = forms.ChoiceField(label=_("How large?"), required=False, choices=[ANY, *SizeClass.choices])


class MailForm(GuardedForm):
    """An address to which a link is sent."""

    mail = forms.EmailField(label=_("Your e-mail address"), max_length=LINE_LIMIT)


class WordsForm(forms.Form):
    """Some words, and nothing else."""

    words = words(SOME, label=_("Your words"))

    def __init__(self, given: Any = None, *, label: Any = None, is_required: bool = True) -> None:
        super().__init__(given)
        self.fields["words"].label, self.fields["words"].required = label or _("Your words"), is_required
