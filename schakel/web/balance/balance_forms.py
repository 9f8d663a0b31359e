"""What is asked of people about contributions, expectations, interests and thanks."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schakel.collaboration import lists
from schakel.collaboration.models import (
    SCORES,
    ConflictState,
    ContributionKind,
    Initiative,
    Side,
    Unit,
    Verdict,
)
from schakel.registry.models import Capacity, CapacityLabel, Partner
from schakel.registry.partners.words_given import NAME_LIMIT, TEXT_LIMIT
from schakel.web import labels

REVIEW_DAYS = 180


def text(label: Any, *, rows: int = 3, required: bool = False, help_text: Any = "") -> forms.CharField:
    """A field for some sentences."""
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, max_length=TEXT_LIMIT, widget=widget, help_text=help_text)


def day(label: Any, *, required: bool = True) -> forms.DateField:
    """A field for a day."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, required=required, widget=widget)


def _in_half_a_year() -> date:
    return timezone.localdate() + timedelta(days=REVIEW_DAYS)


class PartnerForm(forms.Form):
    """A form that is about one partner."""

    def __init__(self, *given: Any, partner: Partner, **named: Any) -> None:
        super().__init__(*given, **named)
        self.partner = partner
        self.choose()

    def choose(self) -> None:
        """Fill in what can be chosen."""


class ContributionForm(PartnerForm):
    """What the partner brings."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=ContributionKind)
    amount = forms.DecimalField(label=gettext_lazy("How much"), max_digits=12, decimal_places=2, min_value=Decimal(0))
    unit = forms.ChoiceField(
        label=gettext_lazy("Counted in"), choices=Unit, help_text=gettext_lazy("Money in euros, all else not.")
    )
    what = text(gettext_lazy("What it is"), required=True)
    year = forms.IntegerField(label=gettext_lazy("Year"), initial=lambda: timezone.localdate().year)
    initiative = forms.ModelChoiceField(Initiative.objects.none(), label=gettext_lazy("For initiative"), required=False)
    project = forms.CharField(label=gettext_lazy("Or project"), required=False, max_length=NAME_LIMIT)
    capacity = forms.ChoiceField(
        label=gettext_lazy("In which capacity"),
        required=False,
        help_text=gettext_lazy("Only where your organisation acts in more than one."),
    )

    def choose(self) -> None:
        """The initiatives that run, and the capacities that the partner's organisation holds today."""
        self.fields["initiative"].queryset = Initiative.objects.running().order_by("name")  # type: ignore[attr-defined]
        held = Capacity.objects.on(timezone.localdate()).filter(organisation=self.partner.organisation_id)
        names = [(slug, CapacityLabel(slug).label) for slug in held.values_list("label", flat=True)]
        if not names:
            del self.fields["capacity"]
            return
        self.fields["capacity"].choices = [("", _("none in particular")), *names]  # type: ignore[attr-defined]


class ExpectationForm(PartnerForm):
    """What is expected, of whom, and when to look again."""

    side = forms.ChoiceField(label=gettext_lazy("The partner"), choices=Side)
    words = text(gettext_lazy("What is expected"), required=True)
    review_on = day(gettext_lazy("Look at it again on"))

    def choose(self) -> None:
        """A review in half a year, unless another day is chosen."""
        self.fields["review_on"].initial = _in_half_a_year


class ReviewForm(PartnerForm):
    """Whether it was met."""

    verdict = forms.ChoiceField(label=gettext_lazy("Was it met?"), choices=Verdict)
    words = text(gettext_lazy("In your words"))
    next_review_on = day(gettext_lazy("Look at it again on"))

    def choose(self) -> None:
        """A review in half a year, unless another day is chosen."""
        self.fields["next_review_on"].initial = _in_half_a_year


class RecognitionForm(PartnerForm):
    """How the partner is thanked."""

    form = forms.ChoiceField(label=gettext_lazy("How"))
    given_on = day(gettext_lazy("Day"))
    words = text(gettext_lazy("For what"))

    def choose(self) -> None:
        """The forms of thanks."""
        language = labels.language()
        forms_of_thanks = [(one.slug, one.words[language]) for one in lists.recognitions()]
        self.fields["form"].choices = forms_of_thanks  # type: ignore[attr-defined]
        self.fields["given_on"].initial = timezone.localdate


class ValueForm(PartnerForm):
    """The yearly question."""

    score = forms.TypedChoiceField(
        label=gettext_lazy("How much does taking part bring you? From 1, little, to 5, much."),
        choices=[(score, str(score)) for score in SCORES],
        coerce=int,
        widget=forms.RadioSelect,
    )
    values = forms.MultipleChoiceField(
        label=gettext_lazy("What does it bring?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    words = text(gettext_lazy("What would make it worth more?"))
    is_named = forms.BooleanField(label=gettext_lazy("The coordinator may see that this is our answer"), required=False)

    def choose(self) -> None:
        """What taking part can bring."""
        language = labels.language()
        found = [(one.slug, one.words[language]) for one in lists.values()]
        self.fields["values"].choices = found  # type: ignore[attr-defined]


class StatementForm(PartnerForm):
    """The yearly statement of interests."""

    aims = text(gettext_lazy("What do you want to get out of the network?"), required=True)
    interests = text(
        gettext_lazy("Which interests should other partners know of?"),
        help_text=gettext_lazy("Such as what you sell, whom you represent, or what you may not say."),
    )
    private = text(
        gettext_lazy("What should only the coordinator know?"),
        help_text=gettext_lazy("Other partners do not see this."),
    )


class ConflictForm(PartnerForm):
    """What clashes, and with whom."""

    other = forms.CharField(
        label=gettext_lazy("With which partner"),
        required=False,
        max_length=NAME_LIMIT,
        widget=forms.TextInput(attrs={"list": "partner-names"}),
        help_text=gettext_lazy("By its name. Leave it empty where it is about the network itself."),
    )
    what = text(
        gettext_lazy("What clashes?"),
        required=True,
        help_text=gettext_lazy("The other partner sees this only when the coordinator shares it."),
    )


class TalkForm(PartnerForm):
    """A talk."""

    on = day(gettext_lazy("Day"))
    words = text(gettext_lazy("What was talked about"), required=True)
    outcome = text(gettext_lazy("What came of it"))


class EndForm(PartnerForm):
    """What the talks came to."""

    state = forms.ChoiceField(label=gettext_lazy("What the talks came to"))
    outcome = text(gettext_lazy("In your words"), required=True)

    def choose(self) -> None:
        """Every end."""
        ends = [(one.value, one.label) for one in ConflictState if one != ConflictState.OPEN]
        self.fields["state"].choices = ends  # type: ignore[attr-defined]


FORMS: dict[str, type[PartnerForm]] = {
    "contributions": ContributionForm,
    "expectations": ExpectationForm,
    "recognitions": RecognitionForm,
    "value": ValueForm,
}
"""The acts on the page of a balance that ask for something."""


def forms_for(partner: Partner, faulty: tuple[str, forms.Form] | None) -> dict[str, forms.Form]:
    """A form per act: empty, or as it came back with its faults."""
    made: dict[str, forms.Form] = {name: form(prefix=name, partner=partner) for name, form in FORMS.items()}
    return made | ({faulty[0]: faulty[1]} if faulty else {})
