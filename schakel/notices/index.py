"""The index of who holds what: kept on disk beside the registry, brought up to date, not rebuilt for each report."""

import shutil
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import polars as pl
from django.conf import settings
from django.db import connection

from schakel.kit.copying import copy_out
from schakel.matching import Index
from schakel.notices import warnings
from schakel.registry.models import AssetKind

DRAFT_SECONDS = 3600.0  # No draft takes that long to write: its writer was killed.
COLUMNS = {
    "asset": pl.Int64,
    "organisation": pl.Int64,
    "value": pl.String,
    "role": pl.String,
    "valid_from": pl.String,
    "valid_until": pl.String,
    "kind": pl.String,
}
_QUERY = """
SELECT {asset}, organisation_id, value, role, to_char(valid_from AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'),
       to_char(valid_until AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), kind
FROM {table} WHERE {condition}
"""
ASSETS = _QUERY.format(asset="id", table="registry_asset", condition="revision > %s")
FORMER = _QUERY.format(asset="asset_id", table="registry_formerasset", condition="revision > %s")
TURNED = _QUERY.format(
    asset="id",
    table="registry_asset",
    condition="(valid_from > %s AND valid_from <= %s) OR (valid_until > %s AND valid_until <= %s)",
)
Tables = dict[str, pl.DataFrame]


def current() -> Index:
    """The index of the registry as it is now; loading one that is up to date costs milliseconds."""
    wanted = revision()
    have, index = _kept()
    if index is None:
        index = _built()
    elif have < wanted:
        index = _updated(index, after=have)
    if have != wanted:
        _keep(index, wanted)
    return index


def revision() -> int:
    """The number of the registry's last change: of an asset that came, changed or went."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT greatest((SELECT max(revision) FROM registry_asset),"
            " (SELECT max(revision) FROM registry_formerasset), -1)"
        )
        return int(cursor.fetchone()[0])


def changed(after: int) -> Tables:
    """The assets that came or changed after that revision, as the kernel wants them: a frame per kind."""
    return _tables(ASSETS, after)


def former(after: int) -> Tables:
    """The assets that changed or went after that revision, as they were before: a frame per kind."""
    return _tables(FORMER, after)


def turned(after: datetime, until: datetime) -> Tables:
    """The assets whose time began or ended after the one moment and no later than the other: a frame per kind."""
    return _tables(TURNED, after, until, after, until)


def _built() -> Index:
    tables = changed(-2)
    return Index.build(**tables, warnings=warnings.lists(tables["networks"]))


def _updated(index: Index, *, after: int) -> Index:
    """The index with what changed; built anew where that touches a reserved range, whose warning then changes."""
    now, before = changed(after), former(after)
    networks = [tables["networks"].select("network") for tables in (now, before)]
    if warnings.touches_reserved(pl.concat(networks)):
        return _built()
    return index.update(**now, removed=pl.concat([_numbers(now), _numbers(before)]).unique())


def _tables(query: str, *values: object) -> Tables:
    rows = copy_out(query, values, schema=COLUMNS)
    spans = [
        pl.col(name).str.to_datetime("%Y-%m-%d %H:%M:%S", time_zone="UTC") for name in ("valid_from", "valid_until")
    ]
    rows = rows.with_columns(spans)
    names = rows.filter(pl.col("kind").is_in([AssetKind.DOMAIN, AssetKind.EMAIL_DOMAIN]))
    return {
        "networks": rows.filter(kind=AssetKind.NETWORK).rename({"value": "network"}).drop("kind"),
        "domains": names.rename({"value": "domain"}).drop("kind"),
        "asns": rows.filter(kind=AssetKind.ASN).with_columns(asn=pl.col("value").cast(pl.Int64)).drop("kind", "value"),
    }


def _numbers(tables: Tables) -> pl.DataFrame:
    """The assets of the tables as the index may hold them from before: those go first."""
    parts = [frame.select(pl.lit(name[:-1]).alias("table"), "asset") for name, frame in tables.items()]
    return pl.concat(parts)


def _folder() -> Path:
    return Path(settings.STORE) / "index"


def _kept() -> tuple[int, Index | None]:
    """The newest index on disk and its revision; one that is damaged or of an older release counts as none."""
    revisions = sorted(int(place.name) for place in _folder().glob("*") if place.name.isdigit())
    for revision in reversed(revisions):
        try:
            return revision, Index.load(_folder() / str(revision))
        except (OSError, ValueError, pl.exceptions.PolarsError):
            continue
    return -2, None


def _keep(index: Index, revision: int) -> None:
    """Write the index, and let older ones go, with drafts that a killed process left."""
    with suppress(OSError):  # Somebody else keeps this revision at this moment: theirs will do.
        index.save(_folder() / str(revision))
    for place in _folder().iterdir():
        if _is_past(place, revision):
            shutil.rmtree(place, ignore_errors=True)


def _is_past(place: Path, revision: int) -> bool:
    """Whether it is an older index, or a draft that nobody can still be writing."""
    if place.name.isdigit():
        return int(place.name) < revision
    try:
        return place.stat().st_mtime < time.time() - DRAFT_SECONDS
    except FileNotFoundError:  # Its writer has just moved it into place.
        return False
