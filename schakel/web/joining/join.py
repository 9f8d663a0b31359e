"""The join desk, for everybody: what the network brings and asks, the terms, applying, and how an application stands.

No account is needed. An applicant's own page and an offer to sign open by a signed link and nothing else.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib import messages
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from schakel.kit.limits import Limit, client_of
from schakel.kit.refusals import Invalid
from schakel.notices import gate
from schakel.registry.agreements import agreeing, contract, terms
from schakel.registry.agreements.copies import LINK
from schakel.registry.criteria import criteria
from schakel.registry.joining import applications, links, onboarding, referral
from schakel.registry.joining.applications import APPLICANT
from schakel.registry.models import (
    Agreement,
    AgreementRole,
    AgreementTemplate,
    Application,
    PartnerStanding,
    Signature,
    SignatureSide,
)
from schakel.web import labels
from schakel.web.flows import form_page
from schakel.web.joining.agreement_forms import SignForm
from schakel.web.joining.joining_forms import ApplyForm, HelpForm, MailForm, WordsForm

PER_CLIENT = Limit("join-client", count=10, seconds=3600)
PER_ADDRESS = Limit("join-address", count=3, seconds=86_400)
HEADERS = {
    "Referrer-Policy": "same-origin",  # Nobody else learns the link; with none at all browsers hide our own origin too.
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
}
SIGNATURES = Prefetch("signatures", Signature.objects.select_related("copy").defer("copy__content"))
"""Who signed, without the files that were signed elsewhere."""
Opened = TypeVar("Opened", Application, Agreement)


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """What the network brings, what it asks, and the way in."""
    language = labels.language()
    asked = [(one.name[language], one.look[language]) for one in criteria()]
    return render(request, "join/show.html", {"criteria": asked, "roles": AgreementRole.choices})


@form_page
def apply(request: HttpRequest) -> HttpResponse:
    """The form; who only wants to become resilient itself is shown who can help."""
    form = ApplyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and request.POST.get("aim") == "self":
        return redirect(_help_address(request))
    if request.method == "POST" and form.is_valid():
        if _is_too_often(request, form.cleaned_data["contact_mail"]):
            return render(request, "join/too_often.html", status=429)
        try:
            applications.apply(given=form.given(labels.language()), by=APPLICANT, at=timezone.now())
        except Invalid as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("join_thanks")
    return render(request, "join/apply.html", {"form": form}, status=400 if form.errors else 200)


@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """What happens now."""
    return render(request, "join/thanks.html")


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Who can help an organisation that wants to become resilient itself; nobody is turned away."""
    form = HelpForm(request.GET or None)
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found = None
    if asked:
        found = referral.refer(sector=asked["sector"], region=asked["region"], size_class=asked["size"])
    groups = (
        [
            (_("For your branch"), found.branch),
            (_("In your region"), found.regional),
            (_("Suppliers that help"), found.suppliers),
        ]
        if found
        else []
    )
    return render(request, "join/help.html", {"form": form, "is_asked": bool(asked), "groups": groups})


@form_page
def ask_link(request: HttpRequest) -> HttpResponse:
    """Send the link to an application again; the answer is the same whether there is one or not."""
    form = MailForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if _is_too_often(request, form.cleaned_data["mail"]):
            return render(request, "join/too_often.html", status=429)
        applications.send_link(mail=form.cleaned_data["mail"], by=APPLICANT, at=timezone.now())
        messages.success(request, _("If there is an application with this address, a new link is on its way to it."))
        return redirect("join")
    return render(request, "join/link.html", {"form": form}, status=400 if form.errors else 200)


def by_token(find: Callable[..., Opened | None]) -> Callable[..., Callable[..., HttpResponse]]:
    """Lets a view run for who holds a link that `find` opens; wrong, old and revoked ones get one and the same page."""

    def decorate(view: Callable[[HttpRequest, Opened, str], HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def enter(request: HttpRequest, token: str) -> HttpResponse:
            now = timezone.now()
            if gate.is_shut(token, client=request.META["REMOTE_ADDR"], at=now):
                answer = render(request, "join/too_often.html", status=429)
            elif (opened := find(token, at=now)) is None:
                answer = render(request, "join/absent.html", status=404)
            else:
                answer = view(request, opened, token)
            for name, value in HEADERS.items():
                answer.headers[name] = value
            return answer

        return enter

    return decorate


@form_page
@by_token(links.application_of)
def status(request: HttpRequest, application: Application, token: str) -> HttpResponse:
    """How an application stands; what is posted is added to it."""
    form = WordsForm(request.POST if request.method == "POST" else None, label=_("Add something, or answer"))
    if request.method == "POST" and form.is_valid():
        applications.add(application=application, words=form.cleaned_data["words"], by=APPLICANT, at=timezone.now())
        messages.success(request, _("Your words were added."))
        return redirect("join_status", token)
    steps = application.partner.onboarding.order_by("due_on", "pk") if application.partner else []
    context = {
        "application": application,
        "token": token,
        "form": form,
        "is_open": application.decided_at is None,
        "thread": application.messages.order_by("pk"),
        "referred": application.referred_to.filter(is_public=True, standing=PartnerStanding.PARTNER).order_by("name"),
        "steps": [(one, onboarding.words_of(one.slug, labels.language())) for one in steps],
    }
    return render(request, "join/status.html", context, status=400 if form.errors else 200)


@require_POST
@by_token(links.application_of)
def withdraw(request: HttpRequest, application: Application, token: str) -> HttpResponse:
    """Take an application back."""
    if "sure" not in request.POST:
        messages.error(request, _("Tick the box first: what is taken back cannot be undone."))
        return redirect("join_status", token)
    applications.withdraw(application=application, by=APPLICANT, at=timezone.now())
    messages.success(request, _("The application was taken back."))
    return redirect("join_status", token)


@form_page
@by_token(links.agreement_of)
def sign(request: HttpRequest, agreement: Agreement, token: str) -> HttpResponse:
    """Read an offer, and sign it for the partner."""
    given = request.POST if request.method == "POST" else None
    form = SignForm(
        given, request.FILES or None, initial={"digest": agreement.document.digest, "name": agreement.signatory}
    )
    if request.method == "POST" and form.is_valid():
        said: dict[str, Any] = {name: form.cleaned_data[name] for name in ("name", "position", "digest")}
        said["elsewhere"] = form.elsewhere()
        side: dict[str, Any] = {"side": SignatureSide.PARTNER, "by": LINK, "at": timezone.now()}
        try:
            agreeing.sign(agreement=agreement, **said, **side)
        except Invalid as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Thank you. Your signature is kept."))
            return redirect("join_sign", token)
    context = {"agreement": agreement, "token": token, "form": form, **agreement_context(agreement)}
    return render(request, "join/sign.html", context, status=400 if form.errors else 200)


@require_safe
@by_token(links.agreement_of)
def document(_request: HttpRequest, agreement: Agreement, _token: str) -> HttpResponse:
    """The document of an offer."""
    return document_of(agreement)


@require_safe
def all_terms(request: HttpRequest) -> HttpResponse:
    """The terms per role, with every version that there was."""
    rows = AgreementTemplate.objects.order_by("role", "-version")
    by_role = [(label, [one for one in rows if one.role == role]) for role, label in AgreementRole.choices]
    return render(request, "join/terms.html", {"by_role": by_role})


@require_safe
def one_terms(request: HttpRequest, role: str, version: int) -> HttpResponse:
    """One version of the terms for a role."""
    template = get_object_or_404(AgreementTemplate, role=role, version=version)
    language, newest = labels.language(), terms.current(role)
    context = {
        "template": template,
        "blocks": terms.blocks(terms.text_of(template, language)),
        "origin": terms.origin_of(template, language),
        "change": template.change_en if language == "en" else template.change_nl,
        "is_newest": template == newest,
        "newest": newest,
    }
    return render(request, "join/one_terms.html", context)


def agreement_context(agreement: Agreement) -> dict[str, Any]:
    """What every page of an agreement shows of it."""
    language = labels.language()
    template = agreement.template
    prefetch_related_objects([agreement], SIGNATURES)
    return {
        "pairs": contract.pairs(agreement),
        "blocks": terms.blocks(terms.text_of(template, language)) if template else [],
        "origin": terms.origin_of(template, language) if template else "",
        "signatures": {one.side: one for one in agreement.signatures.all()},
    }


def document_of(agreement: Agreement) -> HttpResponse:
    """The file that both sides sign."""
    name = f"agreement-{agreement.pk}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(bytes(agreement.document.content), content_type="application/pdf", headers=headers)


def _is_too_often(request: HttpRequest, mail: str) -> bool:
    now = timezone.now()
    tried = [
        PER_CLIENT.is_passed(client_of(request.META["REMOTE_ADDR"]), at=now),
        PER_ADDRESS.is_passed(mail.strip().casefold(), at=now),
    ]
    return any(tried)


def _help_address(request: HttpRequest) -> str:
    """The page with help, asked for the first sector and region that were filled in."""
    asked = [(name, request.POST.get(f"{name}s", "")) for name in ("sector", "region")]
    known = {"sector": dict(labels.sectors()), "region": dict(labels.regions())}
    query = "&".join(f"{name}={value}" for name, value in asked if value in known[name])
    return reverse("join_help") + (f"?{query}&size=" if query else "")
