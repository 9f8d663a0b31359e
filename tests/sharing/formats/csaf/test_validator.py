"""What we write is sound to others too: the library of Secvisogram, the reference of the standard's own tests."""

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from schakel.policy.sharing import Pap, Tlp
from tests.sharing.formats.csaf.corpus import CSAF, SAMPLES, read, real, sample
from tests.sharing.formats.csaf.test_writing import V2, V3, ours

ROOT = Path(__file__).resolve().parents[4]
LIBRARY = ROOT / "node_modules" / "@secvisogram" / "csaf-validator-lib"
SCRIPT = Path(__file__).with_name("validate.mjs")


@pytest.fixture
def faults(tmp_path):
    """What the library finds wrong with documents that we wrote."""
    node = shutil.which("node") or shutil.which("node", path=str(ROOT / ".venv" / "bin"))
    if node is None or not LIBRARY.is_dir():
        pytest.skip("no Node, or no library for it: what we write is checked by the csaf package alone here")

    def of(*contents):
        paths = [tmp_path / f"{number}.json" for number, _content in enumerate(contents)]
        for path, content in zip(paths, contents, strict=True):
            path.write_bytes(content)
        done = subprocess.run([node, SCRIPT, LIBRARY, *paths], check=True, capture_output=True, text=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    return of


def test_the_library_sees_a_fault_where_there_is_one(faults):
    broken = json.loads(sample())
    broken["vulnerabilities"][0]["product_status"]["fixed"] = ["NOBODY"]
    assert faults(json.dumps(broken).encode()) == [
        [["mandatoryTest_6_1_1", ["/vulnerabilities/0/product_status/fixed/0"]]]
    ]


@pytest.mark.parametrize("version", ["2.0", "2.1"])
def test_documents_of_our_own_are_sound(faults, version):
    scored = replace(ours().weaknesses[0], scores=(V3, V2))
    documents = [
        ours(),
        ours(weaknesses=(scored,)),
        ours(weaknesses=(), products=()),
        ours(texts=(), references=(), contributors=(), revisions=()),
        ours(marking=replace(ours().marking, tlp=Tlp.RED, pap=Pap.AMBER)),
    ]
    written = [CSAF.write(document, version=version).content for document in documents]
    assert faults(*written) == [[]] * len(documents)


def test_a_withdrawn_document_is_sound_but_for_a_profile_that_the_library_does_not_know_yet(faults):
    old = CSAF.write(ours(is_withdrawn=True), version="2.0").content
    new = CSAF.write(ours(is_withdrawn=True), version="2.1").content
    assert faults(old, new) == [[], [["mandatoryTest_6_1_26", ["/document/category"]]]]


def test_documents_of_others_stay_sound_under_a_change_of_ours(faults):
    came = read(sample())
    assert (SAMPLES / "advisory-2.0.json").exists()
    text = replace(came.texts[0], body=f"{came.texts[0].body}\n\n## Duiding\n\nVooral havens.", action="Bel nu.")
    changed = replace(came, texts=(text,), probability="low", marking=replace(came.marking, pap=Pap.RED))
    assert faults(CSAF.write(changed).content) == [[]]


def test_real_documents_stay_sound_under_a_change_of_ours(faults, shared_samples):
    paths = [path for path in real(shared_samples) if b'"csaf_version": "2.0"' in path.read_bytes()]
    written = []
    for path in paths:
        came = read(path.read_bytes())
        written.append(CSAF.write(replace(came, probability="high", damage="low")).content)
    assert len(written) > 60
    assert faults(*written) == [[]] * len(written)
