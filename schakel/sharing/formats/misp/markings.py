"""How far an event may go: the strictest of its TLP tags and its distribution, over all of its parts.

MISP's distribution is about servers, TLP about people, so neither stands for the other. What a distribution says is a
ceiling; “all communities” says nothing, and an event without any label stays without one, which is not TLP:CLEAR.
"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from schakel.policy.sharing import Pap, Tlp, is_wider, strictest
from schakel.sharing.document import Marking
from schakel.sharing.formats.misp import tags

# Distribution → the most open label that it leaves. A sharing group names its members, who may not pass it on.
CEILINGS: dict[str, Tlp | None] = {
    "0": Tlp.AMBER_STRICT,  # Your organisation only.
    "1": Tlp.GREEN,  # This community only.
    "2": Tlp.GREEN,  # Connected communities.
    "3": None,  # All communities.
    "4": Tlp.AMBER_STRICT,  # Sharing group.
    "5": None,  # As the event.
}
# Label → the distribution that keeps a server from carrying it further. Between the reader's own organisation and the
# whole server MISP has nothing, so that AMBER stays where it arrives.
DISTRIBUTIONS: dict[Tlp | None, str] = {
    Tlp.CLEAR: "3",
    Tlp.GREEN: "1",
    Tlp.AMBER: "0",
    Tlp.AMBER_STRICT: "0",
    Tlp.RED: "0",
    None: "0",
}
PARTS = ("Attribute", "Object", "EventReport")
ASPECTS = {"tlp", "pap", "terms"}


def marking_of(event: dict[str, Any], place: str) -> Marking:
    """The marking of a whole event. Raises Unreadable for a label that is none."""
    own = list(_said(event, place))
    parts = [said for part, where in _parts(event, place) for said in _said(part, where)]
    paps = [said.value for said in [*own, *parts] if said.aspect == "pap"]
    terms = [said.value for said in [*own, *parts] if said.aspect == "terms"]
    return Marking(
        tlp=_joined(*([said.value for said in some if said.aspect == "tlp"] for some in (own, parts))),
        pap=max(paps, key=list(Pap).index, default=None),
        terms=tuple(dict.fromkeys([*_group(event), *terms])),
    )


def _joined(own: list[Tlp], parts: list[Tlp]) -> Tlp | None:
    """Parts narrow the label of the event and never widen it: where it has none, what they leave open stays inside."""
    if own:
        return strictest([*own, *parts])
    narrow = [label for label in parts if is_wider(Tlp.CLEAR, than=label)]
    return strictest([*narrow, Tlp.AMBER_STRICT]) if narrow else None


def _said(bearer: dict[str, Any], place: str) -> Iterator[tags.Said]:
    if ceiling := CEILINGS.get(str(bearer.get("distribution", ""))):
        yield tags.Said("tlp", ceiling)
    for name in tags.names(bearer):
        said = tags.said(name, f"{place}/Tag")
        if said.aspect in ASPECTS:
            yield said


def _parts(event: dict[str, Any], place: str) -> Iterator[tuple[dict[str, Any], str]]:
    """The parts that may carry a label of their own, those that their author deleted too: they are in the original."""
    for kind in PARTS:
        for number, part in enumerate(event.get(kind) or ()):
            yield part, f"{place}/{kind}/{number}"
            yield from _parts(part, f"{place}/{kind}/{number}")


def _group(event: dict[str, Any]) -> Iterator[str]:
    group = event.get("SharingGroup") or {}
    if group.get("name"):
        members = [member.get("Organisation", {}).get("name", "") for member in group.get("SharingGroupOrg") or ()]
        yield _("Sharing group %(name)s: %(members)s") % {
            "name": group["name"],
            "members": ", ".join(filter(None, members)),
        }
