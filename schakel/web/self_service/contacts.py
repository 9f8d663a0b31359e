"""Contacts: where an organisation or a partner is told, how far that can be relied on, and who may change it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from schakel.kit.refusals import Invalid, permit
from schakel.policy.access import Permission
from schakel.registry.constituents import contacts
from schakel.registry.models import (
    ChannelKind,
    Contact,
    ContactRole,
    ContactStanding,
    Language,
    Organisation,
    Partner,
)
from schakel.web.entrance import needs
from schakel.web.flows import form_page
from schakel.web.middleware import Request
from schakel.web.self_service.organisations import done, frame, organisation_of, pages


class ContactForm(forms.Form):
    """Where to tell, about what, and in which language."""

    role = forms.ChoiceField(label=gettext_lazy("For"), choices=ContactRole.choices)
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=ChannelKind.choices)
    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=2000,
        help_text=gettext_lazy("An address of a team lasts longer than that of one person."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=Language.choices)


@form_page
@needs(Permission.CONSTITUENCY_VIEW)
def of_organisation(request: Request, organisation_id: int) -> HttpResponse:
    """The contacts of an organisation, and a form for one more."""
    organisation = organisation_of(request, organisation_id)
    here = reverse("organisation_contacts", args=[organisation.pk])
    shown = {**frame(request, organisation, "organisation_contacts"), "base": "organisations/frame.html"}
    return _page(request, organisation, Contact.objects.filter(organisation=organisation), here, shown)


@form_page
@needs(Permission.CONTACT_EDIT)
def of_partner(request: Request, partner_id: int) -> HttpResponse:
    """The contacts of one's own partner, and a form for one more."""
    partner = get_object_or_404(Partner.objects.of(request.actor, Permission.CONTACT_EDIT), pk=partner_id)
    here = reverse("partner_contacts", args=[partner.pk])
    shown = {"partner": partner, "base": "contacts/of_partner.html"}
    return _page(request, partner, Contact.objects.filter(partner=partner), here, shown)


@require_POST
@needs(Permission.CONTACT_EDIT)
def act(request: Request, contact_id: int) -> HttpResponse:
    """Take a contact off, ask it again, or give a webhook a new secret."""
    contact = get_object_or_404(Contact.objects.of(request.actor, Permission.CONTACT_EDIT), pk=contact_id)
    given: dict[str, Any] = {"contact": contact, "by": request.actor, "at": timezone.now()}
    acts = {
        "remove": (contacts.remove, _("Nothing goes to this contact any more.")),
        "ask": (contacts.ask_again, _("The contact gets a mail with a link.")),
        "secret": (contacts.renew_secret, ""),
    }
    chosen = request.POST.get("act", "")
    permit(chosen in acts)
    to = _address(contact)
    if chosen == "secret" and contact.channel == ChannelKind.WEBHOOK:
        return _show_secret(request, contacts.renew_secret(**given), to)
    action, words = acts[chosen]
    return done(request, lambda: action(**given), words, to)


def _page(
    request: Request, holder: Organisation | Partner, rows: QuerySet[Contact], here: str, shown: dict[str, Any]
) -> HttpResponse:
    may_edit = contacts.may_edit(holder, request.actor)
    form = ContactForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            added = contacts.add(holder=holder, by=request.actor, at=timezone.now(), **form.cleaned_data)
        except Invalid as refused:
            form.add_error("address", str(refused))
        else:
            return _added(request, added, here)
    context = {
        **shown,
        **pages(request, rows.exclude(standing=ContactStanding.SUSPENDED), here),
        "ended": list(rows.filter(standing=ContactStanding.SUSPENDED).order_by("-suspended_at")[:50]),
        "form": form,
        "may_edit": may_edit,
    }
    return render(request, "contacts/index.html", context, status=400 if form.errors else 200)


def _added(request: Request, contact: Contact, here: str) -> HttpResponse:
    if contact.channel == ChannelKind.WEBHOOK:
        return _show_secret(request, contact, here)
    messages.success(request, _("We wrote to this address. It counts as soon as somebody opens the link and says yes."))
    return redirect(here)


def _show_secret(request: Request, contact: Contact, to: str) -> HttpResponse:
    """A webhook's secret, shown once."""
    return render(request, "contacts/secret.html", {"contact": contact, "back_url": to})


def _address(contact: Contact) -> str:
    if contact.organisation_id:
        return reverse("organisation_contacts", args=[contact.organisation_id])
    return reverse("partner_contacts", args=[contact.partner_id])
