"""The files of our CSAF provider. Who sends a key of the API along finds what its user may read; others what is public.

A session counts for nothing here. What is not there for somebody answers as what is not there at all.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from email.utils import parseaddr
from functools import wraps

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from schakel.sharing.csaf import provider
from schakel.sharing.formats.csaf.tracking import text_of
from schakel.sharing.models import CsafFile
from schakel.web.keyed import View, keyed, unless_known
from schakel.web.middleware import Request
from schakel.web.streams import stream

SECURITY_TXT_DAYS = 90
SUFFIXES: dict[str, tuple[str, Callable[[CsafFile], bytes]]] = {
    ".sha256": ("text/plain; charset=utf-8", lambda row: f"{row.sha256} {row.name}\n".encode()),
    ".sha512": ("text/plain; charset=utf-8", lambda row: f"{row.sha512} {row.name}\n".encode()),
    ".asc": ("application/pgp-signature", lambda row: row.signature.encode()),
}
"""What lies beside a document (7.1.18, 7.1.19), by the end of its name."""


def served(view: View) -> View:
    """Serve any page's script too, and say in one line what is not there: no person looks."""

    @wraps(view)
    def answer(request: Request, **given: object) -> HttpResponseBase:
        try:
            response = view(request, **given)
        except Http404:
            response = HttpResponse("404\n", status=404, content_type="text/plain; charset=utf-8")
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    return keyed(answer)


@served
def metadata(request: Request) -> HttpResponseBase:
    """Who we are, and where to look."""
    return JsonResponse(provider.metadata(request.actor, at=timezone.now()))


@served
def feed(request: Request, *, folder: str, label: str) -> HttpResponseBase:
    """The feed of a label."""
    if label != folder:
        raise Http404
    made = provider.feed(request.actor, folder, at=timezone.now())
    return _list(request, folder, made, kind="application/json")


@served
def index(request: Request, *, folder: str) -> HttpResponseBase:
    """Every file of a folder."""
    return _list(request, folder, provider.index(request.actor, folder), kind="text/plain; charset=utf-8")


@served
def changes(request: Request, *, folder: str) -> HttpResponseBase:
    """Every file of a folder with the moment of its last change."""
    return _list(request, folder, provider.changes(request.actor, folder), kind="text/csv; charset=utf-8")


@served
def listing(request: Request, *, folder: str, year: int | None = None) -> HttpResponseBase:
    """What lies in a folder, as links that a walker follows (7.1.14)."""
    rows = _there(request, folder)
    if year is None:
        years = rows.order_by("-year").values_list("year", flat=True).distinct()
        names = [*(f"{one}/" for one in years), "changes.csv", provider.feed_name(folder), "index.txt"]
    else:
        names = list(rows.filter(year=year).order_by("name").values_list("name", flat=True))
        names = [f"{name}{suffix}" for name in names for suffix in ("", *SUFFIXES)]
    if not names:
        raise Http404
    return render(request, "csaf/listing.html", {"place": f"{folder}/{year or ''}", "names": names})


@served
def document(request: Request, *, folder: str, year: int, name: str) -> HttpResponseBase:
    """One document, or what lies beside it."""
    suffix = next((end for end in SUFFIXES if name.endswith(f".json{end}")), "")
    rows = provider.files(request.actor).filter(folder=folder, year=year, name=name.removesuffix(suffix))
    row = rows.first()
    kind, made = SUFFIXES.get(suffix, ("application/json", lambda row: bytes(row.content)))
    if row is None or not made(row):
        raise Http404
    return unless_known(request, f'"{row.sha256}"', lambda: HttpResponse(made(row), content_type=kind))


@served
def key(request: Request, *, fingerprint: str) -> HttpResponseBase:  # noqa: ARG001 - the same for all
    """The key that signs our documents (7.1.20)."""
    ours = provider.public_key()
    if ours is None or ours[0] != fingerprint.upper():
        raise Http404
    return HttpResponse(ours[1], content_type="application/pgp-keys")


@require_safe
def security_txt(request: Request) -> HttpResponse:  # noqa: ARG001 - the same for all
    """Whom to tell of a leak in this site, and where our advisories are (RFC 9116; CSAF 2.0, 7.1.8)."""
    lines = {
        "Contact": f"mailto:{parseaddr(settings.MAIL_FROM)[1]}",
        "Expires": text_of((timezone.now() + timedelta(days=SECURITY_TXT_DAYS)).replace(microsecond=0)),
        "Preferred-Languages": ", ".join(code for code, _name in settings.LANGUAGES),
        "Canonical": f"{settings.BASE_URL}/.well-known/security.txt",
        "CSAF": provider.address("provider-metadata.json"),
    }
    text = "".join(f"{name}: {value}\n" for name, value in lines.items())
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def _there(request: Request, folder: str) -> "QuerySet[CsafFile]":
    """The files of a folder; a folder that holds nothing for the reader is not there, but for the public one."""
    if folder not in provider.folders(request.actor):
        raise Http404
    return provider.files(request.actor).filter(folder=folder)


def _list(request: Request, folder: str, pieces: Iterator[str], *, kind: str) -> HttpResponseBase:
    etag = f'"{provider.digest(_there(request, folder).defer("content", "signature"))}"'
    return unless_known(request, etag, lambda: stream(request, pieces, kind=kind))
