"""What other parts of sharing add to the page of an item: receipts, feedback, who is affected, what else has the same.

Each is a template and a function that says what it shows, or None where it shows nothing to who asks. The item has
been found among those that the actor may read.
"""

from collections.abc import Callable
from typing import Any

from django.template.loader import render_to_string

from schakel.sharing.models import SharedItem
from schakel.web.ledger import receipts
from schakel.web.middleware import Request
from schakel.web.search import extras as search

Extra = tuple[str, Callable[[Request, SharedItem], dict[str, Any] | None]]
EXTRAS: tuple[Extra, ...] = (
    ("sharing/_receipt.html", receipts.about),
    ("sharing/_affected.html", search.affected),
    ("sharing/_correlation.html", search.correlation),
    ("sharing/_feedback.html", search.feedback),
)


def shown(request: Request, item: SharedItem) -> list[str]:
    """What is added below an item, in the order of the list."""
    told = ((template, about(request, item)) for template, about in EXTRAS)
    return [
        render_to_string(template, {"item": item} | context, request)
        for template, context in told
        if context is not None
    ]
