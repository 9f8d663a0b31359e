"""The people of a partner or an organisation: invited, given rights and removed by its own administrators."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.people import delegating
from schakel.people.models import Invitation, UserGrant
from schakel.policy.access import Level, Permission
from schakel.registry.models import Organisation, Partner
from schakel.web.entrance import needs
from schakel.web.flows import form_page
from schakel.web.middleware import Request
from schakel.web.self_service.confirming import by_link
from schakel.web.self_service.organisations import done, frame, pages

LEVELS = [
    (Level.READER.value, gettext_lazy("only look")),
    (Level.MEMBER.value, gettext_lazy("work: claims, contacts, answers")),
    (Level.ADMINISTRATOR.value, gettext_lazy("work, and manage people")),
]


class InvitationForm(forms.Form):
    """Whom, and how far their rights go."""

    mail = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)
    level = forms.ChoiceField(label=gettext_lazy("Rights"), choices=LEVELS, initial=Level.MEMBER.value)


class AccountForm(forms.Form):
    """A name and a password of one's own."""

    name = forms.CharField(label=gettext_lazy("Name to log in with"), max_length=150)
    password = forms.CharField(
        label=gettext_lazy("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        help_text=gettext_lazy("At least twelve characters. A few words in a row are easy to remember."),
    )


@form_page
@needs(Permission.PEOPLE_DELEGATE)
def of_organisation(request: Request, organisation_id: int) -> HttpResponse:
    """The people of an organisation."""
    seen = Organisation.objects.all()
    reach = request.actor.reach(Permission.PEOPLE_DELEGATE)
    if not reach.is_everything:  # Its partner answers for it, but does not say who works there.
        seen = seen.filter(pk__in=reach.organisation_ids)
    organisation = get_object_or_404(seen, pk=organisation_id)
    shown = {**frame(request, organisation, "organisation_people"), "base": "organisations/frame.html"}
    return _page(request, organisation, UserGrant.objects.filter(organisation=organisation), shown)


@form_page
@needs(Permission.PEOPLE_DELEGATE)
def of_partner(request: Request, partner_id: int) -> HttpResponse:
    """The people of one's own partner."""
    partner = get_object_or_404(Partner.objects.of(request.actor, Permission.PEOPLE_DELEGATE), pk=partner_id)
    shown = {"partner": partner, "base": "people/of_partner.html"}
    return _page(request, partner, UserGrant.objects.filter(partner=partner), shown)


@form_page
@needs(Permission.PEOPLE_DELEGATE)
def act(request: Request, grant_id: int) -> HttpResponse:
    """Change how far somebody's rights go; or ask whether removal is meant, and remove."""
    grant = get_object_or_404(UserGrant.objects.of(request.actor).select_related("user"), pk=grant_id)
    given: dict[str, Any] = {"grant": grant, "by": request.actor, "at": timezone.now()}
    back = _address(grant)
    if request.method != "POST":
        return render(request, "people/remove.html", {"grant": grant, "back_url": back})
    if request.POST.get("act") == "level":
        level = request.POST.get("level", "")
        return done(request, lambda: delegating.set_level(level=level, **given), _("The rights are changed."), back)
    permit(request.POST.get("act") == "remove")
    return done(request, lambda: delegating.remove(**given), _("This person has no access any more."), back)


@require_POST
@needs(Permission.PEOPLE_DELEGATE)
def revoke(request: Request, invitation_id: int) -> HttpResponse:
    """Take an invitation back."""
    invitation = get_object_or_404(Invitation.objects.of(request.actor), pk=invitation_id)
    given: dict[str, Any] = {"invitation": invitation, "by": request.actor, "at": timezone.now()}
    words = _("The invitation is taken back.")
    return done(request, lambda: delegating.revoke(**given), words, _address(invitation))


@sensitive_post_parameters("password")
@form_page
@by_link
def accept(request: HttpRequest, token: str, language: str) -> HttpResponse:
    """Whoever was invited chooses a name and a password."""
    invitation = delegating.invitation_of(token, at=timezone.now())
    if invitation is None:
        return render(request, "respond/absent.html", status=404)
    language = request.GET.get("language", invitation.language)
    form = AccountForm(request.POST if request.method == "POST" else None)
    with override(language if language in {"nl", "en"} else "en"):
        if request.method == "POST" and form.is_valid():
            given = {"invitation": invitation, "by": delegating.LINK, "at": timezone.now(), **form.cleaned_data}
            try:
                delegating.accept(**given)
            except Invalid as refused:
                form.add_error(None, str(refused))
            except WrongState:
                return render(request, "respond/absent.html", status=404)
            else:
                return redirect("account_login")
        context = {"form": form, "holder": invitation.partner or invitation.organisation}
        return render(request, "people/accept.html", context, status=400 if form.errors else 200)


def _page(
    request: Request, holder: Organisation | Partner, rows: QuerySet[UserGrant], shown: dict[str, Any]
) -> HttpResponse:
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            delegating.invite(holder=holder, by=request.actor, at=timezone.now(), **form.cleaned_data)
        except Invalid as refused:
            form.add_error(None, str(refused))
        else:
            return done(request, lambda: None, _("The invitation is on its way."), request.path)
    whose = {"organisation": holder} if isinstance(holder, Organisation) else {"partner": holder}
    waiting = Invitation.objects.filter(accepted_at=None, revoked_at=None, expires_at__gt=timezone.now(), **whose)
    context = {
        **shown,
        **pages(request, rows.filter(user__is_active=True).select_related("user"), request.path),
        "invitations": list(waiting.order_by("-pk")[:100]),
        "levels": LEVELS,
        "form": form,
        "me": request.actor.user_id,
    }
    return render(request, "people/index.html", context, status=400 if form.errors else 200)


def _address(row: UserGrant | Invitation) -> str:
    if row.organisation_id:
        return reverse("organisation_people", args=[row.organisation_id])
    return reverse("partner_people", args=[row.partner_id])
