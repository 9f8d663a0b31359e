"""Advice on the next partners: ask, follow, read, and ask what if. A help for people, never a verdict."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from schakel.kit.paging import key_of, page
from schakel.kit.refusals import Invalid
from schakel.oversight.advice import actions, exports
from schakel.oversight.advice.inputs import question_about
from schakel.oversight.advice.question import FLOOR_KINDS, Question
from schakel.oversight.models import Advice, AdviceState
from schakel.policy.access import Permission
from schakel.web import labels
from schakel.web.coverage.advice_forms import QuestionForm, asked_before, words_of
from schakel.web.entrance import needs
from schakel.web.flows import form_page
from schakel.web.middleware import Request

BASIS_LABELS: dict[str, Promise] = {"list": gettext_lazy("a list"), "count": gettext_lazy("a count, members assumed")}
WARNINGS: dict[str, Promise] = {
    "above-ceiling": gettext_lazy(
        "This makes more partners than the plan's 200. That is hard to keep up; it is yours to decide."
    ),
    "near-ceiling": gettext_lazy("This comes near the plan's 200 partners."),
    "no-places": gettext_lazy("The partners of today fill the ceiling. Raise it to see who could be added."),
    "nothing-known": gettext_lazy("Some prospects could not be weighed: nothing is known of their constituency."),
}
MOVING = (AdviceState.ASKED, AdviceState.RUNNING)


@require_safe
@needs(Permission.ADVICE_MAKE)
def index(request: Request) -> HttpResponse:
    """What was asked before, newest first."""
    shown = page(Advice.objects.visible_to(request.actor), after=key_of(request.GET.get("after")))
    here = reverse("advice")
    context = {
        "rows": shown.rows,
        "first_url": here if "after" in request.GET else "",
        "next_url": f"{here}?after={shown.next_after}" if shown.next_after else "",
    }
    return render(request, "advice/index.html", context)


@form_page
@needs(Permission.ADVICE_MAKE)
def new(request: Request) -> HttpResponse:
    """Ask."""
    form = QuestionForm(request.POST if request.method == "POST" else None, initial=_before(request))
    if request.method == "POST" and form.is_valid():
        try:
            asked = actions.ask(question=form.question(), by=request.actor, at=timezone.now())
        except Invalid as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("advice_one", asked.pk)
    return render(request, "advice/new.html", {"form": form}, status=400 if form.errors else 200)


def _before(request: Request) -> dict[str, Any] | None:
    """The values of an advice that is asked again, or of a question that begins at a gap in the coverage."""
    key = key_of(request.GET.get("like"))
    found = Advice.objects.visible_to(request.actor).filter(pk=key).first() if key else None
    if found:
        return asked_before(Question.kept(found.question))
    return asked_before(question_about(request.GET, to=request.actor)) if set(request.GET) & set(FLOOR_KINDS) else None


@require_safe
@needs(Permission.ADVICE_MAKE)
def show(request: Request, advice_id: int) -> HttpResponse:
    """One advice: whom, how near the best, and on what it rests."""
    advice = _found(request, advice_id)
    context = {"advice": advice, "question": _question(advice), **_progress(advice)}
    if advice.answer:
        context |= _answer(advice.answer) | {"compared": _compared(advice)}
    return render(request, "advice/show.html", context)


@require_safe
@needs(Permission.ADVICE_MAKE)
def progress(request: Request, advice_id: int) -> HttpResponse:
    """How far it is, for the page that waits; done, the whole page loads anew."""
    advice = _found(request, advice_id)
    response = render(request, "advice/_progress.html", {"advice": advice, **_progress(advice)})
    if advice.state not in MOVING:
        response.headers["HX-Refresh"] = "true"
    return response


@require_POST
@needs(Permission.ADVICE_MAKE)
def what_if(request: Request, advice_id: int) -> HttpResponse:
    """The same question with one prospect added or left out, or with another ceiling."""
    advice = _found(request, advice_id)
    question = _varied(Question.kept(advice.question), request)
    variant = actions.ask(question=question, by=request.actor, at=timezone.now(), based_on=advice)
    return redirect("advice_one", variant.pk)


@require_safe
@needs(Permission.ADVICE_MAKE)
def export_csv(request: Request, advice_id: int) -> HttpResponse:
    """Whom it advises, as CSV."""
    advice = get_object_or_404(Advice.objects.visible_to(request.actor), pk=advice_id, state=AdviceState.READY)
    text = exports.as_csv(advice, by=request.actor, at=timezone.now())
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=_saved_as(advice, "csv"))


@require_safe
@needs(Permission.ADVICE_MAKE)
def export_json(request: Request, advice_id: int) -> HttpResponse:
    """Question and answer, as JSON."""
    advice = get_object_or_404(Advice.objects.visible_to(request.actor), pk=advice_id, state=AdviceState.READY)
    plain = exports.as_json(advice, by=request.actor, at=timezone.now())
    return JsonResponse(plain, headers=_saved_as(advice, "json"))


def _found(request: Request, advice_id: int) -> Advice:
    return get_object_or_404(Advice.objects.visible_to(request.actor).select_related("based_on"), pk=advice_id)


def _progress(advice: Advice) -> dict[str, Any]:
    return {"is_moving": advice.state in MOVING, "most": advice.question["ceiling"]}


def _varied(question: Question, request: Request) -> Question:
    """One thing changed. Raises Invalid for a ceiling that is no number."""
    add, remove = request.POST.get("add", ""), request.POST.get("remove", "")
    if add:
        question = replace(question, add=_with(question.add, add), remove=_without(question.remove, add))
    if remove:
        question = replace(question, add=_without(question.add, remove), remove=_with(question.remove, remove))
    if ceiling := request.POST.get("ceiling", ""):
        if not ceiling.isascii() or not ceiling.isdigit() or len(ceiling) > len("2000"):
            raise Invalid(_("ceiling: give a whole number."))
        question = replace(question, ceiling=int(ceiling))
    return question.checked()


def _with(keys: tuple[str, ...], key: str) -> tuple[str, ...]:
    return (*_without(keys, key), key)


def _without(keys: tuple[str, ...], key: str) -> tuple[str, ...]:
    return tuple(one for one in keys if one != key)


def _question(advice: Advice) -> dict[str, Any]:
    """What was asked, in words."""
    names = dict(labels.functions())
    asked = advice.question
    return {
        "ceiling": asked["ceiling"],
        "functions": [names.get(one, one) for one in asked["functions"]],
        "weights": {name: weight for name, weight in asked["weights"].items() if weight},
        "floors": [
            (_word(kind, word), least) for kind in FLOOR_KINDS for word, least in asked["floors"].get(kind, {}).items()
        ],
        "add": asked["add"],
        "remove": asked["remove"],
    }


def _answer(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer as the page shows it."""
    most = max((row["gain"] for row in answer["chosen"]), default=0)
    unmet = [{**one, "name": _word(one["kind"], one["word"])} for one in answer["unmet_floors"]]
    return {
        "answer": answer,
        "of_bound": round(100 * answer["of_bound"], 1),
        "rows": [_row(row, most) for row in answer["chosen"]],
        "next_best": [_row(row, most) for row in answer["next_best"]],
        "unmet": unmet,
        "warnings": [WARNINGS[one] for one in answer["warnings"]],
        "higher": answer["ceiling"] + len(answer["next_best"]),
        "more": sum(row["gain"] for row in answer["next_best"]),
    }


def _row(row: dict[str, Any], most: int) -> dict[str, Any]:
    words = [_word(kind, word) for kind in ("category", "sector", "region") for word in row[kind]]
    return {**row, "basis_label": BASIS_LABELS[row["basis"]], "words": words, "most": most}


def _word(kind: str, word: str) -> str:
    return dict(words_of(kind)).get(word, word)


def _compared(advice: Advice) -> dict[str, Any] | None:
    """What the change of question changed, where the advice that it came from has its answer."""
    base = advice.based_on
    if base is None or base.answer is None or advice.answer is None:
        return None
    before, after = ({row["key"]: row["name"] for row in one["chosen"]} for one in (base.answer, advice.answer))
    return {
        "base": base,
        "reached": advice.answer["reached"] - base.answer["reached"],
        "came": [name for key, name in after.items() if key not in before],
        "went": [name for key, name in before.items() if key not in after],
    }


def _saved_as(advice: Advice, ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{_("advice")}-{advice.pk}.{ending}"'}
