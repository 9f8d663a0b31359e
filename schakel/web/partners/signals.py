"""The coordinator's list of partners to look at, and who holds which office."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from schakel.kit.paging import key_of, page
from schakel.kit.refusals import Invalid
from schakel.policy.access import Permission
from schakel.registry.models import Capacity, Organisation, Signal
from schakel.registry.partners import capacities, signals
from schakel.web.entrance import needs
from schakel.web.flows import Step, form_page, given, run
from schakel.web.middleware import CAPACITY, Request
from schakel.web.partners import partner_forms


@require_safe
@needs(Permission.PARTNER_MANAGE)
def index(request: Request) -> HttpResponse:
    """Signals that wait, oldest first."""
    waiting = Signal.objects.visible_to(request.actor).waiting().select_related("partner", "partner__continuity")
    shown, here = page(waiting, after=key_of(request.GET.get("after")), is_oldest_first=True), reverse("signals")
    context = {
        "rows": shown.rows,
        "first_url": here if "after" in request.GET else "",
        "next_url": f"{here}?after={shown.next_after}" if shown.next_after else "",
    }
    return render(request, "partners/signals.html", context)


@require_POST
@needs(Permission.PARTNER_MANAGE)
def handle(request: Request, signal_id: int) -> HttpResponse:
    """Take a signal off the list."""
    signal = get_object_or_404(Signal.objects.visible_to(request.actor), pk=signal_id)
    try:
        signals.handle(signal=signal, words=request.POST.get("words", ""), by=request.actor, at=timezone.now())
    except Invalid as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("It is taken off the list."))
    return redirect("signals")


@form_page
@needs(Permission.PARTNER_MANAGE)
def give_office(request: Request) -> HttpResponse:
    """Say that an organisation acts in a capacity."""
    form = partner_forms.CapacityForm(given(request), initial={"from_on": timezone.localdate()})
    step = _step(_("Give an office"), _("Give"))

    def act(said: dict[str, Any]) -> object:
        organisation = Organisation.objects.visible_to(request.actor).filter(key=said.pop("organisation")).first()
        if organisation is None:
            raise Invalid(_("no organisation has this key."))
        return capacities.hold(organisation=organisation, by=request.actor, at=timezone.now(), **said)

    return run(request, step, form, act)


@form_page
@needs(Permission.PARTNER_MANAGE)
def end_office(request: Request, capacity_id: int) -> HttpResponse:
    """End a capacity."""
    capacity = get_object_or_404(Capacity.objects.visible_to(request.actor), pk=capacity_id)
    form = partner_forms.EndForm(given(request), initial={"until_on": timezone.localdate()})
    act: dict[str, Any] = {"capacity": capacity, "by": request.actor, "at": timezone.now()}
    step = _step(_("End an office"), _("End"))
    return run(request, step, form, lambda said: capacities.end_capacity(**act, **said))


@form_page
@needs(Permission.PARTNER_MANAGE)
def choose(request: Request) -> HttpResponse:
    """Choose in which capacity one acts until the session ends."""
    held = Capacity.objects.of_coordinator(timezone.localdate()).order_by("label")
    form = partner_forms.ActAsForm(given(request), held=list(held), chosen=request.session.get(CAPACITY, ""))
    step = Step(
        title=_("In which capacity do you act?"),
        button=_("Choose"),
        done=_("From now on each thing you do is noted in this capacity."),
        to=reverse("roles"),
        up=((_("Roles in the network"), reverse("roles")),),
        intro=_("The coordinator's organisation has several roles. The journal notes in which one you did something."),
    )
    return run(request, step, form, lambda said: request.session.__setitem__(CAPACITY, said["capacity"]))


def _step(title: str, button: str) -> Step:
    here = reverse("roles")
    return Step(title=title, button=button, done=_("Saved."), to=here, up=((_("Roles in the network"), here),))
