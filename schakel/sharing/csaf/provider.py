"""What one reader finds at our CSAF provider: metadata, a feed per label, folders, lists (CSAF 2.0, 7.1).

Whoever may not see a file does not find it in any of them, nor a feed or a folder that holds nothing for it.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
from django.conf import settings
from django.db.models import Max, QuerySet

from schakel.policy.access import Actor
from schakel.policy.sharing import Tlp
from schakel.post.keys import own_key
from schakel.sharing.csaf.making import folder_of
from schakel.sharing.formats.csaf.fresh import publisher
from schakel.sharing.formats.csaf.tracking import text_of
from schakel.sharing.models import CsafFile

ROOT = "/.well-known/csaf"
PUBLIC = folder_of(Tlp.CLEAR)
CHUNK = 1000
UNKNOWN = datetime.min.replace(tzinfo=UTC)
SCHEMAS = {
    "2.0": "https://docs.oasis-open.org/csaf/csaf/v2.0/csaf_json_schema.json",
    "2.1": "https://docs.oasis-open.org/csaf/csaf/v2.1/schema/csaf.json",
}


def address(path: str) -> str:
    """Where a file of the provider is."""
    return f"{settings.BASE_URL}{ROOT}/{path}"


def files(actor: Actor) -> "QuerySet[CsafFile]":
    """Those that the actor finds: of two items with the same file, the one made last; newest first."""
    there = CsafFile.objects.visible_to(actor).order_by("folder", "year", "name", "-made_at", "-pk")
    newest = there.distinct("folder", "year", "name").values("pk")
    return CsafFile.objects.filter(pk__in=newest).order_by("-revised_at", "folder", "year", "name")


def folders(actor: Actor) -> list[str]:
    """The labels under which there is something for the actor; what is public is always one of them."""
    known = CsafFile.objects.visible_to(actor).order_by().values_list("folder", flat=True).distinct()
    return [PUBLIC, *sorted(set(known) - {PUBLIC})]


def metadata(actor: Actor, *, at: datetime) -> dict[str, Any]:
    """`provider-metadata.json`: who we are and where to look (7.1.7)."""
    certificate = public_key()
    changed = CsafFile.objects.visible_to(actor).aggregate(last=Max("made_at"))["last"] or at
    whom = {name: value for name, value in publisher().items() if value}
    return {
        "canonical_url": address("provider-metadata.json"),
        "distributions": [
            {"rolie": {"feeds": [_feed_of(folder) for folder in folders(actor)]}},
            *({"directory_url": address(f"{folder}/")} for folder in folders(actor)),
        ],
        "last_updated": text_of(changed),
        "list_on_CSAF_aggregators": True,
        "metadata_version": "2.0",
        "mirror_on_CSAF_aggregators": True,
        "public_openpgp_keys": [_key_of(certificate[0])] if certificate else [],
        "publisher": whom,
        "role": "csaf_trusted_provider" if certificate else "csaf_provider",
    }


def _feed_of(folder: str) -> dict[str, str]:
    name = folder.upper()
    return {"summary": f"TLP:{name}", "tlp_label": name, "url": address(f"{folder}/{feed_name(folder)}")}


def _key_of(fingerprint: str) -> dict[str, str]:
    return {"fingerprint": fingerprint.upper(), "url": address(f"openpgp/{fingerprint.upper()}.asc")}


def public_key() -> tuple[str, str] | None:
    """Fingerprint and armour of the key that signs our files; None where we have none. Raises NotReady."""
    key = own_key()
    if key is None:
        return None
    certificate = key.extract_certificate()
    return str(certificate.fingerprint).upper(), str(certificate)


def feed_name(folder: str) -> str:
    """The file name of a feed (7.1.15)."""
    return f"csaf-feed-tlp-{folder}.json"


def feed(actor: Actor, folder: str, *, at: datetime) -> Iterator[str]:
    """A ROLIE feed (RFC 8322 as JSON), piece by piece, newest first."""
    head = {
        "id": f"csaf-feed-tlp-{folder}",
        "title": f"{publisher()['name']}: CSAF TLP:{folder.upper()}",
        "link": [{"rel": "self", "href": address(f"{folder}/{feed_name(folder)}")}],
        "category": [{"scheme": "urn:ietf:params:rolie:category:information-type", "term": "csaf"}],
    }
    rows = files(actor).filter(folder=folder)
    newest = rows.values_list("revised_at", flat=True).first()
    head["updated"] = text_of(newest or at)
    yield f'{{"feed":{orjson.dumps(head).decode()[:-1]},"entry":['
    before = ""
    for row in rows.defer("content").iterator(chunk_size=CHUNK):
        yield before + orjson.dumps(_entry(row)).decode()
        before = ","
    yield "]}}"


def _entry(row: CsafFile) -> dict[str, Any]:
    here = address(str(row))
    links = {"self": [here], "hash": [f"{here}.sha256", f"{here}.sha512"]}
    links |= {"signature": [f"{here}.asc"]} if row.signature else {}
    return {
        "id": row.key,
        "title": row.title,
        "link": [{"rel": relation, "href": href} for relation, hrefs in links.items() for href in hrefs],
        "published": text_of(row.released_at or row.made_at),
        "updated": text_of(row.revised_at or row.made_at),
        "content": {"type": "application/json", "src": here},
        "format": {"schema": SCHEMAS[row.format_version], "version": row.format_version},
    }


def index(actor: Actor, folder: str) -> Iterator[str]:
    """`index.txt`: every file of a folder, a line each (7.1.12)."""
    places = files(actor).filter(folder=folder).order_by("year", "name").values_list("year", "name")
    yield from (f"{year}/{name}\n" for year, name in places.iterator(chunk_size=CHUNK))


def changes(actor: Actor, folder: str) -> Iterator[str]:
    """`changes.csv`: every file of a folder with the moment of its last change, the newest first (7.1.13)."""
    rows = files(actor).filter(folder=folder).values_list("year", "name", "revised_at")
    for year, name, revised_at in rows.iterator(chunk_size=CHUNK):
        yield f'"{year}/{name}","{text_of(revised_at or UNKNOWN)}"\n'


def digest(rows: Iterable[CsafFile]) -> str:
    """Another whenever these files are others."""
    seen = hashlib.sha256(settings.BASE_URL.encode())
    for row in rows:
        seen.update(f"{row} {row.sha256} {row.made_at}\n".encode())
    return seen.hexdigest()[:32]
