"""The name of the file that holds a CSAF document (CSAF 2.0 and 2.1, 5.1)."""

import re

SWAPPED = re.compile(r"[^+\-a-z0-9]+")


def file_name(key: str) -> str:
    """The tracking id in small letters, every run of other signs than letters, digits, + and - as one underscore."""
    return f"{SWAPPED.sub('_', key.strip().lower())}.json"
