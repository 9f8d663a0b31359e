"""Coverage: who can be reached, by sector, region and size, and what each partner holds of it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from schakel.kit.paging import key_of, page
from schakel.kit.queue import later
from schakel.kit.refusals import permit
from schakel.oversight.coverage import exports, gaps, reading
from schakel.oversight.coverage.dimensions import REGION, SECTOR, SIZE
from schakel.oversight.coverage.gaps import Gap
from schakel.oversight.coverage.tables import WHOLE
from schakel.oversight.models import Coverage, CoverageShare
from schakel.policy.access import Permission
from schakel.registry.models import Prospect
from schakel.web.coverage import words
from schakel.web.coverage.view import View
from schakel.web.entrance import needs
from schakel.web.middleware import Request

GAPS, FITTING = 10, 3


@require_safe
@needs(Permission.COVERAGE_VIEW)
def show(request: Request) -> HttpResponse:
    """The figures as the address asks; a partner goes to what is its own."""
    if not request.actor.reach(Permission.COVERAGE_VIEW).is_everything:
        return _own(request)
    asked = View(request.GET)
    counted = reading.latest(to=request.actor)
    context: dict[str, object] = {
        "asked": asked,
        "counted": counted,
        "may_count": request.actor.may(Permission.COVERAGE_COUNT),
        "may_see_partners": request.actor.may(Permission.ADVICE_MAKE),
    }
    if counted:
        context |= _figures(request, asked, counted)
    return render(request, "coverage/show.html", context)


def _figures(request: Request, asked: View, counted: Coverage) -> dict[str, object]:
    by_gap = (asked.kind, REGION, SIZE)
    found = reading.cells(counted, function=asked.function, tables={*asked.tables, by_gap})
    whole = (asked.narrowed(found, WHOLE) or [reading.NOBODY])[0]
    triples = found[by_gap]
    return {
        "whole": whole,
        "steps": asked.steps(whole),
        "heat": asked.heat(found),
        "margins": asked.margins(found),
        "trend": words.trend_chart(
            reading.trend(function=asked.function, to=request.actor), rounds=reading.rounds(to=request.actor)
        ),
        "gaps": _gaps(request, asked, gaps.largest(by_gap, asked.only_size(triples), count=GAPS)),
        "others": words.others(whole, size=asked.size),
        "csv_url": f"{reverse('coverage_csv')}?function={asked.function}",
        "json_url": f"{reverse('coverage_json')}?function={asked.function}",
    }


def _gaps(request: Request, asked: View, found: list[Gap]) -> list[dict[str, object]]:
    """Each gap in words, with the prospects that fit it for whoever may know of them."""
    prospects = list(Prospect.objects.visible_to(request.actor).order_by("name"))
    return [
        words.gap_row(gap)
        | {"prospects": gaps.suited(gap, prospects, function=asked.function, count=FITTING)}
        | {"advice_url": f"{reverse('advice_new')}?{urlencode(_asks(gap, asked))}"}
        for gap in found
    ]


def _asks(gap: Gap, asked: View) -> dict[str, str]:
    """What the form of an advice is filled in with: one partner more for where the gap is."""
    return {"function": asked.function} | {one: gap.by[one] for one in (SECTOR, REGION) if gap.by.get(one)}


def _own(request: Request) -> HttpResponse:
    """Straight to the partner's own share where there is one, else words for why not."""
    shares = list(CoverageShare.objects.visible_to(request.actor).select_related("partner").order_by("partner__name"))
    if len(shares) == 1:
        return redirect("coverage_share", shares[0].partner_id)
    return render(request, "coverage/own.html", {"shares": shares})


@require_safe
@needs(Permission.COVERAGE_VIEW)
def share(request: Request, partner_id: int) -> HttpResponse:
    """One partner's share: its members; for the coordinator also whom nobody else reaches."""
    found = get_object_or_404(
        CoverageShare.objects.visible_to(request.actor).select_related("partner"), partner_id=partner_id
    )
    is_whole = request.actor.reach(Permission.COVERAGE_VIEW).is_everything
    context = {
        "share": found,
        "is_whole": is_whole,
        "alone": words.alone(found) if is_whole else [],
        "parts": words.parts(found, with_alone=is_whole),
    }
    return render(request, "coverage/share.html", context)


@require_safe
@needs(Permission.ADVICE_MAKE)
def shares(request: Request) -> HttpResponse:
    """What each partner adds that nobody else does: what is lost when it leaves."""
    asked, here = View(request.GET), reverse("coverage_shares")
    rows = CoverageShare.objects.visible_to(request.actor).select_related("partner")
    shown = page(rows, after=key_of(request.GET.get("after")), is_oldest_first=True)
    context = {
        "asked": asked,
        "rows": [(one, one.alone.get(asked.function), words.alone_bar(one, asked.function)) for one in shown.rows],
        "first_url": f"{here}?function={asked.function}" if "after" in request.GET else "",
        "next_url": f"{here}?function={asked.function}&after={shown.next_after}" if shown.next_after else "",
    }
    return render(request, "coverage/shares.html", context)


@require_safe
@needs(Permission.COVERAGE_VIEW)
def export_csv(request: Request) -> HttpResponse:
    """All tables of the latest count as CSV."""
    counted, asked, at = _counted(request), View(request.GET), timezone.now()
    text = exports.as_csv(counted, function=asked.function, by=request.actor, at=at)
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=_saved_as(counted, asked, "csv"))


@require_safe
@needs(Permission.COVERAGE_VIEW)
def export_json(request: Request) -> HttpResponse:
    """The same as JSON, with how it was counted."""
    counted, asked, at = _counted(request), View(request.GET), timezone.now()
    plain = exports.as_json(counted, function=asked.function, by=request.actor, at=at)
    return JsonResponse(plain, headers=_saved_as(counted, asked, "json"))


@require_POST
@needs(Permission.COVERAGE_COUNT)
def count(request: Request) -> HttpResponse:
    """Have it counted again; a worker does so within a minute."""
    permit(request.actor.may(Permission.COVERAGE_COUNT))
    later("oversight.count_coverage", queue="oversight", once="oversight.count_coverage")
    messages.success(request, _("Counting has been asked for. Load this page again in a moment."))
    return redirect("coverage")


def _counted(request: Request) -> Coverage:
    return get_object_or_404(Coverage.objects.visible_to(request.actor).order_by("-on")[:1])


def _saved_as(counted: Coverage, asked: View, ending: str) -> dict[str, str]:
    name = f"{_('coverage')}-{asked.function}-{counted.on}.{ending}"
    return {"Content-Disposition": f'attachment; filename="{name}"'}
