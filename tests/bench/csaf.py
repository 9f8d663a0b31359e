"""Figures of reading CSAF: parse, validate by schema and all mandatory tests, and map; and writing it.

100 documents a second are asked. Seconds are those of the processor; the same run tells how many documents the
validator of the `csaf` package does, which only judges them.
"""

import copy
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).resolve().parents[1] / "sharing" / "formats" / "csaf" / "samples"
DOCUMENTS, WEAKNESSES, PRODUCTS = 200, 6, 20
LARGE = 4000


def figures() -> dict[str, Any]:
    """Documents per second of the processor, of about 16 kB each, and one of 4,000 products."""
    import django

    django.setup()
    from csaf.csaf.v20 import validate

    from schakel.sharing.formats.csaf.format import Csaf

    contents = [_document(number) for number in range(DOCUMENTS)]
    large = _document(0, products=LARGE)
    list(Csaf().read(contents[0]))  # The schemas are compiled once.
    validate(json.loads(contents[0]))
    read, documents = _timed(lambda: [next(Csaf().read(content)) for content in contents])
    theirs, _ = _timed(lambda: [validate(json.loads(content)) for content in contents])
    written, _ = _timed(lambda: [Csaf().write(replace(one, title="Anders")) for one in documents])
    large_read, _ = _timed(lambda: next(Csaf().read(large)))
    large_theirs, _ = _timed(lambda: validate(json.loads(large)))
    return {
        "documents": DOCUMENTS,
        "bytes_each": len(contents[0]),
        "read_per_second": round(DOCUMENTS / read),
        "csaf_package_validates_per_second": round(DOCUMENTS / theirs),
        "changed_and_written_per_second": round(DOCUMENTS / written),
        "large": {
            "bytes": len(large),
            "read_seconds": round(large_read, 2),
            "csaf_package_validates_seconds": round(large_theirs, 2),
        },
    }


def _document(number: int, *, products: int = PRODUCTS) -> bytes:
    """Our own sample, grown to the size of a usual advisory."""
    found = json.loads((SAMPLES / "advisory-2.0.json").read_text())
    found["document"]["tracking"]["id"] = f"ZWS-2026-{number:05}"
    leaves = found["product_tree"]["branches"][0]["branches"][0]["branches"]
    ids = [f"P-{at}" for at in range(products)]
    leaves += [_leaf(at, one) for at, one in enumerate(ids)]
    first = found["vulnerabilities"][0]
    first["product_status"]["known_affected"] += ids
    for at in range(1, WEAKNESSES):
        more = copy.deepcopy(first) | {"cve": f"CVE-2026-{20000 + at}", "title": f"Lek {at}"}
        found["vulnerabilities"].append(more)
    return json.dumps(found).encode()


def _leaf(at: int, name: str) -> dict[str, Any]:
    product = {
        "name": f"Poortwachter 1.{at}",
        "product_id": name,
        "product_identification_helper": {"purl": f"pkg:generic/zoutwijk/poortwachter@1.{at}"},
    }
    return {"category": "product_version", "name": f"1.{at}", "product": product}


def _timed(act: Any) -> tuple[float, Any]:
    started = time.process_time()
    found = act()
    return time.process_time() - started, found
