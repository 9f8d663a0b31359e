"""Newsletters: choose cleared items, put them in order, write an introduction, look at it, send it."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from schakel.kit.paging import key_of, page
from schakel.kit.refusals import Invalid, permit
from schakel.policy.access import Permission
from schakel.registry.models import Language, Partner
from schakel.sharing.ledger.labels import effective
from schakel.sharing.models import Newsletter, SharedItem
from schakel.sharing.relaying import newsletters
from schakel.web.entrance import needs
from schakel.web.flows import Step, form_page, given, run
from schakel.web.middleware import Request

OFFERED = 50
TITLE_LIMIT, INTRO_LIMIT = 200, 4000


class NewsletterForm(forms.Form):
    """An issue. Each item has a place; without one it is not in it."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=TITLE_LIMIT)
    intro = forms.CharField(
        label=gettext_lazy("Introduction"), max_length=INTRO_LIMIT, required=False, widget=forms.Textarea
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=Language)

    def __init__(self, *given: Any, offered: list[SharedItem], **more: Any) -> None:
        super().__init__(*given, **more)
        self.offered = offered
        for item in offered:
            self.fields[f"place-{item.pk}"] = forms.IntegerField(
                label=f"{effective(item).marking} {item.title}", required=False, min_value=1, max_value=999
            )

    def chosen(self) -> list[int]:
        """The items that got a place, in that order."""
        places = [(self.cleaned_data.get(f"place-{item.pk}"), item.pk) for item in self.offered]
        return [pk for _place, pk in sorted((place, pk) for place, pk in places if place)]


@require_safe
@needs(Permission.ITEM_RELAY)
def index(request: Request) -> HttpResponse:
    """The issues of one's own party, newest first."""
    shown = page(_own(request), after=key_of(request.GET.get("after")))
    context = {"issues": shown.rows, "next_after": shown.next_after, "has_start": "after" in request.GET}
    return render(request, "ledger/newsletters.html", context)


@form_page
@needs(Permission.ITEM_RELAY)
def new(request: Request) -> HttpResponse:
    """Make an issue."""
    partner = Partner.objects.filter(pk__in=request.actor.reach(Permission.ITEM_RELAY).partner_ids).first()
    permit(newsletters.may_send(partner, request.actor))
    return _form(request, partner, None)


@form_page
@needs(Permission.ITEM_RELAY)
def edit(request: Request, issue_id: int) -> HttpResponse:
    """Write an issue anew that has not been sent."""
    issue = get_object_or_404(_own(request).filter(sent_at=None), pk=issue_id)
    return _form(request, issue.partner, issue)


@require_safe
@needs(Permission.ITEM_RELAY)
def show(request: Request, issue_id: int) -> HttpResponse:
    """One issue as its readers get it."""
    issue = get_object_or_404(_own(request), pk=issue_id)
    return render(request, "ledger/newsletter.html", {"issue": issue, "letter": newsletters.written(issue)})


@form_page
@needs(Permission.ITEM_RELAY)
def send(request: Request, issue_id: int) -> HttpResponse:
    """Send it, after a last question."""
    issue = get_object_or_404(_own(request), pk=issue_id)
    here = reverse("newsletter", args=[issue_id])
    step = Step(
        title=_("Send the newsletter"),
        button=_("Send now"),
        done=_("It goes out now."),
        to=here,
        up=((issue.title, here),),
        intro=_("It goes by mail to everybody whom it is for, and cannot be taken back."),
        is_grave=True,
    )
    act: dict[str, Any] = {"issue": issue, "by": request.actor, "at": timezone.now()}
    return run(request, step, forms.Form(given(request)), lambda _said: newsletters.send(**act))


def _own(request: Request) -> QuerySet[Newsletter]:
    reach = request.actor.reach(Permission.ITEM_RELAY)
    ours = Q(partner__in=reach.partner_ids) | (Q(partner=None) if reach.is_everything else Q(pk__in=[]))
    return Newsletter.objects.filter(ours).select_related("partner")


def _form(request: Request, partner: Partner | None, issue: Newsletter | None) -> HttpResponse:
    offered = _offered(request, partner, issue)
    form = NewsletterForm(given(request), offered=offered, initial=_initial(issue))
    step = Step(
        title=_("Newsletter"),
        button=_("Save and look at it"),
        done=_("Saved. Look at it before you send it."),
        to=lambda made: reverse("newsletter", args=[made.pk]),
        up=((_("Newsletters"), reverse("newsletters")),),
        intro=_("Give the items that should be in it a number: 1 comes first. You see only what may be in it."),
    )

    def act(said: dict[str, Any]) -> Newsletter:
        told = {name: said[name] for name in ("title", "intro", "language")}
        if not form.chosen():
            raise Invalid(_("give at least one item a number."))
        by, at = request.actor, timezone.now()
        return newsletters.compose(partner=partner, items=form.chosen(), issue=issue, by=by, at=at, **told)

    return run(request, step, form, act)


def _offered(request: Request, partner: Partner | None, issue: Newsletter | None) -> list[SharedItem]:
    rows = newsletters.cleared(partner=partner, by=request.actor)
    newest = list(rows[:OFFERED])
    kept = list(rows.filter(pk__in=issue.item_ids)) if issue else []
    return list(dict.fromkeys([*kept, *newest]))


def _initial(issue: Newsletter | None) -> dict[str, Any]:
    if issue is None:
        return {"language": Language.DUTCH}
    places = {f"place-{pk}": number for number, pk in enumerate(issue.item_ids, 1)}
    return {"title": issue.title, "intro": issue.intro, "language": issue.language, **places}
