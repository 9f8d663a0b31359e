"""The first row: which columns a file has.

A file with a column we do not know is refused as a whole, because a misspelt name would otherwise lose a
column without a sound.
"""

from difflib import get_close_matches

from schakel.registry.files.refusals import FileRefused
from schakel.registry.files.tables import Table


def columns_of(header: list[str], table: Table) -> list[str]:
    """The names of the columns, in the order of the file.

    Raises FileRefused for a name unknown, missing, doubled or empty.
    """
    found = [name.strip().lower() for name in header]
    known = [column.name for column in table.columns]
    for place, name in enumerate(found, start=1):
        _refuse_unless_known(name, place, known)
    for name in known:
        if found.count(name) > 1:
            raise FileRefused("column-twice", f"The column “{name}” stands in the header twice.", name=name)
        if table.column(name).is_required and name not in found:
            there = ", ".join(found)
            raise FileRefused(
                "column-missing", f"The column “{name}” is missing; the file has: {there}.", name=name, found=there
            )
    return found


def _refuse_unless_known(name: str, place: int, known: list[str]) -> None:
    if not name:
        raise FileRefused("column-unnamed", f"Column {place} has no name in the header.", place=place)
    if name not in known:
        near = get_close_matches(name, known, n=1, cutoff=0)[0]
        raise FileRefused(
            "column-unknown", f"The column “{name}” is not known; did you mean “{near}”?", name=name, near=near
        )
