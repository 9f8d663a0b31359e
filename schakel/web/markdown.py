"""Texts of others as HTML that can do nothing but be read: no script, no image that reports who reads."""

from functools import cache

import nh3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

LONGEST = 200_000
"""Longer texts, in characters, are shown as they were typed: laying them out would keep everybody waiting."""
TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
DEEPEST = 6


def rendered(text: str, *, level: int = 2) -> SafeString:
    """Markdown (CommonMark, with tables) as HTML; its headings begin below one of that level."""
    if len(text) > LONGEST:
        return format_html('<pre class="as-typed">{}</pre>', text)
    tokens = _reader().parse(text)
    _order(tokens, level)
    made = _reader().renderer.render(tokens, _reader().options, {})
    clean = nh3.clean(
        made, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener noreferrer nofollow"
    )
    return mark_safe(clean)  # noqa: S308 - made sound by nh3 in the line above


@cache
def _reader() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def _order(tokens: list[Token], level: int) -> None:
    """Let headings begin one below `level` and never skip one on the way down (WCAG technique G141)."""
    ranks = sorted({token.tag for token in tokens if token.type == "heading_open"})
    last = level
    for token in tokens:
        if token.type == "heading_open":
            last = min(level + 1 + ranks.index(token.tag), last + 1, DEEPEST)
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{last}"
