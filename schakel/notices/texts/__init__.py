"""The words of notices: for each kind of finding a text that a small company and its IT supplier can use.

A text is a Markdown file, `<kind>/<language>.md`, with a subject and five sections in a fixed order. It knows
few marks on purpose: paragraphs, lists, bold and code. Its placeholders are filled when a notice is composed.
"""

from schakel.notices.texts.catalogue import (
    HEADINGS,
    LANGUAGES,
    PLACEHOLDERS,
    Text,
    deadline,
    text,
    weakness_line,
)

__all__ = ["HEADINGS", "LANGUAGES", "PLACEHOLDERS", "Text", "deadline", "text", "weakness_line"]
