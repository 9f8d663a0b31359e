"""CSAF documents for tests: our own samples, and what the shared corpus says of each of its documents."""

import json
from pathlib import Path

from schakel.sharing.formats.csaf.format import Csaf

CSAF = Csaf()
SAMPLES = Path(__file__).parent / "samples"
DISPUTED = {
    "2-1-2024-6-1-10-13": "its base score of 9.0 is 10.0 by CVSS 2.0",
    "2-1-2024-6-2-27-01": "the drafts of 2.1 forbid a planned fix for what is not affected (6.1.36)",
    "2-1-2024-6-2-34-13": "the namespace `example` is registered with other decision points (6.1.48)",
    "2-1-2024-6-2-39-02-01": "a withdrawn document without a note of the category description (6.1.27.14)",
    "2-1-2024-6-2-39-03-01": "a superseded document without a note of the category description (6.1.27.14)",
    "2-1-2024-6-2-39-04-01": "a superseded document without an external reference (6.1.27.2)",
    "2-1-2024-6-2-46-01": "a licence of its own without a legal disclaimer (6.1.55)",
    "2-1-2024-6-2-54-03-01": "it speaks of a product that it does not define (6.1.1)",
}
"""Documents that the index calls sound, though a mandatory test fails: why."""


def sample(name="advisory-2.0"):
    """The bytes of one of our own."""
    return (SAMPLES / f"{name}.json").read_bytes()


def told(name="advisory-2.0"):
    """One of our own as the JSON that it is."""
    return json.loads(sample(name))


def read(content):
    """The document in `content`, as bytes or JSON."""
    (found,) = CSAF.read(content if isinstance(content, bytes) else json.dumps(content).encode())
    return found


def indexed(shared_samples, version):
    """Each document of the standard's own tests: path, number of the test, whether it fails it, whether it is sound."""
    folder = shared_samples / "csaf" / f"validator-tests-{version}"
    for test in json.loads((folder / "testcases.json").read_text())["tests"]:
        for kind in ("failures", "valid"):
            for file in test.get(kind, ()):
                yield folder / file["name"], test["id"], kind == "failures", file["valid"]


def disputed(path):
    """Why the index errs, or nothing."""
    name = path.stem.partition("-csaf_")[2].replace("_", "-")
    return DISPUTED.get(name)


def real(shared_samples):
    """Real documents and examples of the standard, all of them sound."""
    for folder in ("cisa-ot", "cisa-it", "examples-2.0", "examples-2.1", "gocsaf-valid", "provider-directory-based"):
        for path in sorted((shared_samples / "csaf" / folder).rglob("*.json")):
            if CSAF.recognises(path.read_bytes()):
                yield path


def sound(shared_samples):
    """Every sound document of the corpus."""
    yield from real(shared_samples)
    for version in ("2.0", "2.1"):
        yield from (path for path, *_, is_sound in indexed(shared_samples, version) if is_sound and not disputed(path))
