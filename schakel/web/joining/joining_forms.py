"""The forms of the join desk, of applications and of agreements."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from schakel.registry.agreements.agreeing import Draft
from schakel.registry.agreements.copies import LARGEST, Elsewhere
from schakel.registry.criteria import criteria
from schakel.registry.joining.answers import Given
from schakel.registry.models import (
    Agreement,
    AgreementRole,
    BreachKind,
    Language,
    Organisation,
    Partner,
    Prospect,
    SizeClass,
    Verdict,
)
from schakel.registry.partners.words_given import LINE_LIMIT, NAME_LIMIT, TEXT_LIMIT
from schakel.web import labels
from schakel.web.partners.partner_forms import FEW, SOME, day, several

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


class NotRenewForm(AppraiseForm):
    """The same list, and why the agreement is not to go on."""

    def __init__(self, given: Any = None) -> None:
        super().__init__(given)
        self.fields["reason"] = words(
            SOME, label=_("Why not, and what would help"), help_text=_("The partner gets these words by mail.")
        )


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
