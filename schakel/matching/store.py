"""Keep nested dataclasses of arrays in a folder: one file of bytes, mapped into memory when read back.

A folder is written under another name and then moved into place, so that a reader never sees half of it.
"""

import dataclasses
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, get_type_hints

import numpy as np
import polars as pl

T = TypeVar("T")
Plan = dict[str, Any]
Array = np.ndarray[Any, Any]

_ALIGNED = 64  # Bytes; where each array begins.
_ARRAYS, _PLAN, _TABLE = "arrays.bin", "plan.json", "table.parquet"


def save(folder: Path, thing: Any, table: pl.DataFrame, *, form: int) -> None:
    """Write a dataclass of arrays, plain values and such dataclasses, and one table beside it.

    `form` is the version of the layout; only a reader that asks for the same gets it. What `folder` held before
    is replaced.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    try:
        arrays, plain = _taken_apart(thing, "")
        with (draft / _ARRAYS).open("wb") as file:
            places = {name: _written(file, array) for name, array in arrays.items()}
        (draft / _PLAN).write_text(json.dumps({"form": form, "arrays": places, "plain": plain}), encoding="utf-8")
        table.write_parquet(draft / _TABLE)
        _put(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _put(draft: Path, folder: Path) -> None:
    if folder.exists():
        old = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
        folder.replace(old / "old")
        draft.replace(folder)
        shutil.rmtree(old)
    else:
        draft.replace(folder)


def _written(file: BinaryIO, array: Array) -> tuple[int, str, int]:
    file.write(b"\0" * (-file.tell() % _ALIGNED))
    at = file.tell()
    array.tofile(file)
    return at, array.dtype.str, len(array)


def _taken_apart(thing: Any, prefix: str) -> tuple[dict[str, Array], dict[str, Any]]:
    arrays: dict[str, Array] = {}
    plain: dict[str, Any] = {}
    for field in dataclasses.fields(thing):
        value, name = getattr(thing, field.name), f"{prefix}{field.name}"
        if dataclasses.is_dataclass(value):
            inner_arrays, inner_plain = _taken_apart(value, f"{name}.")
            arrays |= inner_arrays
            plain |= inner_plain
        elif isinstance(value, np.ndarray):
            arrays[name] = value
        else:
            plain[name] = value
    return arrays, plain


def load(folder: Path, kind: type[T], *, form: int) -> tuple[T, pl.DataFrame]:
    """Read back what `save` wrote; the arrays are read-only views of the file.

    Raises ValueError for another form or a damaged folder, FileNotFoundError where there is none.
    """
    plan = json.loads((folder / _PLAN).read_text(encoding="utf-8"))
    if plan.get("form") != form:
        raise ValueError(f"{folder}: form {plan.get('form')}, wanted {form}")
    octets = np.memmap(folder / _ARRAYS, np.uint8, "r")
    return _put_together(kind, plan, octets, ""), pl.read_parquet(folder / _TABLE)


def _put_together(kind: type[T], plan: Plan, octets: Array, prefix: str) -> T:
    parts: Plan = {}
    for name, hint in get_type_hints(kind).items():
        full = f"{prefix}{name}"
        if dataclasses.is_dataclass(hint):
            parts[name] = _put_together(hint, plan, octets, f"{full}.")  # type: ignore[arg-type]
        elif full in plan["arrays"]:
            parts[name] = _mapped(octets, *plan["arrays"][full])
        else:
            parts[name] = plan["plain"][full]
    return kind(**parts)


def _mapped(octets: Array, at: int, dtype: str, count: int) -> Array:
    kind = np.dtype(dtype)
    size = kind.itemsize * count
    if at + size > len(octets):
        raise ValueError(f"the file of arrays ends before byte {at + size}")
    return np.frombuffer(octets, kind, count, at)
