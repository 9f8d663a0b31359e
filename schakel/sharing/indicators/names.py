"""Which names can be somebody's: those below a known ending (https://publicsuffix.org, or reserved for special use)."""

import functools
from typing import Final

import publicsuffixlist

SPECIAL: Final = frozenset({"example", "onion", "i2p", "bit", "test"})
"""Endings outside the public suffix list that reports name: RFC 2606, RFC 7686, and two that malware uses."""
FILE_ENDINGS: Final = frozenset(
    {"bit", "cc", "md", "mov", "name", "pl", "properties", "ps", "py", "rs", "sh", "so", "test", "zip"}
)
"""Endings of names that are endings of files or of program words too."""


def is_below_suffix(name: str) -> bool:
    """Whether a name in normal form has a known ending and something before it."""
    if name.rpartition(".")[2] in SPECIAL:
        return "." in name
    return _list().privatesuffix(name) is not None


@functools.cache
def _list() -> publicsuffixlist.PublicSuffixList:
    return publicsuffixlist.PublicSuffixList(accept_unknown=False, only_icann=True)
