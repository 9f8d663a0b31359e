"""A sheet of a workbook, read by a process of its own.

A workbook of two kilobytes can name a cell so far from the others that a reader asks for more memory than there is,
and is ended for it. So the reader is not the process that others wait for, and has only so much memory, time and disk.
"""

import os
import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

MOST_BYTES = 8 << 30
MOST_SECONDS = 600
NEEDED = ("PATH", "PYTHONPATH", "TMPDIR", "LANG")
"""What of our environment the reader gets: none of our secrets, as what it reads is a stranger's."""
FEW_THREADS = {"POLARS_MAX_THREADS": "1", "RAYON_NUM_THREADS": "1"}
BROKEN = 3
"""How the reader says that the file is no workbook."""


class Broken(Exception):  # noqa: N818 - it reads as a sentence where it is raised
    """The file is no workbook that can be read."""


class TooLarge(Exception):  # noqa: N818 - it reads as a sentence where it is raised
    """The workbook asks for more memory or time than it gets."""


def read(path: Path, name: str, *, most_bytes: int = MOST_BYTES) -> pl.DataFrame:
    """The cells of the sheet `name`, or of the first, as text. Raises Broken, TooLarge."""
    with TemporaryDirectory() as folder:
        out = Path(folder) / "sheet.arrow"
        command = [sys.executable, "-m", __name__, str(path), name, str(out), str(most_bytes)]
        plain = {name: os.environ[name] for name in NEEDED if name in os.environ}
        try:
            done = subprocess.run(  # noqa: S603 - our own module, with paths of our own
                command, env=plain | FEW_THREADS, capture_output=True, timeout=MOST_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as late:
            raise TooLarge from late
        if done.returncode:
            raise Broken if done.returncode == BROKEN else TooLarge
        return pl.read_ipc(out)


def main(path: str, name: str, out: str, most_bytes: str) -> int:
    """Write the sheet as an Arrow file, or end."""
    most = int(most_bytes)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_FSIZE, (most // 4, most // 4))
    import fastexcel  # noqa: PLC0415 - within the limits

    try:
        workbook = fastexcel.read_excel(path)
        sheet = name if name in workbook.sheet_names else 0
        cells = workbook.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string")
    except fastexcel.FastExcelError:
        return BROKEN
    cells.to_polars().write_ipc(out)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
