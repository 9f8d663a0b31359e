"""Figures of MISP events: 100,000 attributes read into a document and put out as a feed.

Reading must do 5,000 indicators per second, the feed 35,000 attributes per CPU-second. How fast that is on the machine
at hand, the plain way says: PyMISP's own reading and its own form for feeds, on a tenth of the attributes.
"""

import os
import time
from dataclasses import replace
from typing import Any

import orjson

ATTRIBUTES, FEWER = 100_000, 10_000


def figures() -> dict[str, Any]:
    """Attributes per CPU-second, each way, and how many times the plain way that is."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "schakel.config.settings")
    import django

    django.setup()
    from pymisp import MISPEvent

    from schakel.policy.sharing import Tlp
    from schakel.sharing.formats.misp import feeds
    from schakel.sharing.formats.misp.format import Misp, event_of

    whole, part = event(ATTRIBUTES), event(FEWER)
    (document,), reading = timed(lambda: list(Misp().read(whole)))
    _own, kept = timed(lambda: feeds.published(event_of(document), tlp=Tlp.GREEN))
    new = replace(document, original=None)
    _new, made = timed(lambda: feeds.published(event_of(new), tlp=Tlp.GREEN))
    plain = MISPEvent()
    _none, plain_reading = timed(lambda: plain.load(part.decode()))
    _plain, plain_kept = timed(lambda: (orjson.dumps(plain.to_feed()), plain.attributes_hashes("md5")))
    read, put_out = round(ATTRIBUTES / reading), round(ATTRIBUTES / kept)
    return {
        "attributes": ATTRIBUTES,
        "read_per_second": read,
        "read_of_pymisp": round(read / (FEWER / plain_reading), 1),
        "feed_of_originals_per_second": put_out,
        "feed_of_pymisp": round(put_out / (FEWER / (plain_reading + plain_kept)), 1),
        "feed_of_new_events_per_second": round(ATTRIBUTES / made),
    }


def timed(work: Any) -> tuple[Any, float]:
    """What the work gives, and the seconds of this process's CPU that it took."""
    started = time.process_time()
    result = work()
    return result, time.process_time() - started


def event(count: int) -> bytes:
    """An event with so many addresses and hashes."""
    attributes = [_attribute(number) for number in range(count)]
    told = {"uuid": _uuid(0), "info": "Bulk", "date": "2026-03-02", "timestamp": "1772450000", "published": True}
    orgc = {"uuid": _uuid(1), "name": "Vangnet"}
    return orjson.dumps({"Event": told | {"Orgc": orgc, "Tag": [{"name": "tlp:green"}], "Attribute": attributes}})


def _attribute(number: int) -> dict[str, Any]:
    address = f"2001:db8::{number // 65536:x}:{number % 65536:x}"
    kind, category, value = (
        ("ip-dst", "Network activity", address) if number % 2 else ("sha256", "Payload delivery", f"{number:064x}")
    )
    shared = {"to_ids": True, "comment": "", "timestamp": "1772450000", "distribution": "5"}
    return {"uuid": _uuid(number + 2), "type": kind, "category": category, "value": value, **shared}


def _uuid(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-{number:012x}"
