"""What the page of an item shows beside what the item says: who is affected, what else has the same, what came back."""

from typing import Any

from schakel.oversight.affected import affected_by, seen_here
from schakel.sharing.correlation import related_to
from schakel.sharing.feedback.giving import may_give
from schakel.sharing.feedback.returns import returns_of
from schakel.sharing.models import Feedback, SharedItem
from schakel.sharing.words import Credibility
from schakel.web.middleware import Request
from schakel.web.search.feedback import is_sealed
from schakel.web.search.feedback_forms import FeedbackForm


def affected(request: Request, item: SharedItem) -> dict[str, Any] | None:
    """Who is affected, where an advisory says by what and the reader answers for somebody."""
    found = affected_by(item, to=request.actor)
    return {"affected": found} if found and (found.weaknesses or found.using_count) else None


def correlation(request: Request, item: SharedItem) -> dict[str, Any] | None:
    """What else has the same indicators or weaknesses, as far as the reader may see it."""
    related, seen = related_to(item, to=request.actor), seen_here(item, to=request.actor)
    return {"related": related, "seen": seen} if related or (seen and seen.count) else None


def feedback(request: Request, item: SharedItem) -> dict[str, Any] | None:
    """For the source what came back, for readers a form to give something back."""
    returned, may = returns_of(item, to=request.actor), may_give(item, request.actor)
    if returned is None and not may:
        return None
    given = Feedback.objects.visible_to(request.actor).filter(item=item).order_by("pk")
    return {
        "returned": returned,
        "suggestion": Credibility(returned.suggestion).label if returned and returned.suggestion else "",
        "form": FeedbackForm(is_sealed=is_sealed(item)) if may else None,
        "is_sealed": is_sealed(item),
        "given": list(given) if may else [],
    }
