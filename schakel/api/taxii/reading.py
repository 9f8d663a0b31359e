"""What a program reads: where we are, which collections there are, and what is in them."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from schakel.api.taxii.access import Request, resource
from schakel.api.taxii.answers import MEDIA_TYPE, OBJECT_TYPE, Fault, answer
from schakel.api.taxii.filters import wanted
from schakel.policy.access import Actor
from schakel.sharing.formats.base import MAXIMUM_BYTES
from schakel.sharing.models import Submission
from schakel.sharing.taxii import asking, collections
from schakel.sharing.taxii.asking import Page, Wanted
from schakel.sharing.taxii.collections import Collection
from schakel.sharing.taxii.moments import written

_WRITTEN = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
_ADDED = _WRITTEN.format("(timestamptz 'epoch' + s.sequence * interval '1 microsecond')")
_VERSION = f"coalesce(regexp_replace({_WRITTEN.format('s.version')}, '000Z$', 'Z'), {_ADDED})"
_ENTRY = f"'id', s.key, 'date_added', {_ADDED}, 'version', {_VERSION}, 'media_type', '{OBJECT_TYPE}'"
_MANIFEST = f"json_build_object({_ENTRY})::text"


@resource("GET", is_open=True)
def discovery(request: HttpRequest) -> HttpResponse:
    """Where programs may go on (section 4.1)."""
    root = request.build_absolute_uri(reverse("taxii_root"))
    return answer(
        {"title": "Schakel", "description": _("Shared items as STIX 2.1."), "default": root, "api_roots": [root]}
    )


@resource("GET", is_open=True)
def root(_request: HttpRequest) -> HttpResponse:
    """What the only API root speaks (section 4.2)."""
    return answer({"title": "Schakel", "versions": [MEDIA_TYPE], "max_content_length": MAXIMUM_BYTES})


@resource("GET")
def status(request: Request, submission_uid: UUID) -> HttpResponse:
    """What became of objects that the program sent (section 4.3)."""
    return answer(status_of(get_object_or_404(Submission.objects.visible_to(request.program), uid=submission_uid)))


@resource("GET")
def index(request: Request) -> HttpResponse:
    """The collections that the program may know of (section 5.1)."""
    return answer({"collections": [_told(one) for one in collections.visible_to(request.program)]})


@resource("GET")
def show(request: Request, collection: str) -> HttpResponse:
    """One collection (section 5.2)."""
    return answer(_told(found(request.program, collection)))


@resource("GET")
def manifest(request: Request, collection: str) -> HttpResponse:
    """What there is, without its contents (section 5.3)."""
    page = asking.page(_audiences(request.program, collection), wanted(request.GET), told=_MANIFEST)
    return _enveloped(page, "objects")


def objects(request: Request, collection: str) -> HttpResponse:
    """The objects of a collection (section 5.4)."""
    return _enveloped(asking.page(_audiences(request.program, collection), wanted(request.GET)), "objects")


@resource("GET", "DELETE")
def one(request: Request, collection: str, stix_id: str) -> HttpResponse:
    """One object (section 5.6)."""
    if request.method == "DELETE":
        raise Fault(HTTPStatus.FORBIDDEN, _("Send the object again as revoked: then all who have it are told."))
    audiences = _known(request.program, collection, stix_id)
    return _enveloped(asking.page(audiences, wanted(request.GET, key=stix_id)), "objects")


@resource("GET")
def versions(request: Request, collection: str, stix_id: str) -> HttpResponse:
    """Which versions of an object there are (section 5.8)."""
    asked: Wanted = wanted(request.GET, key=stix_id, versions=False)
    page = asking.page(_known(request.program, collection, stix_id), asked, told=f"to_json({_VERSION})::text")
    return _enveloped(page, "versions")


def found(actor: Actor, uid: str) -> Collection:
    """The collection of that id or alias. Raises Http404 also where the actor may not know of it."""
    known = collections.visible_to(actor)
    try:
        return next(one for one in known if uid in {str(one.id), one.alias or None})
    except StopIteration:
        raise Http404 from None


def status_of(submission: Submission) -> dict[str, Any]:
    """The status resource: all is done when it is first told of."""
    kept, refused = submission.kept, submission.refused
    return {
        "id": str(submission.uid),
        "status": "complete",
        "request_timestamp": f"{submission.sent_at:%Y-%m-%dT%H:%M:%S.%f}Z",
        "total_count": len(kept) + len(refused),
        "success_count": len(kept),
        "successes": kept,
        "failure_count": len(refused),
        "failures": refused,
        "pending_count": 0,
    }


def _told(one: Collection) -> dict[str, Any]:
    alias = {"alias": one.alias} if one.alias else {}
    rights = {"can_read": one.can_read, "can_write": one.can_write, "media_types": [OBJECT_TYPE]}
    return {"id": str(one.id), "title": one.title, "description": one.description, **alias, **rights}


def _audiences(actor: Actor, uid: str) -> list[int]:
    """The audiences to look through; the collection of all is asked for most, and known without looking it up."""
    if uid == str(collections.SHARED):
        return collections.audiences(actor, day=timezone.localdate())
    collection = found(actor, uid)
    if not collection.can_read:
        return []
    return collections.audiences(actor, day=timezone.localdate(), circle=collection.circle)


def _known(actor: Actor, uid: str, key: str) -> list[int]:
    """The same, where they hold that object. Raises Http404."""
    audiences = _audiences(actor, uid)
    if "\x00" in key or not asking.exists(audiences, key):
        raise Http404
    return audiences


def _enveloped(page: Page, name: str) -> HttpResponse:
    """An envelope around what a page holds, with when the first and the last of it were added (section 3.5)."""
    if page.first is None or page.last is None:
        return answer({})
    more = f'"more":true,"next":"{page.last}",' if page.has_more else ""
    response = answer(f'{{{more}"{name}":[{page.body}]}}'.encode())
    response["X-TAXII-Date-Added-First"] = written(page.first)
    response["X-TAXII-Date-Added-Last"] = written(page.last)
    return response
