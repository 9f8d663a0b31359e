"""Visits to the site's pages as Django's own client makes them: what each costs, beside the plainest page there is.

A page is asked for twice to warm it, then some times in turn with the plain one, so that both meet the same moments of
a busy machine. Milliseconds are those of the median visit; the ratio says more where others use the machine too.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

VISITS = 7
PLAIN = "/terms"
ENOUGH_MS = 3000
"""A page that takes so long is asked for less often."""


OPENED, CLOSED = 200, {302, 403, 404}


@dataclass(frozen=True, slots=True)
class Page:
    """A page, by the name under which its figures stand."""

    name: str
    address: str


def figures(browser: Any, pages: Iterator[Page]) -> Iterator[tuple[str, dict[str, float]]]:
    """Name and figures of each page that may be opened. Raises ValueError where one fails."""
    for page in pages:
        status = browser.get(page.address).status_code
        if status == OPENED:
            yield page.name, visited(browser, page.address)
        elif status not in CLOSED:
            raise ValueError(page.address, status)


def visited(browser: Any, address: str) -> dict[str, float]:
    """Median and least milliseconds, the ratio to the plain page, queries, and the slowest query's milliseconds."""
    queries = _queries(browser, address)
    often = VISITS if sum(queries) * 1000 < ENOUGH_MS else 3
    ours, plain = [], []
    for _ in range(often):
        plain.append(_seconds(browser, PLAIN))
        ours.append(_seconds(browser, address))
    return {
        "ms": round(median(ours) * 1000, 1),
        "least_ms": round(min(ours) * 1000, 1),
        "of_plain": round(median(ours) / median(plain), 1),
        "queries": len(queries),
        "slowest_query_ms": round(max(queries, default=0) * 1000),
    }


def _seconds(browser: Any, address: str) -> float:
    started = time.perf_counter()
    browser.get(address).getvalue()
    return time.perf_counter() - started


def _queries(browser: Any, address: str) -> list[float]:
    """Seconds of each query of one visit."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        browser.get(address).getvalue()
    return [float(query["time"]) for query in captured.captured_queries]
