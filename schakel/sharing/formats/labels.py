"""Labels that people write into subjects, titles and texts. What they mean is `policy`'s to say."""

import re
from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext as _

from schakel.policy.sharing import Pap, Tlp, actions_label, label, strictest
from schakel.sharing.document import Marking
from schakel.sharing.formats.base import Unreadable

HEAD, FOOT = 12, 4
"""How many lines from the start and the end, empty ones not counted, may hold a label."""
MOST_WORDS: Final = 6
"""A line with more words beside the label is a sentence about labels, not a marking."""

_TLP: Final = re.compile(r"\bTLP(?:\s?[:=]\s?| (?=[A-Z]{3}))(amber\s?[+_ -]\s?strict\b|[a-z]+\+?)", re.IGNORECASE)
_PAP: Final = re.compile(r"\bPAP\s?[:=]\s?([a-z]+)", re.IGNORECASE)
_WORD: Final = re.compile(r"\w{2,}")


def marking_of(text: str, *, subject: str = "") -> Marking:
    """What a subject and the first and last lines of a text say; of several labels the strictest.

    Raises Unreadable where one is written that does not exist: a reader who took it for none would share too widely.
    """
    lines = [(_("the subject"), subject), *_edges(text)]
    tlps = [_tlp(found, place) for place, line in lines for found in _TLP.findall(line)]
    paps = [_pap(found, place) for place, line in lines for found in _PAP.findall(line)]
    return Marking(tlp=strictest(tlps) if tlps else None, pap=_most_closed(paps))


def stricter(first: Marking, second: Marking) -> Marking:
    """What holds where both hold, as of a mail and what is attached to it."""
    tlps = [one.tlp for one in (first, second) if one.tlp]
    paps = [one.pap for one in (first, second) if one.pap]
    return Marking(
        tlp=strictest(tlps) if tlps else None,
        pap=_most_closed(paps),
        iep={**first.iep, **second.iep},
        terms=tuple(dict.fromkeys((*first.terms, *second.terms))),
    )


def is_marking(line: str) -> bool:
    """Whether a line says nothing but a label."""
    bare = _PAP.sub("", _TLP.sub("", line))
    return bare != line and not _WORD.search(bare)


def _edges(text: str) -> Iterable[tuple[str, str]]:
    lines = [(at, line) for at, line in enumerate(text.splitlines(), 1) if line.strip()]
    edges = [*lines[:HEAD], *lines[HEAD:][-FOOT:]]
    return [(_("line %(number)d") % {"number": at}, line) for at, line in edges if _is_short(line)]


def _is_short(line: str) -> bool:
    return len(_WORD.findall(_PAP.sub("", _TLP.sub("", line)))) <= MOST_WORDS


def _most_closed(paps: Iterable[Pap]) -> Pap | None:
    """As of TLP: the label of the most closed part."""
    return max(paps, key=list(Pap).index, default=None)


def _tlp(text: str, place: str) -> Tlp:
    found = label(re.sub(r"\s?[+_ -]\s?", "+", text))
    if found is None:
        raise Unreadable(_("TLP:%(label)s is no label of TLP 2.0") % {"label": text.upper()}, place=place, code="label")
    return found


def _pap(text: str, place: str) -> Pap:
    found = actions_label(text)
    if found is None:
        raise Unreadable(_("PAP:%(label)s is no label of PAP") % {"label": text.upper()}, place=place, code="label")
    return found
