"""Every CSAF document of the shared corpus is taken in or refused for the reason that its index states."""

import json
from dataclasses import fields, replace
from importlib.resources import files

import orjson
import pytest

from schakel.sharing.formats.base import Uncarried, Unreadable
from schakel.sharing.formats.csaf import checks
from schakel.sharing.formats.csaf.format import _said
from schakel.sharing.formats.csaf.fresh import as_issued
from schakel.sharing.formats.csaf.names import file_name
from tests.sharing.formats.csaf.corpus import CSAF, DISPUTED, disputed, indexed, read, real, sound

BY_SCHEMA = {"6.1.8", "6.1.37", "6.1.46", "6.1.60.1", "6.1.24"}
"""Tests whose failing documents do not even fit the schema, by their nature or in the drafts of today."""


@pytest.mark.parametrize("version", ["2.0", "2.1"])
def test_the_documents_of_the_standards_own_tests_are_judged_as_their_index_says(shared_samples, version):
    agree, wrong = 0, []
    for path, test, fails, is_sound in indexed(shared_samples, version):
        found = checks.flaws(orjson.loads(path.read_bytes()), version=version)
        expected = is_sound and not disputed(path)
        if expected != (not found) or (fails and not is_sound and not disputed(path) and not _names(found, test)):
            wrong.append((path.name, test, found[:2]))
        agree += not disputed(path)
    assert not wrong
    assert agree == {"2.0": 136, "2.1": 407}[version]


def _names(found, test):
    """Whether the flaws name the test; a test of 2.0 that has parts is one number there."""
    return any(test == one.test or test.startswith(f"{one.test}.") for one in found) or (
        test in BY_SCHEMA and found[0].test == "schema"
    ) or test == "6.2.38"  # fmt: skip


def test_what_is_disputed_is_in_the_corpus_and_refused(shared_samples):
    seen = {path for path, *_ in indexed(shared_samples, "2.1") if disputed(path)}
    assert len(seen) == len(DISPUTED)
    assert all(checks.flaws(orjson.loads(path.read_bytes()), version="2.1") for path in seen)


def test_every_real_document_is_taken_in_and_given_back_to_the_byte(shared_samples):
    paths = list(real(shared_samples))
    assert len(paths) == 78
    for path in paths:
        found = read(path.read_bytes())
        assert found.title
        assert found.key
        written = CSAF.write(found)
        assert written.content == path.read_bytes()
        assert not written.left_out


def test_every_sound_document_keeps_every_field_when_one_of_ours_changes(shared_samples):
    """Normal form: the JSON value, without the one field that we changed."""
    count = 0
    for path in sound(shared_samples):
        came = read(path.read_bytes())
        title = "Een andere titel"
        texts = tuple(replace(text, title=title) if text.title == came.title else text for text in came.texts)
        made = orjson.loads(CSAF.write(replace(came, title=title, texts=texts)).content)
        before = orjson.loads(path.read_bytes())
        if made["document"]["category"] == "csaf_withdrawn":
            continue  # Written anew: its profile has one note.
        before["document"]["title"] = title
        assert made == before, path
        count += 1
    assert count > 440


def test_every_real_document_can_be_written_without_its_original_or_says_why_not(shared_samples):
    """What a document of our own says again is what was read; what is not said again is named."""
    written, refused = 0, []
    for path in real(shared_samples):
        came = replace(read(path.read_bytes()), original=None)
        for version in ("2.0", "2.1"):
            try:
                made = CSAF.write(came, version=version)
            except Uncarried as no:
                refused.append(no)
                continue
            again = read(made.content)
            lost = {name.partition(".")[0] for name in made.left_out}
            told = {"original", "kind", "labels", "version", "publisher", "contributors"}
            wanted, found = _said(as_issued(came)), _said(again)
            for field in fields(came):
                if field.name not in lost | told:
                    assert getattr(wanted, field.name) == getattr(found, field.name), (path, version, field.name)
            assert again.marking.tlp == came.marking.tlp
            assert again.contributors[:1] == (came.publisher,)
            written += 1
    assert written > 140
    assert all(no.fields for no in refused)


def test_broken_documents_are_refused_as_expected(shared_samples):
    folder = shared_samples / "csaf" / "malformed"
    codes = {
        "truncated.json": "syntax", "trailing-comma.json": "syntax", "missing-title.json": "schema",
        "wrong-version.json": "schema", "tlp-unknown.json": "label", "bad-date.json": "time",
    }  # fmt: skip
    expected = json.loads((folder / "EXPECTED.json").read_text())
    assert {one["file"] for one in expected} == set(codes)
    for name, code in codes.items():
        with pytest.raises(Unreadable) as no:
            read((folder / name).read_bytes())
        assert no.value.code == code
        assert no.value.place


def test_file_names_follow_the_standard(shared_samples):
    folder = shared_samples / "csaf" / "filenames-2.0"
    valid = list((folder / "valid").glob("*.json"))
    invalid = list((folder / "invalid").glob("*.json"))
    assert (len(valid), len(invalid)) == (3, 3)
    assert [path.name for path in valid] == [file_name(read(path.read_bytes()).key) for path in valid]
    assert all(path.name != file_name(read(path.read_bytes()).key) for path in invalid)


def test_what_speaks_of_csaf_without_being_a_document_is_no_document(shared_samples):
    folder = shared_samples / "csaf"
    others = [*folder.glob("examples-*/ROLIE/*.json"), *folder.glob("examples-*/aggregator/*.json")]
    others += [*folder.glob("examples-*/provider-metadata/*.json"), *folder.glob("extensions-2.1/*/*/*.json")]
    assert len(others) > 15
    for path in others:
        with pytest.raises(Unreadable) as no:
            read(path.read_bytes())
        assert no.value.code == "unknown-format"


def test_the_schema_of_2_0_that_we_check_with_is_the_official_one(shared_samples):
    ours = json.loads((files("csaf.csaf.v20") / "schema" / "csaf.json").read_text())
    assert ours == json.loads((shared_samples / "csaf" / "schemas" / "2.0" / "csaf_json_schema.json").read_text())
