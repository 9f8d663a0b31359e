"""The weaknesses of a CSAF document: numbers, kinds and scores (CSAF 2.0 and 2.1, 3.2.3)."""

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

from cvss import CVSS2, CVSS3, CVSS4
from cvss.exceptions import CVSSError

from schakel.sharing.document import Weakness

Json = dict[str, Any]
MEASURES = {"cvss_v2": CVSS2, "cvss_v3": CVSS3, "cvss_v4": CVSS4}
KNOWN = {"2.0": ("cvss_v2", "cvss_v3"), "2.1": tuple(MEASURES)}
"""The measures that each version of CSAF has a place for."""
CWE_LIST = "4.15"
"""The edition of the list of CWE that our own documents name: no newest one, so that others know it."""


def read(csaf: Json) -> tuple[Weakness, ...]:
    """The weaknesses, in the order of the document."""
    return tuple(_weakness(one) for one in csaf.get("vulnerabilities", ()))


def _weakness(found: Json) -> Weakness:
    kinds = found.get("cwes") or ([found["cwe"]] if "cwe" in found else [])
    others = ", ".join(dict.fromkeys(one["text"] for one in found.get("ids", ())))
    measured = list(_measures(found))
    return Weakness(
        cve=found.get("cve", ""),
        name=found.get("title") or ("" if found.get("cve") else others),
        cwe=kinds[0]["id"] if kinds else "",
        scores=tuple(dict.fromkeys(one["vectorString"] for one in measured)),
        score=max((float(one["baseScore"]) for one in measured), default=None),
    )


def _measures(found: Json) -> Iterator[Json]:
    contents = [*found.get("scores", ()), *(metric["content"] for metric in found.get("metrics", ()))]
    for content in contents:
        yield from (content[name] for name in MEASURES if name in content)


def kind(cwe: str, *, version: str) -> Json:
    """What CSAF says of a CWE, with its official name; nothing for a number that there is not."""
    entry = _entry(cwe)
    if entry is None:
        return {}
    plain = {"id": entry.id, "name": entry.name}
    return {"cwe": plain} if version == "2.0" else {"cwes": [plain | {"version": entry.version}]}


def _entry(cwe: str) -> Any:
    try:
        return import_module("csaf.csaf.v21").cwe_entry(cwe, CWE_LIST) if cwe else None
    except ValueError:
        return None


def scores(weakness: Weakness, products: Sequence[str], *, version: str) -> Json:
    """The highest score of each kind that this version of CSAF has a place for: a product may have one of each (6.1.7).

    It wants to know of which products, so none without any.
    """
    contents = _contents(weakness, version=version)
    if not products or not contents:
        return {}
    if version == "2.0":
        return {"scores": [{name: one, "products": list(products)} for name, one in contents.items()]}
    return {"metrics": [{"content": {name: one}, "products": list(products)} for name, one in contents.items()]}


def _contents(weakness: Weakness, *, version: str) -> dict[str, Json]:
    measured = [measure(vector) for vector in weakness.scores]
    found = sorted((one for one in measured if one), key=lambda one: one[1]["baseScore"])
    best = dict(found)  # Of each kind the last, which is the highest.
    return {name: best[name] for name in KNOWN[version] if name in best}


def measure(vector: str) -> tuple[str, Json] | None:
    """The kind of a CVSS vector and what CSAF says of it; nothing where it is no vector."""
    major = vector.partition("CVSS:")[2][:1] or "2"
    name = f"cvss_v{major}"
    try:
        measured = MEASURES[name](vector)
    except (KeyError, CVSSError):
        return None
    score = float(measured.scores()[0])
    made = {"version": _version(vector), "vectorString": vector, "baseScore": score}
    return name, made | ({} if major == "2" else {"baseSeverity": measured.severities()[0].upper()})


def _version(vector: str) -> str:
    return vector.partition("CVSS:")[2].partition("/")[0] or "2.0"


def left_out(found: Sequence[Weakness], *, version: str, has_products: bool) -> list[str]:
    """The vectors that have no place: without products, beside a higher one, in a version too old, or no vectors."""
    carried = {one["vectorString"] for weakness in found for one in _contents(weakness, version=version).values()}
    return [vector for weakness in found for vector in weakness.scores if not has_products or vector not in carried]
