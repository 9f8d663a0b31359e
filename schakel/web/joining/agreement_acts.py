"""Acts on agreements, each a step with a form: draw up, offer, renew, sign."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from schakel.kit.refusals import Invalid
from schakel.people.naming import names_of
from schakel.policy.access import Permission
from schakel.registry.agreements import agreeing, appraising, copies, renewing
from schakel.registry.agreements.agreeing import Draft
from schakel.registry.agreements.copies import Elsewhere
from schakel.registry.criteria import criteria
from schakel.registry.models import Agreement, Partner, SignatureSide
from schakel.web import labels
from schakel.web.entrance import needs
from schakel.web.flows import Step, Words, form_page, given, run
from schakel.web.joining.agreement_forms import (
    AgreementForm,
    CopyForm,
    NotRenewForm,
    SignForm,
)
from schakel.web.joining.agreement_steps import address, seen, step_of, up
from schakel.web.joining.application_forms import AppraiseForm
from schakel.web.middleware import Request

FIELDS = (
    "role", "functions", "from_on", "until_on", "effort", "activities", "language", "signatory", "signatory_mail",
)  # fmt: skip


@form_page
@needs(Permission.AGREEMENT_MANAGE)
def new(request: Request, partner_id: int) -> HttpResponse:
    """Draw up an agreement with a partner."""
    partner = get_object_or_404(Partner.objects.of(request.actor, Permission.AGREEMENT_MANAGE), pk=partner_id)
    initial = {"functions": partner.functions, "language": partner.language, "from_on": timezone.localdate()}
    form = AgreementForm(given(request), initial=initial | _signatory(partner))
    step = Step(
        title=_("Draw up an agreement"), button=_("Save the draft"), done=_("The draft was saved. Offer it next."),
        to=reverse("partner", args=[partner.pk]), up=up(), intro=partner.name,
    )  # fmt: skip
    return _drafting(request, step, form, partner, amends=None)


@form_page
@needs(Permission.AGREEMENT_MANAGE)
def addendum(request: Request, agreement_id: int) -> HttpResponse:
    """Draw up what takes the place of a running agreement: another role, other functions, other days."""
    agreement = seen(request, agreement_id)
    initial = {name: getattr(agreement, name) for name in FIELDS} | {"from_on": timezone.localdate()}
    form = AgreementForm(given(request), initial=initial)
    step = Step(
        title=_("Draw up an addendum"), button=_("Save the draft"), done=_("The draft was saved. Offer it next."),
        to=address(agreement), up=up(agreement),
        intro=_("On the day on which the addendum begins, the agreement that it amends ends."),
    )  # fmt: skip
    return _drafting(request, step, form, agreement.partner, amends=agreement)


@form_page
@needs(Permission.AGREEMENT_MANAGE)
def change(request: Request, agreement_id: int) -> HttpResponse:
    """Change a draft."""
    agreement = seen(request, agreement_id)
    form = AgreementForm(given(request), initial={name: getattr(agreement, name) for name in FIELDS})
    step = step_of(agreement, _("Change the draft"), _("Save the draft"), _("The draft was saved."))

    def act(said: dict[str, Any]) -> object:
        draft = Draft(**said, amends=agreement.amends)
        return agreeing.change(agreement=agreement, draft=draft, by=request.actor, at=timezone.now())

    return run(request, step, form, act)


@require_POST
@needs(Permission.AGREEMENT_MANAGE)
def offer(request: Request, agreement_id: int) -> HttpResponse:
    """Make the document, and send who signs for the partner a link to it."""
    done = _("The agreement was offered. Who signs for the partner gets a link by mail.")
    return _at_once(request, agreement_id, agreeing.offer, done)


@require_POST
@needs(Permission.AGREEMENT_MANAGE)
def take_back(request: Request, agreement_id: int) -> HttpResponse:
    """Make an offer a draft again."""
    return _at_once(request, agreement_id, agreeing.take_back, _("The offer was taken back; it is a draft again."))


@form_page
@needs(Permission.AGREEMENT_MANAGE)
def renew(request: Request, agreement_id: int) -> HttpResponse:
    """Judge the partner anew, and draw up the agreement that follows."""
    agreement = seen(request, agreement_id)
    form = AppraiseForm(given(request))
    done = _("This is the draft of the agreement that follows.")
    step = _renewal(request, agreement, (_("Renew the agreement"), _("Draw up the new agreement"), done))

    def act(_said: dict[str, Any]) -> Agreement:
        return renewing.renew(agreement=agreement, verdicts=form.verdicts(), by=request.actor, at=timezone.now())

    return _made(request, step, form, act)


@form_page
@needs(Permission.AGREEMENT_MANAGE)
def refuse_renewal(request: Request, agreement_id: int) -> HttpResponse:
    """Say in words that the agreement ends on its last day."""
    agreement = seen(request, agreement_id)
    form = NotRenewForm(given(request))
    done = _("The partner is told that the agreement will not be renewed.")
    step = _renewal(request, agreement, (_("Do not renew the agreement"), _("Do not renew"), done))
    who: dict[str, Any] = {"agreement": agreement, "by": request.actor, "at": timezone.now()}
    return run(request, step, form, lambda said: renewing.refuse(verdicts=form.verdicts(), words=said["reason"], **who))


@form_page
@needs(Permission.AGREEMENT_SIGN)
def sign(request: Request, agreement_id: int) -> HttpResponse:
    """Sign for one's own side: the coordinator for the network, a member of the partner for the partner."""
    agreement = seen(request, agreement_id)
    may_manage = request.actor.may(Permission.AGREEMENT_MANAGE)
    side = SignatureSide.NETWORK if may_manage else SignatureSide.PARTNER
    digest = agreement.document.digest if hasattr(agreement, "document") else ""
    form = SignForm(given(request), request.FILES or None, initial={"digest": digest})
    step = step_of(agreement, _("Sign the agreement"), _("Sign"), _("Your signature is kept."))

    def act(said: dict[str, Any]) -> object:
        who = {name: said[name] for name in ("name", "position", "digest")}
        who["elsewhere"] = form.elsewhere()
        return agreeing.sign(agreement=agreement, side=side, **who, by=request.actor, at=timezone.now())

    return run(request, step, form, act)


@form_page
@needs(Permission.AGREEMENT_SIGN)
def keep_copy(request: Request, agreement_id: int) -> HttpResponse:
    """Keep, beside one's own side's signature, what another signing service made of it."""
    agreement = seen(request, agreement_id)
    side = SignatureSide.NETWORK if request.actor.may(Permission.AGREEMENT_MANAGE) else SignatureSide.PARTNER
    signature = get_object_or_404(agreement.signatures, side=side)
    form = CopyForm(given(request), request.FILES or None)
    step = step_of(agreement, _("Add what was signed elsewhere"), _("Save"), _("It is kept beside your signature."))
    who: dict[str, Any] = {"signature": signature, "by": request.actor, "at": timezone.now()}
    return run(request, step, form, lambda _said: copies.keep(elsewhere=form.elsewhere() or Elsewhere(), **who))


def _drafting(
    request: Request, step: Step, form: AgreementForm, partner: Partner, *, amends: Agreement | None
) -> HttpResponse:
    def act(_said: dict[str, Any]) -> Agreement:
        return agreeing.draft(partner=partner, draft=form.draft(amends), by=request.actor, at=timezone.now())

    return _made(request, step, form, act)


def _made(request: Request, step: Step, form: forms.Form, act: Callable[[dict[str, Any]], Agreement]) -> HttpResponse:
    """Run a step that makes an agreement, and lead to what was made."""
    made: list[Agreement] = []
    answer = run(request, step, form, lambda said: made.append(act(said)))
    return redirect("agreement", made[0].pk) if made else answer


def _renewal(request: Request, agreement: Agreement, words: tuple[Words, Words, Words]) -> Step:
    """A step at which the partner is judged anew, beside what was found the last time."""
    (title, button, done), language = words, labels.language()
    last = appraising.last_of(agreement.partner)
    judged = [(one.name[language], last.get(one.slug)) for one in criteria()]
    names = names_of([one.by for one in last.values()], to=request.actor)
    return Step(
        title=title, button=button, done=done, to=address(agreement), up=up(agreement),
        context={"judged": judged, "names": names}, template="agreements/renew.html",
    )  # fmt: skip


def _at_once(request: Request, agreement_id: int, act: Callable[..., object], done: Words) -> HttpResponse:
    agreement = seen(request, agreement_id)
    try:
        act(agreement=agreement, by=request.actor, at=timezone.now())
    except Invalid as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, str(done))
    return redirect("agreement", agreement.pk)


def _signatory(partner: Partner) -> dict[str, str]:
    """Whom the application named, where there was one."""
    application = partner.applications.order_by("-pk").first()
    if application is None:
        return {}
    return {"signatory": application.contact_name, "signatory_mail": application.contact_mail}
