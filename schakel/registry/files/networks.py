"""Networks and AS numbers in their normal form, judged for a whole column at once.

IPv4 is arithmetic on columns. IPv6 goes through the C library once for each distinct value: its text
has too many forms for one pattern, and the library writes the normal form of RFC 5952 as well.
"""

import socket

import polars as pl

from schakel.registry.files.columnwise import in_steps, on_some
from schakel.registry.files.refusals import MARK, fault

OCTET = "(0|[1-9][0-9]{0,2})"
V4 = rf"^{OCTET}\.{OCTET}\.{OCTET}\.{OCTET}(?:/(0|[1-9][0-9]?))?$"
LARGEST_OCTET = 255
V4_BITS, V6_BITS, MAPPED_BITS = 32, 128, 96
MAPPED = bytes(10) + b"\xff\xff"
# RFC 7607 (0), RFC 6793 (23456), RFC 7300 (65535 and 4294967295).
RESERVED_ASNS = (0, 23456, 65535, 4294967295)


def _number(parts: pl.Expr) -> pl.Expr:
    """The address as a number; null where an octet is missing or above 255."""
    octets = [parts.struct.field(str(place)).cast(pl.UInt64) for place in range(1, 5)]
    number = octets[0] * 2**24 + octets[1] * 2**16 + octets[2] * 2**8 + octets[3]
    return pl.when(pl.max_horizontal(octets) <= LARGEST_OCTET).then(number)


def _judged_v4(text: pl.Expr, number: pl.Expr, bits: pl.Expr) -> pl.Expr:
    """Text of an IPv4 network with its length, or a fault; null where the text is null."""
    size = pl.lit(2, pl.UInt64).pow(V4_BITS - bits.clip(0, V4_BITS))
    return (
        pl.when(text.is_null())
        .then(None)
        .when(number.is_null() | (bits > V4_BITS))
        .then(fault("network-form"))
        .when(number % size != 0)
        .then(fault("host-bits"))
        .when(text.str.contains("/", literal=True))
        .then(text)
        .otherwise(text + f"/{V4_BITS}")
    )


def v6_network(text: str) -> str:
    """Normal form of an IPv6 network, or the mark of a fault. IPv4-mapped networks become IPv4."""
    address, _, length = text.partition("/")
    bits = int(length) if length.isascii() and length.isdigit() else V6_BITS
    try:
        packed = socket.inet_pton(socket.AF_INET6, address)
    except (OSError, ValueError):  # ValueError: a null character inside
        return f"{MARK}network-form"
    if bits > V6_BITS or (length != str(bits) and "/" in text):
        return f"{MARK}network-form"
    if int.from_bytes(packed) % (1 << (V6_BITS - bits)):
        return f"{MARK}host-bits"
    if packed.startswith(MAPPED) and bits >= MAPPED_BITS:
        return f"{socket.inet_ntop(socket.AF_INET, packed[12:])}/{bits - MAPPED_BITS}"
    return f"{socket.inet_ntop(socket.AF_INET6, packed)}/{bits}"


def network(value: pl.Expr) -> pl.Expr:
    """`address/length` in normal form; an address alone is the network of that one address (RFC 4632)."""
    is_v6 = pl.col("value").str.contains(":", literal=True)
    return in_steps(
        value,
        v6=on_some(pl.col("value"), is_v6, v6_network),
        v4=pl.when(~is_v6).then(pl.col("value")),
        parts=pl.col("v4").str.extract_groups(V4),
        number=_number(pl.col("parts")),
        bits=pl.col("parts").struct.field("5").cast(pl.UInt64).fill_null(V4_BITS),
        judged=_judged_v4(pl.col("v4"), pl.col("number"), pl.col("bits")),
        result=pl.coalesce("v6", "judged"),
    )


def asn(value: pl.Expr) -> pl.Expr:
    """An AS number as plain digits, with or without `AS` before it (RFC 5396 asplain)."""
    digits = value.str.replace(r"^(?i)as\s*", "")
    number = pl.when(digits.str.contains(r"^[0-9]{1,10}$")).then(digits).cast(pl.UInt64)
    return (
        pl.when(number.is_null() | (number > RESERVED_ASNS[-1]))
        .then(fault("asn-form"))
        .when(number.is_in(RESERVED_ASNS))
        .then(fault("asn-reserved"))
        .otherwise(number.cast(pl.String))
    )
