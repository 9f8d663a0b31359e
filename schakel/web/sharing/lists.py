"""The lists of shared items: what one may read, what waits for a second person, and the list as a file."""

from collections.abc import Mapping
from dataclasses import fields
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

from schakel.kit.paging import SIZE, key_of, page
from schakel.policy.access import Permission
from schakel.policy.sharing import Tlp
from schakel.registry.partners.words_given import NAME_LIMIT
from schakel.sharing.items import listing
from schakel.sharing.items.listing import Question
from schakel.sharing.items.reading import titled
from schakel.sharing.models import SharedItem
from schakel.sharing.words import Chance, ItemKind, ItemState, Phase
from schakel.web.entrance import needs
from schakel.web.middleware import Request
from schakel.web.partners.filter import PLACE

CHOICES: dict[str, Any] = {
    "kind": ItemKind.choices,
    "tlp": [(label.value, label.marking) for label in Tlp],
    "phase": Phase.choices,
    "probability": Chance.choices,
    "damage": Chance.choices,
}


def _choice(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False)


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )


class FilterForm(forms.Form):
    """The filters of the list; each may be left empty."""

    kind = _choice(gettext_lazy("Kind"))
    tlp = _choice(gettext_lazy("Label"))
    phase = _choice(gettext_lazy("Phase"))
    probability = _choice(gettext_lazy("Probability"))
    damage = _choice(gettext_lazy("Damage"))
    state = _choice(gettext_lazy("State"))
    owner = forms.CharField(label=gettext_lazy("From whom"), required=False, max_length=NAME_LIMIT)
    from_on = _day(gettext_lazy("From"))
    until_on = _day(gettext_lazy("Until and with"))

    def __init__(self, given: Mapping[str, str]) -> None:
        super().__init__(given)
        for name, choices in CHOICES.items():
            self.fields[name].choices = [("", _("all")), *choices]  # type: ignore[attr-defined]
        self.fields["state"].choices = _states()  # type: ignore[attr-defined]

    def question(self) -> Question:
        """What an address asks for. A part that cannot be read is as if it were not there."""
        self.is_valid()
        names = {one.name for one in fields(Question)}
        return Question(**{name: value for name, value in self.cleaned_data.items() if name in names and value})


def _states() -> list[tuple[str, Any]]:
    """What is out is what is looked for, so it is asked for by nothing."""
    others = [ItemState.RETRACTED, ItemState.DRAFT, ItemState.IN_REVIEW, ItemState.DROPPED]
    return [("", ItemState.PUBLISHED.label), *((one.value, one.label) for one in others)]


@require_safe
@needs(Permission.ITEM_VIEW)
def index(request: Request) -> HttpResponse:
    """The items that one may read and that the filters in the address leave, latest first."""
    form, here = FilterForm(request.GET.dict()), reverse("items")
    question, seen = form.question(), SharedItem.objects.visible_to(request.actor)
    shown = question.page(seen, place=request.GET.get(PLACE), size=SIZE)
    asked = {name: value for name, value in request.GET.items() if name != PLACE and value}
    count = question.count(seen)
    following = urlencode({**asked, PLACE: shown.next_place})
    context = {
        "form": form,
        "rows": shown.rows,
        "count": min(count, listing.COUNTED),
        "is_more": count > listing.COUNTED,
        "is_narrowed": question != Question(),
        "first_url": f"{here}?{urlencode(asked)}" if PLACE in request.GET else "",
        "next_url": f"{here}?{following}" if shown.next_place else "",
        "query": urlencode(asked),
        "waiting_count": listing.waiting(request.actor).count(),
    }
    return render(request, "sharing/index.html", context)


@require_safe
@needs(Permission.ITEM_VIEW)
def export(request: Request) -> HttpResponse:
    """The items of the list as CSV."""
    question = FilterForm(request.GET.dict()).question()
    name = _("items") + f"-{timezone.localtime():%Y%m%d-%H%M}.csv"
    return HttpResponse(
        listing.as_csv(question, by=request.actor, at=timezone.now()),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_safe
@needs(Permission.ITEM_REVIEW)
def reviews(request: Request) -> HttpResponse:
    """What waits for a second person."""
    waiting = listing.waiting(request.actor).select_related("owner", "circle", "author")
    shown, here = page(waiting, after=key_of(request.GET.get(PLACE))), reverse("item_reviews")
    context = {
        "rows": [(row, row.author_id == request.actor.user_id) for row in titled(shown.rows)],
        "first_url": here if PLACE in request.GET else "",
        "next_url": f"{here}?{PLACE}={shown.next_after}" if shown.next_after else "",
    }
    return render(request, "sharing/reviews.html", context)
