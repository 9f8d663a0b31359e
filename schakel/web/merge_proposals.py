"""Proposals to make one of two initiatives: made by one side, done when both owners agree."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from schakel.collaboration import merging, register
from schakel.collaboration.initiatives import may_manage
from schakel.collaboration.merging import Side
from schakel.collaboration.models import Initiative, MergeProposal, ProposalState
from schakel.kit.refusals import Invalid
from schakel.policy.access import Permission
from schakel.web.entrance import needs
from schakel.web.initiative_forms import MergeForm
from schakel.web.middleware import Request


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.INITIATIVE_MANAGE)
def propose(request: Request, initiative: str) -> HttpResponse:
    """Propose that this initiative goes up in another."""
    source = get_object_or_404(Initiative.objects.visible_to(request.actor), slug=initiative)
    form = MergeForm(request.POST if request.method == "POST" else None, targets=_targets(request, source))
    if request.method == "POST" and form.is_valid():
        target = get_object_or_404(Initiative.objects.visible_to(request.actor), slug=form.cleaned_data["target"])
        reason = form.cleaned_data["reason"]
        try:
            made = merging.propose(source=source, target=target, reason=reason, by=request.actor, at=timezone.now())
        except Invalid as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("merge_proposal", made.pk)
    context = {"initiative": source, "form": form}
    return render(request, "initiatives/merge.html", context, status=400 if form.errors else 200)


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
    proposal, given = _seen(request, proposal_id), request.POST
    side, words = given.get("side", ""), given.get("words", "")
    if side not in {*Side} or not given.get("is_sure"):
        messages.error(request, _("Tick that you know that a merger cannot be undone."))
        return redirect("merge_proposal", proposal_id)
    try:
        merging.agree(proposal=proposal, side=Side(side), words=words, by=request.actor, at=timezone.now())
    except Invalid as refused:
        messages.error(request, str(refused))
    else:
        is_done = proposal.state == ProposalState.DONE
        messages.success(request, _("Both have agreed: the two are one now.") if is_done else _("You have agreed."))
    return redirect("merge_proposal", proposal_id)


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
    proposal, reason = _seen(request, proposal_id), request.POST.get("reason", "")
    end = merging.refuse if is_refusal else merging.withdraw
    try:
        end(proposal=proposal, reason=reason, by=request.actor, at=timezone.now())
    except Invalid as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The proposal has ended."))
    return redirect("merge_proposal", proposal_id)


def _may_agree(request: Request, proposal: MergeProposal, side: Side, one: Initiative) -> bool:
    is_waiting = proposal.state == ProposalState.OPEN and getattr(proposal, f"{side.value}_agreed_at") is None
    return is_waiting and merging.may_agree(request.actor, one)


def _seen(request: Request, proposal_id: int) -> MergeProposal:
    found = MergeProposal.objects.visible_to(request.actor).select_related("source", "target")
    return get_object_or_404(found, pk=proposal_id)
