"""Saved searches: keeping one, changing when one hears of it, deleting it, and the link in its mails."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from schakel.kit.refusals import Invalid
from schakel.policy.access import NOBODY, Permission
from schakel.sharing.models import Alert, SavedSearch
from schakel.sharing.search import alerts, questions, saving
from schakel.web.entrance import needs
from schakel.web.flows import at_once, form_page
from schakel.web.middleware import Request
from schakel.web.search.saved_forms import SaveForm


@form_page
@needs(Permission.ITEM_VIEW)
def index(request: Request) -> HttpResponse:
    """One's saved searches; and a form to keep one more, which shows what is wrong with it."""
    form = SaveForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data | {"query": questions.written(questions.read(form.cleaned_data["query"]))}
        try:
            saving.keep(by=request.actor, at=timezone.now(), **said)
        except Invalid as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("saved_searches")
    rows = [(row, f"{reverse('search')}?{row.query}") for row in _own(request).order_by("name")]
    context = {"form": form, "rows": rows, "alerts": Alert.choices, "is_saving": request.method == "POST"}
    return render(request, "search/saved.html", context, status=400 if form.errors else 200)


@require_POST
@needs(Permission.ITEM_VIEW)
def change(request: Request, search_id: int) -> HttpResponse:
    """Change when one hears of it."""
    search = get_object_or_404(_own(request), pk=search_id)
    alert = request.POST.get("alert", "")
    by, at = request.actor, timezone.now()
    to = reverse("saved_searches")
    return at_once(request, lambda: saving.set_alert(search=search, alert=alert, by=by, at=at), _("Saved."), to)


@require_POST
@needs(Permission.ITEM_VIEW)
def forget(request: Request, search_id: int) -> HttpResponse:
    """Delete one."""
    search = get_object_or_404(_own(request), pk=search_id)
    saving.forget(search=search, by=request.actor, at=timezone.now())
    messages.success(request, _("The saved search has been deleted."))
    return redirect("saved_searches")


@form_page
def stop(request: Request, token: str) -> HttpResponse:
    """End the mails of one search, for who holds a link from one of them; looking alone ends nothing."""
    search = alerts.search_of(token)
    if search is None:
        raise Http404
    if request.method == "POST":
        alerts.end(search=search, by=NOBODY, at=timezone.now())
    return render(request, "search/stop.html", {"is_ended": request.method == "POST"})


def _own(request: Request) -> QuerySet[SavedSearch]:
    return SavedSearch.objects.visible_to(request.actor).select_related("user")
