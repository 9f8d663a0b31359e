"""How pages show initiatives, and the balance of what partners bring and take."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import template
from django.template import Context
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schakel.collaboration.models import (
    ConflictState,
    ContributionKind,
    ExpectationState,
    InitiativeState,
    InitiativeStep,
    LessonState,
    Outcome,
    Precision,
    Side,
    Step,
    Unit,
)
from schakel.policy.access import Permission
from schakel.web import labels
from schakel.web.templatetags.ui import badge

register = template.Library()
STATE_TONES = {
    InitiativeState.UNDECIDED: "info",
    InitiativeState.CONTINUE: "good",
    InitiativeState.DEVELOP: "good",
    InitiativeState.STOP: "medium",
    InitiativeState.MERGED: "low",
}
LESSON_TONES = {LessonState.YES: "good", LessonState.PARTLY: "low", LessonState.NO: "medium"}
THEMES = {
    "organisation": gettext_lazy("How it is organised"),
    "execution": gettext_lazy("How it is carried out"),
    "results": gettext_lazy("What it brings"),
}
SIDES = {Side.BRINGS: gettext_lazy("What the partner brings"), Side.TAKES: gettext_lazy("What the partner takes")}
VAGUE = {Precision.YEAR: "Y", Precision.MONTH: "F Y"}


@register.simple_tag(takes_context=True)
def may(context: Context, permission: str) -> bool:
    """Whether who looks holds the permission anywhere."""
    return bool(context["actor"].reach(Permission(permission)))


@register.filter
def named(row: Any) -> str:
    """The name in the language of the page, where it has one."""
    return str(row.name_en if labels.language() == "en" and row.name_en else row.name)


@register.filter
def about(row: Any) -> str:
    """What it is, in the language of the page where that is written."""
    return str(row.about_en if labels.language() == "en" and row.about_en else row.about)


@register.filter
def words(row: Any) -> str:
    """Its words in the language of the page, where they are written."""
    return str(row.words_en if labels.language() == "en" and row.words_en else row.words)


@register.filter
def in_page_language(texts: Mapping[str, str]) -> str:
    """A text that is kept in both languages."""
    return texts[labels.language()]


@register.simple_tag
def function_names(slugs: Iterable[str]) -> str:
    """Functions by their names, a dash where there are none."""
    names = dict(labels.functions())
    return ", ".join(names.get(slug, slug) for slug in slugs) or "\N{EN DASH}"


@register.simple_tag
def initiative_state(value: str) -> str:
    """What was decided, as a badge."""
    state = InitiativeState(value)
    return badge(str(state.label), tone=STATE_TONES[state])


@register.simple_tag
def lesson_theme(slug: str) -> str:
    """The theme of a lesson."""
    return str(THEMES.get(slug, slug))


@register.simple_tag
def lesson_answer(slug: str, answers: Mapping[str, Any]) -> str:
    """What was answered on a lesson, as a badge with its words."""
    answer = answers.get(slug)
    if answer is None:
        return badge(_("not looked at yet"))
    shown = badge(str(LessonState(answer.state).label), tone=LESSON_TONES.get(answer.state, "info"))
    return format_html("{} {}", SafeString(shown), answer.words)


@register.simple_tag
def vague_day(on: date, precision: str) -> str:
    """A day as exactly as it is known."""
    return date_format(on, VAGUE.get(Precision(precision), _("j M Y")))


@register.filter
def became(step: InitiativeStep) -> str:
    """What a step made of an initiative, in words."""
    choices = {Step.DECIDED: InitiativeState, Step.ASSESSED: Outcome}.get(Step(step.step))
    return str(choices(step.became).label) if choices else step.became


@register.simple_tag
def amount(value: Decimal, unit: str) -> str:
    """An amount with its unit, as the language of the page writes numbers."""
    places = 0 if value == value.to_integral_value() else 2
    return f"{number_format(value, decimal_pos=places, force_grouping=True)} {Unit(unit).label}"


@register.simple_tag
def contribution_kind(value: str) -> str:
    """The kind of a contribution."""
    return str(ContributionKind(value).label)


@register.simple_tag
def side_title(value: str) -> str:
    """The head of one column of expectations."""
    return str(SIDES[Side(value)])


@register.simple_tag
def expectation_state(value: str) -> str:
    """How far an expectation is, as a badge."""
    state = ExpectationState(value)
    return badge(str(state.label), tone="good" if state == ExpectationState.AGREED else "info")


@register.simple_tag
def conflict_state(value: str) -> str:
    """How far the talks are, as a badge."""
    state = ConflictState(value)
    return badge(str(state.label), tone="medium" if state == ConflictState.OPEN else "good")


@register.simple_tag
def listed(slug: str, names: Mapping[str, Mapping[str, str]]) -> str:
    """An entry of a fixed list, in the language of the page."""
    return str(names.get(slug, {}).get(labels.language(), slug))
