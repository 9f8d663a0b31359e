"""What never matches: ranges of no one, resolvers of everyone, and the warning lists that an operator adds.

Added lists are files in the form of MISP's warning lists (`name`, `type` cidr, hostname or string, `list`), which are
kept by their community at github.com/MISP/misp-warninglists; we ship none.
"""

import ipaddress
import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl
from django.conf import settings

from schakel.matching import Index, reserved

SCHEMA = {"kind": pl.String, "value": pl.String, "name": pl.String}
# Resolvers that anyone may use: they show up in reports for what their users do. From their operators' own pages.
RESOLVERS = (
    "1.0.0.1", "1.1.1.1", "8.8.4.4", "8.8.8.8", "9.9.9.9", "149.112.112.112", "208.67.220.220", "208.67.222.222",
    "2001:4860:4860::8844", "2001:4860:4860::8888", "2606:4700:4700::1001", "2606:4700:4700::1111", "2620:fe::9",
    "2620:fe::fe", "2620:119:35::35", "2620:119:53::53",
)  # fmt: skip


def lists(networks: pl.DataFrame) -> pl.DataFrame:
    """Every list for a registry that holds `networks`, as the kernel wants it: kind, value, name.

    A reserved range stays off where the registry holds networks inside it: that is a test or a demonstration.
    """
    resolvers = pl.DataFrame(
        [("network", value, "public-resolvers") for value in RESOLVERS], schema=SCHEMA, orient="row"
    )
    return pl.concat([reserved_ranges(networks), resolvers, *map(added, sorted(_folder().glob("*.json")))])


def reserved_ranges(networks: pl.DataFrame) -> pl.DataFrame:
    """The reserved ranges in which nothing is registered."""
    ranges = reserved.never_matching()
    numbered = ranges.with_row_index("asset").select(
        pl.col("asset").cast(pl.Int64), organisation=pl.lit(0, dtype=pl.Int64), network="value"
    )
    used = Index.build(networks=numbered).first(networks.select(address="network")).asset
    return ranges.filter(~pl.int_range(pl.len()).is_in(pl.Series(used).unique().to_list()))


def touches_reserved(networks: pl.DataFrame) -> bool:
    """Whether any of the networks lies in a reserved range, so that its list must change."""
    return reserved_ranges(networks).height < reserved.never_matching().height


def added(file: Path) -> pl.DataFrame:
    """The list of one file; entries that are neither network nor name are of no use here and left out."""
    content = json.loads(file.read_text())
    rows = [(kind, value, content.get("name", file.stem)) for kind, value in _entries(content.get("list", []))]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _entries(values: list[str]) -> Iterator[tuple[str, str]]:
    for value in values:
        try:
            yield "network", str(ipaddress.ip_network(value.strip(), strict=False))
        except ValueError:
            name = value.strip().strip(".").lower()
            if "." in name and " " not in name and "/" not in name:
                yield "domain", name


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "warning-lists"
