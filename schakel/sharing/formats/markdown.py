"""HTML of others as Markdown: only what carries words is kept, so that nothing in it can act."""

import re
from html.parser import HTMLParser
from typing import Final

import nh3

MOST_BYTES: Final = 8 * 1024 * 1024
"""Longer HTML is cut here; nobody wrote it to be read."""

_KEPT: Final = {
    "a", "b", "blockquote", "br", "code", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "li", "ol", "p",
    "pre", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_LINES: Final = frozenset({"blockquote", "br", "div", "hr", "li", "p", "pre", "table", "tr"})
_PARAGRAPHS: Final = frozenset({"blockquote", "ol", "p", "pre", "table", "ul", "h1", "h2", "h3", "h4", "h5", "h6"})
_SCHEMES: Final = {"http", "https", "mailto"}
_BLANKS: Final = re.compile(r"[ \t\r\n\f\xa0]+")
_TIDY: Final = ((re.compile(r"[ \t]+\n"), "\n"), (re.compile(r"\n[ \t]+"), "\n"), (re.compile(r"\n{3,}"), "\n\n"))


def markdown_of(html: str) -> str:
    """The words of a piece of HTML as Markdown. Scripts, styles, forms, images and comments are left out."""
    reader = _Reader()
    reader.feed(
        nh3.clean(html[:MOST_BYTES], tags=_KEPT, attributes={"a": {"href"}}, url_schemes=_SCHEMES, link_rel=None)
    )
    reader.close()
    text = "".join(reader.words)
    for pattern, tidy in _TIDY:
        text = pattern.sub(tidy, text)
    return text.strip()


class _Reader(HTMLParser):
    """Writes what it meets; what comes in was made sound by nh3."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._links: list[str] = []
        self._verbatim = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._break(tag)
        if tag == "a":
            self._links.append(dict(attrs).get("href") or "")
            self.words.append("[" if self._links[-1] else "")
        elif tag == "li":
            self.words.append("- ")
        elif tag in {"td", "th"}:
            self.words.append(" ")
        elif tag == "pre":
            self._verbatim += 1
        elif len(tag) == 2 and tag[1].isdigit():  # noqa: PLR2004 - h1 to h6
            self.words.append(f"{'#' * int(tag[1])} ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._links:
            address = self._links.pop()
            self.words.append(f"]({address})" if address else "")
        elif tag == "pre":
            self._verbatim -= 1
        self._break(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data if self._verbatim else _BLANKS.sub(" ", data))

    def _break(self, tag: str) -> None:
        self.words.append("\n\n" if tag in _PARAGRAPHS else "\n" if tag in _LINES else "")
