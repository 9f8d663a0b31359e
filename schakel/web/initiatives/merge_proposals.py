"""Proposals to make one of two initiatives: made by one side, done when both owners agree."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from schakel.collaboration import merging, register
from schakel.collaboration.initiatives import may_manage
from schakel.collaboration.merging import Side
from schakel.collaboration.models import Initiative, MergeProposal, ProposalState
from schakel.kit.refusals import Invalid
from schakel.policy.access import Permission
from schakel.web.entrance import needs
from schakel.web.flows import Step, at_once, form_page, given, run
from schakel.web.initiatives.initiative_forms import MergeForm
from schakel.web.middleware import Request
from schakel.web.templatetags.collaboration import named


@form_page
@needs(Permission.INITIATIVE_MANAGE)
def propose(request: Request, initiative: str) -> HttpResponse:
    """Propose that this initiative goes up in another."""
    source = get_object_or_404(Initiative.objects.visible_to(request.actor), slug=initiative)
    form = MergeForm(given(request), targets=_targets(request, source))
    intro = _(
        "%(name)s would go up in another initiative: its use cases, participants and functions go on there. This "
        "happens only when the owners of both agree."
    )
    step = Step(
        title=_("Propose a merger"),
        button=_("Propose"),
        done=_("Proposed. It happens when the owners of both agree."),
        to=lambda made: reverse("merge_proposal", args=[made.pk]),
        up=((_("Initiatives"), reverse("initiatives")), (named(source), reverse("initiative", args=[source.slug]))),
        intro=intro % {"name": named(source)},
    )

    def act(said: dict[str, Any]) -> MergeProposal:
        target = get_object_or_404(Initiative.objects.visible_to(request.actor), slug=said["target"])
        return merging.propose(source=source, target=target, reason=said["reason"], by=request.actor, at=timezone.now())

    return run(request, step, form, act)


def _targets(request: Request, source: Initiative) -> list[tuple[str, str]]:
    """In what the initiative may go up: for its owner anything that runs, for others what is their own."""
    found = Initiative.objects.visible_to(request.actor).running().exclude(pk=source.pk)
    if not may_manage(request.actor, source):
        found = found.filter(pk__in=Initiative.objects.managed_by(request.actor))
    return list(found.order_by("name").values_list("slug", "name"))


@require_safe
@needs(Permission.INITIATIVE_MANAGE)
def show(request: Request, proposal_id: int) -> HttpResponse:
    """One proposal: who has agreed, and what would happen."""
    proposal = _seen(request, proposal_id)
    sides = [(side, getattr(proposal, side.value)) for side in Side]
    owners = register.names_of((one.owner_id for _side, one in sides), to=request.actor)
    is_open = proposal.state == ProposalState.OPEN
    rows = [
        {
            "side": side.value,
            "initiative": one,
            "owner": owners.get(one.owner_id or 0, one.owner_name),
            "agreed_at": getattr(proposal, f"{side.value}_agreed_at"),
            "words": getattr(proposal, f"{side.value}_words"),
            "may_agree": _may_agree(request, proposal, side, one),
            "is_by_hand": one.owner_id is None,
        }
        for side, one in sides
    ]
    context = {
        "proposal": proposal,
        "sides": rows,
        "is_open": is_open,
        "may_refuse": is_open and any(merging.may_agree(request.actor, one) for _side, one in sides),
        "may_withdraw": is_open and merging.may_withdraw(request.actor, proposal),
    }
    return render(request, "initiatives/proposal.html", context)


@require_POST
@needs(Permission.INITIATIVE_MANAGE)
def agree(request: Request, proposal_id: int) -> HttpResponse:
    """Agree for one side, after saying that this cannot be undone."""
    proposal, said = _seen(request, proposal_id), request.POST
    side, words, here = said.get("side", ""), said.get("words", ""), reverse("merge_proposal", args=[proposal_id])
    if side not in {*Side} or not said.get("is_sure"):
        messages.error(request, _("Tick that you know that a merger cannot be undone."))
        return redirect(here)
    try:
        merging.agree(proposal=proposal, side=Side(side), words=words, by=request.actor, at=timezone.now())
    except Invalid as refused:
        messages.error(request, str(refused))
    else:
        is_done = proposal.state == ProposalState.DONE
        messages.success(request, _("Both have agreed: the two are one now.") if is_done else _("You have agreed."))
    return redirect(here)


@require_POST
@needs(Permission.INITIATIVE_MANAGE)
def refuse(request: Request, proposal_id: int) -> HttpResponse:
    """Refuse, with a reason."""
    return _end(request, proposal_id, is_refusal=True)


@require_POST
@needs(Permission.INITIATIVE_MANAGE)
def withdraw(request: Request, proposal_id: int) -> HttpResponse:
    """Take the proposal back, with a reason."""
    return _end(request, proposal_id, is_refusal=False)


def _end(request: Request, proposal_id: int, *, is_refusal: bool) -> HttpResponse:
    act: dict[str, Any] = {"proposal": _seen(request, proposal_id), "reason": request.POST.get("reason", "")}
    act |= {"by": request.actor, "at": timezone.now()}
    end = merging.refuse if is_refusal else merging.withdraw
    return at_once(
        request, lambda: end(**act), _("The proposal has ended."), reverse("merge_proposal", args=[proposal_id])
    )


def _may_agree(request: Request, proposal: MergeProposal, side: Side, one: Initiative) -> bool:
    is_waiting = proposal.state == ProposalState.OPEN and getattr(proposal, f"{side.value}_agreed_at") is None
    return is_waiting and merging.may_agree(request.actor, one)


def _seen(request: Request, proposal_id: int) -> MergeProposal:
    found = MergeProposal.objects.visible_to(request.actor).select_related("source", "target")
    return get_object_or_404(found, pk=proposal_id)
