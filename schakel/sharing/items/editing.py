"""What people type, a thing on each line, as the lists of a document; what they left as it was stays whole.

A line that still reads as one that was there stands for that one, with all that a format said of it beyond the line.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from cvss import CVSS2, CVSS3, CVSS4, CVSSError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schakel.kit.refusals import Invalid
from schakel.sharing.document import Indicator, Product, Reference, Weakness
from schakel.sharing.indicators import kind_of, normal, refang
from schakel.sharing.words import IndicatorKind

Thing = TypeVar("Thing")
LONGEST_LINE = 4096
"""What is longer is cut; no indicator is longer."""
STATUSES: dict[str, Promise] = {
    "affected": gettext_lazy("vulnerable"),
    "fixed": gettext_lazy("fixed"),
    "not-affected": gettext_lazy("not vulnerable"),
    "unknown": gettext_lazy("not known yet"),
}
"""What is said of a product, as people write it."""
_CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,19}", re.IGNORECASE)
_SEPARATOR = ";"


def indicator_line(one: Indicator) -> str:
    """An indicator as a line: its value. Expressions have none, and are kept as they are."""
    return one.value


def weakness_line(one: Weakness) -> str:
    """A weakness as a line: number or name, and its score."""
    score = one.scores[0] if one.scores else "" if one.score is None else f"{one.score:g}"
    return f"{one.cve or one.name} {score}".strip()


def product_line(one: Product) -> str:
    """A product as a line: vendor, name, version, status."""
    return f"{_SEPARATOR} ".join((one.vendor, one.name, one.version, str(STATUSES.get(one.status, one.status))))


def reference_line(one: Reference) -> str:
    """A reference as a line: address and what stands there."""
    return f"{one.url} {one.summary}".strip()


def indicators(text: str, *, before: Iterable[Indicator] = ()) -> tuple[Indicator, ...]:
    """The indicators on the lines, after those of before that have no line. Raises Invalid with the line."""
    known = list(before)
    unwritten = tuple(one for one in known if not indicator_line(one))
    return unwritten + _read(text, known, indicator_line, _indicator)


def weaknesses(text: str, *, before: Sequence[Weakness] = ()) -> tuple[Weakness, ...]:
    """The weaknesses on the lines. Raises Invalid with the line."""
    return _read(text, before, weakness_line, _weakness)


def products(text: str, *, before: Sequence[Product] = ()) -> tuple[Product, ...]:
    """The products on the lines. Raises Invalid with the line."""
    return _read(text, before, product_line, _product)


def references(text: str, *, before: Sequence[Reference] = ()) -> tuple[Reference, ...]:
    """The references on the lines. Raises Invalid with the line."""
    return _read(text, before, reference_line, _reference)


def _read(
    text: str, before: Iterable[Thing], line_of: Callable[[Thing], str], make: Callable[[str], Thing]
) -> tuple[Thing, ...]:
    known: dict[str, list[Thing]] = {}
    for one in before:
        known.setdefault(line_of(one), []).append(one)
    found: list[Thing] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if kept := known.get(line):
            found.append(kept.pop(0))
        elif line:
            found.append(_made(line, number, make))
    return tuple(dict.fromkeys(found))


def _made(line: str, number: int, make: Callable[[str], Thing]) -> Thing:
    try:
        return make(line[: LONGEST_LINE + 1])
    except Invalid as refused:
        reason = " ".join(map(str, refused.args))
        raise Invalid(_("line %(number)d: %(reason)s") % {"number": number, "reason": reason}) from None


def _indicator(line: str) -> Indicator:
    kind = kind_of(line) or (IndicatorKind.DOMAIN if "." in refang(line) else None)
    value = normal(kind, line) if kind else None
    if kind is None or value is None:
        raise Invalid(_("this is no address, name, web address, hash or other indicator that we know."))
    return Indicator(kind=kind, value=value)


def _weakness(line: str) -> Weakness:
    name, _blank, rest = line.partition(" ")
    if not _CVE.fullmatch(name):
        name, _blank, rest = line, "", ""
    cve = name.upper() if _CVE.fullmatch(name) else ""
    vector = rest.strip() if "/" in rest else ""
    score = _score(rest.strip()) if rest.strip() else None
    return Weakness(cve=cve, name="" if cve else name, scores=(vector,) if vector else (), score=score)


def _score(words: str) -> float:
    try:
        score = float(_of_vector(words) if "/" in words else words.replace(",", "."))
    except (ValueError, CVSSError):
        raise Invalid(_("behind the number comes a score from 0 to 10, or a CVSS vector.")) from None
    if not 0 <= score <= 10:  # noqa: PLR2004 - the scale of CVSS
        raise Invalid(_("behind the number comes a score from 0 to 10, or a CVSS vector."))
    return score


def _of_vector(vector: str) -> float:
    kind = CVSS4 if vector.startswith("CVSS:4") else CVSS3 if vector.startswith("CVSS:3") else CVSS2
    return float(kind(vector).base_score)


def _product(line: str) -> Product:
    parts = [part.strip() for part in line.split(_SEPARATOR)]
    if not 2 <= len(parts) <= 4:  # noqa: PLR2004 - vendor and name, and perhaps version and status
        raise Invalid(_("write vendor; name; version; status, with ; between them."))
    vendor, name, version, status = [*parts, "", ""][:4]
    meant = {str(word): slug for slug, word in STATUSES.items()} | {slug: slug for slug in STATUSES} | {"": "unknown"}
    if not name or status not in meant:
        known = ", ".join(map(str, STATUSES.values()))
        raise Invalid(_("the status is one of: %(statuses)s.") % {"statuses": known})
    return Product(vendor=vendor, name=name, version=version, status=meant[status])


def _reference(line: str) -> Reference:
    url, _blank, summary = line.partition(" ")
    if not url.startswith(("https://", "http://")):
        raise Invalid(_("begin with a web address: https://…"))
    return Reference(url=url, summary=summary.strip())
