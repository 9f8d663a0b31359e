"""The original with what has changed laid over it: what we do not understand and what nobody touched stay as they came.

What is taken out is marked as deleted, as MISP does, so that servers that have it take it back.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from schakel.sharing.document import Document, Indicator
from schakel.sharing.formats.misp import facts, tags, writing
from schakel.sharing.formats.misp.facts import Fact
from schakel.sharing.formats.misp.markings import DISTRIBUTIONS
from schakel.sharing.formats.misp.parts import Json, Maker, fields_of

Key = tuple[str, str]
READERS: dict[str, Callable[[Json], Iterator[Fact]]] = {
    "Attribute": facts.of_attribute,
    "Object": facts.of_object,
    "EventReport": facts.of_report,
}
SCALES = {"tlp", "pap", "reliability", "credibility"}


def laid_over(event: Json, before: Document, after: Document) -> Json:
    """The event that read as `before`, made to read as `after`."""
    if replace(after, original=None) == replace(before, original=None):
        return event
    event = event | _heads(event, before, after)
    _lay_tags(event, before, after)
    layer = _Layer(
        before=writing.entries(before),
        after=writing.entries(after),
        gone_names={("names", name) for name in before.names if name not in after.names},
        make=Maker(UUID(event["uuid"]), max(str(event.get("timestamp") or "0"), writing.stamp(after), key=int)),
    )
    layer.lay(event)
    return writing.taken_back(event) if after.is_withdrawn and not before.is_withdrawn else event


def _heads(event: Json, before: Document, after: Document) -> Json:
    """The plain fields of the event that have changed."""
    changed: Json = {}
    if after.title != before.title:
        changed["info"] = after.title
    if after.revised_at != before.revised_at:
        changed["timestamp"] = writing.seconds(after.revised_at)
    if after.published_at != before.published_at:
        changed["publish_timestamp"] = writing.seconds(after.published_at)
        changed["published"] = after.published_at is not None
    if after.labels != before.labels:
        changed["threat_level_id"] = writing.level(after.labels, writing.LEVELS, writing.UNDEFINED)
        changed["analysis"] = writing.level(after.labels, writing.STAGES, writing.COMPLETED)
    if after.marking.tlp != before.marking.tlp and "distribution" in event:  # One that is not written is not made up.
        changed["distribution"] = DISTRIBUTIONS[after.marking.tlp]
    return changed


def _lay_tags(event: Json, before: Document, after: Document) -> None:
    """Take the tags and clusters out that no longer hold, and add those that hold now."""
    was, now = (list(tags.of_document(document)) for document in (before, after))
    gone, new = [one for one in was if one not in now], [one for one in now if one not in was]
    scales = {one.aspect for one in [*gone, *new]} & SCALES
    kept = [tag for tag in event.get("Tag") or () if not _is_gone(tags.said(tag["name"], ""), gone, scales)]
    names = [tags.written(one) for one in new if one.value not in writing.LEVELS and one.value not in writing.STAGES]
    if names or len(kept) != len(event.get("Tag") or ()):
        event["Tag"] = [*kept, *({"name": name} for name in names)]
    for galaxy in event.get("Galaxy") or ():
        clusters = galaxy.get("GalaxyCluster") or []
        galaxy["GalaxyCluster"] = [one for one in clusters if not _is_gone(tags.said(_name(one), ""), gone, scales)]


def _is_gone(said: tags.Said, gone: list[tags.Said], scales: set[str]) -> bool:
    """Of several labels on one scale only one counted, so that all of them go with it."""
    return said in gone or said.aspect in scales


def _name(cluster: Json) -> str:
    return str(cluster.get("tag_name") or "")


@dataclass(slots=True)
class _Layer:
    """Lays entries over parts. `missing`: the entries that no part says any more and that must be written anew."""

    before: dict[Key, Any]
    after: dict[Key, Any]
    gone_names: set[Key]
    make: Maker
    missing: set[Key] = field(default_factory=set)

    def lay(self, event: Json) -> None:
        """Lay them over all parts of the event."""
        changed = {key for key in self.before | self.after if self.before.get(key) != self.after.get(key)}
        self.missing = changed & self.after.keys()
        changed |= self.gone_names
        for kind, reader in READERS.items():
            if event.get(kind):
                event[kind] = [self._laid(part, changed, reader) for part in event[kind]]
        writing.add(event, self.make, [(key, self.after[key]) for key in self.after if key in self.missing])

    def _laid(self, part: Json, changed: set[Key], reader: Callable[[Json], Iterator[Fact]]) -> Json:
        if facts.is_deleted(part):
            return part
        said = {(fact.aspect, writing.name_of(fact.aspect, fact.value)) for fact in reader(part)}
        if said.isdisjoint(changed):
            return part
        if "Attribute" in part and part["name"] not in facts.OBJECTS:
            return part | {"Attribute": [self._laid(one, changed, _of_inner) for one in part["Attribute"]]}
        if all(key in self.after and key[0] == "indicators" for key in said):
            return self._indicator(part, said)
        self.missing |= said & self.after.keys()
        return part | {"deleted": True, "timestamp": self.make.timestamp}

    def _indicator(self, part: Json, said: set[Key]) -> Json:
        """The attribute with what is now said beside its value."""
        self.missing -= said
        first = min(said, key=lambda key: len(key[1].partition("/")[0]))
        was, now = self.before[first], self.after[first]
        fields = {name: value for name, value in fields_of(now).items() if name != "Tag"}
        part = {name: value for name, value in part.items() if name not in {"first_seen", "last_seen"}} | fields
        if (was.labels, was.confidence) != (now.labels, now.confidence):
            part["Tag"] = list(_relabelled(part.get("Tag") or (), was, now))
        return part | {"timestamp": self.make.timestamp}


def _of_inner(attribute: Json) -> Iterator[Fact]:
    return facts.of_attribute(attribute, is_inside=True)


def _relabelled(listed: Any, was: Indicator, now: Indicator) -> Iterator[Json]:
    """The tags of an attribute, those of its own TLP kept."""
    old, new = ({tag["name"] for tag in fields_of(one).get("Tag", ())} for one in (was, now))
    yield from (tag for tag in listed if tag["name"] not in old - new)
    yield from ({"name": tag["name"]} for tag in fields_of(now).get("Tag", ()) if tag["name"] not in old)
