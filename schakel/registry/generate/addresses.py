"""Addresses that are nobody's: documentation ranges first (RFC 5737, RFC 3849), then private ones (RFC 1918, 4193).

Blocks are powers of two. Laid out from large to small, each begins at a multiple of its own size, so
siblings never overlap; what nests is put inside on purpose.
"""

import numpy as np
import polars as pl

from schakel.registry.generate.dice import Ints, words

DOCUMENTATION = (0xC0000200, 0xC6336400, 0xCB007100)  # 192.0.2.0, 198.51.100.0, 203.0.113.0
DOCUMENTATION_SIZE = 256 * len(DOCUMENTATION)
PRIVATE = 10 << 24
HOSTING = 0x0AF00000  # 10.240.0.0/12, a /24 for each hosting company
PRIVATE_SIZE = HOSTING - PRIVATE
UNUSED = 0xAC100000  # 172.16.0.0/12, never handed out
ALIGNMENT = 1 << 10
HEX = [f"{number:x}" for number in range(1 << 16)]


def aligned(size_log2: Ints) -> tuple[Ints, int]:
    """Offsets of blocks of 2**size_log2 in a gapless space, and its size rounded up to ALIGNMENT."""
    order = np.argsort(-size_log2, kind="stable")
    sizes = np.left_shift(1, size_log2[order])
    offsets = np.empty(len(size_log2), np.int64)
    offsets[order] = np.cumsum(sizes) - sizes
    return offsets, int(-(-sizes.sum() // ALIGNMENT) * ALIGNMENT)


def documentation(offsets: Ints) -> Ints:
    """The documentation addresses at these offsets below DOCUMENTATION_SIZE."""
    return np.asarray(np.array(DOCUMENTATION)[offsets >> 8] + (offsets & 255), np.int64)


def v4_text(address: Ints) -> pl.Series:
    """Dotted quads."""
    octets = [words([str(number) for number in range(256)], (address >> shift) & 255) for shift in (24, 16, 8, 0)]
    return octets[0] + "." + octets[1] + "." + octets[2] + "." + octets[3]


def v4_networks(address: Ints, size_log2: Ints) -> pl.Series:
    """Networks of 2**size_log2 addresses."""
    return v4_text(address) + "/" + words([str(32 - size) for size in range(33)], size_log2)


def v6_small(number: Ints, subnet: Ints) -> pl.Series:
    """Four groups of a subnet (0 to 255) in the /56 of an organisation in 2001:db8::/32."""
    slot = number + (1 << 8)
    return "2001:db8:" + words(HEX, (slot >> 8) & 0xFFFF) + ":" + words(HEX, ((slot & 0xFF) << 8) + subnet)


def v6_large(number: Ints, subnet: Ints) -> pl.Series:
    """Four groups of a subnet (0 to 65535) in the /48 of an organisation in fd00::/8."""
    slot = number + (1 << 16)
    return "fd5c:" + words(HEX, slot >> 16) + ":" + words(HEX, slot & 0xFFFF) + ":" + words(HEX, subnet)
