"""What is asked of people about an initiative."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schakel.collaboration.descriptions import Description
from schakel.collaboration.models import (
    InitiativeKind,
    InitiativeState,
    LessonState,
    Outcome,
    ParticipantRole,
    Precision,
    Tie,
)
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Partner
from schakel.registry.partners.words_given import NAME_LIMIT, TEXT_LIMIT
from schakel.web import labels
from schakel.web.partners.naming import partner_named

PARTNERS = "partner-names"
"""The id of the list of suggestions on a page."""


def _text(label: Any, *, rows: int = 3, required: bool = False, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, max_length=TEXT_LIMIT, widget=widget, help_text=help_text)


def _line(label: Any, *, required: bool = False, help_text: Any = "", suggests: bool = False) -> forms.CharField:
    widget = forms.TextInput(attrs={"list": PARTNERS} if suggests else {})
    return forms.CharField(label=label, required=required, max_length=NAME_LIMIT, widget=widget, help_text=help_text)


def _day(label: Any, *, required: bool = True) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, required=required, widget=widget)


class DescriptionForm(forms.Form):
    """What is said of an initiative."""

    name = _line(gettext_lazy("Name"), required=True)
    name_en = _line(gettext_lazy("Name in English"))
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=InitiativeKind)
    about = _text(gettext_lazy("What it is"), help_text=gettext_lazy("In a few plain sentences."))
    about_en = _text(gettext_lazy("The same in English"))
    audience = _line(gettext_lazy("For whom"))
    functions = forms.MultipleChoiceField(
        label=gettext_lazy("Functions"), required=False, widget=forms.CheckboxSelectMultiple
    )
    owner = _line(
        gettext_lazy("Owner"),
        suggests=True,
        help_text=gettext_lazy("A partner, by its name, or a body outside the network. Leave it empty if not known."),
    )
    seeks = _text(
        gettext_lazy("For what it looks for partners"),
        help_text=gettext_lazy(
            "It then stands on the board of ideas, and partners may join by themselves. Leave it empty otherwise."
        ),
    )
    url = forms.URLField(label=gettext_lazy("Web address"), required=False, assume_scheme="https")
    began_in = forms.IntegerField(label=gettext_lazy("First year"), required=False)
    ended_in = forms.IntegerField(label=gettext_lazy("Last year"), required=False)

    def __init__(self, *given: Any, actor: Actor, **named: Any) -> None:
        super().__init__(*given, **named)
        self.actor = actor
        self.fields["functions"].choices = labels.functions()  # type: ignore[attr-defined]
        if not actor.may(Permission.INITIATIVE_MANAGE):
            self.fields["owner"] = self._own_partners()

    def _own_partners(self) -> "forms.ModelChoiceField[Partner]":
        """A partner's people put in what their own partner owns."""
        own = Partner.objects.of(self.actor, Permission.INITIATIVE_MANAGE).order_by("name")
        field = forms.ModelChoiceField(own, label=_("Owner"), empty_label=None)
        field.initial = own.first()
        return field

    def description(self) -> Description:
        """What was filled in. Raises Invalid where several partners have the owner's name."""
        given = dict(self.cleaned_data)
        owner = given.pop("owner")
        if isinstance(owner, Partner):
            return Description(**given | {"functions": tuple(given["functions"]), "owner": owner})
        partner = partner_named(owner, to=self.actor) if owner else None
        name = "" if partner else owner
        return Description(**given | {"functions": tuple(given["functions"]), "owner": partner, "owner_name": name})


class DecideForm(forms.Form):
    """Continue, develop or stop, and why."""

    state = forms.ChoiceField(label=gettext_lazy("Decision"))
    reason = _text(gettext_lazy("Why?"), required=True)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        states = (InitiativeState.CONTINUE, InitiativeState.DEVELOP, InitiativeState.STOP)
        self.fields["state"].choices = [(one.value, one.label) for one in states]  # type: ignore[attr-defined]


class AssessForm(forms.Form):
    """What coupling to the central programme would bring."""

    outcome = forms.ChoiceField(label=gettext_lazy("Outcome"), choices=Outcome)
    tie = forms.ChoiceField(label=gettext_lazy("How it stands to the central programme now"), choices=Tie)
    reason = _text(gettext_lazy("Why?"), required=True)


class MilestoneForm(forms.Form):
    """Something of note."""

    on = _day(gettext_lazy("Day"))
    precision = forms.ChoiceField(label=gettext_lazy("Known to the"), choices=Precision)
    words = _line(gettext_lazy("What happened"), required=True)


class ParticipantForm(forms.Form):
    """Who takes part."""

    name = _line(
        gettext_lazy("Who"),
        required=True,
        suggests=True,
        help_text=gettext_lazy("A partner, by its name, or a body outside the network."),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=ParticipantRole, initial=ParticipantRole.MEMBER)
    from_on = _day(gettext_lazy("Since"), required=False)


class MeetingForm(forms.Form):
    """When they met."""

    on = _day(gettext_lazy("Day"))
    subject = _line(gettext_lazy("About"), required=True)
    attended_count = forms.IntegerField(label=gettext_lazy("How many people came"), required=False, min_value=0)
    outcome = _text(gettext_lazy("What came of it"))


class UseCaseForm(forms.Form):
    """Something on which partners can work."""

    name = _line(gettext_lazy("Name"), required=True)
    name_en = _line(gettext_lazy("Name in English"))
    about = _text(gettext_lazy("What it is"))


class LinkForm(forms.Form):
    """A partner that works on a use case."""

    use_case = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    name = _line(gettext_lazy("Partner"), required=True, suggests=True)
    part = _line(gettext_lazy("Its part in it"))


class MergeForm(forms.Form):
    """With which initiative, and why."""

    target = forms.ChoiceField(label=gettext_lazy("Goes up in"))
    reason = _text(gettext_lazy("Why?"), required=True)

    def __init__(self, *given: Any, targets: list[tuple[str, str]], **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["target"].choices = targets  # type: ignore[attr-defined]


class FilterForm(forms.Form):
    """The filters of the register; each may be left empty."""

    q = forms.CharField(label=gettext_lazy("Name or owner"), required=False, max_length=NAME_LIMIT)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    function = forms.ChoiceField(label=gettext_lazy("Function"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    is_not_central = forms.BooleanField(label=gettext_lazy("Not part of the central programme"), required=False)
    is_stale = forms.BooleanField(label=gettext_lazy("To be checked"), required=False)
    is_seeking = forms.BooleanField(label=gettext_lazy("Looks for partners"), required=False)
    is_mine = forms.BooleanField(label=gettext_lazy("Ours"), required=False)

    def __init__(self, given: Any) -> None:
        super().__init__(given)
        every = ("", _("all"))
        running = [("", _("running")), ("all", _("all")), *InitiativeState.choices]
        self.fields["state"].choices = running  # type: ignore[attr-defined]
        self.fields["function"].choices = [every, *labels.functions()]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [every, *InitiativeKind.choices]  # type: ignore[attr-defined]
        self.fields["q"].widget.attrs = {"type": "search", "autocomplete": "off"}


class LessonsForm(forms.Form):
    """Each lesson with an answer and words; an answer may be left open."""

    def __init__(self, *given: Any, lessons: tuple[Any, ...], answers: dict[str, Any], **named: Any) -> None:
        super().__init__(*given, **named)
        self.lessons = lessons
        for lesson in lessons:
            known = answers.get(lesson.slug)
            self.fields[lesson.slug] = forms.ChoiceField(
                label=lesson.words[labels.language()],
                required=False,
                choices=[("", _("not looked at yet")), *LessonState.choices],
                initial=known.state if known else "",
            )
            self.fields[f"{lesson.slug}-words"] = forms.CharField(
                label=_("What we do about it"),
                required=False,
                max_length=TEXT_LIMIT,
                initial=known.words if known else "",
            )

    def themes(self) -> list[tuple[str, list[tuple[Any, Any]]]]:
        """The fields by theme, in the order of the list."""
        found: dict[str, list[tuple[Any, Any]]] = {}
        for lesson in self.lessons:
            found.setdefault(lesson.group, []).append((self[lesson.slug], self[f"{lesson.slug}-words"]))
        return list(found.items())

    def answers(self) -> dict[str, tuple[str, str]]:
        """What was answered, by lesson."""
        given = self.cleaned_data
        return {one.slug: (given[one.slug], given[f"{one.slug}-words"]) for one in self.lessons if given[one.slug]}


FORMS: dict[str, type[forms.Form]] = {
    "decide": DecideForm,
    "assess": AssessForm,
    "milestones": MilestoneForm,
    "participants": ParticipantForm,
    "meetings": MeetingForm,
    "use_cases": UseCaseForm,
    "links": LinkForm,
}
"""The acts on the page of an initiative that ask for something."""


def forms_for(faulty: tuple[str, forms.Form] | None) -> dict[str, forms.Form]:
    """A form per act: empty, or as it came back with its faults. Their fields have ids of their own."""
    made = {name: form(prefix=name) for name, form in FORMS.items()}
    return made | ({faulty[0]: faulty[1]} if faulty else {})
