"""Applications at the coordinator's desk: read, asked about, judged, decided; and the first steps after that."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from schakel.kit.paging import key_of, page
from schakel.kit.refusals import Invalid, permit
from schakel.people import mailing
from schakel.people.models import MailTopic
from schakel.people.naming import names_of
from schakel.policy.access import Permission
from schakel.registry.agreements import terms
from schakel.registry.criteria import criteria
from schakel.registry.joining import applications, invitation, onboarding, referral
from schakel.registry.joining.invitation import Invitation
from schakel.registry.models import AgreementRole, Application, OnboardingStep, Partner, Prospect
from schakel.web import labels
from schakel.web.entrance import needs
from schakel.web.flows import Step, Words, form_page, given, run
from schakel.web.joining.application_forms import (
    AcceptForm,
    AppraiseForm,
    AssignForm,
    InvitationForm,
    RefuseForm,
    TermsForm,
)
from schakel.web.joining.joining_forms import WordsForm
from schakel.web.middleware import Request


@require_safe
@needs(Permission.APPLICATION_VIEW)
def index(request: Request) -> HttpResponse:
    """The applications, those that wait unless all are asked for, newest first."""
    seen, here = Application.objects.visible_to(request.actor), reverse("applications")
    is_all = "all" in request.GET
    shown = page(seen if is_all else seen.waiting(), after=key_of(request.GET.get("after")))
    query = "all&" if is_all else ""
    late = seen.waiting_long(timezone.now()).filter(pk__in=[one.pk for one in shown.rows])
    context = {
        "rows": shown.rows,
        "late": set(late.values_list("pk", flat=True)),
        "is_nobody_told": not mailing.wanting(MailTopic.APPLICATIONS),
        "is_all": is_all,
        "first_url": f"{here}?{query}" if "after" in request.GET else "",
        "next_url": f"{here}?{query}after={shown.next_after}" if shown.next_after else "",
    }
    return render(request, "applications/index.html", context)


@require_safe
@needs(Permission.APPLICATION_VIEW)
def show(request: Request, application_id: int) -> HttpResponse:
    """One application, with its answers and judgements side by side."""
    application, language = _seen(request, application_id), labels.language()
    judged = {one.criterion: one for one in application.appraisals.all()}
    thread = list(application.messages.order_by("pk"))
    context = {
        "application": application,
        "criteria": [
            (one.name[language], one.look[language], application.answers.get(one.slug, ""), judged.get(one.slug))
            for one in criteria()
        ],
        "thread": thread,
        "referred": application.referred_to.order_by("name"),
        "names": names_of([application.decided_by, *(one.by for one in thread)], to=request.actor),
        "is_open": application.decided_at is None,
        "may_manage": request.actor.may(Permission.APPLICATION_MANAGE),
    }
    return render(request, "applications/show.html", context)


@form_page
@needs(Permission.APPLICATION_MANAGE)
def ask(request: Request, application_id: int) -> HttpResponse:
    """Ask the applicant for more."""
    application = _seen(request, application_id)
    form = WordsForm(given(request), label=_("What do you want to know?"))
    step = _step(application, _("Ask a question"), _("Send"), _("The question was sent."))
    act = _act(request, application)
    return run(request, step, form, lambda said: applications.ask(words=said["words"], **act))


@form_page
@needs(Permission.APPLICATION_MANAGE)
def appraise(request: Request, application_id: int) -> HttpResponse:
    """Judge the application on the common list."""
    application = _seen(request, application_id)
    initial: dict[str, str] = {}
    for one in application.appraisals.all():
        initial |= {f"verdict_{one.criterion}": one.verdict, f"words_{one.criterion}": one.words}
    form = AppraiseForm(given(request), initial=initial)
    step = _step(application, _("Judge the application"), _("Save"), _("Your judgement was saved."))
    act = _act(request, application)
    return run(request, step, form, lambda _said: applications.appraise(verdicts=form.verdicts(), **act))


@form_page
@needs(Permission.APPLICATION_MANAGE)
def accept(request: Request, application_id: int) -> HttpResponse:
    """Let the applicant join."""
    application = _seen(request, application_id)
    likely, same = applications.likely_prospects(application), applications.same_number(application)
    form = AcceptForm(given(request), likely=likely, organisation=same)
    step = _step(application, _("Accept the application"), _("Accept"), _("Accepted. Draw up the agreement next."))
    act = _act(request, application)
    return run(request, step, form, lambda said: applications.accept(**said, **act))


@form_page
@needs(Permission.APPLICATION_MANAGE)
def refuse(request: Request, application_id: int) -> HttpResponse:
    """Refuse in words, and say who can help."""
    application = _seen(request, application_id)
    form = RefuseForm(given(request), fitting=_fitting(application))
    step = _step(application, _("Refuse the application"), _("Refuse"), _("The applicant was told."))
    act = _act(request, application)
    return run(
        request,
        step,
        form,
        lambda said: applications.refuse(words=said["words"], referred_to=list(said["referred_to"]), **act),
    )


@require_safe
@needs(Permission.AGREEMENT_VIEW)
def first_steps(request: Request) -> HttpResponse:
    """What still has to be done for new partners, what is late first."""
    today, language = timezone.localdate(), labels.language()
    seen = OnboardingStep.objects.visible_to(request.actor)
    rows = seen.waiting().select_related("partner").order_by("due_on", "partner__name", "pk")[:200]
    done = seen.filter(done_at__isnull=False).select_related("partner").order_by("-done_at")[:20]
    context = {
        "rows": [(one, onboarding.words_of(one.slug, language), one.due_on < today) for one in rows],
        "done": [(one, onboarding.words_of(one.slug, language)) for one in done],
        "may_tick": bool(request.actor.reach(Permission.PARTNER_EDIT)),
        "may_manage": request.actor.may(Permission.AGREEMENT_MANAGE),
    }
    return render(request, "applications/first_steps.html", context)


@require_POST
@needs(Permission.AGREEMENT_VIEW)
def tick(request: Request, step_id: int) -> HttpResponse:
    """Say that a step is done, or is not after all."""
    step = get_object_or_404(OnboardingStep.objects.visible_to(request.actor).select_related("partner"), pk=step_id)
    act = onboarding.reopen if "reopen" in request.POST else onboarding.finish
    act(step=step, by=request.actor, at=timezone.now())
    return redirect("first_steps")


@form_page
@needs(Permission.AGREEMENT_MANAGE)
def assign(request: Request, step_id: int) -> HttpResponse:
    """Say who does a step, and by when."""
    found = OnboardingStep.objects.visible_to(request.actor).select_related("partner")
    row = get_object_or_404(found, pk=step_id)
    form = AssignForm(given(request), initial={"owner": row.owner, "due_on": row.due_on})
    to = reverse("first_steps")
    step = Step(
        title=_("Who does it, and by when"), button=_("Save"), done=_("It was saved."), to=to,
        up=((_("First steps"), to),), intro=f"{row.partner.name}: {onboarding.words_of(row.slug, labels.language())}",
    )  # fmt: skip
    act: dict[str, Any] = {"step": row, "by": request.actor, "at": timezone.now()}
    return run(request, step, form, lambda said: onboarding.assign(**said, **act))


@form_page
@needs(Permission.APPLICATION_MANAGE)
def invite(request: Request) -> HttpResponse:
    """Write a personal letter that asks somebody to join: shown to copy, or as PDF."""
    prospects = Prospect.objects.visible_to(request.actor).order_by("name")
    initial = {"prospect": request.GET.get("prospect"), "functions": ["information-sharing"], "language": "nl"}
    form = InvitationForm(given(request), prospects=prospects, initial=initial)
    letter = None
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        prospect = said.pop("prospect")
        said["name"] = said["name"] or (prospect.name if prospect else "")
        wanted: dict[str, Any] = {"invitation": Invitation(**said), "prospect": prospect}
        try:
            letter = invitation.invite(**wanted, by=request.actor, at=timezone.now())
        except Invalid as refused:
            form.add_error(None, str(refused))
    if letter and "pdf" in request.POST:
        headers = {"Content-Disposition": 'attachment; filename="invitation.pdf"'}
        return HttpResponse(letter.pdf, content_type="application/pdf", headers=headers)
    context = {"form": form, "letter": letter}
    return render(request, "applications/invite.html", context, status=400 if form.errors else 200)


@form_page
@needs(Permission.AGREEMENT_MANAGE)
def publish_terms(request: Request, role: str) -> HttpResponse:
    """Publish a new version of the terms for a role."""
    permit(role in AgreementRole.values)
    newest = terms.current(role)
    names = ("text_nl", "text_en", "origin_nl", "origin_en")
    form = TermsForm(given(request), initial={name: getattr(newest, name) for name in names} if newest else {})
    step = Step(
        title=_("Publish new terms"), button=_("Publish"), done=_("The new terms are published."), to=reverse("terms"),
        up=((_("Terms"), reverse("terms")),), is_grave=True,
        intro=_("What is published is public at once and stays. Agreements that are signed keep their own version."),
    )  # fmt: skip
    act: dict[str, Any] = {"role": role, "by": request.actor, "at": timezone.now()}
    return run(request, step, form, lambda said: terms.publish(**said, **act))


def _seen(request: Request, application_id: int) -> Application:
    seen = Application.objects.visible_to(request.actor).select_related("partner", "terms")
    return get_object_or_404(seen, pk=application_id)


def _act(request: Request, application: Application) -> dict[str, Any]:
    return {"application": application, "by": request.actor, "at": timezone.now()}


def _step(application: Application, title: Words, button: Words, done: Words) -> Step:
    here = reverse("application", args=[application.pk])
    up = ((_("Applications"), reverse("applications")), (application.name, here))
    return Step(title=title, button=button, done=done, to=here, up=up)


def _fitting(application: Application) -> list[Partner]:
    """Partners that serve the applicant's first sector and region, each once."""
    sector, region = (next(iter(given), "") for given in (application.sectors, application.regions))
    found = referral.refer(sector=sector, region=region)
    return list({one.pk: one for one in (*found.branch, *found.regional, *found.suppliers)}.values())
