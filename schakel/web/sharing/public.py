"""What is for all the world: items on pages without login, also to print and to link to."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from schakel.kit.paging import SIZE
from schakel.policy.access import NOBODY
from schakel.sharing.items import reading
from schakel.sharing.items.listing import Question
from schakel.sharing.models import SharedItem
from schakel.sharing.words import ItemKind
from schakel.web.middleware import Request
from schakel.web.partners.filter import PLACE
from schakel.web.sharing.page import told


@require_safe
def index(request: Request) -> HttpResponse:
    """The public items, latest first."""
    here, kind = reverse("public_items"), request.GET.get("kind", "")
    question = Question(kind=kind if kind in ItemKind.values else "")
    shown = question.page(SharedItem.objects.visible_to(NOBODY), place=request.GET.get(PLACE), size=SIZE)
    asked = {"kind": question.kind} if question.kind else {}
    context = {
        "rows": shown.rows,
        "kinds": ItemKind.choices,
        "kind": question.kind,
        "first_url": f"{here}?{urlencode(asked)}" if PLACE in request.GET else "",
        "next_url": f"{here}?{urlencode({**asked, PLACE: shown.next_place})}" if shown.next_place else "",
    }
    return render(request, "sharing/public_index.html", context)


@require_safe
def show(request: Request, uid: UUID) -> HttpResponse:
    """One public item, as a stranger reads it: also for those who are logged in."""
    rows = SharedItem.objects.visible_to(NOBODY).select_related("owner", "circle", "audience")
    item = get_object_or_404(rows, uid=uid)
    found = reading.read(item, by=NOBODY, at=timezone.now())
    assert found is not None
    return render(request, "sharing/public.html", told(request, found) | {"actor": NOBODY})
