"""Bytes that should be text."""

import codecs
import re
from typing import Final

from django.utils.translation import gettext_lazy as _

from schakel.sharing.formats.base import Unreadable

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def text_of(content: bytes) -> str:
    """The text, by its byte order mark, as UTF-8, or as Windows-1252 that old programs write.

    Raises Unreadable with the place of the first byte that no text holds.
    """
    mark, encoding = next(((mark, name) for mark, name in _BOMS if content.startswith(mark)), (b"", "utf-8"))
    try:
        text = content[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        if mark:
            raise _not_text(error.start + len(mark)) from error
        text = _by_old_programs(content)
    control = _CONTROL.search(text)
    if control:
        raise _not_text(len(text[: control.start()].encode(encoding, "replace")) + len(mark))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _by_old_programs(content: bytes) -> str:
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as error:
        raise _not_text(error.start) from error


def _not_text(position: int) -> Unreadable:
    place = _("byte %(number)d") % {"number": position}
    return Unreadable(_("this is no text: it holds signs that no text holds"), place=str(place), code="encoding")
