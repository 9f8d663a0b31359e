"""Which language a text is in, by its small words; only the ones that our readers search in."""

import re
from typing import Final

FEWEST: Final = 3
"""With fewer small words than this it is anybody's guess."""
SAMPLE: Final = 20_000
_WORDS: Final = re.compile(r"[a-z]{2,10}")
_SMALL: Final = {
    "nl": frozenset({"de", "het", "een", "van", "niet", "dat", "die", "voor", "met", "zijn", "wordt", "door", "op"}),
    "en": frozenset({"the", "of", "and", "to", "that", "for", "with", "are", "this", "by", "from", "not", "be"}),
}


def language_of(text: str) -> str:
    """`nl`, `en`, or nothing where it is neither or too short to tell."""
    words = _WORDS.findall(text[:SAMPLE].lower())
    counts = {language: sum(word in small for word in words) for language, small in _SMALL.items()}
    best = max(counts, key=counts.__getitem__)
    others = max(count for language, count in counts.items() if language != best)
    return best if counts[best] >= FEWEST and counts[best] > 2 * others else ""
