"""Words inside markup: XML 1.0 cannot hold every character that a text can (section 2.2), escaped or not."""

import re
from xml.sax import saxutils

UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def printable(text: str) -> str:
    """The text with a mark in the place of each character that XML cannot hold."""
    return UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def escaped(text: str) -> str:
    """The text as the content of an element."""
    return saxutils.escape(printable(text))


def quoted(text: str) -> str:
    """The text as the value of an attribute, with its quotation marks."""
    return saxutils.quoteattr(printable(text))
