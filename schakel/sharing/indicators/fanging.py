"""Addresses made unclickable, turned back. Every expression is bounded: time grows with the length only."""

import re
from typing import Final

MARK: Final = "\ue000"
"""Stands before what was turned back, where that is asked for; of the private use area, so that no text means it."""

_WIDE: Final = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_DOTS: Final = dict.fromkeys((0x3002, 0xFF61, 0x2024), ".")
_UNSEEN: Final = dict.fromkeys((0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
_LOOKALIKES: Final = {**_WIDE, **_DOTS, **_UNSEEN}
_BRACKETED: Final = re.compile(
    r"(?<![\[({])(?<![\[({] ) ?[\[({]{1,3}+ ?(\.|dot|punt|:|://|@|at) ?[\])}]{1,3}+(?! ?[\])}]) ?", re.IGNORECASE
)
_MEANT: Final = {"dot": ".", "punt": ".", "at": "@"}
_SCHEME: Final = re.compile(r"\b(?:h(?:xx|tx|xt|\*\*)p|fxp)(s?)(?=://)", re.IGNORECASE)


def refang(text: str) -> str:
    """The text with `hxxp`, `[.]`, `(dot)`, `[at]`, wide letters and their like turned back."""
    return _turned_back(text, mark="")


def marked(text: str) -> str:
    """As `refang`, with MARK before each place that was turned back."""
    return _turned_back(text.replace(MARK, ""), mark=MARK)


def _turned_back(text: str, *, mark: str) -> str:
    if not text.isascii():
        text = text.translate(_LOOKALIKES)
    text = _BRACKETED.sub(lambda found: mark + _MEANT.get(found[1].lower(), found[1]), text)
    return _SCHEME.sub(lambda found: f"{mark}{'http' if found[0][0] in 'hH' else 'ftp'}{found[1].lower()}", text)
