"""What a text points at: an address or network, a host, a web address, an e-mail address or an AS number."""

import ipaddress
import socket
from typing import Final

import polars as pl

_OCTET: Final = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_V4: Final = rf"(?:{_OCTET}\.){{3}}{_OCTET}"
V4_OR_NETWORK: Final = rf"^{_V4}(?:/(?:3[0-2]|[12]?[0-9]))?$"
V4_WITH_PORT: Final = rf"^({_V4}):([0-9]{{1,5}})$"
HOST: Final = r"^[^\s/@:\\<>(){}|,;'\"\x00-\x1f\x7f\x{FFFD}]{1,253}\.?$"
_LABEL: Final = r"[^\s/@:\\<>(){}|,;'\"\[\]\x00-\x1f\x7f\x{FFFD}.]{1,63}"
_LAST_LABEL: Final = r"[\pL][\pL\pN-]{0,61}[\pL\pN]"
DOTTED_HOST: Final = rf"^(?:{_LABEL}\.)+{_LAST_LABEL}\.?$"
_BARE_URL: Final = rf"^(?:{_LABEL}\.)+{_LAST_LABEL}(?::[0-9]{{1,5}})?/\S*$"
EMAIL: Final = r"^[^\s@<>,;:\"\x00-\x1f]{1,64}@[^\s@<>,;:/\"\x00-\x1f]{1,253}$"
URL: Final = r"^(?i)[a-z][a-z0-9+.-]{0,30}://[^\s\x00-\x1f]+$"
URL_HOST: Final = r"^(?i)[a-z][a-z0-9+.-]{0,30}://(?:[^/@?#\s]*@)?(?:\[([0-9a-f:.]+)\]|([^/:?#\s\[\]@]+))"
AS_NUMBER: Final = r"^(?i)as\s?([0-9]{1,10})$"
_V6_BITS: Final = 128

_BRACKETED_V6: Final = r"^\[([0-9A-Fa-f:.]+)\](?::([0-9]{1,5}))?$"
_REFANGED: Final = (
    (r"(?i)\bh(?:xx|\*\*)p", "http"),
    (r"(?i)\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)|\[punt\]", "."),
    (r"\[:\]", ":"),
    (r"\[://\]", "://"),
    (r"(?i)\[at\]|\(at\)|\[@\]", "@"),
)
"""The ways in which people make an address unclickable, and what they meant."""


def refanged(texts: pl.Expr) -> pl.Expr:
    """The texts with `hxxp`, `[.]`, `[at]` and their like turned back."""
    for pattern, meant in _REFANGED:
        texts = texts.str.replace_all(pattern, meant)
    return texts


def sorted_out(texts: pl.Series) -> pl.DataFrame:
    """Each text in the one column that fits it: address, host, url, email or asn; with its port, if it has one.

    All columns are text; a text that fits nowhere leaves them all null.
    """
    text = pl.col("text")
    frame = texts.rename("text").to_frame().select(refanged(text))
    pieces = frame.select(
        address=pl.coalesce(text.str.extract(V4_WITH_PORT, 1), text.str.extract(_BRACKETED_V6, 1), text),
        port=pl.coalesce(text.str.extract(V4_WITH_PORT, 2), text.str.extract(_BRACKETED_V6, 2)),
    )
    is_address = are_addresses(pieces["address"])
    rest = (~is_address).arg_true()
    is_url = text.str.contains(URL) | text.str.contains(_BARE_URL)
    others = frame[rest].select(
        host=pl.when(text.str.contains(DOTTED_HOST)).then(text),
        url=pl.when(is_url).then(text),
        email=pl.when(text.str.contains(EMAIL)).then(text),
        asn=pl.when(text.str.contains(AS_NUMBER)).then(text),
    )
    nothing = pl.repeat(None, frame.height, dtype=pl.String, eager=True)
    known = pieces.select(pl.when(is_address).then(name).alias(name) for name in ("address", "port"))
    return known.with_columns(nothing.clone().scatter(rest, column).alias(column.name) for column in others)


def are_addresses(texts: pl.Series) -> pl.Series:
    """Whether each text is an IPv4 or IPv6 address or network (RFC 4632, RFC 4291); null counts as no."""
    known = texts.str.contains(V4_OR_NETWORK).fill_null(value=False)
    maybe = ~known & texts.str.contains(":", literal=True).fill_null(value=False)
    if not maybe.any():
        return known
    return known | _scattered(maybe, [is_v6(text) for text in texts.filter(maybe).to_list()])


def is_v6(text: str) -> bool:
    """Whether this is an IPv6 address or network; zones (`%eth0`) have no meaning outside their machine."""
    address, slash, bits = text.partition("/")
    try:
        socket.inet_pton(socket.AF_INET6, address)
    except (OSError, ValueError):
        return False
    return not slash or (bits.isascii() and bits.isdecimal() and len(bits) <= 3 and int(bits) <= _V6_BITS)  # noqa: PLR2004


def networks_of(text: str) -> list[str] | None:
    """The networks that fill a range `first-last`; None where this is no range. Raises ValueError if it runs back.

    The last part may be short: `192.0.2.10-20`.
    """
    first, _, last = text.replace("\u2013", "-").partition("-")
    if last.isdecimal() and "." in first:
        last = f"{first.rpartition('.')[0]}.{last}"
    try:
        start, end = ipaddress.ip_address(first), ipaddress.ip_address(last)
    except ValueError:
        return None
    if isinstance(start, ipaddress.IPv4Address) and isinstance(end, ipaddress.IPv4Address):
        return [_shortest(network) for network in ipaddress.summarize_address_range(start, end)]
    if isinstance(start, ipaddress.IPv6Address) and isinstance(end, ipaddress.IPv6Address):
        return [_shortest(network) for network in ipaddress.summarize_address_range(start, end)]
    return None


def _shortest(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> str:
    single = network.prefixlen == network.max_prefixlen
    return str(network.network_address) if single else str(network)


def _scattered(where: pl.Series, values: list[bool]) -> pl.Series:
    """The values at the places where `where` holds, False elsewhere."""
    return where.clone().scatter(where.arg_true(), values)
