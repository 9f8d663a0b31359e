"""Labels and terms: what marking definitions say, and what that makes of an object.

STIX 2.1, sections 4.2.9 (TLP 1), 7.2 and the extensions for TLP 2.0, PAP and IEP 2.0 in the common objects of OASIS.
A definition under a well-known id that says something else than it is known for is a forgery.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from schakel.policy import sharing
from schakel.policy.sharing import Pap, Tlp
from schakel.sharing.document import Marking
from schakel.sharing.formats.base import Unreadable
from schakel.sharing.formats.stix.limits import Json

TLP_EXTENSION: Final = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
PAP_EXTENSION: Final = "extension-definition--f8d78575-edfd-406e-8e84-6162a8450f5b"
IEP_EXTENSION: Final = "extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a"

TLP_IDS: Final[dict[str, str]] = {
    "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487": "clear",
    "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb": "green",
    "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421": "amber",
    "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003": "amber+strict",
    "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1": "red",
}
"""The definitions of TLP 2.0, which we write."""
OLD_TLP_IDS: Final[dict[str, str]] = {
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": "white",
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": "green",
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": "amber",
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": "red",
}
"""The definitions of TLP 1, which we read."""
PAP_IDS: Final[dict[str, str]] = {
    "marking-definition--ad15a0cd-55b6-4588-a14c-a66105329b92": "clear",
    "marking-definition--a3bea94c-b469-41dc-9cfe-d6e7daba7730": "white",
    "marking-definition--c43594d1-4b11-4c59-93ab-1c9b14d53ce9": "green",
    "marking-definition--60f8932b-e51e-4458-b265-a2e8be9a80ab": "amber",
    "marking-definition--740d36e5-7714-4c30-961a-3ae632ceee0e": "red",
}


@dataclass(frozen=True, slots=True)
class Definition:
    """What one marking definition says."""

    tlp: Tlp | None = None
    pap: Pap | None = None
    iep: Mapping[str, object] = field(default_factory=dict)
    term: str = ""


def known() -> dict[str, Definition]:
    """The definitions that everybody knows by their id, whether a bundle repeats them or not."""
    labels = {key: Definition(tlp=sharing.label(text)) for key, text in (TLP_IDS | OLD_TLP_IDS).items()}
    return labels | {key: Definition(pap=sharing.actions_label(text)) for key, text in PAP_IDS.items()}


def definition(one: Json, *, place: str) -> Definition:
    """What a marking definition says. Raises Unreadable (`label`) where it is unknown, at odds or forged."""
    extensions = _extensions(one)
    iep = {name: value for name, value in extensions.get(IEP_EXTENSION, {}).items() if name != "extension_type"}
    said = Definition(tlp=_tlp(one, extensions, iep, place), pap=_pap(extensions, place), iep=iep, term=_term(one, iep))
    should = known().get(one["id"])
    if should and (should.tlp, should.pap) != (said.tlp, said.pap):
        raise _mislabelled(_("This is not what the label with this id is known for."), f"{place}/id")
    return said


def is_label(one: Json) -> bool:
    """Whether a marking definition gives a TLP label: by its type or by the extension."""
    return _type(one) == "tlp" or TLP_EXTENSION in _extensions(one)


def of_object(one: Json, definitions: Mapping[str, Definition], *, place: str) -> Marking:
    """What holds for an object: its own markings and those of its parts, the strictest of each kind.

    Two labels on the whole object contradict each other. A marking that did not come along is kept as a term.
    """
    whole = one.get("object_marking_refs", ())
    if len({definitions[ref].tlp for ref in whole if ref in definitions} - {None}) > 1:
        raise _mislabelled(_("It carries two labels that contradict each other."), f"{place}/object_marking_refs")
    parts = [marking["marking_ref"] for marking in one.get("granular_markings", ()) if "marking_ref" in marking]
    return joined(_marking(definitions.get(ref) or Definition(term=ref)) for ref in (*whole, *parts))


def joined(markings: Iterable[Marking]) -> Marking:
    """What holds for a whole made of parts: the strictest label of each kind, and all terms."""
    every = list(markings)
    labels = [one.tlp for one in every if one.tlp]
    actions = [one.pap for one in every if one.pap]
    return Marking(
        tlp=sharing.strictest(labels) if labels else None,
        pap=max(actions, key=list(Pap).index) if actions else None,
        iep=next((one.iep for one in every if one.iep), {}),
        terms=tuple(dict.fromkeys(term for one in every for term in one.terms)),
    )


def _marking(said: Definition) -> Marking:
    return Marking(tlp=said.tlp, pap=said.pap, iep=said.iep, terms=(said.term,) if said.term else ())


def _tlp(one: Json, extensions: Mapping[str, Json], iep: Json, place: str) -> Tlp | None:
    said: list[tuple[Any, str]] = []
    if _type(one) == "tlp":
        given = one.get("definition")
        text = given.get("tlp", given.get("TLP")) if isinstance(given, dict) else None
        said.append((text, "/definition/tlp"))
    if TLP_EXTENSION in extensions:
        said.append((extensions[TLP_EXTENSION].get("tlp_2_0"), f"/extensions/{TLP_EXTENSION}/tlp_2_0"))
    if "tlp" in iep:
        said.append((iep["tlp"], f"/extensions/{IEP_EXTENSION}/tlp"))
    name = str(one.get("name", ""))
    if said and name.upper().startswith("TLP:"):
        said.append((name, "/name"))
    return _one_label(said, place)


def _one_label(said: list[tuple[Any, str]], place: str) -> Tlp | None:
    found: Tlp | None = None
    for text, inner in said:
        tlp = sharing.label(text) if isinstance(text, str) else None
        if tlp is None:
            raise _mislabelled(_("This is no label of TLP 1 or TLP 2.0."), place + inner)
        if found not in {None, tlp}:
            raise _mislabelled(_("It carries two labels that contradict each other."), place + inner)
        found = tlp
    return found


def _pap(extensions: Mapping[str, Json], place: str) -> Pap | None:
    if PAP_EXTENSION not in extensions:
        return None
    text = extensions[PAP_EXTENSION].get("pap")
    pap = sharing.actions_label(text) if isinstance(text, str) else None
    if pap is None:
        raise _mislabelled(_("This is no label of PAP."), f"{place}/extensions/{PAP_EXTENSION}/pap")
    return pap


def _term(one: Json, iep: Json) -> str:
    given = one.get("definition")
    if _type(one) == "statement" and isinstance(given, dict):
        return str(given.get("statement", ""))
    is_plain = _type(one) != "tlp" and not iep and not {TLP_EXTENSION, PAP_EXTENSION} & _extensions(one).keys()
    return str(one.get("name") or one["id"]) if is_plain else ""


def _type(one: Json) -> str:
    return str(one.get("definition_type", "")).lower()


def _extensions(one: Json) -> dict[str, Json]:
    given = one.get("extensions")
    return {key: value for key, value in given.items() if isinstance(value, dict)} if isinstance(given, dict) else {}


def _mislabelled(reason: str, place: str) -> Unreadable:
    return Unreadable(reason, place=place, code="label")
