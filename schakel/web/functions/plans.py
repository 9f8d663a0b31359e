"""Writing plans: a new version of a canvas, and the flows between functions."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schakel.governance import plans
from schakel.governance.functions import functions
from schakel.governance.models import EVERY, PARTS, Canvas, Dependency, FlowKind
from schakel.governance.plans import Overtaken
from schakel.kit.paging import key_of
from schakel.kit.refusals import Invalid
from schakel.policy.access import Permission
from schakel.registry.models import Partner, PartnerStanding
from schakel.web.entrance import needs
from schakel.web.flows import form_page
from schakel.web.functions.pages import found, name_of, older, version_of
from schakel.web.middleware import Request

HELP = {
    "goal": gettext_lazy("What is better when the function does its work?"),
    "audience": gettext_lazy("For whom is it?"),
    "results": gettext_lazy("What will be there, and when?"),
    "activities": gettext_lazy("What do we do for that?"),
    "conditions": gettext_lazy("What must be in place first?"),
    "partners": gettext_lazy("Which partners are needed, and what do they bring?"),
    "risks": gettext_lazy("What can go wrong, and what do we do about it?"),
}


class CanvasForm(forms.Form):
    """The parts of a canvas, who leads, who coordinates, and why it changes."""

    lead = forms.ModelChoiceField(
        queryset=Partner.objects.none(),
        label=gettext_lazy("Lead"),
        required=False,
        help_text=gettext_lazy("The partner that leads the work. This need not be the coordinator."),
    )
    coordinator = forms.CharField(
        label=gettext_lazy("Coordinator"),
        max_length=plans.LINE_LIMIT,
        help_text=gettext_lazy("Who watches that the results come."),
    )
    until_on = forms.DateField(
        label=gettext_lazy("The plan looks ahead to"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why does the plan change?"),
        max_length=plans.LINE_LIMIT,
        help_text=gettext_lazy("Stands in the history, for everybody."),
    )
    upon = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, request: Request, given: object = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(given, initial=initial)  # type: ignore[arg-type]
        partners = Partner.objects.visible_to(request.actor).filter(standing=PartnerStanding.PARTNER)
        self.fields["lead"].queryset = partners.order_by("name")  # type: ignore[attr-defined]
        wide = forms.Textarea(attrs={"rows": 5})
        for name, label in PARTS.items():
            self.fields[name] = forms.CharField(
                label=label, required=name == "goal", max_length=plans.WORDS_LIMIT, widget=wide, help_text=HELP[name]
            )
        self.order_fields([*PARTS, "lead", "coordinator", "until_on", "reason", "upon"])


class FlowForm(forms.Form):
    """What a function gives another."""

    source = forms.ChoiceField(label=gettext_lazy("From"))
    kind = forms.ChoiceField(label=gettext_lazy("What it does"), choices=FlowKind.choices)
    target = forms.ChoiceField(label=gettext_lazy("To"))
    meaning_nl = forms.CharField(label=gettext_lazy("Meaning, in Dutch"), max_length=plans.LINE_LIMIT)
    meaning_en = forms.CharField(label=gettext_lazy("Meaning, in English"), max_length=plans.LINE_LIMIT, required=False)
    basis = forms.CharField(
        label=gettext_lazy("Where we know this from"),
        max_length=plans.LINE_LIMIT,
        help_text=gettext_lazy("A document with its section, or a meeting with its date."),
    )

    def __init__(self, given: object = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(given, initial=initial)  # type: ignore[arg-type]
        choices = [(one.slug, name_of(one)) for one in functions()]
        self.fields["source"].choices = choices  # type: ignore[attr-defined]
        self.fields["target"].choices = [*choices, (EVERY, _("Every function"))]  # type: ignore[attr-defined]


@form_page
@needs(Permission.FUNCTION_MANAGE)
def edit(request: Request, function_slug: str) -> HttpResponse:
    """Write the next version of a canvas, from the one that holds or from an older one."""
    function, current = found(function_slug), version_of(request, function_slug)
    upon = current.version if current else 0
    base = older(request, function_slug, key_of(request.GET.get("from")))
    form = CanvasForm(request, request.POST if request.method == "POST" else None, initial=_initial(base, upon))
    if request.method == "POST" and form.is_valid() and _is_saved(request, form, function_slug):
        messages.success(request, _("The new version is saved."))
        return redirect("function", function_slug)
    context = {"function": function, "name": name_of(function), "form": form, "base": base, "upon": upon}
    return render(request, "functions/edit.html", context, status=400 if form.errors else 200)


def _initial(base: Canvas | None, upon: int) -> dict[str, Any]:
    if base is None:
        return {"upon": upon}
    fields = {name: getattr(base, name) for name in (*PARTS, "lead", "coordinator", "until_on")}
    return {**fields, "upon": upon}


def _is_saved(request: Request, form: CanvasForm, function_slug: str) -> bool:
    """Whether the version could be saved; else the form says why not, and keeps what was written."""
    given = dict(form.cleaned_data)
    parts = {name: given.pop(name) for name in PARTS}
    try:
        plans.save_canvas(function=function_slug, parts=parts, by=request.actor, at=timezone.now(), **given)
    except (Invalid, Overtaken) as refused:
        form.add_error(None, str(refused))
    return not form.errors


@form_page
@needs(Permission.FUNCTION_MANAGE)
def new_flow(request: Request) -> HttpResponse:
    """Write down a flow."""
    form = FlowForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            plans.add_flow(by=request.actor, at=timezone.now(), **form.cleaned_data)
        except Invalid as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The flow is saved."))
            return redirect("functions")
    return render(request, "functions/flow.html", {"form": form}, status=400 if form.errors else 200)


@form_page
@needs(Permission.FUNCTION_MANAGE)
def edit_flow(request: Request, flow_id: int) -> HttpResponse:
    """Say something else of a flow, or end it."""
    flow = get_object_or_404(Dependency.objects.visible_to(request.actor), pk=flow_id, ended_at=None)
    is_end = request.POST.get("act") == "end"
    initial = {
        "source": flow.from_function, "target": flow.to_function, "kind": flow.kind, "meaning_nl": flow.meaning_nl,
        "meaning_en": flow.meaning_en, "basis": flow.source,
    }  # fmt: skip
    form = FlowForm(request.POST if request.method == "POST" and not is_end else None, initial=initial)
    fault = ""
    if request.method == "POST" and (is_end or form.is_valid()):
        try:
            _change(request, flow, form, is_end=is_end)
        except Invalid as refused:
            fault = str(refused)
        else:
            messages.success(request, _("The flow has ended.") if is_end else _("The flow is saved."))
            return redirect("functions")
    context = {"form": form, "flow": flow, "fault": fault}
    return render(request, "functions/flow.html", context, status=400 if form.errors or fault else 200)


def _change(request: Request, flow: Dependency, form: FlowForm, *, is_end: bool) -> None:
    now = timezone.now()
    if is_end:
        plans.end_flow(flow=flow, reason=request.POST.get("reason", ""), by=request.actor, at=now)
    else:
        plans.change_flow(flow=flow, by=request.actor, at=now, **form.cleaned_data)
