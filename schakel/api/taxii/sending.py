"""What a program sends: objects for a collection."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from schakel.api.taxii import reading
from schakel.api.taxii.access import Request, resource
from schakel.api.taxii.answers import Fault, answer, is_taxii
from schakel.sharing.formats.base import MAXIMUM_BYTES, Unreadable
from schakel.sharing.taxii import taking


@resource("GET", "POST")
def objects(request: Request, collection: str) -> HttpResponse:
    """Read the objects of a collection, or add some (sections 5.4 and 5.5)."""
    return _add(request, collection) if request.method == "POST" else reading.objects(request, collection)


def _add(request: Request, collection: str) -> HttpResponse:
    if not reading.found(request.program, collection).can_write:
        raise Fault(HTTPStatus.FORBIDDEN, _("Nothing can be sent to this collection."))
    if not is_taxii(request.headers.get("Content-Type", "")):
        raise Fault(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, _("Send application/taxii+json;version=2.1."))
    try:
        made = taking.take(content=_sent(request), by=request.program, at=timezone.now())
    except Unreadable as unreadable:
        raise Fault(HTTPStatus.BAD_REQUEST, str(unreadable)) from None
    return answer(reading.status_of(made), status=HTTPStatus.ACCEPTED)


def _sent(request: HttpRequest) -> bytes:
    content = request.read(MAXIMUM_BYTES + 1)
    if len(content) > MAXIMUM_BYTES:
        raise Fault(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _("This is too large."))
    return content
