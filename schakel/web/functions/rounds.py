"""Choosing once a year what a function makes: put forward, weigh, decide, close."""

from django import forms
from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from schakel.governance import selections
from schakel.governance.models import (
    MOST_POINTS,
    Criterion,
    Decision,
    Offering,
    OfferingKind,
    OfferingScore,
    RoundState,
    SelectionRound,
)
from schakel.kit.refusals import Invalid
from schakel.policy.access import Permission
from schakel.web.entrance import needs
from schakel.web.flows import form_page
from schakel.web.functions.pages import found, name_of
from schakel.web.middleware import Request

POINTS = [("", "\N{EN DASH}"), *((number, str(number)) for number in range(1, MOST_POINTS + 1))]
MADE = ((Decision.CHOSEN, "good"), (Decision.LATER, "medium"), (Decision.DECLINED, "info"), (Decision.OPEN, "low"))


class RoundForm(forms.Form):
    """A year and how much can be made in it."""

    year = forms.IntegerField(
        label=gettext_lazy("Year"), min_value=selections.FIRST_YEAR, max_value=selections.LAST_YEAR
    )
    places = forms.IntegerField(
        label=gettext_lazy("How many can be chosen"), min_value=1, max_value=selections.MOST_PLACES, initial=3
    )
    words = forms.CharField(
        label=gettext_lazy("What matters this year"),
        required=False,
        max_length=selections.WORDS_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class OfferingForm(forms.Form):
    """Something to make."""

    title = forms.CharField(label=gettext_lazy("Name"), max_length=selections.TITLE_LIMIT)
    kind = forms.ChoiceField(label=gettext_lazy("What it is"), choices=OfferingKind.choices)
    words = forms.CharField(
        label=gettext_lazy("What it is for"),
        required=False,
        max_length=selections.WORDS_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class WeighForm(forms.Form):
    """Points and words for each criterion."""

    def __init__(self, offering: Offering, given: object = None) -> None:
        super().__init__(given)  # type: ignore[arg-type]
        said = {one.criterion: one for one in offering.scores.all()}
        for name, label in Criterion.choices:
            was = said.get(name)
            self.fields[f"{name}_points"] = forms.TypedChoiceField(
                label=_("Points for: %(criterion)s") % {"criterion": label},
                choices=POINTS, coerce=int, required=False, empty_value=None, initial=was and was.points,
            )  # fmt: skip
            self.fields[f"{name}_words"] = forms.CharField(
                label=_("Why"), required=False, max_length=selections.WORDS_LIMIT, initial=was.words if was else ""
            )

    def given(self) -> tuple[dict[str, int], dict[str, str]]:
        """Points and words of the criteria that were weighed."""
        points = {name: self.cleaned_data[f"{name}_points"] for name in Criterion.values}
        words = {name: self.cleaned_data[f"{name}_words"] for name in Criterion.values}
        return {name: given for name, given in points.items() if given is not None}, words


class DecisionForm(forms.Form):
    """What is decided, and why."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[(one.value, one.label) for one in Decision if one != Decision.OPEN],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=gettext_lazy("Why?"), max_length=300)


@form_page
@needs(Permission.FUNCTION_MANAGE)
def new(request: Request, function_slug: str) -> HttpResponse:
    """Begin a year's round."""
    function = found(function_slug)
    form = RoundForm(request.POST or None, initial={"year": timezone.localdate().year + 1})
    if request.method == "POST" and form.is_valid():
        try:
            made = selections.open_round(
                function=function_slug, by=request.actor, at=timezone.now(), **form.cleaned_data
            )
        except Invalid as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("round", function_slug, made.year)
    context = {"function": function, "name": name_of(function), "form": form}
    return render(request, "functions/round_new.html", context, status=400 if form.errors else 200)


@form_page
@needs(Permission.FUNCTION_VIEW)
def show(request: Request, function_slug: str, year: int) -> HttpResponse:
    """One year's round: what was put forward, weighed and decided. A post puts something forward."""
    function, selection = found(function_slug), _round(request, function_slug, year)
    form = OfferingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            selections.propose(selection=selection, by=request.actor, at=timezone.now(), **form.cleaned_data)
        except Invalid as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("round", function_slug, year)
    context = {
        "function": function,
        "name": name_of(function),
        "round": selection,
        "form": form,
        "criteria": Criterion.labels,
        "rows": _rows(selection),
        "may_change": request.actor.may(Permission.FUNCTION_MANAGE) and selection.state == RoundState.OPEN,
    }
    return render(request, "functions/round.html", context, status=400 if form.errors else 200)


def _round(request: Request, function_slug: str, year: int) -> SelectionRound:
    return get_object_or_404(SelectionRound.objects.visible_to(request.actor), function=function_slug, year=year)


def _rows(selection: SelectionRound) -> list[dict[str, object]]:
    """Each offering with its points in the order of the criteria and their sum: most points first."""
    offerings = selection.offerings.select_related("before__round").prefetch_related(
        Prefetch("scores", queryset=OfferingScore.objects.order_by("pk"))
    )
    rows = [_row(one) for one in offerings.order_by("pk")]
    return sorted(rows, key=lambda row: -int(str(row["sum"])))


def _row(offering: Offering) -> dict[str, object]:
    points = {score.criterion: score.points for score in offering.scores.all()}
    return {
        "offering": offering,
        "points": [(label, points.get(name)) for name, label in Criterion.choices],
        "sum": sum(points.values()),
        "decision": Decision(offering.decision).label,
        "tone": dict(MADE)[Decision(offering.decision)],
    }


@form_page
@needs(Permission.FUNCTION_MANAGE)
def offering(request: Request, offering_id: int) -> HttpResponse:
    """Weigh one offering, and decide on it."""
    rounds = SelectionRound.objects.visible_to(request.actor)
    offerings = Offering.objects.filter(round__in=rounds).select_related("round").prefetch_related("scores")
    shown = get_object_or_404(offerings, pk=offering_id)
    act = request.POST.get("act", "")
    weigh = WeighForm(shown, request.POST if act == "weigh" else None)
    verdict = DecisionForm(
        request.POST if act == "decide" else None, initial={"decision": shown.decision, "reason": shown.reason}
    )
    asked = {"weigh": weigh, "decide": verdict}.get(act)
    if asked is not None and asked.is_valid() and _is_done(request, shown, asked):
        return redirect("round", shown.round.function, shown.round.year)
    context = {
        "offering": shown,
        "round": shown.round,
        "name": name_of(found(shown.round.function)),
        "weigh": weigh,
        "verdict": verdict,
        "may_change": shown.round.state == RoundState.OPEN,
    }
    return render(request, "functions/offering.html", context, status=400 if asked is not None else 200)


def _is_done(request: Request, shown: Offering, form: forms.Form) -> bool:
    now = timezone.now()
    try:
        if isinstance(form, WeighForm):
            points, words = form.given()
            selections.score(offering=shown, points=points, words=words, by=request.actor, at=now)
        else:
            selections.decide(offering=shown, by=request.actor, at=now, **form.cleaned_data)
    except Invalid as refused:
        form.add_error(None, str(refused))
    return not form.errors


@require_POST
@needs(Permission.FUNCTION_MANAGE)
def close(request: Request, function_slug: str, year: int) -> HttpResponse:
    """Close a round."""
    selection = _round(request, function_slug, year)
    try:
        selections.close_round(selection=selection, by=request.actor, at=timezone.now())
    except Invalid as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The round is closed. All members can read it now."))
    return redirect("round", function_slug, year)
