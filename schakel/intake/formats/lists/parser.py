"""One asset after another, on lines or parted by commas, semicolons and spaces; comments and defanging removed.

Each asset is a row. A range becomes the networks that fill it, a row each. A line without any asset in it is
one row too, kept apart whole, so that a covering letter does not turn into a hundred wrong words.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl

from schakel.intake.formats.aliases import ALIASES, ASSETS
from schakel.intake.formats.delimited import lines_of
from schakel.intake.formats.fields import Plan
from schakel.intake.formats.headers import plain_name
from schakel.intake.formats.shapes import ReadOptions, Reject
from schakel.intake.formats.sources import Source, Stretch, shaped_stretches
from schakel.intake.formats.subjects import networks_of, refanged, sorted_out
from schakel.intake.formats.text import Block
from schakel.intake.kinds import FALLBACK

_PLAIN: Final = r"^(?:[0-9A-Za-z.-]+|[0-9A-Fa-f:][0-9A-Fa-f.:/]*)$"
_REMARKS: Final = r"^\s*(?:#|;|//).*$|\s(?:#|//).*$"
_BULLET: Final = r"^\s*[-*\u2022]\s+"
_ADDRESS: Final = r"[0-9A-Fa-f]*[.:][0-9A-Fa-f.:]*"
_SPACED_RANGE: Final = rf"({_ADDRESS})\s+[-\u2013]\s*({_ADDRESS})"
_RANGE: Final = rf"^{_ADDRESS}[-\u2013][0-9A-Fa-f.:]+$"
_NEXT_URL: Final = r"(?i)[,;|]\s*((?:https?|ftp)://)"
_BETWEEN: Final = r"[,;|\s]+"
_BETWEEN_URLS: Final = r"[,;|]*\s+"
_AROUND: Final = "\"'<>`,;"
_SAYS_SOMETHING: Final = r"[\pL\pN]|::"
_HEADER_NAMES: Final = frozenset(name for field in ASSETS for name in ALIASES[field])


def read(source: Source, options: ReadOptions) -> Iterator[Stretch]:
    """The assets of one file."""
    plan = Plan(
        columns={"subject": ("c0",)},
        names={"c0": None},
        received_at=options.received_at,
        kind=options.default_kind or FALLBACK,
        severity=options.default_severity,
    )
    is_first = True
    for item in source.text():
        if isinstance(item, Reject):
            yield from shaped_stretches(_assets(Block(item.line, b"")), [item], plan)
            continue
        assets = _assets(item)
        if is_first and assets.height:
            assets, is_first = _without_header(assets), False
        assets, rejects = _ranges_opened(assets)
        yield from shaped_stretches(_letters_kept_whole(assets), rejects, plan)


def _assets(block: Block) -> pl.DataFrame:
    """A row for each word between separators: `c0`, with the number and text of its line."""
    lines = lines_of(block)
    is_plain = lines["source_row"].str.contains(_PLAIN)
    plain = lines.filter(is_plain).with_columns(c0="source_row")
    if plain.height < lines.height:
        plain = pl.concat([plain, _words(lines.filter(~is_plain))]).sort("line", maintain_order=True)
    return plain.filter(pl.col("c0").str.contains(_SAYS_SOMETHING))


def _words(lines: pl.DataFrame) -> pl.DataFrame:
    """The words of lines that are more than one plain asset."""
    line = pl.col("source_row")
    bare = refanged(line.str.replace_all(_REMARKS, "").str.replace(_BULLET, ""))
    bare = bare.str.replace_all(_SPACED_RANGE, "${1}-${2}").str.replace_all(_NEXT_URL, " ${1}")
    gap = pl.when(bare.str.contains("://", literal=True)).then(bare.str.replace_all(_BETWEEN_URLS, " "))
    words = gap.otherwise(bare.str.replace_all(_BETWEEN, " ")).str.split(" ")
    return (
        lines.with_columns(c0=words)
        .explode("c0", empty_as_null=True)
        .with_columns(pl.col("c0").str.strip_chars(_AROUND))
    )


def _without_header(assets: pl.DataFrame) -> pl.DataFrame:
    """The assets without the first line, where that only says what the list is of."""
    first = assets["line"][0]
    words = assets.filter(pl.col("line") == first)["c0"].to_list()
    is_header = plain_name(" ".join(words)) in _HEADER_NAMES or {plain_name(word) for word in words} <= _HEADER_NAMES
    return assets.filter(pl.col("line") != first) if is_header else assets


def _ranges_opened(assets: pl.DataFrame) -> tuple[pl.DataFrame, list[Reject]]:
    """Ranges `first-last` as the networks that fill them, and rejects for those that run backwards."""
    is_range = assets["c0"].str.contains(_RANGE)
    if not is_range.any():
        return assets, []
    rejects: list[Reject] = []
    networks: list[list[str]] = []
    for line, raw, text in assets.filter(is_range).select("line", "source_row", "c0").iter_rows():
        try:
            networks.append(networks_of(text) or [text])
        except ValueError:
            networks.append([])
            rejects.append(Reject(line=line, reason="bad-range", raw=raw, value=text))
    opened = assets.filter(is_range).with_columns(c0=pl.Series(networks, dtype=pl.List(pl.String)))
    opened = opened.explode("c0", empty_as_null=True).drop_nulls("c0")
    return pl.concat([assets.filter(~is_range), opened]).sort("line", maintain_order=True), rejects


def _letters_kept_whole(assets: pl.DataFrame) -> pl.DataFrame:
    """Each line in which no word is an asset as one row."""
    sorts = sorted_out(assets["c0"])
    known = assets.select("line", is_known=sorts.select(pl.any_horizontal(pl.all().is_not_null())).to_series())
    has_asset = known.select(pl.col("is_known").any().over("line")).to_series().to_numpy()
    is_first = known["line"].is_first_distinct().to_numpy()
    whole = pl.when(pl.Series(has_asset)).then("c0").otherwise(pl.col("source_row").str.strip_chars())
    return assets.with_columns(c0=whole).filter(pl.Series(np.logical_or(has_asset, is_first)))
