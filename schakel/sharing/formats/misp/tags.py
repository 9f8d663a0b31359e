"""Tags: what the words of MISP's taxonomies say of an event in ours, and how ours are written as tags.

A machine tag reads `namespace:predicate="value"`. Taxonomies: tlp, PAP, admiralty-scale, misp, misp-galaxy; what they
have no word for goes under our own namespace, which a stranger shows as it stands.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from schakel.policy.sharing import actions_label, label
from schakel.sharing.document import Document
from schakel.sharing.formats.base import Unreadable
from schakel.sharing.formats.misp.vocabulary import NAMING
from schakel.sharing.words import Chance, Credibility, ItemKind, Phase, Reliability

OURS = "schakel"
MACHINE = re.compile(r'([^:="]+):([^:="]+)="(.*)"', re.DOTALL)
CHATHAM_HOUSE = "tlp:ex:chr"
WITHDRAWN = f'{OURS}:state="withdrawn"'

# Taxonomy misp, predicate confidence-level: the numbers are its own (`numerical_value`).
CONFIDENCE = {
    "completely-confident": 100,
    "usually-confident": 75,
    "fairly-confident": 50,
    "rarely-confident": 25,
    "unconfident": 0,
}
CONFIDENCE_TAG = 'misp:confidence-level="{}"'
INDICATOR = f'{OURS}:indicator="'
"""What kind of indicator it is, where MISP has no type of its own for it."""
OWN_PLACES = (INDICATOR, CONFIDENCE_TAG.partition("{")[0])
SIGHTED, FALSE_ALARM = f'{OURS}:sighting="seen"', f'{OURS}:sighting="false-positive"'
WARNED = f'{OURS}:warning-list="{{}}"'
OUR_QUOTES = {"name": "names", "label": "labels"}
OUR_WORDS = {"kind": ItemKind, "phase": Phase, "probability": Chance, "damage": Chance}


@dataclass(frozen=True, slots=True)
class Said:
    """What one tag says: `aspect` is a field of the document or its marking, or `labels` for any other tag."""

    aspect: str
    value: Any


def said(name: str, place: str) -> Said:
    """What a tag says. Raises Unreadable for a label of TLP or PAP that is none: it might be taken for a looser one."""
    namespace = name.partition(":")[0].lower()
    reader = READERS.get(namespace)
    return (reader(name, place) if reader else None) or Said("labels", name)


def names(bearer: dict[str, Any]) -> Iterator[str]:
    """The tags of an event or an attribute, those of its galaxies among them, each once."""
    if not bearer.get("Tag") and not bearer.get("Galaxy"):  # Most attributes: a document may hold half a million.
        return
    tags = [tag["name"] for tag in bearer.get("Tag") or ()]
    clusters = [
        cluster.get("tag_name") or f'misp-galaxy:{galaxy.get("type", "")}="{cluster.get("value", "")}"'
        for galaxy in bearer.get("Galaxy") or ()
        for cluster in galaxy.get("GalaxyCluster") or ()
    ]
    yield from dict.fromkeys([*tags, *clusters])


def of_document(document: Document) -> Iterator[Said]:
    """What the tags of a document's event have to say."""
    marking = document.marking
    yield from (Said(name, value) for name, value in (("tlp", marking.tlp), ("pap", marking.pap)) if value)
    for name in ("kind", "reliability", "credibility", "phase", "probability", "damage"):
        if value := getattr(document, name):
            yield Said(name, value)
    if document.is_withdrawn:
        yield Said("is_withdrawn", value=True)
    yield from (Said("names", name) for name in document.names)
    yield from (Said("labels", name) for name in document.labels)


def written(said: Said) -> str:
    """The tag that says so."""
    return WRITERS.get(said.aspect, lambda value: f'{OURS}:{said.aspect}="{value}"')(said.value)


def confidence_of(tags: Iterable[str]) -> int | None:
    """How sure the author is, 0-100, where a tag says so; of several the least."""
    found = [CONFIDENCE[value] for tag in tags if (value := _quoted(tag, "misp", "confidence-level")) in CONFIDENCE]
    return min(found, default=None)


def confidence_tag(confidence: int) -> str:
    """The nearest of the five words that MISP has for it."""
    return CONFIDENCE_TAG.format(min(CONFIDENCE, key=lambda word: abs(CONFIDENCE[word] - confidence)))


def _quoted(name: str, namespace: str, predicate: str) -> str:
    found = MACHINE.fullmatch(name)
    return found[3] if found and (found[1].lower(), found[2].lower()) == (namespace, predicate) else ""


def _tlp(name: str, place: str) -> Said:
    if name.lower() == CHATHAM_HOUSE:
        return Said("terms", _("Chatham House Rule: use what it says, do not say who said it."))
    if found := label(name):
        return Said("tlp", found)
    raise Unreadable(_("“%s” is no label of TLP") % name, place=place, code="label")


def _pap(name: str, place: str) -> Said:
    if found := actions_label(name):
        return Said("pap", found)
    raise Unreadable(_("“%s” is no label of PAP") % name, place=place, code="label")


def _admiralty(name: str, _place: str) -> Said | None:
    reliability = _quoted(name, "admiralty-scale", "source-reliability").lower().replace("g", "e")  # g: it deceives.
    if reliability in set(Reliability):
        return Said("reliability", reliability)
    credibility = _quoted(name, "admiralty-scale", "information-credibility")
    return Said("credibility", credibility) if credibility in set(Credibility) else None


def _galaxy(name: str, _place: str) -> Said | None:
    found = MACHINE.fullmatch(name)
    return Said("names", found[3]) if found and found[2] in NAMING and found[3] else None


def _our_own(name: str, _place: str) -> Said | None:
    if name == WITHDRAWN:
        return Said("is_withdrawn", value=True)
    found = MACHINE.fullmatch(name)
    if found and found[2] in OUR_QUOTES:
        return Said(OUR_QUOTES[found[2]], found[3])
    is_known = found and found[2] in OUR_WORDS and found[3] in set(OUR_WORDS[found[2]])
    return Said(found[2], found[3]) if found and is_known else None


READERS: dict[str, Callable[[str, str], Said | None]] = {
    "tlp": _tlp,
    "pap": _pap,
    "admiralty-scale": _admiralty,
    "misp-galaxy": _galaxy,
    OURS: _our_own,
}
WRITERS: dict[str, Callable[[Any], str]] = {
    "tlp": "tlp:{}".format,
    "pap": lambda value: f"PAP:{value.upper()}",
    "reliability": 'admiralty-scale:source-reliability="{}"'.format,
    "credibility": 'admiralty-scale:information-credibility="{}"'.format,
    "is_withdrawn": lambda _value: WITHDRAWN,
    "names": f'{OURS}:name="{{}}"'.format,
    # A label that would say more as a tag than it did as a label is quoted.
    "labels": lambda value: f'{OURS}:label="{value}"' if value.partition(":")[0].lower() in READERS else value,
}
