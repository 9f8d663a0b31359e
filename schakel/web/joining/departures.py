"""Who left the network, why, and what is learnt from it: for the coordinator, per function and year."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from schakel.kit import spreadsheet
from schakel.kit.paging import key_of, page
from schakel.policy.access import Permission
from schakel.registry.agreements import lessons
from schakel.registry.models import Departure, DepartureQuerySet
from schakel.web import labels
from schakel.web.entrance import needs
from schakel.web.middleware import Request

COLUMNS = ("partner", "name", "type", "functions", "left_on", "own_wish", "reasons", "lessons")


class FilterForm(forms.Form):
    """From which function, and when."""

    function = forms.ChoiceField(label=gettext_lazy("Function"), required=False)
    year = forms.TypedChoiceField(label=gettext_lazy("Year"), required=False, coerce=int, empty_value=None)

    def __init__(self, *given: Any, years: list[int]) -> None:
        super().__init__(*given)
        every = ("", _("all"))
        self.fields["function"].choices = [every, *labels.functions()]  # type: ignore[attr-defined]
        self.fields["year"].choices = [every, *((year, str(year)) for year in years)]  # type: ignore[attr-defined]


@require_safe
@needs(Permission.AGREEMENT_MANAGE)
def index(request: Request) -> HttpResponse:
    """The figures per year and function, and who left with reasons and lessons, newest first."""
    years, here = lessons.years(to=request.actor), reverse("departures")
    form, asked = _asked(request, [one.year for one in years])
    shown = page(_rows(request, asked), after=key_of(request.GET.get("after")))
    query = urlencode(asked)
    context = {
        "form": form,
        "is_narrowed": bool(asked),
        "years": years,
        "figures": _figures(years),
        "rows": shown.rows,
        "csv_url": f"{reverse('departures_csv')}?{query}",
        "first_url": f"{here}?{query}" if "after" in request.GET else "",
        "next_url": f"{here}?{urlencode({**asked, 'after': shown.next_after})}" if shown.next_after else "",
    }
    return render(request, "departures/index.html", context)


@require_safe
@needs(Permission.AGREEMENT_MANAGE)
def export(request: Request) -> HttpResponse:
    """The departures of the list as CSV."""
    _form, asked = _asked(request, [one.year for one in lessons.years(to=request.actor)])
    return HttpResponse(
        spreadsheet.text([COLUMNS, *map(_cells, _rows(request, asked).order_by("-left_at", "-pk"))]),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="departures.csv"'},
    )


def _figures(years: list[lessons.Year]) -> list[tuple[str, list[tuple[int, int]]]]:
    """All who left, those who wished so, and those of each function: a line each, with a count per year."""
    lines: list[tuple[str, Callable[[lessons.Year], int]]] = [
        (_("all that left"), lambda one: one.count),
        (_("of whom by their own wish"), lambda one: one.own_wish_count),
        *((label, lambda one, slug=slug: one.by_function[slug]) for slug, label in labels.functions()),
    ]
    return [(label, [(one.year, count(one)) for one in years]) for label, count in lines]


def _asked(request: Request, years: list[int]) -> tuple[FilterForm, dict[str, Any]]:
    form = FilterForm(request.GET, years=years)
    form.is_valid()
    return form, {name: value for name, value in form.cleaned_data.items() if value}


def _rows(request: Request, asked: dict[str, Any]) -> DepartureQuerySet:
    return lessons.narrowed(Departure.objects.visible_to(request.actor).select_related("partner"), **asked)


def _cells(departure: Departure) -> list[str]:
    partner, left_on = departure.partner, timezone.localdate(departure.left_at)
    own_wish = "yes" if departure.is_own_wish else "no"
    plain = [partner.key, partner.name, partner.type, ";".join(departure.functions), left_on.isoformat(), own_wish]
    return [*plain, departure.reasons, departure.lessons]
