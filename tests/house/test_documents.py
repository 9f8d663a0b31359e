"""The documents say what the code does: generated pages are compared, links lead somewhere, words are explained."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps

from tests.house import reference
from tests.house.sources import ROOT, floors

DOCS = ROOT / "docs"
SETTINGS = ROOT / "schakel" / "config" / "settings.py"
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
ROW = re.compile(r"^\| `(\w+)` \| (.*?) \| (.+) \|$", re.MULTILINE)
TERM = re.compile(r"^\| \*\*([A-Za-z]+)\*\* \|", re.MULTILINE)
FENCE = re.compile(r"```.*?```", re.DOTALL)
DECISIONS = sorted((DOCS / "adr").glob("*.md"))
TEXTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")]
TEXTS += sorted(DOCS.rglob("*.md"))


def place(path):
    return Path(path).relative_to(ROOT).as_posix()


def dead_links(folder, text):
    """Links of a Markdown text that lead to no file; addresses of the web are not followed."""
    targets = LINK.findall(FENCE.sub("", text))
    return [
        to for to in targets if not to.startswith(("http://", "https://", "mailto:")) and not (folder / to).exists()
    ]


def adr_flaws(name, text):
    """What a decision lacks: number and title, its three headings in order, one page."""
    flaws = [] if re.match(rf"# {int(name[:4])}\. \S", text) else ["its title does not begin with its number"]
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    flaws += [] if headings == ["Context", "Decision", "Consequences"] else [f"its headings are {headings}"]
    return flaws + (["it is longer than a page"] if text.count("\n") > 60 else [])


def read_settings(text):
    """Each variable that the settings read from the environment, with its default where that is plain text."""
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call) and node.args]
    found = {}
    for call in calls:
        name = call.args[0].value if isinstance(call.args[0], ast.Constant) else None
        default = call.args[1] if len(call.args) > 1 else ast.Constant("")
        if ast.unparse(call.func) == "_setting":
            found[f"SCHAKEL_{name!s}"] = default.value if isinstance(default, ast.Constant) else None
        if ast.unparse(call.func) == "os.environ.get" and name:
            found[str(name)] = ""
    return found


@pytest.mark.parametrize("name", reference.WRITERS)
def test_the_generated_pages_are_up_to_date(name):
    written = (reference.PAGES / f"{name}.md").read_text(encoding="utf-8")
    assert written == reference.WRITERS[name](), f"{name}.md is behind the code: run `make docs`"


def test_every_setting_is_documented_with_its_default():
    listed = {name: default.strip("`") for name, default, _meaning in ROW.findall(settings_page())}
    assert set(listed) == set(read_settings(SETTINGS.read_text(encoding="utf-8")))


@pytest.mark.parametrize(("name", "default"), read_settings(SETTINGS.read_text(encoding="utf-8")).items())
def test_a_documented_default_is_the_real_one(name, default):
    listed = {name: default.strip("`") for name, default, _meaning in ROW.findall(settings_page())}
    assert default is None or listed.get(name) == default


def settings_page():
    return (DOCS / "reference" / "settings.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", TEXTS, ids=place)
def test_every_link_leads_somewhere(path):
    assert dead_links(path.parent, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", DECISIONS, ids=place)
def test_every_decision_has_its_three_parts(path):
    assert adr_flaws(path.name, path.read_text(encoding="utf-8")) == []


def test_decisions_are_numbered_without_gaps():
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_every_model_is_a_word_of_the_glossary():
    words = set(TERM.findall((DOCS / "glossary.md").read_text(encoding="utf-8")))
    ours = {model.__name__ for model in apps.get_models() if model.__module__.startswith("schakel.")}
    assert ours - words == set(), "explain these in docs/glossary.md"


def test_every_word_of_the_glossary_is_explained_once():
    words = TERM.findall((DOCS / "glossary.md").read_text(encoding="utf-8"))
    assert len(words) == len(set(words)) > 20


def test_where_names_every_folder_of_the_package():
    where = (DOCS / "where.md").read_text(encoding="utf-8")
    folders = {path.parent.name for path in (ROOT / "schakel").glob("*/__init__.py")}
    assert {name for name in folders if f"`{name}/" not in where} == set()
    assert folders <= set(floors())


def test_publiccode_has_what_the_standard_asks():
    text = (ROOT / "publiccode.yml").read_text(encoding="utf-8")
    asked = ("publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType", "description")
    for key in (*asked, "legal", "maintenance", "localisation"):
        assert re.search(rf"^{key}:", text, re.MULTILINE), key
    for key in ("shortDescription", "longDescription", "features", "license", "localisationReady"):
        assert re.search(rf"^ +{key}:", text, re.MULTILINE), key


def test_the_version_is_the_same_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"softwareVersion: {project['version']}" in (ROOT / "publiccode.yml").read_text(encoding="utf-8")


def test_dead_links_sample(tmp_path):
    (tmp_path / "there.md").touch()
    assert dead_links(tmp_path, "[a](there.md#part) [b](https://example.org) ```[c](gone.md)```") == []
    assert dead_links(tmp_path, "[a](gone.md)") == ["gone.md"]


def test_decision_samples():
    good = "# 7. A title\n\n## Context\n\n## Decision\n\n## Consequences\n"
    assert adr_flaws("0007-a-title.md", good) == []
    assert len(adr_flaws("0008-a-title.md", good)) == 1
    assert len(adr_flaws("0007-a-title.md", good.replace("## Decision\n", ""))) == 1
    assert len(adr_flaws("0007-a-title.md", good + "\n" * 60)) == 1


def test_settings_sample():
    text = 'A = _setting("A", "1")\nB = int(_setting("B"))\nC = _setting("C", str(A))\nD = os.environ.get("URL")'
    assert read_settings(text) == {"SCHAKEL_A": "1", "SCHAKEL_B": "", "SCHAKEL_C": None, "URL": ""}
