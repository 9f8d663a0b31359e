"""The normal form of what is claimed, and what nobody can claim."""

import ipaddress

import polars as pl
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from schakel.kit.refusals import Invalid
from schakel.matching.reserved import never_matching
from schakel.registry.files.check import Seen, check
from schakel.registry.files.tables import TABLES
from schakel.registry.models import AssetKind, Proof
from schakel.registry.proofs.challenges import record_name

WIDEST = {4: 8, 6: 19}
"""The shortest prefixes that registries give to one holder: an IPv4 /8, an IPv6 /19."""
FAULTS: dict[str, Promise] = {
    "required": _("fill in what you claim."),
    "too-long": _("this text is too long."),
    "control-character": _("this text holds a character that cannot be printed."),
    "network-form": _("this is no IP network. Write it as 192.0.2.0/24 or 2001:db8::/32."),
    "host-bits": _("the address lies inside the network and not at its beginning, so the length is in doubt."),
    "domain-form": _("this is no domain name."),
    "public-suffix": _("under this name others register theirs, so it can belong to nobody."),
    "asn-form": _("an AS number is a number from 1 to 4294967294."),
    "asn-reserved": _("this AS number is reserved and can belong to nobody."),
}


def normal(kind: str, value: str) -> str:
    """The normal form of an asset's value. Raises Invalid for what is none, or can belong to nobody."""
    if kind not in AssetKind.values:
        raise Invalid(_("this is no kind of asset."))
    row = pl.DataFrame({"line": [1], "organisation": ["x"], "kind": [kind], "value": [value]})
    good, bad = check(row.cast({"line": pl.UInt32}), TABLES["assets"], Seen())
    if len(bad):
        raise Invalid(FAULTS.get(str(bad["reason"][0]), _("this value cannot be used.")))
    found = str(good["value"][0])
    if kind == AssetKind.NETWORK:
        _refuse_reserved(found)
    return found


def proofs(kind: str, value: str) -> list[Proof]:
    """The ways in which such a claim can be proven, the surest first."""
    found = [Proof.DNS] if record_name(kind, value) else []
    found += [Proof.SITE] if kind in {AssetKind.DOMAIN, AssetKind.EMAIL_DOMAIN} else []
    return [*found, Proof.MAIL, Proof.APPROVAL]


def _refuse_reserved(value: str) -> None:
    network = ipaddress.ip_network(value)
    if network.prefixlen < WIDEST[network.version]:
        raise Invalid(_("no registry gives so wide a network to one holder."))
    ranges = map(ipaddress.ip_network, never_matching(documentation=not settings.IS_LOCAL)["value"])
    if any(network.overlaps(reserved) for reserved in ranges):
        raise Invalid(_("this range is reserved and belongs to nobody on the Internet."))
