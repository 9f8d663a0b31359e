import pytest

from schakel.web import build


def test_only_what_our_pages_use_is_taken(tmp_path):
    modules = build.ROOT / "node_modules"
    files = build.build(modules=modules, target=tmp_path)
    assert [file.name for file in files] == ["components.css", "htmx.js", "cytoscape.js", "kingdom.json"]
    assert ".utrecht-table" in files[0].read_text()
    assert ".utrecht-calendar" not in files[0].read_text()


def test_a_missing_package_says_what_to_do(tmp_path):
    with pytest.raises(FileNotFoundError, match="npm ci"):
        build.build(modules=tmp_path, target=tmp_path / "out")


def test_the_command_says_what_it_made(capsys):
    build.main()
    assert "components.css" in capsys.readouterr().out


def test_the_lock_file_names_no_registry():
    lock = (build.ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert lock.count('"integrity"') > 50
