"""The forms of feedback and sightings."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from schakel.sharing.feedback.giving import MOST_COUNT, WORDS_LIMIT
from schakel.sharing.words import FeedbackKind, ShownAs


class FeedbackForm(forms.Form):
    """What it was worth, and as whom the source knows it."""

    kind = forms.ChoiceField(
        label=_("What do you want to tell the source?"), choices=FeedbackKind, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("In your own words (not needed)"), required=False, max_length=WORDS_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    shown_as = forms.ChoiceField(
        label=_("How may the source know that it is from you?"), choices=ShownAs, initial=ShownAs.ANONYMOUS,
        help_text=_("Without your name the source sees your answer only as a number, from three organisations on."),
    )  # fmt: skip

    def __init__(self, given: Any = None, *, is_sealed: bool = False, **more: Any) -> None:
        super().__init__(given, **more)
        if is_sealed:  # Words would stand beside the sealed item in the clear.
            del self.fields["words"]


class SightingForm(forms.Form):
    """Which indicator one saw, how often, and from when to when."""

    value = forms.CharField(label=_("Indicator"), max_length=2000, help_text=_("As on this page; defanged is fine."))
    count = forms.IntegerField(label=_("How often"), min_value=1, max_value=MOST_COUNT, initial=1)
    first_at = forms.DateTimeField(label=_("First seen"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    last_at = forms.DateTimeField(
        label=_("Last seen (not needed)"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )  # fmt: skip
    shown_as = forms.ChoiceField(
        label=_("How may the source know that it is from you?"), choices=ShownAs, initial=ShownAs.ANONYMOUS
    )
