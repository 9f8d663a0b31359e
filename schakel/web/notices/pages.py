"""Notices: the list, one notice with the whole chain behind it, and what people may do to it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from schakel.kit.paging import key_of, page
from schakel.kit.refusals import Invalid
from schakel.notices import actions, queries
from schakel.notices.models import Notice, NoticeQuerySet, NoticeState, Response, Via
from schakel.policy.access import Permission
from schakel.registry.models import Partner
from schakel.web import labels
from schakel.web.entrance import needs
from schakel.web.middleware import Request
from schakel.web.notices.answering import AnswerForm

ALL = ("", gettext_lazy("all"))
TOLD = {NoticeState.SENT, NoticeState.ANSWERED}
UNSENT = {NoticeState.GATHERING, NoticeState.READY}


class NoticeFilter(forms.Form):
    """What a list of notices may be narrowed by; what cannot be read is as if it were not there."""

    state = forms.ChoiceField(label=gettext_lazy("State"), required=False, choices=[ALL, *NoticeState.choices])
    via = forms.ChoiceField(label=gettext_lazy("Way"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    partner = forms.ModelChoiceField(
        Partner.objects.none(), label=gettext_lazy("Partner"), required=False, empty_label=ALL[1]
    )

    def __init__(self, request: Request) -> None:
        super().__init__(request.GET)
        ways = [(via.value, via.label) for via in Via if via not in {Via.UNREACHABLE, Via.WITHHELD}]
        choices: dict[str, list[Any]] = {"via": [ALL, *ways], "kind": [ALL, *labels.kinds()]}
        for name, shown in choices.items():
            self.fields[name].choices = shown  # type: ignore[attr-defined]
        partners = Partner.objects.of(request.actor, Permission.NOTICE_VIEW).order_by("name")
        self.fields["partner"].queryset = partners  # type: ignore[attr-defined]

    def asked(self) -> dict[str, Any]:
        """The filters in use."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def query(self) -> QueryDict:
        """The filters as an address says them, without the page's place."""
        query = QueryDict(mutable=True)
        for name, value in self.asked().items():
            query[name] = str(getattr(value, "pk", value))
        return query


@require_safe
@needs(Permission.NOTICE_VIEW)
def index(request: Request) -> HttpResponse:
    """The notices that the filters in the address leave, newest first."""
    narrow = NoticeFilter(request)
    shown = page(_seen(request).filter(**narrow.asked()), after=key_of(request.GET.get("after")))
    here, query = reverse("notices"), narrow.query()
    context = {
        "form": narrow,
        "is_narrowed": bool(narrow.asked()),
        "rows": shown.rows,
        "first_url": f"{here}?{query.urlencode()}" if "after" in request.GET else "",
    }
    if shown.next_after:
        query["after"] = str(shown.next_after)
        context["next_url"] = f"{here}?{query.urlencode()}"
    return render(request, "notices/index.html", context)


@require_safe
@needs(Permission.NOTICE_VIEW)
def show(request: Request, notice_id: int) -> HttpResponse:
    """One notice and its chain."""
    return _page(request, _visible(request, notice_id))


@require_POST
@needs(Permission.NOTICE_ANSWER)
def answer(request: Request, notice_id: int) -> HttpResponse:
    """Answer a notice on the site."""
    notice = _visible(request, notice_id)
    form = AnswerForm(request.POST, notice=notice)
    if form.answer_by(request.actor):
        messages.success(request, _("Your answer is saved."))
        return redirect("notice", notice_id)
    return _page(request, notice, form)


@require_POST
@needs(Permission.NOTICE_SEND)
def withdraw(request: Request, notice_id: int) -> HttpResponse:
    """Keep a notice from being sent."""
    reason = request.POST.get("reason", "")
    try:
        actions.withdraw(notice=_visible(request, notice_id), by=request.actor, at=timezone.now(), reason=reason)
    except Invalid as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The notice is withdrawn."))
    return redirect("notice", notice_id)


@require_POST
@needs(Permission.NOTICE_SEND)
def revoke_link(request: Request, notice_id: int) -> HttpResponse:
    """Close the notice's own page."""
    actions.revoke_link(notice=_visible(request, notice_id), by=request.actor, at=timezone.now())
    messages.success(request, _("The link does not work any more."))
    return redirect("notice", notice_id)


@require_POST
@needs(Permission.NOTICE_SEND)
def mark_handled(request: Request, response_id: int) -> HttpResponse:
    """Say that a call for help has been taken up."""
    seen = Response.objects.filter(notice__in=Notice.objects.visible_to(request.actor))
    response = get_object_or_404(seen.select_related("notice"), pk=response_id)
    actions.mark_handled(response=response, by=request.actor, at=timezone.now())
    messages.success(request, _("The call for help is taken up."))
    return redirect("notice", response.notice_id)


def _page(request: Request, notice: Notice, form: AnswerForm | None = None) -> HttpResponse:
    """The page of one notice, with the form as it was filled in."""
    may_send = request.actor.may(Permission.NOTICE_SEND)
    may_answer = request.actor.may(Permission.NOTICE_ANSWER, partner_id=notice.partner_id)
    context = {
        "notice": notice,
        "chain": queries.explain(notice, to=request.actor, after=key_of(request.GET.get("after"))),
        "form": (form or AnswerForm(notice=notice)) if may_answer and notice.state in TOLD else None,
        "may_withdraw": may_send and notice.state in UNSENT,
        "may_revoke": may_send and notice.state in TOLD and notice.link_revoked_at is None,
        "may_send": may_send,
        "has_start": "after" in request.GET,
        "sees_reports": bool(request.actor.reach(Permission.REPORT_VIEW)),
    }
    return render(request, "notices/show.html", context, status=400 if form else 200)


def _seen(request: Request) -> NoticeQuerySet:
    return Notice.objects.visible_to(request.actor).with_recipient()


def _visible(request: Request, notice_id: int) -> Notice:
    return get_object_or_404(_seen(request).select_related("delivery"), pk=notice_id)
