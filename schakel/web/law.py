"""The law as the platform knows it: bases, designations, supervisors, and what changed."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from schakel.policy.access import Permission
from schakel.policy.sharing import basis_refusal
from schakel.registry import law
from schakel.registry.models import Designation
from schakel.web import labels
from schakel.web.entrance import needs
from schakel.web.middleware import Request


@require_safe
@needs(Permission.LAW_VIEW)
def show(request: Request) -> HttpResponse:
    """On what ground information is shared, who is designated for which sector, and who supervises."""
    today, sectors = timezone.localdate(), dict(labels.sectors())
    context = {
        "bases": [(one, basis_refusal(one.rule, day=today, holds_personal_data=False)) for one in _bases()],
        "in_use": settings.LEGAL_BASIS,
        "facts": [(sectors[one.sector], one) for one in law.designations().values()],
        "ours": [(sectors.get(one.sector, one.sector), one) for one in Designation.objects.visible_to(request.actor)],
        "supervisors": [
            (one, ", ".join(sectors[sector] for sector in one.sectors)) for one in law.supervisors().values()
        ],
        "changes": law.changes(),
        "uncertain_count": sum(1 for _fact in law.uncertain()),
        "today": today,
    }
    return render(request, "law/show.html", context)


@require_safe
@needs(Permission.LAW_VIEW)
def crisis(request: Request) -> HttpResponse:
    """Who does what in a national digital crisis, and in which phases."""
    rows = law.crisis_structure()
    context = {"phases": [one for one in rows if one.is_phase], "bodies": [one for one in rows if not one.is_phase]}
    return render(request, "law/crisis.html", context)


def _bases() -> list[law.LegalBasis]:
    """Those in force first, then by first day."""
    today = timezone.localdate()
    return sorted(law.bases().values(), key=lambda one: (not one.rule.in_force(today), one.rule.from_on))
