"""The normal form of an indicator: two that mean the same are written the same, so that they can be compared.

Addresses: RFC 5952. Names: RFC 5890 by UTS 46. Web addresses: RFC 3986, sections 6.2.2 and 6.2.3, for scheme, host and
port; the path is kept. Each tries the common case first, for lists of a hundred thousand.
"""

import re
import socket
import unicodedata
from collections.abc import Callable, Mapping
from ipaddress import ip_network
from typing import Final
from urllib.parse import quote

import idna

from schakel.sharing.indicators.fanging import refang
from schakel.sharing.indicators.names import is_below_suffix
from schakel.sharing.words import IndicatorKind

LONGEST: Final = 4096
"""No indicator is longer, in characters; what is, is text."""

_HEX: Final = re.compile(r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})")
_HASH_PREFIX: Final = re.compile(r"(?:md5|sha-?(?:1|224|256|384|512))\s?[:=]\s?", re.IGNORECASE)
_SSDEEP: Final = re.compile(r"\d{1,10}:[A-Za-z0-9/+]{12,200}:[A-Za-z0-9/+]{6,200}")
_TLSH: Final = re.compile(r"T1[0-9A-F]{70}", re.IGNORECASE)
_LABEL: Final = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME: Final = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)*+(?![0-9]+\Z|0x[0-9a-f]*\Z){_LABEL}")
_AS: Final = re.compile(r"(?:ASN?\s?)?(?:([0-9]{1,5})\.)?([0-9]{1,10})", re.IGNORECASE)
_MAILBOX: Final = re.compile(r"[^\s@<>,;:\"()\[\]{}\\\x00-\x1f\x7f]{1,64}")
_PORTED: Final = re.compile(r"([0-9.]{7,15}|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?", re.IGNORECASE)
_URL: Final = re.compile(
    r"(?:([a-z][a-z0-9+.-]{0,30})://)?(?:([^\s/?#@]{0,200})@)?(\[[0-9a-f:.]{2,45}\]|[^\s/?#@:\[\]]{1,253})(?::([0-9]{0,5}))?"
    r"([/?#][^\s\x00-\x1f\x7f]*)?",
    re.IGNORECASE,
)
_HIDDEN_SCHEMES: Final = re.compile(r"h(?:xx|tx|xt)ps?|fxps?")
_USUAL_PORTS: Final = {"http": "80", "ws": "80", "https": "443", "wss": "443", "ftp": "21"}
_PRINTED: Final = "".join(map(chr, range(0x21, 0x7F)))
_UNBRACKETED: Final = "".join(sign for sign in _PRINTED if sign not in "[](){}:")


def normal(kind: str, text: str) -> str | None:
    """The normal form of one indicator, defanged or not, or None where the text is none of that kind."""
    if len(text) > LONGEST:
        return None
    form = _FORMS.get(kind)
    if form is None:
        return _free(text)
    return form(text) or form(refang(text).strip())


def kind_of(text: str) -> str | None:
    """What the text is an indicator of, by its look; None where it could be anything. Names need a known ending."""
    text = refang(text[: LONGEST + 1]).strip()
    if "://" in text:
        return IndicatorKind.URL if normal(IndicatorKind.URL, text) else None
    return next((kind for kind, test in _LOOKS if test(text)), None)


def _hash(text: str) -> str | None:
    low = text.lower()
    if _HEX.fullmatch(low):
        return low
    bare = _HASH_PREFIX.sub("", low, count=1) if _HASH_PREFIX.match(low) else low
    if _HEX.fullmatch(bare):
        return bare
    return text.upper() if _TLSH.fullmatch(text) else text if _SSDEEP.fullmatch(text) else None


def _domain(text: str) -> str | None:
    if text.isascii():
        low = text.lower().removesuffix(".")
        return low if _NAME.fullmatch(low) else None
    try:
        name = idna.encode(text, uts46=True, transitional=False).decode("ascii").removesuffix(".")
    except (idna.IDNAError, UnicodeError):
        return None
    return name if _NAME.fullmatch(name) else None


def _ip(text: str) -> str | None:
    family = socket.AF_INET6 if ":" in text and text.count(":") > 1 else socket.AF_INET
    bare, _, bits = text.partition("/")
    try:
        return socket.inet_ntop(family, socket.inet_pton(family, bare)) if _is_single(bits, family) else None
    except (OSError, ValueError):
        ported = _PORTED.fullmatch(text)
        return _ip(ported[1].strip("[]")) if ported and ported[1] != text else None


def _is_single(bits: str, family: socket.AddressFamily) -> bool:
    return not bits or bits == ("128" if family == socket.AF_INET6 else "32")


def _network(text: str) -> str | None:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return None
    family = socket.AF_INET6 if network.version == 6 else socket.AF_INET  # noqa: PLR2004 - IPv6
    return f"{socket.inet_ntop(family, network.network_address.packed)}/{network.prefixlen}"


def _asn(text: str) -> str | None:
    found = _AS.fullmatch(text)
    if not found or not text.isascii():
        return None
    high, low = int(found[1] or 0), int(found[2])  # asdot: RFC 5396.
    number = (high << 16) + low
    is_sound = number < 1 << 32 and (not found[1] or low < 1 << 16)
    return f"AS{number}" if is_sound and number else None


def _mail(text: str) -> str | None:
    mailbox, at, host = text.removeprefix("mailto:").rpartition("@")
    name = _domain(host) if at and _MAILBOX.fullmatch(mailbox) else None
    return f"{unicodedata.normalize('NFC', mailbox.lower())}@{name}" if name else None


def _url(text: str) -> str | None:
    """Without a scheme it is taken as http: an address in a list, as it is typed."""
    found = _URL.fullmatch(text)
    scheme = (found[1] or "http").lower() if found else ""
    if not found or _HIDDEN_SCHEMES.fullmatch(scheme) or (not found[1] and (found[5] or "").startswith("//")):
        return None
    _, user, host, port, rest = found.groups()
    host = f"[{_ip(host[1:-1])}]" if host[0] == "[" else _ip(host) or _domain(host)
    if not host or host == "[None]" or (port and int(port) >= 1 << 16):
        return None
    place = host if not port or port == _USUAL_PORTS.get(scheme) else f"{host}:{int(port)}"
    return _written(scheme, user, place, rest or "/")


def _written(scheme: str, user: str | None, place: str, rest: str) -> str:
    """What could be taken for a defanged part stays what it is: as escapes, which no reader turns back."""
    rest = rest if rest[0] == "/" else f"/{rest}"
    for safe in (_PRINTED, _UNBRACKETED):
        before = f"{quote(user, safe=safe, errors='replace')}@" if user else ""
        rest = quote(rest, safe=safe, errors="replace")
        url = f"{scheme}://{before}{place}{rest}"
        if refang(url) == url:
            break
    return url


def _free(text: str) -> str | None:
    """What has no form of its own: as it is, composed and without blanks around it."""
    return unicodedata.normalize("NFC", text).strip() or None


_FORMS: Final[Mapping[str, Callable[[str], str | None]]] = {
    IndicatorKind.HASH: _hash,
    IndicatorKind.DOMAIN: _domain,
    IndicatorKind.IP: _ip,
    IndicatorKind.NETWORK: _network,
    IndicatorKind.ASN: _asn,
    IndicatorKind.MAIL: _mail,
    IndicatorKind.URL: _url,
}


def _looks_like_name(text: str) -> bool:
    name = _domain(text)
    return name is not None and is_below_suffix(name)


def _looks_like_path(text: str) -> bool:
    host, slash, _ = text.partition("/")
    return bool(slash) and (_looks_like_name(host) or _ip(host) is not None) and _url(text) is not None


def _looks_like_mail(text: str) -> bool:
    address = _mail(text)
    return address is not None and is_below_suffix(address.rpartition("@")[2])


_LOOKS: Final[tuple[tuple[str, Callable[[str], object]], ...]] = (
    (IndicatorKind.HASH, _hash),
    (IndicatorKind.IP, _ip),
    (IndicatorKind.NETWORK, lambda text: "/" in text and _network(text)),
    (IndicatorKind.ASN, lambda text: text[:2].upper() == "AS" and _asn(text)),
    (IndicatorKind.MAIL, _looks_like_mail),
    (IndicatorKind.DOMAIN, _looks_like_name),
    (IndicatorKind.URL, _looks_like_path),
)
