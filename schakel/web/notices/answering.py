"""The form with which a recipient answers, by its link or on the site."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from schakel.intake.kinds import REMEDY_DAYS
from schakel.kit.refusals import Invalid
from schakel.notices import actions
from schakel.notices.models import Answer, Notice, Response, Severity
from schakel.policy.access import Actor


class AnswerForm(forms.Form):
    """One answer: the button that was pressed, a day for a promise, and free words."""

    answer = forms.ChoiceField(choices=Answer.choices)
    due_on = forms.DateField(
        label=_("By which day?"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    words = forms.CharField(
        label=_("Do you want to add something?"),
        required=False,
        max_length=actions.WORDS_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("You do not have to. Please do not write passwords here."),
    )

    def __init__(self, given: Any = None, *, notice: Notice) -> None:
        today = timezone.localdate()
        within = timedelta(days=REMEDY_DAYS[Severity(notice.severity).name.lower()])
        super().__init__(given, initial={"due_on": today + within})
        self._notice = notice
        longest: date = today + timedelta(days=actions.LONGEST_PROMISE_DAYS)
        self.fields["due_on"].widget.attrs |= {"min": f"{today}", "max": f"{longest}"}

    def answer_by(self, actor: Actor) -> Response | None:
        """Give the answer for `actor`; None where the form has faults, which it then shows."""
        if not self.is_valid():
            return None
        given = self.cleaned_data | {"answer": Answer(self.cleaned_data["answer"])}
        try:
            return actions.answer(notice=self._notice, by=actor, at=timezone.now(), **given)
        except Invalid as refused:
            self.add_error("due_on", str(refused))
            return None
