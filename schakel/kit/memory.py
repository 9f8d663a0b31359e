"""Memory that is used again and again is kept, for fresh pages cost more than what is done with them.

A reader of a large report takes and gives back the same few megabytes thousands of times. Left to themselves, glibc
and jemalloc (inside polars) return each to the system, which then clears it anew.
"""

import ctypes
import os
from contextlib import suppress

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # malloc.h of glibc
LARGEST_KEPT = 32 << 20  # The most that every glibc takes.
TRIM_FROM = 256 << 20
JEMALLOC = "dirty_decay_ms:5000,muzzy_decay_ms:5000"


def keep() -> None:
    """Ask both allocators to keep what they have for some seconds; before polars is first imported.

    Where there is no glibc, nothing happens.
    """
    os.environ.setdefault("_RJEM_MALLOC_CONF", JEMALLOC)
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.mallopt(M_MMAP_THRESHOLD, LARGEST_KEPT)
        libc.mallopt(M_TRIM_THRESHOLD, TRIM_FROM)
