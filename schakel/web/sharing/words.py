"""What labels allow, why somebody does not get an item, and whom an address means, in words for people.

TLP: FIRST, Traffic Light Protocol 2.0, section 4, said more simply. PAP: MISP taxonomy PAP, the same.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schakel.policy.audience import GROUPS, Address, Hidden
from schakel.policy.sharing import Pap, Refusal, Tlp
from schakel.sharing.audience.addressees import LISTS, Named
from schakel.web import labels

TLP_ALLOWS: Mapping[Tlp, Promise] = {
    Tlp.CLEAR: gettext_lazy("Everybody may read it and pass it on. It also stands on the public pages."),
    Tlp.GREEN: gettext_lazy("For the network: partners and their constituents. Not for public places."),
    Tlp.AMBER: gettext_lazy(
        "For the organisations that you choose, and for clients of theirs who need it to protect themselves."
    ),
    Tlp.AMBER_STRICT: gettext_lazy("For the organisations that you choose, and for nobody outside them."),
    Tlp.RED: gettext_lazy("For the people that you name, and for nobody else. It is never exported."),
}
TLP_FOR_READERS: Mapping[Tlp, Promise] = {
    Tlp.CLEAR: gettext_lazy("You may pass this on to anybody."),
    Tlp.GREEN: gettext_lazy("You may pass this on within the network. Do not put it in public places."),
    Tlp.AMBER: gettext_lazy(
        "You may pass this on inside your organisation, and to clients who need it to protect themselves."
    ),
    Tlp.AMBER_STRICT: gettext_lazy("Keep this inside your organisation, with those who must know it."),
    Tlp.RED: gettext_lazy("This is for you alone. Do not pass it on to anybody."),
}
PAP_ALLOWS: Mapping[Pap, Promise] = {
    Pap.CLEAR: gettext_lazy("You may use this in any way."),
    Pap.GREEN: gettext_lazy("You may also act where the adversary can notice it, such as by blocking."),
    Pap.AMBER: gettext_lazy(
        "You may look this up at other services. Do nothing that touches systems of the adversary."
    ),
    Pap.RED: gettext_lazy("Only search what you already have, such as your logs. Nobody outside may notice it."),
}
HIDDEN: Mapping[str, Promise] = {
    Hidden.UNKNOWN_LABEL: gettext_lazy("The label is not known."),
    Hidden.NOT_OUT: gettext_lazy("It is not published."),
    Hidden.EMBARGO: gettext_lazy("The embargo has not ended."),
    Hidden.OUTSIDE_CIRCLE: gettext_lazy("Not in the circle."),
    Hidden.NOT_ADDRESSED: gettext_lazy("Not addressed."),
    Hidden.TOO_WIDE: gettext_lazy("The label does not reach so far."),
    Refusal.NO_AGREEMENT: gettext_lazy("Has no agreement on information sharing."),
    Refusal.AGREEMENT_NOT_BEGUN: gettext_lazy("The agreement has not begun."),
    Refusal.AGREEMENT_ENDED: gettext_lazy("The agreement has ended."),
    Refusal.AGREEMENT_SUSPENDED: gettext_lazy("The agreement is suspended."),
    Refusal.FUNCTION_NOT_COVERED: gettext_lazy("The agreement does not cover information sharing."),
    Refusal.NO_CHANNEL: gettext_lazy("Nobody there has an account, and there is no verified contact."),
}
OF_AGREEMENTS = frozenset(
    {
        Refusal.NO_AGREEMENT,
        Refusal.AGREEMENT_NOT_BEGUN,
        Refusal.AGREEMENT_ENDED,
        Refusal.AGREEMENT_SUSPENDED,
        Refusal.FUNCTION_NOT_COVERED,
    }
)


def refused(reason: str, *, may_know: bool) -> str:
    """Why somebody does not get it; how an agreement stands is for who may see agreements of others."""
    if reason in OF_AGREEMENTS and not may_know:
        return _("Takes no part in information sharing now.")
    return str(HIDDEN[reason])


def whom(named: Named | None) -> str:
    """Whom an address means; one that the reader may not know of has no name."""
    if named is None:
        return _("somebody whom you may not know of")
    if named.kind in GROUPS:
        word = labels.word(named.name, of=LISTS[named.kind])
        return str(GROUP_WORDS[named.kind]) % {"name": word}
    return str(WHOLE[named.kind]) if named.kind in WHOLE else str(ONE[named.kind]) % {"name": named.name}


WHOLE: Mapping[Address, Promise] = {
    Address.DESK: gettext_lazy("the coordinator's desk"),
    Address.EVERYONE: gettext_lazy("everyone whom the label allows"),
}
ONE: Mapping[Address, Promise] = {
    Address.PERSON: gettext_lazy("%(name)s (person)"),
    Address.PARTNER: gettext_lazy("%(name)s (partner)"),
    Address.ORGANISATION: gettext_lazy("%(name)s (organisation)"),
    Address.CIRCLE: gettext_lazy("%(name)s (circle)"),
    Address.CLIENTS: gettext_lazy("clients of %(name)s"),
}
GROUP_WORDS: Mapping[Address, Promise] = {
    Address.PARTNER_TYPE: gettext_lazy("partners of the type %(name)s"),
    Address.SECTOR: gettext_lazy("sector %(name)s"),
    Address.REGION: gettext_lazy("region %(name)s"),
    Address.FUNCTION: gettext_lazy("partners in %(name)s"),
}
GROUP_TITLES: Mapping[Address, Promise] = {
    Address.SECTOR: gettext_lazy("Sectors"),
    Address.REGION: gettext_lazy("Regions"),
    Address.PARTNER_TYPE: gettext_lazy("Types of partners"),
    Address.FUNCTION: gettext_lazy("Functions"),
}
