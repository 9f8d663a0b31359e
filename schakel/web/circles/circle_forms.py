"""What is asked of people about a circle."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schakel.kit.refusals import Invalid
from schakel.policy.access import Actor, Permission
from schakel.policy.audience import Address
from schakel.policy.sharing import Tlp
from schakel.registry.models import Organisation, Partner
from schakel.registry.partners.words_given import NAME_LIMIT, TEXT_LIMIT
from schakel.sharing.circles.members import Seat
from schakel.sharing.models import CircleWords
from schakel.sharing.words import CircleBasis, CircleTask, Phase
from schakel.web import labels
from schakel.web.partners import naming

DESK = "desk"
LONGEST = 20_000


def text(label: Any, *, rows: int = 3, required: bool = True, help_text: Any = "", most: int = TEXT_LIMIT) -> Any:
    """A field for some sentences."""
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, max_length=most, widget=widget, help_text=help_text)


def tasks() -> forms.MultipleChoiceField:
    """The tasks for which somebody takes part."""
    return forms.MultipleChoiceField(
        label=gettext_lazy("For which tasks"),
        choices=CircleTask,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("In a closed circle at least one: who has another task does not read what is for this."),
    )


class WordsForm(forms.Form):
    """What a circle says of itself."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=NAME_LIMIT)
    purpose = text(gettext_lazy("What it is for"))
    rules = text(gettext_lazy("Rules"), required=False, help_text=gettext_lazy("What members promise each other."))
    basis = forms.ChoiceField(label=gettext_lazy("Ground"), choices=CircleBasis)
    basis_words = forms.CharField(
        label=gettext_lazy("Which agreement or covenant"),
        required=False,
        max_length=NAME_LIMIT,
        help_text=gettext_lazy("A circle can open only when this is known."),
    )
    basis_url = forms.CharField(
        label=gettext_lazy("Where it was published"),
        required=False,
        max_length=NAME_LIMIT,
        help_text=gettext_lazy("A web address. A closed circle can open only with one."),
    )

    @property
    def words(self) -> CircleWords:
        """The words that were filled in."""
        said = self.cleaned_data
        return CircleWords(said["name"], said["purpose"], said["rules"], said["basis_words"], said["basis_url"])

    @staticmethod
    def initial_of(words: CircleWords, basis: str) -> dict[str, str]:
        """The words as they stand, to begin with."""
        return {
            "name": words.name, "purpose": words.purpose, "rules": words.rules, "basis": basis,
            "basis_words": words.basis, "basis_url": words.basis_url,
        }  # fmt: skip


class SeatForm(forms.Form):
    """Who comes into a circle, and for whom."""

    body = forms.CharField(
        label=gettext_lazy("For which partner"),
        required=False,
        max_length=NAME_LIMIT,
        widget=forms.TextInput(attrs={"list": "partner-names"}),
        help_text=gettext_lazy("By its name. Leave it empty for the coordinator."),
    )
    organisation = forms.CharField(
        label=gettext_lazy("Or for which organisation"),
        required=False,
        max_length=NAME_LIMIT,
        help_text=gettext_lazy("By its key in the registry."),
    )
    mail = forms.CharField(
        label=gettext_lazy("Which person"),
        required=False,
        max_length=NAME_LIMIT,
        help_text=gettext_lazy(
            "The mail address of the account. In an open circle leave it empty to take in all of it."
        ),
    )
    tasks = tasks()
    is_moderator = forms.BooleanField(label=gettext_lazy("Is a moderator"), required=False)

    def seat(self, actor: Actor) -> Seat:
        """The place that was filled in. Raises Invalid for a body that the actor cannot know of."""
        said = self.cleaned_data
        partner = naming.the_partner_named(said["body"], to=actor) if said["body"].strip() else None
        return Seat(
            partner=partner,
            organisation=_organisation(said["organisation"].strip(), actor),
            mail=said["mail"],
            tasks=tuple(said["tasks"]),
        )


def _organisation(key: str, actor: Actor) -> Organisation | None:
    if not key:
        return None
    found = Organisation.objects.visible_to(actor).filter(key=key).first()
    if found is None:
        raise Invalid(_("there is no organisation of this key."))
    return found


class NewCircleForm(WordsForm):
    """A new circle; a closed one with its first moderator."""

    is_closed = forms.BooleanField(
        label=gettext_lazy("A closed circle"),
        required=False,
        help_text=gettext_lazy(
            "Named people only, sealed under a key of its own. From the moment that you prepare it, only its members "
            "see that it exists. You do not, unless you are one."
        ),
    )
    body = forms.CharField(
        label=gettext_lazy("First moderator: for which partner"),
        required=False,
        max_length=NAME_LIMIT,
        widget=forms.TextInput(attrs={"list": "partner-names"}),
        help_text=gettext_lazy("By its name. Leave it empty for the coordinator."),
    )
    mail = forms.CharField(
        label=gettext_lazy("First moderator: mail address of the account"), required=False, max_length=NAME_LIMIT
    )
    tasks = tasks()

    def first(self, actor: Actor) -> Seat | None:
        """The first moderator, where one was filled in. Raises Invalid."""
        said = self.cleaned_data
        if not said["mail"].strip():
            return None
        partner = naming.the_partner_named(said["body"], to=actor) if said["body"].strip() else None
        return Seat(partner=partner, mail=said["mail"], tasks=tuple(said["tasks"]))


class PhaseForm(forms.Form):
    """The phase, and why it changes."""

    phase = forms.ChoiceField(label=gettext_lazy("Phase"), choices=Phase)
    reason = text(gettext_lazy("Why"), rows=2)


class WordsOnlyForm(forms.Form):
    """Some sentences."""

    def __init__(self, *given: Any, label: Any, name: str, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields[name] = text(label)


class LendForm(forms.Form):
    """For which other task, and on what ground."""

    task = forms.ChoiceField(label=gettext_lazy("For which task"))
    ground = text(gettext_lazy("On what ground"), rows=2)

    def __init__(self, *given: Any, tasks: list[CircleTask], **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["task"].choices = [(task.value, task.label) for task in tasks]  # type: ignore[attr-defined]


class SureForm(forms.Form):
    """That somebody knows what cannot be undone."""

    is_sure = forms.BooleanField(label=gettext_lazy("I know that this cannot be undone"))


class ReleaseForm(forms.Form):
    """The version that may leave the circle."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=NAME_LIMIT)
    summary = text(gettext_lazy("In short"), required=False)
    body = text(gettext_lazy("What it says"), rows=8, required=False, most=LONGEST)
    action = text(gettext_lazy("What the reader can do"), rows=4, most=LONGEST)
    keeps_details = forms.BooleanField(
        label=gettext_lazy("Name the weaknesses and products of the item too"), required=False
    )
    keeps_indicators = forms.BooleanField(label=gettext_lazy("Give its indicators too"), required=False)
    tlp = forms.ChoiceField(label=gettext_lazy("Label"), choices=[(one.value, one.marking) for one in Tlp])
    addresses = forms.MultipleChoiceField(
        label=gettext_lazy("For whom"), widget=forms.SelectMultiple(attrs={"size": 8})
    )
    owner = forms.ChoiceField(label=gettext_lazy("In whose name"))
    names_origin = forms.BooleanField(
        label=gettext_lazy("Name this circle as where it comes from"),
        required=False,
        help_text=gettext_lazy("Everybody who reads it then knows that the circle exists."),
    )
    ground = text(gettext_lazy("On what ground it may leave the circle"), rows=2)
    left_out = text(
        gettext_lazy("What was left out"), rows=2, help_text=gettext_lazy("Members of the circle read this.")
    )

    def __init__(self, *given: Any, actor: Actor, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["addresses"].choices = groups()  # type: ignore[attr-defined]
        self.fields["owner"].choices = owners(actor)  # type: ignore[attr-defined]


def groups() -> list[Any]:
    """To whom something outside a circle can be addressed: everyone, the coordinator, kinds of partners."""
    kinds = (
        (_("Kinds of partners"), Address.PARTNER_TYPE, labels.partner_types()),
        (_("Sectors"), Address.SECTOR, labels.sectors()),
        (_("Regions"), Address.REGION, labels.regions()),
    )
    all_ = [(Address.EVERYONE.of(), _("everyone that the label allows")), (Address.DESK.of(), _("the coordinator"))]
    return [*all_, *((name, [(kind.of(slug), word) for slug, word in words]) for name, kind, words in kinds)]


def owners(actor: Actor) -> list[tuple[str, str]]:
    """In whose name the actor may publish."""
    reach = actor.reach(Permission.ITEM_PUBLISH)
    own = Partner.objects.filter(pk__in=reach.partner_ids).order_by("name")
    desk = [(DESK, _("the coordinator"))] if reach.is_everything else []
    return [*desk, *((str(one.pk), one.name) for one in own)]
