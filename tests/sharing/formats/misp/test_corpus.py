"""Real documents of MISP, where they lie beside the project: each is read, or refused for the reason that it was made for."""

from dataclasses import replace

import jsonschema_rs
import orjson
import pytest
from pymisp import MISPEvent

from schakel.sharing.formats.base import Unreadable
from schakel.sharing.formats.misp.format import Misp

# What stands among the events and is none.
NO_EVENTS = {
    "event_obj_attr_tag.json": ("unknown-format", "/"),  # Parts without the event around them.
    "event_tags.json": ("schema", "/uuid"),
    "search_index_result.json": ("unknown-format", "/0"),
    "sharing_groups.json": ("unknown-format", "/0"),
}
BROKEN = {
    "uuid-missing.json": ("schema", "/Event/uuid"),
    "date-impossible.json": ("time", "/Event/date"),
    "distribution-9.json": ("schema", "/Event/distribution"),
    "attribute-without-value.json": ("schema", "/Event/Attribute/0/value"),
    "truncated.json": ("syntax", "line 1, column 901"),
}


@pytest.fixture(scope="module")
def folder(shared_samples):
    return shared_samples / "misp"


@pytest.fixture(scope="module")
def events(folder, shared_samples):
    """The files with an event in them."""
    found = [*folder.glob("events/*.json"), *folder.glob("feed-circl-osint/*-*.json")]
    pairs = shared_samples.glob("stix/misp-stix2.0-pairs/misp_*.json")
    return sorted(file for file in [*found, *pairs] if file.name not in NO_EVENTS)


def event_of(content):
    loaded = orjson.loads(content)
    return loaded.get("Event", loaded)


def test_every_event_is_recognised_read_and_written_as_it_came(events):
    assert len(events) >= 14
    for file in events:
        content = file.read_bytes()
        assert Misp().recognises(content), file.name
        (document,) = Misp().read(content)
        assert event_of(Misp().write(document).content) == event_of(content), file.name


def test_every_event_without_its_original_still_says_what_it_said(events):
    for file in events:
        (document,) = Misp().read(file.read_bytes())
        (again,) = Misp().read(Misp().write(replace(document, original=None)).content)
        found, wanted = ([(one.kind, one.value, one.pattern) for one in d.indicators] for d in (again, document))
        assert sorted(set(found)) == sorted(set(wanted)), file.name
        assert {w.cve for w in again.weaknesses} == {w.cve for w in document.weaknesses}, file.name
        assert set(again.references) == set(document.references), file.name
        assert (again.title, again.key, set(again.names)) == (document.title, document.key, set(document.names)), (
            file.name
        )


def test_what_we_write_is_valid_and_pymisp_reads_it(events, folder):
    schema = jsonschema_rs.validator_for(
        orjson.loads((folder / "schemas" / "core-format-schema-lax.json").read_bytes())
    )
    for file in events:
        (document,) = Misp().read(file.read_bytes())
        content = Misp().write(document).content
        if schema.is_valid(orjson.loads(file.read_bytes())):
            schema.validate(orjson.loads(content))
        event = MISPEvent()
        event.load(content.decode())
        assert event.uuid == document.key


def test_what_is_no_event_is_refused(folder):
    for name, expected in NO_EVENTS.items():
        assert reason(folder / "events" / name) == expected, name


def test_every_broken_document_is_refused_for_what_was_broken(folder):
    told = {one["file"]: one for one in orjson.loads((folder / "malformed" / "EXPECTED.json").read_bytes())}
    assert told.keys() == BROKEN.keys()
    for name in told:
        assert "reject" in told[name]["expect"]
        assert reason(folder / "malformed" / name) == BROKEN[name], name


def test_the_tables_are_read(folder):
    for file, counted in (("event.csv", 36), ("valid_fieldnames.csv", 9)):
        content = (folder / "csv" / file).read_bytes()
        (document,) = Misp().read(content)
        assert Misp().recognises(content)
        assert len(document.indicators) == counted


def reason(file):
    with pytest.raises(Unreadable) as refused:
        list(Misp().read(file.read_bytes()))
    return refused.value.code, refused.value.place
