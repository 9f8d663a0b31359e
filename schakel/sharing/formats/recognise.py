"""Which format content is of: by the content, never by the name, which whoever sends it chose."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from schakel.sharing.formats.base import MAXIMUM_BYTES, Format, Unreadable


def recognised(content: bytes, formats: Sequence[Format]) -> Format:
    """The first of the formats that knows the content. Raises Unreadable, code `unknown-format`, `too-large`."""
    if len(content) > MAXIMUM_BYTES:
        words = _("it is larger than %(number)d MB") % {"number": MAXIMUM_BYTES >> 20}
        raise Unreadable(words, code="too-large")
    found = next((one for one in formats if one.recognises(content)), None)
    if found is None:
        words = _("this is none of the formats that are read here: %(names)s")
        raise Unreadable(words % {"names": ", ".join(one.slug for one in formats)}, code="unknown-format")
    return found
