"""Who differs from the round before: a list for those who may know of prospects, on the page and as a file."""

from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from schakel.policy.access import Permission
from schakel.registry.measurements import differences
from schakel.registry.measurements.differences import PER_PAGE, Change
from schakel.registry.models import Measurement, PartnerStanding
from schakel.web.entrance import needs
from schakel.web.measurements.pages import change_labels, csv_file
from schakel.web.middleware import Request

COLUMNS = (
    "key", "name", "type", "change", "category_before", "category_after", "functions_before", "functions_after",
    "sectors_before", "sectors_after", "regions_before", "regions_after",
)  # fmt: skip


@require_safe
@needs(Permission.PROSPECT_VIEW)
def index(request: Request, year: int) -> HttpResponse:
    """Who is new, joined, left, changed or is gone, by name."""
    measurement, earlier = _rounds(request, year)
    names = change_labels()
    change = request.GET.get("change", "") if request.GET.get("change") in names else ""
    after = differences.place_of(request.GET.get("after", ""))
    found = differences.changes(measurement, earlier, to=request.actor, change=change, after=after)
    counted = differences.change_counts(measurement, earlier)
    rows, here = found[:PER_PAGE], reverse("measurement_changes", args=[year])
    asked = {"change": change} if change else {}
    behind = {**asked, "after": differences.place(rows[-1])} if len(found) > PER_PAGE else {}
    context = {
        "measurement": measurement,
        "earlier": earlier,
        "rows": [(row, _address(row), names[row.change], _what(row)) for row in rows],
        "change": change,
        "counts": [(name, names[name], count) for name, count in counted.items()],
        "first_url": f"{here}?{urlencode(asked)}" if after != ("", "") else "",
        "next_url": f"{here}?{urlencode(behind)}" if behind else "",
    }
    return render(request, "measurements/changes.html", context)


@require_safe
@needs(Permission.PROSPECT_VIEW)
def export(request: Request, year: int) -> HttpResponse:
    """The same as CSV; there are never more than some thousands."""
    measurement, earlier = _rounds(request, year)
    rows = [_cells(one) for one in differences.all_changes(measurement, earlier, to=request.actor)]
    name = f"{_('changes')}-{earlier.year}-{measurement.year}-{timezone.localdate():%Y%m%d}.csv"
    return csv_file([COLUMNS, *rows], name=name)


def _rounds(request: Request, year: int) -> tuple[Measurement, Measurement]:
    measurement = get_object_or_404(Measurement.objects.visible_to(request.actor), year=year)
    if (earlier := differences.before(measurement)) is None:
        raise Http404
    return measurement, earlier


def _address(row: Change) -> str:
    """The page of who is still there, now."""
    if row.partner_id is None:
        return ""
    is_prospect = row.standing == PartnerStanding.PROSPECT
    return reverse("prospect" if is_prospect else "partner", args=[row.partner_id])


def _what(row: Change) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """What was added and what went, by field; who is new or gone has it all."""
    if row.change in {"new", "gone"}:
        return []
    fields = {"category": (_one(row.category[0]), _one(row.category[1])), "functions": row.functions}
    fields |= {"sectors": row.sectors, "regions": row.regions}
    pairs = [
        (name, tuple(word for word in new if word not in old), tuple(word for word in old if word not in new))
        for name, (old, new) in fields.items()
    ]
    return [(name, came, went) for name, came, went in pairs if came or went]


def _one(word: str) -> tuple[str, ...]:
    return (word,) if word else ()


def _cells(row: Change) -> list[str]:
    lists = ["; ".join(words) for pair in (row.functions, row.sectors, row.regions) for words in pair]
    return [row.key, row.name, row.type, row.change, *row.category, *lists]
