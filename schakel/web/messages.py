"""Compiles the site's translations, so that a fresh machine needs no gettext tools.

`python -m schakel.web.messages` reads every `.po` file of a language and writes one `django.mo` beside them. Format:
GNU gettext manual, "The Format of GNU MO Files". Faults in a file end the build with file and line.
"""

import ast
import re
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

LOCALE: Final = Path(__file__).with_name("locale")
CONTEXT: Final = "\x04"
PLURAL: Final = "\x00"
MAGIC: Final = 0x950412DE
_KEYWORD: Final = re.compile(r'^(msgctxt|msgid_plural|msgid|msgstr(?:\[\d+\])?)\s+(".*")$')


class BadCatalogue(Exception):  # noqa: N818 - it reads as a sentence where it is raised
    """A translation file that cannot be read; the words name file and line."""


@dataclass(slots=True)
class _Entry:
    """One entry while its lines are read: text by keyword."""

    texts: dict[str, str] = field(default_factory=dict)
    is_fuzzy: bool = False

    def pair(self) -> tuple[str, str] | None:
        """Key and translation as a `.mo` file holds them, or None while a part is missing."""
        strings = [text for word, text in sorted(self.texts.items()) if word.startswith("msgstr")]
        if self.is_fuzzy or "msgid" not in self.texts or not all(strings):
            return None
        plural = PLURAL + self.texts["msgid_plural"] if "msgid_plural" in self.texts else ""
        context = self.texts["msgctxt"] + CONTEXT if "msgctxt" in self.texts else ""
        return context + self.texts["msgid"] + plural, PLURAL.join(strings)


def read(text: str, *, name: str = "") -> dict[str, str]:
    """The translations of one `.po` file by their key; fuzzy and untranslated ones are left out.

    Raises BadCatalogue for a line that is neither comment, keyword nor continuation.
    """
    pairs = (entry.pair() for entry in _entries(text, name))
    return dict(pair for pair in pairs if pair)


def _entries(text: str, name: str) -> Iterator[_Entry]:
    entry, word = _Entry(), ""
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        if bare.startswith("#") or not bare:
            if "msgid" in entry.texts:
                yield entry
                entry = _Entry()
            entry.is_fuzzy |= bare.startswith("#,") and "fuzzy" in bare
        elif match := _KEYWORD.match(bare):
            word = match[1]
            entry.texts[word] = _string(match[2], name, number)
        elif bare.startswith('"') and word in entry.texts:
            entry.texts[word] += _string(bare, name, number)
        else:
            raise BadCatalogue(f"{name}, line {number}: not a line of a translation file: {bare}")
    yield entry


def _string(quoted: str, name: str, number: int) -> str:
    try:
        return str(ast.literal_eval(quoted))
    except (SyntaxError, ValueError) as fault:
        raise BadCatalogue(f"{name}, line {number}: the quotes do not match: {quoted}") from fault


def compiled(translations: dict[str, str]) -> bytes:
    """A `.mo` file with these translations: sorted by key, no hash table."""
    keys = [key.encode() for key in sorted(translations)]
    texts = [translations[key].encode() for key in sorted(translations)]
    count, header = len(keys), 7 * 4
    offset = header + count * 16
    tables, blob = b"", b""
    for strings in (keys, texts):
        for string in strings:
            tables += struct.pack("<II", len(string), offset + len(blob))
            blob += string + b"\x00"
    head = struct.pack("<7I", MAGIC, 0, count, header, header + count * 8, 0, offset)
    return head + tables + blob


def compile_all(locale: Path = LOCALE) -> list[Path]:
    """Write `django.mo` for every language below `locale`; returns the files. Raises BadCatalogue."""
    return [_compile(folder) for folder in sorted(locale.glob("*/LC_MESSAGES"))]


def _compile(folder: Path) -> Path:
    translations: dict[str, str] = {}
    for source in sorted(folder.glob("*.po")):
        translations |= read(source.read_text(encoding="utf-8"), name=source.name)
    target = folder / "django.mo"
    target.write_bytes(compiled(translations))
    return target


def main() -> None:
    """Compile all, and say what was made."""
    for file in compile_all():
        sys.stdout.write(f"{file}: {file.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
