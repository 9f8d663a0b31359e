"""The directory of people: found by what they work on, each shown as far as that person chose."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from schakel.kit.paging import ordered_page
from schakel.people import directory
from schakel.people.listing import Listing, Openness
from schakel.policy.access import Permission
from schakel.registry.partners.words_given import LINE_LIMIT, NAME_LIMIT
from schakel.web import labels
from schakel.web.entrance import needs
from schakel.web.flows import Step, form_page, given, run
from schakel.web.middleware import Request
from schakel.web.partners.filter import PLACE


class FilterForm(forms.Form):
    """What somebody works on, and where."""

    words = forms.CharField(label=gettext_lazy("Topic or name"), required=False, max_length=100)
    function = forms.ChoiceField(label=gettext_lazy("Function"), required=False)
    sector = forms.ChoiceField(label=gettext_lazy("Sector"), required=False)
    region = forms.ChoiceField(label=gettext_lazy("Region"), required=False)

    def __init__(self, given: Mapping[str, str]) -> None:
        super().__init__(given)
        for name in ("function", "sector", "region"):
            choices = getattr(labels, f"{name}s")()
            self.fields[name].choices = [("", _("all")), *choices]  # type: ignore[attr-defined]


class ListingForm(forms.Form):
    """One's own entry."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=NAME_LIMIT)
    job = forms.CharField(label=gettext_lazy("What do you do?"), required=False, max_length=NAME_LIMIT)
    mail = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), required=False, max_length=40)
    functions = forms.MultipleChoiceField(
        label=gettext_lazy("On which functions do you work?"),
        choices=labels.functions,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    topics = forms.CharField(
        label=gettext_lazy("Topics"),
        required=False,
        max_length=LINE_LIMIT,
        help_text=gettext_lazy("With commas between them, such as: phishing, industrial systems"),
    )
    openness = forms.ChoiceField(
        label=gettext_lazy("Who may see this?"), choices=Openness.choices, widget=forms.RadioSelect
    )


@require_safe
@needs(Permission.PARTNER_VIEW)
def index(request: Request) -> HttpResponse:
    """People by name, as far as each chose to be found."""
    form = FilterForm(request.GET.dict())
    form.is_valid()
    asked = {name: value for name, value in form.cleaned_data.items() if value}
    wanted = {name: asked.get(name, "") for name in form.fields}
    seen = Listing.objects.visible_to(request.actor).prefetch_related("user__grants__partner")
    shown, here = ordered_page(directory.found(seen, **wanted), by=["name"], place=request.GET.get(PLACE)), _here()
    context = {
        "form": form,
        "is_narrowed": bool(asked),
        "rows": [(one, _partners(one)) for one in shown.rows],
        "mine": Listing.objects.filter(user=request.actor.user_id).first(),
        "first_url": f"{here}?{urlencode(asked)}" if PLACE in request.GET else "",
        "next_url": f"{here}?{urlencode({**asked, PLACE: shown.next_place})}" if shown.next_place else "",
    }
    return render(request, "directory/index.html", context)


@form_page
@needs(Permission.PARTNER_VIEW)
def mine(request: Request) -> HttpResponse:
    """Write one's own entry."""
    kept = Listing.objects.filter(user=request.actor.user_id).first()
    form = ListingForm(given(request), initial=_initial(kept))
    step = Step(
        title=_("My entry in the directory"),
        button=_("Save"),
        done=_("Saved."),
        to=_here(),
        up=((_("People"), _here()),),
        intro=_("Only you write this, and only you choose who sees it."),
    )
    act: dict[str, Any] = {"by": request.actor, "at": timezone.now()}
    return run(request, step, form, lambda said: directory.list_oneself(**act, **said))


@require_POST
@needs(Permission.PARTNER_VIEW)
def leave(request: Request) -> HttpResponse:
    """Take one's own entry out."""
    directory.leave(by=request.actor, at=timezone.now())
    messages.success(request, _("Your entry is gone."))
    return redirect("directory")


def _here() -> str:
    return reverse("directory")


def _initial(kept: Listing | None) -> dict[str, Any]:
    if kept is None:
        return {"openness": Openness.NOBODY}
    plain = {name: getattr(kept, name) for name in ("name", "job", "mail", "phone", "functions", "openness")}
    return plain | {"topics": ", ".join(kept.topics)}


def _partners(listing: Listing) -> str:
    """For whom somebody works."""
    partners = sorted({grant.partner.name for grant in listing.user.grants.all() if grant.partner})
    return ", ".join(partners) or _("the coordinator")
