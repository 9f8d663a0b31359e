"""The question of an advice as a form: what counts, how many, and what must be there."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from schakel.oversight.advice.question import (
    CATEGORY,
    FLOOR_KINDS,
    FUNCTION,
    LARGEST_CEILING,
    LARGEST_FLOOR,
    LARGEST_WEIGHT,
    USUAL_CEILING,
    WEIGHTS,
    Question,
)
from schakel.oversight.coverage.dimensions import REGION, SECTOR
from schakel.registry.models import Category
from schakel.web import labels

WEIGHT_LABELS = {
    "organisations": _("Each organisation"),
    "people": _("Each person who works there, at least"),
    "critical": _("Important entity; an essential one counts twice this"),
}
FLOOR_LABELS = {
    FUNCTION: _("At least so many partners per function"),
    SECTOR: _("At least so many partners per sector"),
    REGION: _("At least so many partners per region"),
    CATEGORY: _("At least so many partners per category"),
}


class QuestionForm(forms.Form):
    """Everything that an advice can be asked for. Numbers that stay empty ask nothing."""

    ceiling = forms.IntegerField(
        label=_("How many partners in all, those of today included"),
        initial=USUAL_CEILING,
        min_value=1,
        max_value=LARGEST_CEILING,
        help_text=_("The plan says 200 at most. You may ask for more: the advice then warns and goes on."),
    )
    functions = forms.MultipleChoiceField(
        label=_("In which functions reach counts"), widget=forms.CheckboxSelectMultiple, initial=["notification"]
    )

    def __init__(self, given: object = None, *, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(given, initial=initial)  # type: ignore[arg-type]
        self.fields["functions"].choices = labels.functions()  # type: ignore[attr-defined]
        for name in WEIGHTS:
            usual = 1 if name == "organisations" else 0
            self.fields[f"weight-{name}"] = _number(str(WEIGHT_LABELS[name]), most=LARGEST_WEIGHT, usual=usual)
        for kind in FLOOR_KINDS:
            for word, label in words_of(kind):
                self.fields[f"floor-{kind}-{word}"] = _number(label, most=LARGEST_FLOOR)

    def question(self) -> Question:
        """What was asked; only of a form that is valid."""
        given = self.cleaned_data
        floors: dict[str, dict[str, int]] = {}
        for kind in FLOOR_KINDS:
            for word, _label in words_of(kind):
                if least := given.get(f"floor-{kind}-{word}"):
                    floors.setdefault(kind, {})[word] = least
        weights = {name: given.get(f"weight-{name}") or 0 for name in WEIGHTS}
        return Question(given["ceiling"], tuple(given["functions"]), weights, floors)

    def weights(self) -> Iterator[forms.BoundField]:
        """The fields of what counts."""
        return (self[f"weight-{name}"] for name in WEIGHTS)

    def floors(self) -> Iterator[tuple[Any, list[forms.BoundField], bool]]:
        """Each kind of floor with its fields, and whether one of them is filled in."""
        for kind in FLOOR_KINDS:
            fields = [self[f"floor-{kind}-{word}"] for word, _label in words_of(kind)]
            yield FLOOR_LABELS[kind], fields, any(one.value() for one in fields) or any(one.errors for one in fields)


def asked_before(question: Question) -> dict[str, Any]:
    """A question as the first values of the form."""
    floors = {
        f"floor-{kind}-{word}": least for kind, floors in question.floors.items() for word, least in floors.items()
    }
    weights = {f"weight-{name}": weight for name, weight in question.weights.items()}
    return {"ceiling": question.ceiling, "functions": list(question.functions), **weights, **floors}


def words_of(kind: str) -> labels.Choices:
    """Each word of a kind of floor with its label."""
    if kind == CATEGORY:
        return [(one.value, str(one.label)) for one in Category]
    return {FUNCTION: labels.functions, SECTOR: labels.sectors, REGION: labels.regions}[kind]()


def _number(label: str, *, most: int, usual: int | None = None) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=most, required=False, initial=usual)
