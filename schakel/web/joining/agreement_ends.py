"""Acts that interrupt or end an agreement, and what is done where it was not kept."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from schakel.policy.access import Permission
from schakel.registry.agreements import ending
from schakel.registry.models import Breach, Partner
from schakel.web.entrance import needs
from schakel.web.flows import Step, form_page, given, run
from schakel.web.joining.agreement_forms import BreachForm, LeaveForm, TalkForm
from schakel.web.joining.agreement_steps import seen, step_of, up, with_reason
from schakel.web.joining.joining_forms import WordsForm
from schakel.web.middleware import Request


@form_page
@needs(Permission.AGREEMENT_MANAGE)
def suspend(request: Request, agreement_id: int) -> HttpResponse:
    """Interrupt an agreement."""
    intro = _("Until it is resumed no information goes through this partner. What waits takes the next way.")
    step = (_("Suspend the agreement"), _("Suspend"), _("The agreement is suspended."), intro)
    return with_reason(request, agreement_id, ending.suspend, step)


@form_page
@needs(Permission.AGREEMENT_MANAGE)
def resume(request: Request, agreement_id: int) -> HttpResponse:
    """Let a suspended agreement run again."""
    step = (_("Resume the agreement"), _("Resume"), _("The agreement runs again."), "")
    return with_reason(request, agreement_id, ending.resume, step)


@form_page
@needs(Permission.AGREEMENT_MANAGE)
def end(request: Request, agreement_id: int) -> HttpResponse:
    """End an agreement, or give up a draft or an offer."""
    intro = _("The agreement ends at this moment, and this cannot be undone. What waits takes the next way.")
    step = (_("End the agreement"), _("End it"), _("The agreement has ended."), intro)
    return with_reason(request, agreement_id, ending.end, step)


@form_page
@needs(Permission.AGREEMENT_MANAGE)
def log_breach(request: Request, agreement_id: int) -> HttpResponse:
    """Write down that an agreement was not kept."""
    agreement = seen(request, agreement_id)
    form = BreachForm(given(request), initial={"happened_on": timezone.localdate()})
    step = step_of(agreement, _("Log that it was not kept"), _("Log it"), _("It was logged. Talk about it next."))
    act: dict[str, Any] = {"agreement": agreement, "by": request.actor, "at": timezone.now()}
    return run(request, step, form, lambda said: ending.log_breach(**act, **said))


@form_page
@needs(Permission.AGREEMENT_MANAGE)
def discuss_breach(request: Request, breach_id: int) -> HttpResponse:
    """Write down when it was talked about."""
    breach = _breach(request, breach_id)
    form = TalkForm(given(request), initial={"talk_on": breach.talk_on or timezone.localdate()})
    step = step_of(breach.agreement, _("Write down the talk"), _("Save"), _("The talk was written down."))
    act: dict[str, Any] = {"breach": breach, "by": request.actor, "at": timezone.now()}
    return run(request, step, form, lambda said: ending.discuss_breach(**act, **said))


@form_page
@needs(Permission.AGREEMENT_MANAGE)
def settle_breach(request: Request, breach_id: int) -> HttpResponse:
    """Close a breach with its outcome."""
    breach = _breach(request, breach_id)
    form = WordsForm(given(request), label=_("What came of it?"))
    step = step_of(breach.agreement, _("Settle the breach"), _("Settle the breach"), _("It was settled."))
    act: dict[str, Any] = {"breach": breach, "by": request.actor, "at": timezone.now()}
    return run(request, step, form, lambda said: ending.settle_breach(outcome=said["words"], **act))


@form_page
@needs(Permission.AGREEMENT_SIGN)
def leave(request: Request, partner_id: int) -> HttpResponse:
    """Let a partner leave the network."""
    partner = get_object_or_404(Partner.objects.of(request.actor, Permission.AGREEMENT_SIGN), pk=partner_id)
    is_own = partner.pk in request.actor.reach(Permission.AGREEMENT_SIGN).partner_ids
    form = LeaveForm(given(request))
    step = Step(
        title=_("Leave the network"), button=_("Leave the network"), done=_("The partner has left the network."),
        to=reverse("join") if is_own else reverse("partner", args=[partner.pk]), up=up(), is_grave=True,
        intro=_(
            "Access ends at this moment, and so do the agreements. What waits to be told through this partner takes "
            "the next way; what was told goes on by another way at its next reminder. This cannot be undone."
        ),
    )  # fmt: skip
    act: dict[str, Any] = {"partner": partner, "by": request.actor, "at": timezone.now(), "is_own_wish": is_own}
    return run(request, step, form, lambda said: ending.leave(reasons=said["reasons"], lessons=said["lessons"], **act))


def _breach(request: Request, breach_id: int) -> Breach:
    rows = Breach.objects.visible_to(request.actor).select_related("agreement__partner")
    return get_object_or_404(rows, pk=breach_id)
