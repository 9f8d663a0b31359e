"""Agreements: what runs, what is missing, what ends, what was not kept; one agreement; and both as files."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from schakel.kit import spreadsheet
from schakel.kit.paging import key_of, page
from schakel.policy.access import Permission
from schakel.registry.agreements import renewing
from schakel.registry.models import (
    Agreement,
    AgreementQuerySet,
    AgreementState,
    Breach,
    OnboardingStep,
    SignatureSide,
    SignedCopy,
)
from schakel.web.entrance import needs
from schakel.web.joining.join import agreement_context, document_of
from schakel.web.middleware import Request

COLUMNS = ("partner", "name", "role", "functions", "state", "from_on", "until_on", "terms_version", "digest")
VIEWS = (
    ("all", _("All")),
    ("running", _("Running")),
    ("unsigned", _("Drafts and offers")),
    ("ending", _("Ending soon")),
    ("broken", _("Not kept or suspended")),
    ("over", _("Over")),
)


@require_safe
@needs(Permission.AGREEMENT_VIEW)
def index(request: Request) -> HttpResponse:
    """The agreements that the chosen view leaves, newest first, and the partners that have none."""
    today, here = timezone.localdate(), reverse("agreements")
    view = request.GET.get("view", "all")
    if view not in dict(VIEWS):
        raise Http404
    seen = Agreement.objects.visible_to(request.actor)
    rows = _viewed(seen, view, request).select_related("partner")
    shown = page(rows, after=key_of(request.GET.get("after")))
    missing = renewing.without_agreement(request.actor, day=today)
    context = {
        "rows": shown.rows,
        "view": view,
        "views": VIEWS,
        "counts": _counts(request),
        "missing": missing.order_by("name")[:20],
        "missing_count": missing.count(),
        "soon": today + timedelta(days=settings.AGREEMENT_DAYS),
        "today": today,
        "first_url": f"{here}?view={view}" if "after" in request.GET else "",
        "next_url": f"{here}?view={view}&after={shown.next_after}" if shown.next_after else "",
        "may_manage": request.actor.may(Permission.AGREEMENT_MANAGE),
    }
    return render(request, "agreements/index.html", context)


@require_safe
@needs(Permission.AGREEMENT_VIEW)
def export(request: Request) -> HttpResponse:
    """The agreements as CSV; there are never more than some thousands."""
    seen = Agreement.objects.visible_to(request.actor).select_related("partner", "template", "document")
    rows = [_cells(one) for one in seen.order_by("partner__name", "from_on")]
    return HttpResponse(
        spreadsheet.text([COLUMNS, *rows]),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="agreements.csv"'},
    )


@require_safe
@needs(Permission.AGREEMENT_VIEW)
def show(request: Request, agreement_id: int) -> HttpResponse:
    """One agreement: what it says, who signed, and what happened since."""
    agreement = get_object_or_404(_whole(request), pk=agreement_id)
    may_manage, context = request.actor.may(Permission.AGREEMENT_MANAGE), agreement_context(agreement)
    signed = {one.side for one in agreement.signatures.all()}
    side = SignatureSide.NETWORK if may_manage else SignatureSide.PARTNER
    state = AgreementState(agreement.state)
    steps = OnboardingStep.objects.visible_to(request.actor).filter(partner=agreement.partner_id, done_at=None)
    context |= {
        "agreement": agreement,
        "breaches": Breach.objects.visible_to(request.actor).filter(agreement=agreement).order_by("-happened_on"),
        "amendments": Agreement.objects.visible_to(request.actor).filter(amends=agreement),
        "may_manage": may_manage,
        "may_sign": state == AgreementState.OFFERED and side not in signed and request.actor.may(
            Permission.AGREEMENT_SIGN, partner_id=agreement.partner_id
        ),
        "may_add_copy": _may_add_copy(agreement, side),
        "may_open_copies": True,
        "may_leave": request.actor.may(Permission.AGREEMENT_SIGN, partner_id=agreement.partner_id)
        and agreement.partner.standing in {"partner", "joining"},
        "is_running": state in {AgreementState.SIGNED, AgreementState.SUSPENDED},
        "has_document": hasattr(agreement, "document"),
        "open_steps_count": steps.count(),
    }  # fmt: skip
    return render(request, "agreements/show.html", context)


@require_safe
@needs(Permission.AGREEMENT_VIEW)
def signed_copy(request: Request, agreement_id: int, side: str) -> HttpResponse:
    """The file that another signing service made for one side."""
    seen = Agreement.objects.visible_to(request.actor)
    rows = SignedCopy.objects.filter(signature__agreement__in=seen, content__isnull=False)
    copy = get_object_or_404(rows, signature__agreement=agreement_id, signature__side=side)
    name = f"agreement-{agreement_id}-{side}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(bytes(copy.content or b""), content_type="application/pdf", headers=headers)


@require_safe
@needs(Permission.AGREEMENT_VIEW)
def document(request: Request, agreement_id: int) -> HttpResponse:
    """The document that both sides sign."""
    return document_of(get_object_or_404(_whole(request).exclude(document=None), pk=agreement_id))


def _may_add_copy(agreement: Agreement, side: SignatureSide) -> bool:
    """Whether one's own side has signed and shows nothing signed elsewhere yet."""
    own = [one for one in agreement.signatures.all() if one.side == side]
    is_open = agreement.state != AgreementState.ENDED
    return is_open and any(not hasattr(one, "copy") for one in own)


def _whole(request: Request) -> AgreementQuerySet:
    return Agreement.objects.visible_to(request.actor).select_related("partner", "template", "amends", "document")


def _viewed(seen: AgreementQuerySet, view: str, request: Request) -> AgreementQuerySet:
    today = timezone.localdate()
    over = Q(state=AgreementState.ENDED) | Q(until_on__lte=today)
    narrowed = {
        "all": Q(),
        "running": Q(state__in=[AgreementState.SIGNED, AgreementState.SUSPENDED]) & ~Q(until_on__lte=today),
        "unsigned": Q(state__in=[AgreementState.DRAFT, AgreementState.OFFERED]),
        "ending": renewing.ending_soon(today),
        "broken": Q(pk__in=renewing.not_kept(request.actor).values("pk")),
        "over": over,
    }
    return seen.filter(narrowed[view])


def _counts(request: Request) -> dict[str, int]:
    """How many agreements each view holds; one query."""
    seen, today = Agreement.objects.visible_to(request.actor), timezone.localdate()
    wanted: dict[str, Any] = {
        "running": Count("pk", filter=Q(state__in=["signed", "suspended"]) & ~Q(until_on__lte=today)),
        "unsigned": Count("pk", filter=Q(state__in=["draft", "offered"])),
        "ending": Count("pk", filter=renewing.ending_soon(today)),
        "broken": Count("pk", filter=Q(pk__in=renewing.not_kept(request.actor).values("pk"))),
    }
    return seen.aggregate(**wanted)


def _cells(agreement: Agreement) -> list[str]:
    template = agreement.template
    digest = agreement.document.digest if hasattr(agreement, "document") else ""
    until = agreement.until_on.isoformat() if agreement.until_on else ""
    return [
        agreement.partner.key, agreement.partner.name, agreement.role, "; ".join(agreement.functions), agreement.state,
        agreement.from_on.isoformat(), until, str(template.version) if template else "", digest,
    ]  # fmt: skip
