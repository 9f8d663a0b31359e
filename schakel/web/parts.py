"""The page that shows every part of which pages are made: to look at, and to compare after a change."""

from datetime import date

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from schakel.notices.models import FindingState, Severity
from schakel.policy.sharing import Tlp
from schakel.web.middleware import Request


class SampleForm(forms.Form):
    """One field of each sort, one of them wrong."""

    name = forms.CharField(label=_("Name"), help_text=_("As people know it."))
    kind = forms.ChoiceField(label=_("Choice"), choices=[("a", _("one")), ("b", _("another"))])
    words = forms.CharField(label=_("Words"), widget=forms.Textarea(attrs={"rows": 3}))
    day = forms.DateField(
        label=_("Day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), required=False
    )
    agree = forms.BooleanField(label=_("I have read this"), required=False)
    one = forms.ChoiceField(label=_("One of these"), choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)


@require_safe
def show(request: Request) -> HttpResponse:
    """Show every part."""
    context = {
        "form": SampleForm({"words": "…", "day": date(2026, 11, 2)}),
        "severities": Severity.values,
        "states": FindingState.values,
        "labels": [label.value for label in Tlp],
    }
    return render(request, "ui.html", context)
