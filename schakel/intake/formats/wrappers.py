"""What a report comes wrapped in: nothing, gzip (RFC 1952) or zip (PKWARE APPNOTE 6.3).

Archives are read forwards and a piece at a time, so that standard input, a broken download and a bomb are
all met with the same few megabytes of memory.
"""

import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from schakel.intake.formats import zipped
from schakel.intake.formats.flows import CHUNK, Allowance, Broken, Flow, Readable, chunks
from schakel.intake.formats.shapes import FormatRefused, Limits

GZIP: Final = b"\x1f\x8b"
ARCHIVES: Final = (GZIP, zipped.LOCAL, b"7z\xbc\xaf\x27\x1c", b"BZh", b"\xfd7zXZ\x00", b"Rar!", b"\x28\xb5\x2f\xfd")
"""How archives begin: gzip, zip, 7-Zip, bzip2, xz, RAR, Zstandard."""
_DIALECT_GZIP: Final = 16 + zlib.MAX_WBITS


def members(source: Path | str | Readable, *, name: str, limits: Limits) -> Iterator[tuple[str, Flow]]:
    """Each file within `source`, with its name. A member must be read before the next is asked for.

    Raises FormatRefused for bombs, encrypted or nested archives and kinds of archive that we do not open.
    """
    with ExitStack() as open_files:
        if isinstance(source, Path | str):
            stream: Readable = open_files.enter_context(Path(source).open("rb"))
        else:
            stream = source
        yield from _unwrapped(stream, name=name, limits=limits)


def _unwrapped(stream: Readable, *, name: str, limits: Limits) -> Iterator[tuple[str, Flow]]:
    allowance = Allowance(limits)
    flow = Flow(chunks(stream))
    start = flow.peek(8)
    if start.startswith(GZIP):
        yield _inner_name(name), _not_nested(Flow(gunzip(flow, allowance)), name)
    elif start.startswith((zipped.LOCAL, zipped.EMPTY)):
        for inner, member in zipped.entries(flow, name=name, allowance=allowance):
            yield inner, _not_nested(member, inner)
    else:
        refuse_unknown_archive(start)
        yield name, Flow(_counted(flow, allowance))


def gunzip(source: Flow, allowance: Allowance) -> Iterator[bytes]:
    """The content of all gzip members in a row. Raises Broken where the file ends or turns wrong."""
    while source.peek(2) == GZIP:
        yield from zipped.inflate(source, allowance, window=_DIALECT_GZIP)
    if source.peek(1024).strip(b"\x00"):  # Tapes and some tools pad with zeros; anything else is damage.
        raise Broken("damaged")


def refuse_unknown_archive(start: bytes) -> None:
    """Raise FormatRefused where these are the first bytes of an archive that we do not open."""
    if start.startswith(ARCHIVES):
        raise FormatRefused("unknown-archive", "Only gzip and zip archives are opened; unpack this one first.")


def _not_nested(flow: Flow, name: str) -> Flow:
    if flow.peek(8).startswith(ARCHIVES):
        raise FormatRefused("nested-archive", f"{name} is an archive within an archive; unpack it first.")
    return flow


def _inner_name(name: str) -> str:
    return name[: -len(".gz")] if name.lower().endswith(".gz") else name


def _counted(flow: Flow, allowance: Allowance) -> Iterator[bytes]:
    while piece := flow.read(CHUNK):
        allowance.spend(len(piece), taken=flow.taken)
        yield piece
