"""What a file is, by its first bytes; its name only decides between readings that its content allows."""

import re
from pathlib import PurePath
from typing import Final

import polars as pl

from schakel.intake.formats.aliases import names_an_asset
from schakel.intake.formats.flows import Allowance, Flow
from schakel.intake.formats.headers import delimiter_of, plain_name
from schakel.intake.formats.shapes import FormatRefused, Limits
from schakel.intake.formats.subjects import refanged, sorted_out
from schakel.intake.formats.table import parquet
from schakel.intake.formats.text import decoded_head
from schakel.intake.formats.wrappers import GZIP, gunzip, refuse_unknown_archive
from schakel.intake.formats.zipped import LOCAL, entries

HEAD_BYTES: Final = 1 << 16
_SHADOWSERVER: Final = frozenset({
    "asn", "geo", "tag", "naics", "infection", "severity", "src_asn", "src_geo", "src_naics", "region", "sector",
})  # fmt: skip
_XARF: Final = re.compile(r'"(?:xarf_version|ReporterInfo|ReportClass)"')
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffd]")
_LISTED: Final = 20
_COMMENT: Final = ("#", ";", "//")


def recognise(head: bytes, name: str) -> str:
    """The format of a file that begins with `head`: "shadowserver", "table", "lists" or "xarf".

    A gzip or zip file is looked into. Raises FormatRefused for what is no report that we can read.
    """
    head = _unwrapped(head)
    refuse_unknown_archive(head)
    if head.startswith(parquet.MAGIC):
        return "table"
    text = _text(head)
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return "lists"
    if lines[0].lstrip().startswith(("{", "[{")) or lines[0].strip() == "[":
        return "xarf" if _XARF.search(text) else "table"
    if lines[0].lower().startswith("sep=") and len(lines) > 1:
        lines = lines[1:]
    return _recognised(lines, name)


def _recognised(lines: list[str], name: str) -> str:
    names = [column.strip().strip('"') for column in lines[0].split(delimiter_of(lines[0]))]
    plain = {plain_name(column) for column in names}
    if "timestamp" in plain and len(plain & _SHADOWSERVER) > 1 and plain & {"ip", "src_ip", "url", "http_referer_ip"}:
        return "shadowserver"
    if names_an_asset(names) and (len(names) > 1 or PurePath(name).suffix in {".csv", ".tsv"}):
        return "table"
    if names_an_asset(names) or _looks_like_list(lines):
        return "lists"
    if len(names) > 1:
        return "table"  # Its parser says which columns it would need, or goes by a mapping.
    raise FormatRefused("unknown-format", "This is not a report in a form that we know.")


def _looks_like_list(lines: list[str]) -> bool:
    """Whether some of the first lines begin with an asset, or all of them are remarks."""
    shown = [line.strip() for line in lines if not line.strip().startswith(_COMMENT)][:_LISTED]
    words = pl.Series([re.split(r"[,;|\s]+", line.strip("\"'<>-*\u2022 \t"))[0] for line in shown], dtype=pl.String)
    sorts = sorted_out(words.to_frame("word").select(refanged(pl.col("word"))).to_series())
    return not shown or bool(sorts.select(pl.any_horizontal(pl.all().is_not_null()).any()).item())


def _unwrapped(head: bytes) -> bytes:
    """The beginning of the content of the (first) file in an archive, as far as `head` reaches."""
    flow = Flow([head])
    if head.startswith(GZIP):
        return Flow(gunzip(flow, Allowance(Limits()))).read(HEAD_BYTES)
    if head.startswith(LOCAL):
        return next((inner.read(HEAD_BYTES) for _, inner in entries(flow, name="", allowance=Allowance(Limits()))), b"")
    return head


def _text(head: bytes) -> str:
    """The head as text. Raises FormatRefused where it is none."""
    text = decoded_head(head)
    if len(_CONTROL.findall(text)) > len(text) // 50 + 2:
        raise FormatRefused("binary", "This is not text and not an archive that we open.")
    return text
