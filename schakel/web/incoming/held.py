"""Content that is held back: why, and what a person can do about it. What it says is shown to nobody."""

from collections.abc import Callable

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from schakel.kit.paging import key_of, page
from schakel.kit.refusals import Refused, permit
from schakel.policy.access import Permission
from schakel.sharing.incoming import quarantine
from schakel.sharing.incoming.fetching import formats_for
from schakel.sharing.models import HeldContent, ItemSource
from schakel.sharing.words import HeldState
from schakel.web.entrance import needs
from schakel.web.middleware import Request

MOST_SOURCES = 200


@require_safe
@needs(Permission.ITEM_IMPORT)
def index(request: Request) -> HttpResponse:
    """What waits, oldest first, and the sources that something goes wrong with."""
    waiting = HeldContent.objects.visible_to(request.actor).filter(state=HeldState.WAITING)
    shown = page(_light(waiting), after=key_of(request.GET.get("after")), is_oldest_first=True)
    here = reverse("held")
    context = {
        "rows": shown.rows,
        "first_url": here if "after" in request.GET else "",
        "next_url": f"{here}?after={shown.next_after}" if shown.next_after else "",
        "sources": ItemSource.objects.visible_to(request.actor).order_by("name")[:MOST_SOURCES],
    }
    return render(request, "incoming/held.html", context)


@require_POST
@needs(Permission.ITEM_IMPORT)
def settle(request: Request, held_id: int) -> HttpResponse:
    """Read it again, or drop it with a reason."""
    seen = HeldContent.objects.visible_to(request.actor).select_related("source")
    held = get_object_or_404(seen, pk=held_id)
    at, act = timezone.now(), request.POST.get("act", "")
    acts: dict[str, tuple[Callable[[], object], str]] = {
        "read": (
            lambda: quarantine.read_again(held=held, formats=formats_for(held.source), by=request.actor, at=at),
            _("It was read after all, and stands among your drafts."),
        ),
        "drop": (
            lambda: quarantine.drop(held=held, reason=request.POST.get("reason", ""), by=request.actor, at=at),
            _("It is dropped, and its content is gone."),
        ),
    }
    permit(act in acts)
    do, words = acts[act]
    try:
        do()
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, words)
    return redirect("held")


def _light(rows: QuerySet[HeldContent]) -> QuerySet[HeldContent]:
    """Without the content, which may be a hundred megabytes."""
    return rows.defer("content").select_related("source")
