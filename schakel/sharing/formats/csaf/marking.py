"""What may be done with a CSAF document: its `distribution` and our `Marking` (CSAF 2.0 and 2.1, 3.2.1.5).

CSAF has a place for TLP alone. PAP and IEP go as lines of the distribution's text, as a marking is never left out.
"""

import re
from collections.abc import Iterable
from typing import Any

import orjson
from django.utils.translation import gettext as _

from schakel.policy import sharing
from schakel.sharing.document import Marking
from schakel.sharing.formats.base import Uncarried, Unreadable

PAP = re.compile(r"PAP:[A-Z]+")
IEP = "IEP 2.0: "
PARAGRAPH = "\n\n"
TEXT = "/document/distribution/text"


def read(document: dict[str, Any]) -> Marking:
    """The marking of `/document`. Raises Unreadable where its text holds a label that there is not."""
    distribution = document.get("distribution", {})
    label = distribution.get("tlp", {}).get("label")
    said = paragraphs([distribution.get("text", "")])
    pap = [part for part in said if PAP.fullmatch(part)]
    iep = [part for part in said if part.startswith(IEP)]
    rest = tuple(part for part in said if part not in pap and part not in iep)
    return Marking(
        tlp=sharing.label(label) if label else None,
        pap=_pap(pap),
        iep=_iep(iep),
        terms=rest + tuple(terms_elsewhere(document)),
    )


def paragraphs(terms: Iterable[str]) -> tuple[str, ...]:
    """The terms one by one, as a text of several paragraphs holds several."""
    return tuple(part for term in terms for part in term.split(PARAGRAPH) if part.strip())


def terms_elsewhere(document: dict[str, Any]) -> list[str]:
    """The terms that stand outside the distribution's text: disclaimers, sharing group, licence."""
    notes = [note["text"] for note in document.get("notes", ()) if note["category"] == "legal_disclaimer"]
    group = document.get("distribution", {}).get("sharing_group", {}).get("name")
    licence = document.get("license_expression")
    return [*notes, *filter(None, (group, licence))]


def _pap(lines: list[str]) -> sharing.Pap | None:
    labels = [sharing.actions_label(line) for line in lines]
    if None in labels or len(set(labels)) > 1:
        raise Unreadable(_("no label that there is, or more than one"), place=TEXT, code="label")
    return labels[0] if labels else None


def _iep(lines: list[str]) -> dict[str, object]:
    try:
        found = [orjson.loads(line.removeprefix(IEP)) for line in lines]
    except orjson.JSONDecodeError:
        found = [None]
    if any(not isinstance(one, dict) for one in found) or len(found) > 1:
        raise Unreadable(_("an IEP policy that cannot be read"), place=TEXT, code="label")
    return found[0] if found else {}


def written(marking: Marking, *, version: str, strict_as_red: bool, beside: list[str]) -> dict[str, Any]:
    """The `distribution` of `marking`; `beside` are the terms that stand elsewhere in the document.

    Raises Uncarried where the version of CSAF has no word for the label, unless `strict_as_red`.
    """
    label = word(marking, version=version, strict_as_red=strict_as_red)
    lines = [term for term in marking.terms if term not in beside]
    lines += [marking.pap.marking] if marking.pap else []
    lines += [IEP + orjson.dumps(dict(marking.iep), option=orjson.OPT_SORT_KEYS).decode()] if marking.iep else []
    found: dict[str, Any] = {"tlp": {"label": label}} if label else {}
    return found | ({"text": PARAGRAPH.join(lines)} if lines else {})


def word(marking: Marking, *, version: str, strict_as_red: bool) -> str:
    """The label as that version of CSAF writes it: 2.0 has the words of TLP 1.0; empty without a label.

    Raises Uncarried for TLP:AMBER+STRICT in 2.0, which may be raised by choice and is never weakened, and for 2.1
    without a label, which it demands.
    """
    if marking.tlp is None:
        if version == "2.1":
            raise Uncarried(_("CSAF 2.1 demands a TLP label."), fields=("marking.tlp",))
        return ""
    if version == "2.1":
        return marking.tlp.value.upper()
    found = sharing.first_word(marking.tlp) or (strict_as_red and sharing.Tlp.RED.value.upper())
    if not found:
        reason = _("CSAF 2.0 has no word for %(label)s. Choose CSAF 2.1, or send it as TLP:RED.")
        raise Uncarried(reason % {"label": marking.tlp.marking}, fields=("marking.tlp",))
    return found
