"""On the page of an item: what its reader did with it, and for its publisher what became of it."""

from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from schakel.policy.access import Permission
from schakel.sharing.items.drafting import may_edit
from schakel.sharing.ledger import answers, figures, letters
from schakel.sharing.models import OUT, Receipt, SharedItem
from schakel.sharing.words import ItemState
from schakel.web.entrance import needs
from schakel.web.flows import at_once
from schakel.web.middleware import Request

SHOWN = 200


def about(request: Request, item: SharedItem) -> dict[str, Any] | None:
    """What the part shows: the publisher's figures, or the reader's own answer. Looking counts as fetching."""
    if item.state not in OUT:
        return None
    answers.fetched([item], by=request.actor, at=timezone.now())
    if may_edit(item, request.actor):
        rows = Receipt.objects.visible_to(request.actor).filter(item=item, passing=None)
        rows = rows.select_related("partner", "organisation").order_by("refusal", "pk")
        listed = list(rows[: SHOWN + 1])
        return {
            "figures": figures.of_item(item, by=request.actor),
            "receipts": listed[:SHOWN],
            "has_more": len(listed) > SHOWN,
            "may_pass_on": _may_pass_on(request, item),
        }
    mine = Receipt.objects.filter(answers.mine(request.actor), item=item).first()
    if mine is None:
        return None
    may_answer = answers.may_answer(request.actor)
    return {"mine": mine, "may_answer": may_answer, "may_pass_on": _may_pass_on(request, item)}


def _may_pass_on(request: Request, item: SharedItem) -> bool:
    is_partner = bool(request.actor.reach(Permission.ITEM_RELAY).partner_ids)
    return is_partner and item.state == ItemState.PUBLISHED and item.circle_id is None


@require_POST
@needs(Permission.ITEM_ANSWER)
def acknowledge(request: Request, uid: UUID) -> HttpResponse:
    """Say that one has read it."""
    item = _seen(request, uid)
    at = timezone.now()
    done = _("Thank you: the sender sees it.")
    return at_once(request, lambda: answers.acknowledge(item=item, by=request.actor, at=at), done, _back(item))


@require_POST
@needs(Permission.ITEM_ANSWER)
def done(request: Request, uid: UUID) -> HttpResponse:
    """Say what one did with it."""
    item = _seen(request, uid)
    outcome = "done" if request.POST.get("outcome") == "done" else "not-for-us"
    at, said = timezone.now(), _("Thank you: the sender sees it.")
    act = partial(answers.act, item=item, outcome=outcome, by=request.actor, at=at)
    return at_once(request, act, said, _back(item))


def _seen(request: Request, uid: UUID) -> SharedItem:
    return get_object_or_404(SharedItem.objects.visible_to(request.actor), uid=uid)


def _back(item: SharedItem) -> str:
    return f"{letters.path_of(item)}#receipt"
