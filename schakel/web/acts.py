"""The journal, for who audits: who did what, and in which capacity."""

from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from schakel.journal import queries
from schakel.kit.paging import SIZE, key_of
from schakel.policy.access import Permission
from schakel.registry.models import CapacityLabel
from schakel.web.entrance import needs
from schakel.web.middleware import Request
from schakel.web.partners.filter import PLACE

LABELS = dict(CapacityLabel.choices)


class FilterForm(forms.Form):
    """Which events."""

    tag = forms.CharField(
        label=gettext_lazy("Kind of event"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("Or its beginning, such as registry.partner"),
    )
    capacity = forms.ChoiceField(label=gettext_lazy("Capacity"), required=False)

    def __init__(self, given: object) -> None:
        super().__init__(given)  # type: ignore[arg-type]
        self.fields["capacity"].choices = [("", _("all")), *CapacityLabel.choices]  # type: ignore[attr-defined]


@require_safe
@needs(Permission.JOURNAL_VIEW)
def index(request: Request) -> HttpResponse:
    """Events, newest first."""
    form = FilterForm(request.GET.dict())
    form.is_valid()
    asked = {name: value for name, value in form.cleaned_data.items() if value}
    before = key_of(request.GET.get(PLACE))
    found = queries.last(to=request.actor, limit=SIZE + 1, before=before, **asked)
    shown, here = found[:SIZE], reverse("acts")
    following = urlencode({**asked, PLACE: shown[-1].number}) if len(found) > SIZE else ""
    context = {
        "form": form,
        "is_narrowed": bool(asked),
        "rows": [(entry, LABELS.get(entry.facts.get("capacity", ""), "")) for entry in shown],
        "first_url": f"{here}?{urlencode(asked)}" if before else "",
        "next_url": f"{here}?{following}" if following else "",
    }
    return render(request, "acts/index.html", context)
