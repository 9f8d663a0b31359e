"""Real STIX of others: imported, or refused for the reason that is stated beside it; and out again with every field."""

import json

import orjson
import pytest

from schakel.sharing.formats.base import Unreadable
from schakel.sharing.formats.stix import Stix
from schakel.sharing.formats.stix.graph import graph_of
from schakel.sharing.formats.stix.limits import bundle_of

STIX = Stix()
REASONS = {
    "id prefix differs from type": ("/objects/0/id", "schema"),
    "required property missing": ("/objects/0", "schema"),
    "pattern not closed": ("/objects/0/pattern", "schema"),
    "modified earlier than created": ("/objects/0/modified", "time"),
    "confidence outside 0-100": ("/objects/0/confidence", "schema"),
    "bundle type and id missing": ("/type", "schema"),
}
"""The place and code of ours for each defect that EXPECTED.json names."""


@pytest.fixture
def folder(shared_samples):
    return shared_samples / "stix"


def bundles(folder):
    for file in sorted(folder.rglob("*.json")):
        if "json-schemas" not in file.parts and file.parent.name != "malformed" and not file.name.startswith("misp_"):
            yield file


def test_every_sound_sample_is_imported(folder):
    read = {file.name: list(STIX.read(file.read_bytes())) for file in bundles(folder)}
    assert len(read) == 18
    assert all(read.values())
    assert sum(len(document.indicators) for every in read.values() for document in every) > 100


def test_every_malformed_sample_is_refused_for_the_reason_that_is_stated(folder):
    expected = json.loads((folder / "malformed" / "EXPECTED.json").read_text())
    for one in expected:
        with pytest.raises(Unreadable) as caught:
            list(STIX.read((folder / "malformed" / one["file"]).read_bytes()))
        assert (caught.value.place, caught.value.code) == REASONS[one["defect"]], one["file"]
    assert len(expected) == len(list((folder / "malformed").glob("*.json"))) - 1


def normal(objects):
    """The normal form in which bundles are compared: objects in the words of 2.1, one of each version, sorted."""
    return {(one["id"], one.get("modified", "")): orjson.dumps(one, option=orjson.OPT_SORT_KEYS) for one in objects}


def test_every_field_of_every_sound_sample_goes_out_again(folder):
    for file in bundles(folder):
        content = file.read_bytes()
        came = graph_of(bundle_of(content)).objects
        written = [STIX.write(document).content for document in STIX.read(content)]
        out = [one for each in written for one in orjson.loads(each)["objects"]]
        assert normal(out) == normal(came), file.name
