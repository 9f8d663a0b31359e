"""The desk of what went astray: messages that came back, calls for help, and organisations that nobody could tell.

Who joins has pages of its own; here stands only that somebody waits there.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from schakel.kit.paging import key_of, page
from schakel.kit.refusals import Refused, permit
from schakel.notices import unreached
from schakel.notices.models import Answer, Notice, Response
from schakel.policy.access import Permission
from schakel.post import actions as post
from schakel.post.models import Delivery
from schakel.registry.models import Application
from schakel.web.entrance import needs
from schakel.web.middleware import Request

COUNTED_UP_TO = 1000
PILES = {
    "messages": gettext_lazy("Messages that did not arrive"),
    "help": gettext_lazy("Calls for help"),
    "unreached": gettext_lazy("Nobody to tell"),
}


@require_safe
@needs(Permission.DELIVERY_VIEW)
def show(request: Request) -> HttpResponse:
    """One of the three piles, oldest first: what waits longest is done first."""
    piles = _piles(request)
    chosen = request.GET.get("pile", "messages")
    chosen = chosen if chosen in piles else "messages"
    shown = page(piles[chosen], after=key_of(request.GET.get("after")), is_oldest_first=True)
    here = f"{reverse('desk')}?pile={chosen}"
    context = {
        "pile": chosen,
        "piles": [(name, label, _count(piles[name])) for name, label in PILES.items()],
        "counted_up_to": COUNTED_UP_TO,
        "rows": shown.rows,
        "first_url": here if "after" in request.GET else "",
        "next_url": f"{here}&after={shown.next_after}" if shown.next_after else "",
        "may_manage": request.actor.may(Permission.DELIVERY_MANAGE),
        "applications_count": Application.objects.visible_to(request.actor).waiting_for_us().count(),
        "late_count": Application.objects.visible_to(request.actor).waiting_long(timezone.now()).count(),
    }
    return render(request, "desk/show.html", context)


@require_POST
@needs(Permission.DELIVERY_MANAGE)
def mend_delivery(request: Request, delivery_id: int) -> HttpResponse:
    """Retry, readdress or drop one message."""
    delivery = get_object_or_404(Delivery.objects.visible_to(request.actor), pk=delivery_id)
    given: dict[str, Any] = {"delivery": delivery, "by": request.actor, "at": timezone.now()}
    acts: dict[str, Callable[[], object]] = {
        "retry": lambda: post.retry(**given),
        "readdress": lambda: post.readdress(**given, address=request.POST.get("address", "")),
        "drop": lambda: post.drop(**given, reason=request.POST.get("reason", "")),
    }
    return _done(request, acts, pile="messages")


@require_POST
@needs(Permission.NOTICE_SEND)
def mend_route(request: Request, route_id: int) -> HttpResponse:
    """Try again, give an address, or give up one organisation that nobody could tell."""
    seen = unreached.unreached(to=request.actor).select_related("organisation", "report__series__source")
    route = get_object_or_404(seen, pk=route_id)
    given: dict[str, Any] = {"route": route, "by": request.actor, "at": timezone.now()}
    address, is_verified = request.POST.get("address", ""), "is_verified" in request.POST
    acts: dict[str, Callable[[], object]] = {
        "retry": lambda: unreached.try_again(**given),
        "readdress": lambda: unreached.give_address(**given, address=address, is_verified=is_verified),
        "drop": lambda: unreached.give_up(**given, reason=request.POST.get("reason", "")),
    }
    return _done(request, acts, pile="unreached")


def _done(request: Request, acts: dict[str, Callable[[], object]], *, pile: str) -> HttpResponse:
    """Do the act that was asked for, and say what came of it on the pile it was taken from."""
    words = {
        "retry": _("It is tried again."),
        "readdress": _("It goes to the new address."),
        "drop": _("It is taken off the desk."),
    }
    act = request.POST.get("act", "")
    permit(act in acts)
    try:
        acts[act]()
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, words[act])
    return redirect(f"{reverse('desk')}?pile={pile}")


def _piles(request: Request) -> dict[str, Any]:
    """What lies in each pile for who asks."""
    deliveries = Delivery.objects.visible_to(request.actor).filter(state__in=post.AT_DESK)
    notices = Notice.objects.visible_to(request.actor)
    calls = Response.objects.filter(answer=Answer.NEED_HELP, handled_at=None, notice__in=notices)
    routes = unreached.unreached(to=request.actor)
    return {
        "messages": deliveries.defer("body", "body_html", "attachment").prefetch_related("notices"),
        "help": calls.select_related("notice__partner", "notice__organisation", "notice__contact"),
        "unreached": routes.select_related("organisation", "report__series__source"),
    }


def _count(rows: Any) -> int:
    """How many, as far as anybody needs to know."""
    return int(rows.order_by().values("pk")[: COUNTED_UP_TO + 1].count())
