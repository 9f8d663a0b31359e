"""XML of others, before anything reads it: well-formed, not too deep, and without entities of its own.

Entities that a document declares can grow without end or name files of ours (OWASP, XML External Entity).
"""

from typing import Final
from xml.parsers import expat

from django.utils.translation import gettext as _

from schakel.sharing.formats.base import MAXIMUM_DEPTH, Unreadable

MAXIMUM_BYTES: Final = 16 * 1024 * 1024
"""No feed of news is longer."""


def guarded(content: bytes) -> None:
    """Raise Unreadable, with line and column, for XML that is broken or made to break its reader."""
    if len(content) > MAXIMUM_BYTES:
        words = _("a feed of more than %(number)d MB is not read") % {"number": MAXIMUM_BYTES >> 20}
        raise Unreadable(words, code="too-large")
    try:
        _Guard().parser.Parse(content, True)
    except expat.ExpatError as error:
        words = _("this is no sound XML: %(words)s") % {"words": expat.ErrorString(error.code)}
        raise Unreadable(words, place=_place(error.lineno, error.offset), code="syntax") from error
    except (LookupError, ValueError) as error:
        words = _("this is no sound XML: %(words)s") % {"words": error}
        raise Unreadable(words, code="encoding") from error


class _Guard:
    def __init__(self) -> None:
        self._depth = 0
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.EntityDeclHandler = self._entity

    def _start(self, _name: str, _attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAXIMUM_DEPTH:
            words = _("it is nested more than %(number)d deep") % {"number": MAXIMUM_DEPTH}
            raise Unreadable(words, place=self._here(), code="too-deep")

    def _end(self, _name: str) -> None:
        self._depth -= 1

    def _entity(self, *_declared: object) -> None:
        raise Unreadable(_("it declares entities of its own, which are not read"), place=self._here(), code="syntax")

    def _here(self) -> str:
        return _place(self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber)


def _place(line: int, column: int) -> str:
    return str(_("line %(line)d, column %(column)d") % {"line": line, "column": column + 1})
