"""Claims: an organisation says what is its own, and those who vouch or settle judge it."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from schakel.kit.refusals import Invalid, permit
from schakel.policy.access import Permission
from schakel.registry.claims import actions, links, values
from schakel.registry.models import AssetKind, Claim, ClaimState, Conflict, Proof
from schakel.registry.proofs import challenges
from schakel.web.entrance import needs
from schakel.web.flows import form_page
from schakel.web.middleware import Request
from schakel.web.self_service.organisations import done, frame, may, organisation_of, pages

PILES = (
    ("approval", gettext_lazy("To be approved"), Permission.CLAIM_APPROVE),
    ("disputed", gettext_lazy("To be settled"), Permission.CLAIM_SETTLE),
)


class ClaimForm(forms.Form):
    """What is claimed, and how it is proven."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=AssetKind.choices)
    value = forms.CharField(
        label=gettext_lazy("Network, name or number"),
        max_length=1000,
        help_text=gettext_lazy("Such as 192.0.2.0/24, example.org or AS64500."),
    )
    proof = forms.ChoiceField(
        label=gettext_lazy("How do you prove it?"),
        choices=Proof.choices,
        help_text=gettext_lazy("A record in the DNS is the surest and is renewed by itself."),
    )


@form_page
@needs(Permission.CONSTITUENCY_VIEW)
def index(request: Request, organisation_id: int) -> HttpResponse:
    """The claims of one organisation, newest first, and a form for one more."""
    organisation = organisation_of(request, organisation_id)
    form = ClaimForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = {"organisation": organisation, "by": request.actor, "at": timezone.now(), **form.cleaned_data}
        try:
            claim = actions.make(**given)
        except Invalid as refused:
            form.add_error("value", str(refused))
        else:
            return redirect("claim", claim.pk)
    rows = Claim.objects.visible_to(request.actor).filter(organisation=organisation)
    context = {
        **frame(request, organisation, "organisation_claims"),
        **pages(request, rows, reverse("organisation_claims", args=[organisation.pk])),
        "form": form,
        "may_claim": may(request, Permission.CLAIM_MAKE, organisation),
    }
    return render(request, "claims/index.html", context, status=400 if form.errors else 200)


@require_safe
@needs(Permission.CONSTITUENCY_VIEW)
def show(request: Request, claim_id: int) -> HttpResponse:
    """One claim: how to prove it, what was seen, and what becomes of it."""
    claim = _visible(request, claim_id)
    organisation, is_settling = claim.organisation, request.actor.may(Permission.CLAIM_SETTLE)
    may_approve = may(request, Permission.CLAIM_APPROVE, organisation)
    context = {
        **frame(request, organisation, "organisation_claims"),
        "claim": claim,
        "record_name": challenges.record_name(claim.kind, claim.value),
        "page_address": challenges.page_address(claim.value, claim.token),
        "link_days": links.DAYS,
        "mailed_to": _masked(claim.mailed_to),
        "is_living": claim.state in {ClaimState.OPEN, ClaimState.PROVEN, ClaimState.DISPUTED},
        "has_shown_control": claim.proven_at is not None,
        "others": [one for one in values.proofs(claim.kind, claim.value) if one != claim.proof],
        "may_claim": may(request, Permission.CLAIM_MAKE, organisation),
        "may_approve": may_approve and claim.proof == Proof.APPROVAL and claim.made_by != request.actor.name,
        "may_refuse": may_approve,
        "may_settle": is_settling,
        "conflicts": list(claim.conflicts.select_related("asset__organisation")) if is_settling else [],
    }
    return render(request, "claims/show.html", context)


@require_POST
@needs(Permission.CLAIM_MAKE)
def look(request: Request, claim_id: int) -> HttpResponse:
    """Let the proof be looked for now."""
    claim = _visible(request, claim_id)
    words = _("We look now. Load this page again in a minute.")
    return done(request, lambda: actions.look_again(claim=claim, **_acting(request)), words, _address(claim))


@require_POST
@needs(Permission.CLAIM_MAKE)
def choose(request: Request, claim_id: int) -> HttpResponse:
    """Prove it in another way."""
    claim, proof = _visible(request, claim_id), request.POST.get("proof", "")
    words = _("From now on the claim is proven in this way.")
    act = _acting(request)
    return done(request, lambda: actions.choose_proof(claim=claim, proof=proof, **act), words, _address(claim))


@form_page
@needs(Permission.CLAIM_MAKE)
def withdraw(request: Request, claim_id: int) -> HttpResponse:
    """Ask whether it is meant, and take the claim back."""
    claim = _visible(request, claim_id)
    permit(may(request, Permission.CLAIM_MAKE, claim.organisation))
    if request.method == "POST":
        words = _("The claim is withdrawn.")
        return done(request, lambda: actions.withdraw(claim=claim, **_acting(request)), words, _address(claim))
    context = {**frame(request, claim.organisation, "organisation_claims"), "claim": claim}
    return render(request, "claims/withdraw.html", context)


@require_POST
@needs(Permission.CLAIM_APPROVE)
def judge(request: Request, claim_id: int) -> HttpResponse:
    """Approve or refuse a claim, with a reason."""
    claim, reason = _visible(request, claim_id), request.POST.get("reason", "")
    acts = {
        "approve": (actions.approve, _("The claim is approved.")),
        "refuse": (actions.refuse, _("The claim is refused.")),
    }
    permit(request.POST.get("act", "") in acts)
    act, words = acts[request.POST["act"]]
    given = {"claim": claim, "reason": reason, **_acting(request)}
    return done(request, lambda: act(**given), words, _address(claim))


@require_POST
@needs(Permission.CLAIM_SETTLE)
def settle(request: Request, claim_id: int) -> HttpResponse:
    """Decide whose it is, with a reason."""
    given = {"claim": _visible(request, claim_id), **_acting(request)}
    given |= {name: request.POST.get(name, "") for name in ("result", "reason")}
    words = _("It is settled.")
    return done(request, lambda: actions.settle(**given), words, _address(given["claim"]))


@form_page
@needs(Permission.CONSTITUENCY_VIEW)
def conflict(request: Request, conflict_id: int) -> HttpResponse:
    """What the holder sees of a claim on what it holds, and where it tells its side."""
    seen = Conflict.objects.visible_to(request.actor).select_related("asset__organisation")
    row = get_object_or_404(seen, pk=conflict_id)
    if request.method == "POST":
        given = {"conflict": row, "words": request.POST.get("words", ""), **_acting(request)}
        here = reverse("conflict", args=[row.pk])
        return done(request, lambda: actions.state(**given), _("The coordinator reads this."), here)
    organisation = row.asset.organisation
    context = {
        **frame(request, organisation, "organisation"),
        "conflict": row,
        "may_state": row.settled_at is None and may(request, Permission.CLAIM_MAKE, organisation),
    }
    return render(request, "claims/conflict.html", context)


@require_safe
@needs(Permission.CLAIM_APPROVE)
def pile(request: Request) -> HttpResponse:
    """What waits for somebody's judgement: approvals, and for the coordinator what is to be settled."""
    piles = [one for one in PILES if request.actor.reach(one[2])]
    chosen = request.GET.get("pile", "")
    current = chosen if chosen in {name for name, _label, _permission in piles} else "approval"
    waiting = Claim.objects.visible_to(request.actor).select_related("organisation")
    if current == "disputed":
        rows = waiting.filter(state=ClaimState.DISPUTED)
    else:
        rows = waiting.filter(state=ClaimState.OPEN, proof=Proof.APPROVAL)
    here = reverse("claims")
    context = {
        **pages(request, rows, here),
        "piles": [(name, label, name == current) for name, label, _permission in piles],
        "pile": current,
    }
    if context["next_url"]:
        context["next_url"] += f"&pile={current}"
    return render(request, "claims/pile.html", context)


def _visible(request: Request, claim_id: int) -> Claim:
    seen = Claim.objects.visible_to(request.actor).select_related("organisation", "asset")
    return get_object_or_404(seen, pk=claim_id)


def _acting(request: Request) -> dict[str, Any]:
    return {"by": request.actor, "at": timezone.now()}


def _address(claim: Claim) -> str:
    return reverse("claim", args=[claim.pk])


def _masked(address: str) -> str:
    """A mail address of which one sees enough to know it again."""
    local, _at, host = address.rpartition("@")
    return f"{local[:1]}•••@{host}" if local else ""
