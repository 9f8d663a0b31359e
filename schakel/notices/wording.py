"""Words for the codes in a chain: why a way was not taken, and by what a system was recognised."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REFUSALS: dict[str, str | Promise] = {
    "unknown-label": _("the label is not known"),
    "too-wide": _("the label does not reach this far"),
    "embargo": _("the source's embargo still runs"),
    "not-started": _("warning has not begun in its region"),
    "source-terms": _("the source does not allow it"),
    "no-legal-basis": _("there is no legal basis on that day"),
    "basis-not-begun": _("the legal basis did not apply yet"),
    "basis-ended": _("the legal basis had ended"),
    "basis-without-personal-data": _("the legal basis does not cover personal data"),
    "no-agreement": _("there is no running agreement for notification"),
    "agreement-not-begun": _("its agreement had not begun"),
    "agreement-ended": _("its agreement had ended"),
    "agreement-suspended": _("its agreement was suspended"),
    "function-not-covered": _("its agreement does not cover notification"),
    "partner-left": _("the partner left or its agreement ended before it was told"),
    "no-channel": _("there is no address to write to"),
    "unprotected": _("the address is neither encrypted nor verified"),
    "objected": _("the organisation does not want to be told"),
    "told-recently": _("it was told of the same not long ago"),
    "told-already": _("it was told before, without an answer"),
    "informational": _("for information only: nothing needs to be done"),
    "digests-stopped": _("the address has stopped digests of low severity"),
    "given-up": _("a colleague gave it up"),
}
BASES: dict[str, str | Promise] = {
    "network": _("its address lies in a network of theirs"),
    "domain": _("its name lies under a domain of theirs"),
    "asn": _("it lies in their autonomous system"),
}


def refusal(code: str) -> str:
    """Why a way was not taken, for people; a code that we do not know stands for itself."""
    return str(REFUSALS.get(code, code))


def basis(code: str) -> str:
    """By what a row's system was recognised as an organisation's, for people."""
    return str(BASES.get(code, code))
