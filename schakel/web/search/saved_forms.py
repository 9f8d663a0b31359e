"""The form that keeps a question."""

from django import forms
from django.utils.translation import gettext_lazy as _

from schakel.people.models import User
from schakel.sharing.models import Alert
from schakel.sharing.search.saving import NAME_LIMIT, QUERY_LIMIT


class SaveForm(forms.Form):
    """A name, and when one wants to hear of what is new."""

    name = forms.CharField(label=_("Name"), max_length=NAME_LIMIT)
    alert = forms.ChoiceField(label=_("Mail me about new items"), choices=Alert, initial=Alert.NEVER)
    query = forms.CharField(required=False, max_length=QUERY_LIMIT, widget=forms.HiddenInput)

    def __init__(self, given: object = None, *, user: object, **more: object) -> None:
        super().__init__(given, **more)  # type: ignore[arg-type]
        if not (isinstance(user, User) and user.email):
            self.fields["alert"].help_text = _("We have no address of yours yet: without one we cannot write to you.")
