"""How this process keeps its memory: what is used again and again stays, for fresh pages cost more than their use.

A reader of a large report takes and gives back the same few megabytes thousands of times. Left to themselves, glibc
and jemalloc (inside polars) return each to the system, which then clears it anew.
"""

import ctypes
import gc
import os
from contextlib import suppress

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # malloc.h of glibc
LARGEST_KEPT = 32 << 20  # The most that every glibc takes.
TRIM_FROM = 256 << 20
OBJECTS = 50_000  # More of them are made while starting, and nearly all stay: looking for refuse is a tenth of it.
JEMALLOC = "dirty_decay_ms:5000,muzzy_decay_ms:5000"


def keep() -> None:
    """Ask both allocators to keep what they have for some seconds, and Python to look for refuse less often.

    To be called before polars is first imported. Where there is no glibc, it is passed over.
    """
    gc.set_threshold(OBJECTS)
    os.environ.setdefault("_RJEM_MALLOC_CONF", JEMALLOC)
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.mallopt(M_MMAP_THRESHOLD, LARGEST_KEPT)
        libc.mallopt(M_TRIM_THRESHOLD, TRIM_FROM)
