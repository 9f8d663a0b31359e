"""Taking a file in, and what all reports together came to, for commands."""

from pathlib import Path
from typing import Any

from django.db.models import Count, Sum
from django.utils import timezone

from schakel.intake.models import Report
from schakel.intake.steps import receive
from schakel.notices import pipeline
from schakel.notices.models import Finding, Notice, NoticeState, Route
from schakel.policy.access import SYSTEM
from schakel.post.models import Delivery
from schakel.sharing.models import Dispatch, Receipt, SharedItem
from schakel.sharing.words import ItemState

ROWS = ("rows", "quarantined", "unmatched", "matched")


def take_in(file: Path, *, source: str) -> Report:
    """One file, all the way to notices."""
    at = timezone.now()
    origin, _is_new = receive.source_named(source, by=SYSTEM, at=at)
    with file.open("rb") as stream, receive.hold(stream) as held:
        report, _is_new = receive.receive(held, name=file.name, source=origin, by=SYSTEM, at=at)
    list(pipeline.advance(report, by=SYSTEM, at=at))
    return report


def figures() -> dict[str, Any]:
    """Everything counted where it is stored: rows, findings, routes, notices, their deliveries, and what was shared."""
    sent = Report.objects.filter(again_of=None)
    rows = sent.aggregate(**{name: Sum(f"{name}_count", default=0) for name in ROWS})
    by = {field: _by(model.objects.all(), field) for model, field in ((Route, "via"), (Finding, "state"))}
    shared = Dispatch.objects.filter(delivery__isnull=False)
    deliveries = Delivery.objects.exclude(pk__in=shared.values("delivery"))
    return rows | {
        "reports": sent.count(),
        "findings": by["state"],
        "routes": {"all": Route.objects.count(), "by": by["via"]},
        "notices": Notice.objects.count(),
        "withdrawn": Notice.objects.filter(state=NoticeState.WITHDRAWN).count(),
        "deliveries": {"all": deliveries.count(), "by": _by(deliveries, "state")},
        "shared": {
            "items": SharedItem.objects.filter(state=ItemState.PUBLISHED).count(),
            "recipients": Receipt.objects.filter(refusal="").count(),
            "messages": shared.count(),
        },
    }


def _by(rows: Any, field: str) -> dict[str, int]:
    return dict(rows.order_by(field).values_list(field).annotate(Count("pk")))
