"""What somebody is written to about, chosen by that person alone."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schakel.kit.refusals import permit
from schakel.people import mailing
from schakel.people.models import User
from schakel.registry.partners.words_given import LINE_LIMIT
from schakel.web.flows import Step, form_page, given, run
from schakel.web.middleware import Request


class MailForm(forms.Form):
    """An address, and for what it may be used."""

    mail = forms.EmailField(label=gettext_lazy("Your e-mail address"), required=False, max_length=LINE_LIMIT)
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("About what do you want mail?"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *given: Any, topics: list[Any], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["topics"].choices = [(topic, topic.label) for topic in topics]  # type: ignore[attr-defined]


@form_page
def mine(request: Request) -> HttpResponse:
    """Choose what one is written to about."""
    topics = mailing.topics_for(request.actor)
    permit(bool(topics))
    user = get_object_or_404(User, pk=request.actor.user_id)
    form = MailForm(given(request), topics=topics, initial={"mail": user.email, "topics": user.mail_topics})
    here = reverse("mail_choice")
    intro = _("We write to this address about what you tick, and about nothing else. No mail holds personal data.")
    step = Step(title=_("Mail to me"), button=_("Save"), done=_("Saved."), to=here, intro=intro)
    act: dict[str, Any] = {"by": request.actor, "at": timezone.now()}
    return run(request, step, form, lambda said: mailing.choose(**act, **said))
