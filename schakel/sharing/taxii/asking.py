"""What a reader may fetch: one statement for a page, joined from bytes as they are kept.

An object that stands in several rows (versions, or items that tell the same) is told once: of the rows that the reader
may see, the one that it asks for, and of equal ones the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import connection

FEW = 32
"""Audiences that are looked through one by one; with more of them, all rows are looked through in their order."""
_BESIDE: Final = "SELECT 1 FROM sharing_servedobject o WHERE o.key = s.key AND o.audience_id = ANY(%(audiences)s)"
_EQUAL: Final = "(o.version IS NOT DISTINCT FROM s.version AND o.sequence < s.sequence)"
_ORDER: Final = {"last": f"(o.version > s.version OR {_EQUAL})", "first": f"(o.version < s.version OR {_EQUAL})"}
_COLUMNS: Final = "s.sequence, s.key, s.type, s.version, s.content"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: TAXII 2.1, section 3.4. `after`: the place behind which the page begins.

    `versions`: `last`, `first`, `all`, or times; one that fits is enough.
    """

    after: int = 0
    limit: int = 100
    keys: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    versions: tuple[str | datetime, ...] = ("last",)
    has_spec: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """Some objects: `body` joined by commas, the places of the first and the last, and whether more follow."""

    body: str = ""
    first: int | None = None
    last: int | None = None
    has_more: bool = False


@dataclass(slots=True)
class _Query:
    where: list[str] = field(default_factory=list)
    given: dict[str, Any] = field(default_factory=dict)


def page(audiences: Sequence[int], wanted: Wanted, *, told: str = "s.content") -> Page:
    """The next objects for a reader of these audiences, in the order in which they were added. One query.

    `told`: what is said of each, as SQL that makes text of the row.
    """
    if not audiences or not wanted.has_spec:
        return Page()
    query = _query(audiences, wanted)
    statement = f"""
        SELECT string_agg({told}, ',' ORDER BY s.sequence) FILTER (WHERE s.at <= %(limit)s),
            min(s.sequence), max(s.sequence) FILTER (WHERE s.at <= %(limit)s), count(*)
        FROM (SELECT s.*, row_number() OVER (ORDER BY s.sequence) AS at FROM ({_found(query, len(audiences))}) s) s
    """  # noqa: S608 - all of it is ours; what was asked for goes as parameters
    with connection.cursor() as cursor:
        cursor.execute(statement, query.given)
        body, first, last, count = cursor.fetchone()
    return Page(body=body or "", first=first, last=last, has_more=count > wanted.limit)


def exists(audiences: Sequence[int], key: str) -> bool:
    """Whether a reader of these audiences may know of that object."""
    return bool(page(audiences, Wanted(limit=1, keys=(key,), versions=("all",)), told="'1'").body)


def _query(audiences: Sequence[int], wanted: Wanted) -> _Query:
    given = {"audiences": list(audiences), "after": wanted.after, "limit": wanted.limit, "most": wanted.limit + 1}
    query = _Query(where=["s.sequence > %(after)s", _version(wanted.versions)], given=given)
    for name, values in (("key", wanted.keys), ("type", wanted.types)):
        if values:
            query.where.append(f"s.{name} = ANY(%({name}s)s)")
            query.given[f"{name}s"] = list(values)
    query.given["times"] = [one for one in wanted.versions if isinstance(one, datetime)]
    return query


def _version(versions: Sequence[str | datetime]) -> str:
    """Of rows with one id, those that fit one of the wishes; of equal versions the first that the reader may see."""
    fits = [_one_of(word) for word in dict.fromkeys(word for word in versions if isinstance(word, str))]
    if len(fits) < len(versions):
        fits.append(f"(s.version = ANY(%(times)s::timestamptz[]) AND {_one_of('all')})")
    return f"({' OR '.join(fits)})"


def _one_of(word: str) -> str:
    return f"(s.is_alone OR NOT EXISTS ({_BESIDE} AND {_ORDER.get(word, _EQUAL)}))"


def _found(query: _Query, audiences: int) -> str:
    where = " AND ".join(query.where)
    rows = f"SELECT {_COLUMNS} FROM sharing_servedobject s WHERE"  # noqa: S608 - as above
    if audiences > FEW or "keys" in query.given:
        of_all = f"s.audience_id = ANY(%(audiences)s) AND {where}"
        return f"{rows} {of_all} ORDER BY s.sequence LIMIT %(most)s"
    each = f"{rows} s.audience_id = a.id AND {where} ORDER BY s.sequence LIMIT %(most)s"
    return f"""
        SELECT s.* FROM unnest(%(audiences)s::bigint[]) AS a(id) CROSS JOIN LATERAL ({each}) s
        ORDER BY s.sequence LIMIT %(most)s
    """  # noqa: S608 - as above
