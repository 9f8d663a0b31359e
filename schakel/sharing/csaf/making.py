"""Published advisories become the files of our CSAF provider, each once for all who may read it."""

import hashlib
from dataclasses import replace
from datetime import datetime

import orjson
import pysequoia
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from schakel.journal.actions import record
from schakel.kit.refusals import permit
from schakel.policy import channels, sharing
from schakel.policy.access import SYSTEM, Actor, Permission
from schakel.policy.sharing import Pap, Tlp
from schakel.post.keys import own_key
from schakel.sharing.document import Document, Revision
from schakel.sharing.formats.base import Uncarried, Written
from schakel.sharing.formats.csaf.format import SLUG, Csaf
from schakel.sharing.formats.csaf.tracking import following
from schakel.sharing.items import content
from schakel.sharing.models import OUT, CsafFile, SharedItem
from schakel.sharing.words import ItemKind, ItemState

BATCH = 100


@transaction.atomic
def make_due(*, at: datetime, limit: int = BATCH, by: Actor = SYSTEM) -> dict[str, int]:
    """Make the files of items that came out or changed, at most `limit`; take away what may not be there any more.

    Safe to repeat. Returns counts: `made`, `refused`, `removed`. Raises NotPermitted.
    """
    permit(by.may(Permission.EXCHANGE_MANAGE))
    removed, _each = CsafFile.objects.exclude(item__in=_allowed()).delete()
    due = _allowed().filter(~Exists(_current(OuterRef("pk")))).order_by("pk")
    items = list(due.select_related("circle").select_for_update(of=("self",), no_key=True, skip_locked=True)[:limit])
    made = [_make(item, at).refusal for item in items]
    refused = len(made) - made.count("")
    if made or removed:
        record("sharing.csaf.made", by=by, at=at, made=made.count(""), refused=refused, removed=removed)
    return {"made": made.count(""), "refused": refused, "removed": removed}


def folder_of(tlp: Tlp) -> str:
    """The folder of a label: its word in TLP 1.0, as CSAF 2.0 has it; none where there is no word."""
    return (sharing.first_word(tlp) or "").lower()


def _allowed() -> "QuerySet[SharedItem]":
    """Advisories, and what came as CSAF, whose label and circle let them leave by this way."""
    way = channels.CSAF_PROVIDER
    labels = [tlp.value for tlp in Tlp if not channels.stop(channels.Load(tlp=tlp.value, iep={}), channel=way)]
    is_open = Q(circle=None) | Q(circle__is_closed=False)
    came_so = Q(versions__number=F("published_version"), versions__original__format=SLUG)
    wanted = SharedItem.objects.filter(is_open, state__in=OUT, tlp__in=labels).filter(
        Q(kind=ItemKind.ADVISORY) | Q(pk__in=SharedItem.objects.filter(came_so).values("pk"))
    )
    return wanted.exclude(pk__in=[item.pk for item in wanted.exclude(iep={}) if _stop(item)])


def _stop(item: SharedItem) -> channels.Stop | None:
    is_sealed = item.circle is not None and item.circle.is_closed
    load = channels.Load(tlp=item.tlp, iep=item.iep, is_sealed=is_sealed)
    return channels.stop(load, channel=channels.CSAF_PROVIDER)


def _current(item: OuterRef) -> "QuerySet[CsafFile]":
    as_told = Q(version=F("item__published_version"), is_retracted=Q(item__state=ItemState.RETRACTED))
    return CsafFile.objects.filter(as_told, item=item)


def _make(item: SharedItem, at: datetime) -> CsafFile:
    """The file of the version that is out, or why there can be none."""
    columns: dict[str, object] = {
        "version": item.published_version or 0,
        "is_retracted": item.state == ItemState.RETRACTED,
        "folder": folder_of(Tlp(item.tlp)),
        "made_at": at,
    }
    try:
        document, written = _written(item)
        columns |= _columns(document, written) | {"refusal": ""}
    except Uncarried as refusal:
        columns |= {"content": b"", "refusal": str(refusal)}
    made, _is_new = CsafFile.objects.update_or_create(item=item, defaults=columns)
    return made


def _columns(document: Document, written: Written) -> dict[str, object]:
    released = document.published_at or document.revised_at
    return {
        "year": released.year if released else 0,
        "name": written.name,
        "key": document.key,
        "title": document.title,
        "format_version": orjson.loads(written.content)["document"]["csaf_version"],
        "released_at": released,
        "revised_at": document.revised_at or released,
        "content": written.content,
        "sha256": hashlib.sha256(written.content).hexdigest(),
        "sha512": hashlib.sha512(written.content).hexdigest(),
        "signature": _signature(written.content),
    }


def _signature(signed: bytes) -> str:
    key = own_key()
    return pysequoia.sign(key.signer(), signed, mode=pysequoia.SignatureMode.DETACHED).decode() if key else ""


def _written(item: SharedItem) -> tuple[Document, Written]:
    """The document and its CSAF: as it came where nothing of it changed, else with our own step in its history."""
    version = item.versions.select_related("item__circle").get(number=item.published_version or 0)
    told = content.document_of(version)
    marking = replace(told.marking, tlp=Tlp(item.tlp), pap=Pap(item.pap) if item.pap else None)
    document = replace(told, marking=marking)
    came = document.original if document.original and document.original.format == SLUG else None
    if came and item.state != ItemState.RETRACTED:
        written = Csaf().write(document)
        if written.content == came.content:
            return document, written
    changed = _with_our_step(item, document) if came else _with_our_history(item, document)
    return changed, Csaf().write(changed)


def _with_our_step(item: SharedItem, document: Document) -> Document:
    """What came as CSAF and we changed: its author's history, and one step more."""
    last = document.revisions[-1]
    at = max(moment for moment in (item.retracted_at or item.revised_at or item.published_at, last.at) if moment)
    step = Revision(number=following(document.version), at=at, summary=item.retraction_reason)
    is_withdrawn = document.is_withdrawn or item.state == ItemState.RETRACTED
    return replace(document, revisions=(*document.revisions, step), revised_at=at, is_withdrawn=is_withdrawn)


def _with_our_history(item: SharedItem, document: Document) -> Document:
    """What we write as CSAF ourselves: the versions of ours that went out are its history."""
    out = item.versions.exclude(published_at=None).order_by("number")
    steps = [(one.published_at, one.change) for one in out]
    if item.state == ItemState.RETRACTED:
        steps.append((item.retracted_at, item.retraction_reason))
    return replace(
        document,
        key=document.key or str(item.uid),
        published_at=document.published_at or item.published_at,
        revised_at=steps[-1][0],
        revisions=tuple(Revision(number=str(at), at=when, summary=why) for at, (when, why) in enumerate(steps, 1)),
        is_withdrawn=item.state == ItemState.RETRACTED,
    )
