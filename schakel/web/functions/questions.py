"""What members ask of a function or of the network, and what becomes of it."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from schakel.governance import questions
from schakel.governance.functions import functions
from schakel.governance.models import Question, QuestionState, RoundState, SelectionRound
from schakel.kit.paging import key_of, page
from schakel.kit.refusals import Invalid, permit
from schakel.policy.access import Permission
from schakel.registry.models import Partner
from schakel.web.entrance import needs
from schakel.web.flows import form_page
from schakel.web.functions.pages import name_of
from schakel.web.middleware import Request

TONES = {
    QuestionState.NEW: "high",
    QuestionState.TAKEN: "medium",
    QuestionState.ANSWERED: "good",
    QuestionState.DECLINED: "info",
}
NETWORK = gettext_lazy("The network as a whole")


def _choices() -> list[tuple[str, str]]:
    return [(one.slug, name_of(one)) for one in functions()]


class QuestionForm(forms.Form):
    """A question."""

    function = forms.ChoiceField(label=gettext_lazy("About"), required=False)
    title = forms.CharField(label=gettext_lazy("Your question"), max_length=questions.TITLE_LIMIT)
    words = forms.CharField(
        label=gettext_lazy("What is behind it"),
        required=False,
        max_length=questions.WORDS_LIMIT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Please write no names of people and nothing that must stay secret."),
    )
    partner = forms.ModelChoiceField(
        queryset=Partner.objects.none(), label=gettext_lazy("On behalf of"), empty_label=None
    )
    is_shared = forms.BooleanField(
        label=gettext_lazy("Other partners may read the question and its answer, without our name"), required=False
    )

    def __init__(self, request: Request, given: object = None) -> None:
        super().__init__(given, initial={"function": request.GET.get("function", "")})  # type: ignore[arg-type]
        self.fields["function"].choices = [("", str(NETWORK)), *_choices()]  # type: ignore[attr-defined]
        reach = request.actor.reach(Permission.FUNCTION_ASK)
        if reach.is_everything:
            del self.fields["partner"]
        else:
            ours = Partner.objects.of(request.actor, Permission.FUNCTION_ASK)
            self.fields["partner"].queryset = ours.order_by("name")  # type: ignore[attr-defined]


class QuestionFilter(forms.Form):
    """Which questions."""

    function = forms.ChoiceField(label=gettext_lazy("About"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)

    def __init__(self, given: object = None) -> None:
        super().__init__(given)  # type: ignore[arg-type]
        every = ("", _("All"))
        self.fields["function"].choices = [every, ("network", str(NETWORK)), *_choices()]  # type: ignore[attr-defined]
        self.fields["state"].choices = [every, *QuestionState.choices]  # type: ignore[attr-defined]

    def asked(self) -> dict[str, str]:
        """What narrows the list; a value that is none of the choices narrows nothing."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


@require_safe
@needs(Permission.FUNCTION_ASK)
def index(request: Request) -> HttpResponse:
    """The questions that the actor may read, newest first."""
    form = QuestionFilter(request.GET)
    asked = form.asked()
    rows = Question.objects.visible_to(request.actor).select_related("partner")
    if "function" in asked:
        rows = rows.filter(function="" if asked["function"] == "network" else asked["function"])
    if "state" in asked:
        rows = rows.filter(state=asked["state"])
    listed = page(rows, after=key_of(request.GET.get("after")))
    here = f"{reverse('questions')}?{urlencode(asked)}"
    context = {
        "form": form,
        "rows": [_row(request, one) for one in listed.rows],
        "first_url": here if "after" in request.GET else "",
        "next_url": f"{here}&after={listed.next_after}" if listed.next_after else "",
        "is_narrowed": bool(asked),
    }
    return render(request, "functions/questions.html", context)


def _row(request: Request, question: Question) -> dict[str, object]:
    """A question as the actor may see it: whose it is, is for the asker and the coordinator."""
    names = dict(_choices())
    is_own = request.actor.may(Permission.FUNCTION_ASK, partner_id=question.partner_id)
    return {
        "question": question,
        "about": names.get(question.function, question.function) or NETWORK,
        "tone": TONES[QuestionState(question.state)],
        "asker": question.partner.name if question.partner and is_own else "",
        "is_own": is_own,
    }


@form_page
@needs(Permission.FUNCTION_ASK)
def new(request: Request) -> HttpResponse:
    """Ask."""
    form = QuestionForm(request, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = {"partner": None, **form.cleaned_data}
        try:
            question = questions.ask(by=request.actor, at=timezone.now(), **given)
        except Invalid as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Your question is sent. You find the answer here."))
            return redirect("question", question.pk)
    return render(request, "functions/question_new.html", {"form": form}, status=400 if form.errors else 200)


@form_page
@needs(Permission.FUNCTION_ASK)
def show(request: Request, question_id: int) -> HttpResponse:
    """One question and its answer. A post is what the coordinator does with it."""
    rows = Question.objects.visible_to(request.actor).select_related("partner", "offering__round")
    question = get_object_or_404(rows, pk=question_id)
    fault = ""
    if request.method == "POST":
        permit(request.actor.may(Permission.FUNCTION_MANAGE))
        try:
            ACTS.get(request.POST.get("act", ""), _unknown)(request, question)
        except Invalid as refused:
            fault = str(refused)
        else:
            return redirect("question", question.pk)
    waits = question.state in {QuestionState.NEW, QuestionState.TAKEN}
    context = {
        **_row(request, question),
        "fault": fault,
        "waits": waits,
        "may_manage": request.actor.may(Permission.FUNCTION_MANAGE),
        "functions": [("", NETWORK), *_choices()],
        "rounds": _open_rounds(request, question) if waits and question.offering is None else [],
        "said": request.POST.get("words", ""),
    }
    return render(request, "functions/question.html", context, status=400 if fault else 200)


def _open_rounds(request: Request, question: Question) -> list[SelectionRound]:
    rounds = SelectionRound.objects.visible_to(request.actor)
    return list(rounds.filter(function=question.function, state=RoundState.OPEN).order_by("year"))


def _take(request: Request, question: Question) -> None:
    questions.take(question=question, owner=request.POST.get("owner", ""), by=request.actor, at=timezone.now())


def _answer(request: Request, question: Question) -> None:
    questions.answer(question=question, words=request.POST.get("words", ""), by=request.actor, at=timezone.now())


def _decline(request: Request, question: Question) -> None:
    questions.decline(question=question, words=request.POST.get("words", ""), by=request.actor, at=timezone.now())


def _pass_on(request: Request, question: Question) -> None:
    function = request.POST.get("function", "")
    questions.pass_on(question=question, function=function, by=request.actor, at=timezone.now())


def _put_forward(request: Request, question: Question) -> None:
    rounds = SelectionRound.objects.visible_to(request.actor)
    selection = get_object_or_404(rounds, pk=key_of(request.POST.get("round")) or 0)
    questions.put_forward(question=question, selection=selection, by=request.actor, at=timezone.now())


def _unknown(_request: Request, _question: Question) -> None:
    raise Invalid(_("this act is not known."))


ACTS: dict[str, Callable[[Request, Question], None]] = {
    "take": _take,
    "answer": _answer,
    "decline": _decline,
    "pass": _pass_on,
    "forward": _put_forward,
}
