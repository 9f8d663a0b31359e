"""All sharing of a year in figures: statutory and the network's own apart."""

import csv
from dataclasses import asdict, fields
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from schakel.kit.paging import key_of
from schakel.policy.access import Permission
from schakel.sharing.ledger import figures
from schakel.sharing.ledger.figures import Overall
from schakel.web.entrance import needs
from schakel.web.middleware import Request

FIRST_YEAR, LAST_YEAR = 2000, 2200


@require_safe
@needs(Permission.ITEM_COUNT)
def show(request: Request) -> HttpResponse:
    """The table of a year."""
    year = _year(request)
    context = {"year": year, "last": year - 1, "next": year + 1, "rows": _rows(request, year)}
    return render(request, "ledger/figures.html", context)


@require_safe
@needs(Permission.ITEM_COUNT)
def export(request: Request) -> HttpResponse:
    """The same as CSV; times in seconds."""
    year = _year(request)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="sharing-{year}.csv"'
    table = csv.DictWriter(answer, [field.name for field in fields(Overall)])
    table.writeheader()
    for row in _rows(request, year):
        values = asdict(row)
        for name in ("first_delivery", "to_constituency"):
            values[name] = "" if values[name] is None else int(values[name].total_seconds())
        table.writerow(values)
    return answer


def _year(request: Request) -> int:
    asked = key_of(request.GET.get("year")) or timezone.localdate().year
    return asked if FIRST_YEAR <= asked < LAST_YEAR else timezone.localdate().year


def _rows(request: Request, year: int) -> list[Overall]:
    since, until = (timezone.make_aware(datetime(one, 1, 1)) for one in (year, year + 1))  # noqa: DTZ001 - made so here
    return figures.overall(since=since, until=until, by=request.actor)
