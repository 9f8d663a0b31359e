"""The kernel alone, from file to file: a report and the registry's files in, a Parquet line per holder out.

No database and no settings are needed. The built index is kept beside the registry's files and used again for as
long as these do not change.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from schakel.matching import BASES, Index, Matches

KEPT = ".schakel-index"
Engine = Callable[[Index, Path | None, pl.DataFrame], Iterator[pa.Table]]
_COLUMNS = {"address": ("ip", "src_ip"), "host": ("hostname", "src_hostname"), "asn": ("asn", "src_asn")}
_TABLES = {
    "networks": ("assets_networks.csv", {"asset": "net_id", "network": "cidr", "organisation": "org_id"}),
    "domains": ("assets_domains.csv", {"asset": "dom_id", "domain": "domain", "organisation": "org_id"}),
    "asns": ("assets_asns.csv", {"asset": "asn", "asn": "asn", "organisation": "org_id"}),
}
_LINE = pa.schema(
    pa.field(name, kind, nullable=False)
    for name, kind in (
        ("row", pa.uint32()),
        ("organisation", pa.int64()),
        ("asset", pa.int64()),
        ("basis", pa.dictionary(pa.int8(), pa.string())),
        ("rank", pa.uint16()),
    )
)
_ENCODING = {"row": "DELTA_BINARY_PACKED", "organisation": "PLAIN", "asset": "PLAIN", "rank": "PLAIN"}
_PAGE_BYTES = 8 << 20
_SHOWN = 20  # Refused rows of the registry that are shown; all are counted.
_RAY_ROWS = 1 << 17


def match(report: Path, assets: Path, out: Path, engine: str = "local") -> dict[str, Any]:
    """Match a report (Shadowserver CSV, plain or gz) against the registry in the folder `assets`.

    `out` gets a line per holder: `row` (0-based), `organisation`, `asset` (for an ASN: its number), `basis`
    ("network", "domain", "asn"), `rank` (0 = most specific). Returns counts, the rows of the registry that cannot
    count, and seconds.

    Raises ValueError for a file without the columns we need, an unknown engine, or one that is not installed.
    """
    blocks_of = _engine(engine)
    began_at = time.perf_counter()
    index, folder = kept_index(assets)
    indexed_at = time.perf_counter()
    rows = read_report(report)
    read_at = time.perf_counter()
    counts = _write(blocks_of(index, folder, rows), out)
    ended_at = time.perf_counter()
    return {
        "rows": len(rows),
        **counts,
        "unmatched": len(rows) - counts["matched"],
        "refused_assets": len(index.refused),
        "refused_first": index.refused.head(_SHOWN).to_dicts(),
        "seconds": {
            "index": round(indexed_at - began_at, 3),
            "read": round(read_at - indexed_at, 3),
            "match": round(ended_at - read_at, 3),
        },
    }


def _engine(name: str) -> Engine:
    """How the blocks of lines are made."""
    engines: dict[str, Engine] = {"local": _match_here, "ray": _match_with_ray}
    if name not in engines:
        raise ValueError(f"the engine is local or ray, not {name}")
    if name == "ray":
        _require_ray()
    return engines[name]


def read_report(report: Path) -> pl.DataFrame:
    """The columns `address`, `host` and `asn` of a report, as far as it has them."""
    try:
        there = pl.read_csv(report, n_rows=0, infer_schema=False, truncate_ragged_lines=True).columns
        chosen = {
            ours: next(name for name in theirs if name in there)
            for ours, theirs in _COLUMNS.items()
            if set(theirs) & set(there)
        }
        if not {"address", "host"} & chosen.keys():
            raise ValueError(f"{report}: no column ip, src_ip, hostname or src_hostname")
        rows = pl.read_csv(report, columns=list(chosen.values()), infer_schema=False, truncate_ragged_lines=True)
    except pl.exceptions.PolarsError as trouble:
        raise ValueError(f"{report}: {trouble}") from trouble
    rows = rows.rename({theirs: ours for ours, theirs in chosen.items()})
    return rows.with_columns(pl.col("asn").cast(pl.Int64, strict=False)) if "asn" in rows.columns else rows


def kept_index(assets: Path) -> tuple[Index, Path | None]:
    """The index of the registry's files, and where it is kept; None where nothing can be written beside them."""
    folder = assets / KEPT / _state(assets)
    try:
        return Index.load(folder), folder
    except (OSError, ValueError):
        index = Index.build(**read_registry(assets))
    try:
        index.save(folder)
    except OSError:
        return index, None
    for old in folder.parent.iterdir():
        if old.name != folder.name:
            shutil.rmtree(old, ignore_errors=True)
    return index, folder


def _state(assets: Path) -> str:
    """A name that changes whenever the registry's files or the public suffix list do."""
    seen = [importlib.metadata.version("publicsuffixlist")]
    for file, _columns in _TABLES.values():
        found = assets / file
        if not found.is_file():
            raise ValueError(f"{assets}: no file {file}")
        stat = found.stat()
        seen.append(f"{file} {stat.st_size} {stat.st_mtime_ns} {stat.st_ino}")
    return hashlib.sha256("\n".join(seen).encode()).hexdigest()[:24]


def read_registry(assets: Path) -> dict[str, pl.DataFrame]:
    """The registry's files as the tables that `Index.build` takes."""
    return {name: _table(assets / file, columns) for name, (file, columns) in _TABLES.items()}


def _table(file: Path, columns: dict[str, str]) -> pl.DataFrame:
    kinds = {name: pl.String if name in ("cidr", "domain") else pl.Int64 for name in columns.values()}
    try:
        return pl.read_csv(file, columns=list(kinds), schema_overrides=kinds).select(**columns)
    except pl.exceptions.PolarsError as trouble:
        raise ValueError(f"{file}: {trouble}") from trouble


def _match_here(index: Index, _folder: Path | None, rows: pl.DataFrame) -> Iterator[pa.Table]:
    return (lines_of(part) for part in index.match_blocks(rows))


def lines_of(matches: Matches) -> pa.Table:
    """The lines as an Arrow table; nothing is copied."""
    basis = pa.DictionaryArray.from_arrays(pa.array(matches.basis.view("int8")), pa.array(BASES))
    return pa.table([matches.row, matches.organisation, matches.asset, basis, matches.rank], schema=_LINE)


def _write(blocks: Iterator[pa.Table], out: Path) -> dict[str, int]:
    """Write blocks one after another, and put the file in place when it is whole."""
    draft = out.with_name(f".{out.name}.part")
    lines = matched = 0
    try:
        with pq.ParquetWriter(
            draft,
            _LINE,
            compression="none",
            use_dictionary=["basis"],
            column_encoding=_ENCODING,
            write_statistics=False,
            data_page_size=_PAGE_BYTES,
        ) as writer:
            for block in blocks:
                writer.write_table(block)
                lines += len(block)
                matched += _rows_in(block)
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)
    return {"matched": matched, "lines": lines}


def _rows_in(block: pa.Table) -> int:
    """How many different rows a block has; its lines are in the order of rows."""
    rows = block["row"].to_numpy()
    return int(np.count_nonzero(rows[1:] != rows[:-1])) + 1 if len(rows) else 0


def _require_ray() -> None:
    if importlib.util.find_spec("ray") is None:
        raise ValueError("the engine ray is not installed: pip install 'schakel[ray]'")


def _match_with_ray(_index: Index, folder: Path | None, rows: pl.DataFrame) -> Iterator[pa.Table]:
    """Match blocks on a Ray cluster, whose machines must all see the folder of the kept index."""
    if folder is None:
        raise ValueError("the index must be kept beside the registry's files for ray, and they cannot be written to")
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # Nobody else is told that we run.
    import ray.data  # noqa: PLC0415 - an optional extra

    ray.init(ignore_reinit_error=True, logging_level="warning")  # The cluster of RAY_ADDRESS, else one of its own.
    ray.data.DataContext.get_current().execution_options.preserve_order = True
    numbered = rows.with_row_index("row").to_arrow(compat_level=pl.CompatLevel.oldest())
    blocks = [numbered.slice(at, _RAY_ROWS) for at in range(0, max(len(numbered), 1), _RAY_ROWS)]
    workers = max(1, int(ray.cluster_resources().get("CPU", 1)))
    matched = ray.data.from_arrow(blocks).map_batches(
        BlockMatcher,
        fn_constructor_args=(str(folder),),
        batch_size=_RAY_ROWS,
        batch_format="pyarrow",
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=workers),
    )
    for batch in matched.iter_batches(batch_size=None, batch_format="pyarrow"):
        yield batch.select(_LINE.names).cast(_LINE)


class BlockMatcher:
    """Matches the blocks that a worker is given; loads the index once."""

    def __init__(self, folder: str) -> None:
        self._index = Index.load(Path(folder))

    def __call__(self, block: pa.Table) -> pa.Table:
        """The lines of a block whose column `row` has the numbers of its rows."""
        lines = lines_of(self._index.match(pl.DataFrame(pl.from_arrow(block.drop_columns(["row"])))))
        numbers = block["row"].to_numpy()[lines["row"].to_numpy()]
        return lines.set_column(0, "row", pa.array(numbers, pa.uint32()))
