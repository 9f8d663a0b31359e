"""What the plan says already: the first version of each canvas, and the flows between the functions."""

from datetime import datetime
from typing import Any

from django.db import transaction

from schakel.governance.functions import entries, functions, origin
from schakel.governance.models import Canvas, Dependency
from schakel.journal.actions import record
from schakel.kit.refusals import permit
from schakel.policy.access import Actor, Permission

REASON = "Eerste versie, uit het bouwplan"
"""Why there is a first version: written in the language in which the plan is."""


@transaction.atomic
def begin(*, by: Actor, at: datetime) -> dict[str, int]:
    """Write down what the plan says where nothing is written yet; returns how many canvases and flows it added.

    Safe to repeat: what people changed or ended stays as they left it. Raises NotPermitted.
    """
    permit(by.may(Permission.FUNCTION_MANAGE))
    canvases, flows = canvases_at(at), flows_of_plan()
    there = set(Canvas.objects.values_list("function", flat=True))
    keys = set(Dependency.objects.values_list("key", flat=True))
    new_canvases = Canvas.objects.bulk_create([Canvas(**one) for one in canvases if one["function"] not in there])
    new_flows = Dependency.objects.bulk_create([Dependency(**one) for one in flows if one["key"] not in keys])
    added = {"canvases": len(new_canvases), "flows": len(new_flows)}
    if any(added.values()):
        record("governance.plan.begun", by=by, at=at, canvases=added["canvases"], flows=added["flows"])
    return added


def canvases_at(at: datetime) -> list[dict[str, Any]]:
    """The fields of each function's first canvas. Its words are Dutch, as the plan's are."""
    said = entries("functions")
    return [_canvas(one.slug, said[one.slug], at) for one in functions() if one.slug in said]


def _canvas(slug: str, said: dict[str, Any], at: datetime) -> dict[str, Any]:
    results = "\n".join(f"- {result}" for result in said["results"]["nl"])
    fixed = {"version": 1, "reason": REASON, "made_at": at}
    return {"function": slug, "goal": said["goal"]["nl"], "results": results, **fixed}


def flows_of_plan() -> list[dict[str, Any]]:
    """The fields of each flow that the plan names."""
    source, checked_on = origin("dependencies")
    return [
        {
            "key": key,
            "from_function": flow["from"],
            "to_function": flow["to"],
            "kind": flow["kind"],
            "meaning_nl": flow["meaning"]["nl"],
            "meaning_en": flow["meaning"]["en"],
            "figure": flow["figure"],
            "is_figure_certain": flow["is_figure_certain"],
            "source": source,
            "checked_on": checked_on,
        }
        for key, flow in entries("dependencies").items()
    ]
