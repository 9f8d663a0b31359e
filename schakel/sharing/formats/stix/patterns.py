"""Patterns of STIX indicators (STIX 2.1, section 9): plain ones read by our own expression, others by `stix2-patterns`.

Most indicators compare one property with one value. The grammar of the package takes a millisecond for each; ours takes
microseconds, and takes a part of what the grammar takes (a test holds the two together).
"""

import re
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from stix2patterns.validator import run_validator

from schakel.sharing.formats.base import Unreadable
from schakel.sharing.words import IndicatorKind

LONGEST: Final = 64 * 1024
"""Characters of a pattern that is more than plain comparisons; the grammar's time grows faster than its length."""

_WORDS: Final = "AND|OR|NOT|IN|LIKE|MATCHES|EXISTS|LAST|FOLLOWEDBY|START|STOP|SECONDS|WITHIN|REPEATS|TIMES|true|false"
_NAME: Final = rf"(?!(?:{_WORDS}|ISSUPERSET|ISSUBSET)\b)[A-Za-z_][A-Za-z0-9_]*+"
_TEXT: Final = r"'(?:[^'\\]|\\['\\])*+'"
_STEP: Final = rf"(?:{_NAME}|{_TEXT})"
_PATH: Final = rf"[a-z][a-z0-9]*+(?:-[a-z0-9]+)*+:{_STEP}(?:\.{_STEP}|\[(?:\*|[0-9]{{1,9}})\])*+"
_COMPARISON: Final = rf"{_PATH} ?= ?(?:{_TEXT}|-?[0-9]{{1,18}})"
_OBSERVATION: Final = rf"\[ ?{_COMPARISON}(?: (?:AND|OR) {_COMPARISON})*+ ?\]"
_PLAIN: Final = re.compile(rf"{_OBSERVATION}(?: (?:AND|OR) {_OBSERVATION})*+")
_TERM: Final = re.compile(rf"({_PATH}) ?= ?({_TEXT}|-?[0-9]+)")
_OUTSIDE: Final = re.compile(rf"{_TEXT}")
_ESCAPED: Final = re.compile(r"\\(['\\])")
_HASH: Final = re.compile(r"(?:file|artifact|x509-certificate):hashes\.'?([A-Za-z0-9-]+)'?")

KINDS: Final[dict[str, IndicatorKind]] = {
    "ipv4-addr:value": IndicatorKind.IP,
    "ipv6-addr:value": IndicatorKind.IP,
    "domain-name:value": IndicatorKind.DOMAIN,
    "hostname:value": IndicatorKind.DOMAIN,
    "url:value": IndicatorKind.URL,
    "email-addr:value": IndicatorKind.MAIL,
    "email-message:from_ref.value": IndicatorKind.MAIL,
    "email-message:sender_ref.value": IndicatorKind.MAIL,
    "email-message:subject": IndicatorKind.SUBJECT,
    "file:name": IndicatorKind.FILE_NAME,
    "mutex:name": IndicatorKind.MUTEX,
    "autonomous-system:number": IndicatorKind.ASN,
    "windows-registry-key:key": IndicatorKind.REGISTRY_KEY,
    "user-account:account_login": IndicatorKind.ACCOUNT,
    "user-account:user_id": IndicatorKind.ACCOUNT,
    "x509-certificate:serial_number": IndicatorKind.CERTIFICATE,
    "network-traffic:src_ref.value": IndicatorKind.IP,
    "network-traffic:dst_ref.value": IndicatorKind.IP,
    "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'": IndicatorKind.USER_AGENT,
    "user-agent:value": IndicatorKind.USER_AGENT,
    "cryptocurrency-wallet:value": IndicatorKind.WALLET,
}
"""What is recognised by each property, where the standard or wide use says so."""
PATHS: Final[dict[str, str]] = {
    IndicatorKind.NETWORK: "ipv4-addr:value",
    **{kind: path for path, kind in reversed(KINDS.items())},
}
"""The property that each kind is written as."""
HASHES: Final = {32: "MD5", 40: "'SHA-1'", 64: "'SHA-256'", 128: "'SHA-512'"}
"""The name of a hash by the length of its digits."""
OWN: Final = "x-schakel-"
"""Kinds that the standard has no property for are written as observables of our own: `x-schakel-fingerprint:value`."""
_DIGITS: Final = {
    name.strip("'").replace("-", ""): re.compile(rf"'[0-9A-Fa-f]{{{length}}}'") for length, name in HASHES.items()
}
_NEVER: Final = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Terms:
    """The values that a plain pattern compares with, and whether one of them is enough (`OR` throughout)."""

    pairs: tuple[tuple[str, str], ...]
    any_is_enough: bool


def check(pattern: str, *, version: str, place: str) -> None:
    """Go on where the pattern is sound by the grammar of that version (`2.0`, `2.1`). Raises Unreadable."""
    if _PLAIN.fullmatch(pattern) and _hashes_fit(pattern):
        return
    if len(pattern) > LONGEST:
        raise Unreadable(_("This pattern is too long."), place=place, code="too-large")
    try:
        faults = run_validator(pattern, stix_version="2.0" if version.startswith("2.0") else "2.1")
    except RecursionError:
        raise Unreadable(_("This pattern is nested too deeply."), place=place, code="too-deep") from None
    except UnboundLocalError:  # The package stumbles over a pattern of blanks alone.
        faults = [pattern]
    if faults:
        raise Unreadable(_("This pattern does not follow the grammar of STIX patterns."), place=place)


def _hashes_fit(pattern: str) -> bool:
    """Whether each hash has as many digits as its name asks; of other algorithms the package judges."""
    pairs = _TERM.findall(pattern) if "hashes" in pattern else []
    return all(_DIGITS.get(_algorithm(path), _NEVER).fullmatch(value) for path, value in pairs if "hashes" in path)


def _algorithm(path: str) -> str:
    return path.rpartition(".")[2].strip("'").replace("-", "").upper()


def terms(pattern: str) -> Terms | None:
    """What a plain pattern compares with; None where there is more to it than equality."""
    if not _PLAIN.fullmatch(pattern):
        return None
    pairs = tuple((path, _unquoted(value)) for path, value in _TERM.findall(pattern))
    return Terms(pairs=pairs, any_is_enough=" AND " not in _OUTSIDE.sub("''", pattern))


def kind_of(path: str, value: str) -> IndicatorKind:
    """What is recognised when the property at `path` has that value."""
    if path.startswith(OWN) and path.removeprefix(OWN).removesuffix(":value") in set(IndicatorKind):
        return IndicatorKind(path.removeprefix(OWN).removesuffix(":value"))
    if _HASH.fullmatch(path):
        return IndicatorKind.CERTIFICATE if path.startswith("x509") else IndicatorKind.HASH
    kind = KINDS.get(path, IndicatorKind.OTHER)
    if kind == IndicatorKind.IP and path.startswith("network-traffic") and value[-1:].isalpha() and ":" not in value:
        return IndicatorKind.DOMAIN
    return IndicatorKind.NETWORK if kind == IndicatorKind.IP and "/" in value else kind


def written(kind: str, value: str) -> str:
    """The pattern that recognises this value."""
    if kind == IndicatorKind.ASN:
        return f"[autonomous-system:number = {value.upper().removeprefix('AS')}]"
    return f"[{_path(kind, value)} = {_quoted(value)}]"


def _path(kind: str, value: str) -> str:
    if kind in {IndicatorKind.IP, IndicatorKind.NETWORK}:
        return "ipv6-addr:value" if ":" in value else "ipv4-addr:value"
    if kind == IndicatorKind.HASH and len(value) in HASHES:
        return f"file:hashes.{HASHES[len(value)]}"
    return PATHS.get(kind, f"{OWN}{kind}:value")


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _unquoted(literal: str) -> str:
    return _ESCAPED.sub(r"\1", literal[1:-1]) if literal.startswith("'") else literal
