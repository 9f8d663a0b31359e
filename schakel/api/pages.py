"""Lists by key: a page of rows, and the address of the next."""

from typing import Any, TypeVar

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _

from schakel.api.shapes import Given, PageQuery
from schakel.kit.paging import page
from schakel.kit.refusals import Invalid

Row = TypeVar("Row", bound=models.Model)


def listed(request: HttpRequest, rows: models.QuerySet[Row], query: PageQuery) -> dict[str, Any]:
    """One page of `rows`, newest first.

    Raises Invalid for a query key that this list does not know: a filter that is misspelt must not let all pass.
    """
    no_strangers(request, query)
    found = page(rows, after=query.after, size=query.size)
    return {"items": found.rows, "next": address_after(request, found.next_after)}


def no_strangers(request: HttpRequest, query: Given) -> None:
    """Refuse what a list does not know in its query. Raises Invalid."""
    known = {field.alias for field in type(query).model_fields.values()}
    if strangers := sorted(request.GET.keys() - known):
        raise Invalid(_("unknown in the query: %(keys)s.") % {"keys": ", ".join(strangers)})


def address_after(request: HttpRequest, after: int | str | None) -> str | None:
    """The address of the page after that key, or None on the last."""
    if after is None:
        return None
    query = request.GET.copy()
    query["after"] = str(after)
    return f"{settings.BASE_URL}{request.path}?{query.urlencode()}"
