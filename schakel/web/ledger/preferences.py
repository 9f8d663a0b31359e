"""How one wants to be told about shared items, and stopping it from a mail."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt

from schakel.kit.refusals import permit
from schakel.people.models import User
from schakel.policy.access import Permission
from schakel.policy.sharing import Tlp
from schakel.registry.models import Organisation, Partner
from schakel.sharing.ledger import preferences, stopping
from schakel.sharing.ledger.ways import Party
from schakel.sharing.models import Preference
from schakel.sharing.words import ItemKind, Reader
from schakel.web.entrance import needs
from schakel.web.flows import Step, form_page, given, run
from schakel.web.middleware import Request

PACES = (
    ("at-once", gettext_lazy("at once")),
    ("daily", gettext_lazy("once a day, in the morning")),
    ("weekly", gettext_lazy("once a week, on Monday morning")),
    ("never", gettext_lazy("not at all; a partner still gets alarms")),
)
CEILINGS = [("", gettext_lazy("as far as the label allows")), *((one.value, one.marking) for one in Tlp)]


class PreferenceForm(forms.Form):
    """How soon, for whom it is written, how far each way may carry it, and which kinds."""

    pace = forms.ChoiceField(label=gettext_lazy("How soon?"), choices=PACES, widget=forms.RadioSelect)
    reader = forms.ChoiceField(label=gettext_lazy("Which text?"), choices=Reader, widget=forms.RadioSelect)
    mail_ceiling = forms.ChoiceField(
        label=gettext_lazy("By mail in full up to"),
        choices=CEILINGS,
        required=False,
        help_text=gettext_lazy(
            "Above this label we send a link only. Mail without a key carries no more than TLP:GREEN in full, "
            "mail to your OpenPGP key no more than TLP:AMBER+STRICT."
        ),
    )
    webhook_ceiling = forms.ChoiceField(
        label=gettext_lazy("To your own system up to"),
        choices=CEILINGS,
        required=False,
        help_text=gettext_lazy("By webhook, if you have one. What is above TLP:AMBER never goes that way."),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Only these kinds"),
        choices=ItemKind,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Tick nothing and you get every kind."),
    )


@form_page
@needs(Permission.ITEM_VIEW)
def mine(request: Request) -> HttpResponse:
    """How one is told oneself."""
    user = get_object_or_404(User, pk=request.actor.user_id)
    intro = _("Choose how you yourself hear of shared items, at %(mail)s.") % {
        "mail": user.email or _("no address yet")
    }
    return _chosen(request, Party(user=user.pk), reverse("sharing_preference"), intro)


@form_page
@needs(Permission.CONTACT_EDIT)
def of_partner(request: Request, partner_id: int) -> HttpResponse:
    """How a partner is told, by its contacts."""
    partner = get_object_or_404(Partner.objects.of(request.actor, Permission.CONTACT_EDIT), pk=partner_id)
    here = reverse("partner_sharing_preference", args=[partner_id])
    return _chosen(request, Party(partner=partner.pk), here, _for(partner.name))


@form_page
@needs(Permission.CONTACT_EDIT)
def of_organisation(request: Request, organisation_id: int) -> HttpResponse:
    """How an organisation is told, by its contacts."""
    permit(request.actor.may(Permission.CONTACT_EDIT, organisation_id=organisation_id))
    organisation = get_object_or_404(Organisation, pk=organisation_id)
    here = reverse("organisation_sharing_preference", args=[organisation_id])
    return _chosen(request, Party(organisation=organisation.pk), here, _for(organisation.name))


def _for(name: str) -> str:
    return _("Choose how %(name)s hears of shared items, at its contacts.") % {"name": name}


def _chosen(request: Request, party: Party, here: str, intro: str) -> HttpResponse:
    permit(preferences.may_choose(party, request.actor))
    form = PreferenceForm(given(request), initial=_initial(preferences.of(party), party))
    step = Step(title=_("How we tell you"), button=_("Save"), done=_("Saved."), to=here, intro=intro)
    act: dict[str, Any] = {"party": party, "by": request.actor, "at": timezone.now()}
    return run(request, step, form, lambda said: preferences.choose(**act, **said))


def _initial(row: Preference | None, party: Party) -> dict[str, Any]:
    if row is None:
        return {"pace": "at-once" if party.partner is not None else "never", "reader": Reader.EXPERT}
    return {name: getattr(row, name) for name in PreferenceForm.base_fields}


@csrf_exempt
@form_page
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop what is no alarm: a look asks, a post does it, by a person or by a mail program in one click (RFC 8058).

    The link is the permission; there is no cookie that another site could misuse.
    """
    found = stopping.read(token)
    if found is None:
        raise Http404
    if request.method == "POST":
        stopping.stop(found, by=stopping.LINK, at=timezone.now())
    answer = render(request, "ledger/stop.html", {"is_stopped": request.method == "POST"})
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
