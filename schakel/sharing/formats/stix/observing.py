"""From STIX indicators and observables to ours."""

from collections.abc import Iterator
from typing import Any, Final

from schakel.sharing import indicators
from schakel.sharing.document import Indicator
from schakel.sharing.formats.stix import patterns
from schakel.sharing.formats.stix.extension import carried
from schakel.sharing.formats.stix.limits import Json
from schakel.sharing.formats.stix.rules import moment
from schakel.sharing.words import IndicatorKind

OBSERVED: Final = frozenset(path for path in patterns.KINDS if path.count(".") == 0)
_HARMLESS: Final = ["benign"]
_BEST: Final = (IndicatorKind.HASH, IndicatorKind.IP, IndicatorKind.DOMAIN, IndicatorKind.URL, IndicatorKind.MAIL)


def of_indicator(one: Json) -> Iterator[Indicator]:
    """An indicator, once for each value of which one is enough to recognise it; else once, with its pattern."""
    told = _told(one)
    pattern, language = one["pattern"], one["pattern_type"]
    found = patterns.terms(pattern) if language == "stix" else None
    if language != "stix":
        yield Indicator(kind=IndicatorKind.RULE, pattern=pattern, pattern_type=language, **told)
    elif found is None:
        yield Indicator(kind=IndicatorKind.PATTERN, pattern=pattern, pattern_type=language, **told)
    elif len(found.pairs) == 1:
        kind, value = _valued(*found.pairs[0])
        comment = "" if told["comment"] == value else told["comment"]  # A name that is the value itself says nothing.
        yield Indicator(kind=kind, value=value, **(told | {"comment": comment}))
    else:
        values = [_valued(*pair) for pair in found.pairs]
        for kind, value in dict.fromkeys(values) if found.any_is_enough else [_best(values)]:
            yield Indicator(kind=kind, value=value, pattern=pattern, pattern_type=language, **told)


def of_observable(one: Json) -> Iterator[Indicator]:
    """What was observed, as something to look for but not to raise alarms by."""
    for path, value in _properties(one):
        text = indicators.refang(str(value)) if one.get("defanged") else str(value)
        kind, normal = _valued(path, text)
        if kind != IndicatorKind.OTHER:
            yield Indicator(kind=kind, value=normal, key=one["id"], for_detection=False)


def _properties(one: Json) -> Iterator[tuple[str, Any]]:
    kind = one["type"]
    for name, value in one.items():
        if f"{kind}:{name}" in OBSERVED and isinstance(value, str | int):
            yield f"{kind}:{name}", value
    hashes = one.get("hashes")
    if isinstance(hashes, dict):
        yield from ((f"{kind}:hashes.'{name}'", value) for name, value in hashes.items())


def _valued(path: str, text: str) -> tuple[str, str]:
    """Kind and normal form; what is not of the kind that its property says is kept as it is."""
    kind = patterns.kind_of(path, text)
    for candidate in (IndicatorKind.IP, kind) if kind == IndicatorKind.NETWORK else (kind,):
        value = indicators.normal(candidate, text)
        if value is not None:
            return candidate, value
    return IndicatorKind.OTHER, text


def _best(values: list[tuple[str, str]]) -> tuple[str, str]:
    """Of values that are only together an indicator, the one that says most."""
    return min(values, key=lambda pair: _BEST.index(pair[0]) if pair[0] in _BEST else len(_BEST))


def _told(one: Json) -> dict[str, Any]:
    types = one.get("indicator_types", [])
    return {
        "key": one["id"],
        "valid_from": moment(one["valid_from"]),
        "valid_until": moment(one["valid_until"]) if "valid_until" in one else None,
        "confidence": one.get("confidence"),
        "for_detection": carried(one).get("for_detection", types != _HARMLESS),
        "labels": tuple(dict.fromkeys([*one.get("labels", []), *types])),
        "comment": one.get("description") or one.get("name", ""),
    }
