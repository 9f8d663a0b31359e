"""Typst with our layouts. Words travel as data, so that nothing in them can act."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

import typst

FOLDER = Path(__file__).parent
STANDARD: Final = "a-2a"  # ISO 19005-2, level A: kept for long, and tagged for those who hear it.


def agreement_pdf(values: Mapping[str, object], *, at: datetime) -> bytes:
    """An agreement to sign, as PDF/A-2a (ISO 19005-2)."""
    return _made("agreement.typ", values, at)


def letter_pdf(values: Mapping[str, object], *, at: datetime) -> bytes:
    """A letter, as PDF/A-2a (ISO 19005-2)."""
    return _made("letter.typ", values, at)


def digest_of(content: bytes) -> str:
    """The SHA-256 of a document, in hexadecimal: what both sides sign."""
    return hashlib.sha256(content).hexdigest()


def _made(layout: str, values: Mapping[str, object], at: datetime) -> bytes:
    content = typst.compile(
        str(FOLDER / layout),
        root=str(FOLDER),
        format="pdf",
        ignore_system_fonts=True,  # So that the same agreement looks the same everywhere.
        sys_inputs={"data": json.dumps(values, ensure_ascii=False)},
        pdf_standards=STANDARD,
        timestamp=int(at.timestamp()),
    )
    return bytes(content)
