"""`schakel import` and `schakel generate`, as typed."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout

import pytest
from django.core.management import call_command

from schakel.intake.models import Weakness
from schakel.registry.models import Asset, Organisation


def typed(command: str, *arguments: str) -> tuple[int, str, str]:
    """Exit code, output and errors of a command."""
    out, errors, code = io.StringIO(), io.StringIO(), 0
    with redirect_stdout(out), redirect_stderr(errors):
        try:
            call_command(command, *arguments, stdout=out, stderr=errors)
        except SystemExit as exit_:
            code = int(exit_.code or 0)
    return code, out.getvalue(), errors.getvalue()


@pytest.fixture
def file(tmp_path):
    def written(text):
        path = tmp_path / "file.csv"
        path.write_text(text)
        return str(path)

    return written


@pytest.mark.django_db
def test_good_rows_are_kept_and_bad_ones_shown_with_place_and_reason(file, tmp_path):
    path = file("key,name,kvk\na,Bakkerij,12345678\nb,Slagerij,123\nc,,\n")
    code, out, _ = typed("import", "organisations", path, "--bad", str(tmp_path / "bad.csv"))
    assert code == 0
    assert "line 3, kvk “123”: A KVK number has 8 digits." in out
    assert "line 4, name: This column must not be empty." in out
    assert "3 rows = 1 added + 0 changed + 0 unchanged + 2 bad" in out
    assert (tmp_path / "bad.csv").read_text().count("\n") == 3
    assert Organisation.objects.get().name == "Bakkerij"


@pytest.mark.django_db
def test_only_the_first_twenty_bad_rows_are_shown(file):
    code, out, _ = typed("import", "organisations", file("key,name\n" + "a,\n" * 25))
    assert (code, out.count("must not be empty")) == (0, 20)
    assert "and 5 more, see --bad" in out


@pytest.mark.django_db
def test_machines_get_counts_and_bad_rows(file):
    _, out, _ = typed("import", "organisations", file("key,name\na,A\nb,\n"), "--json")
    figures = json.loads(out)
    assert {name: figures[name] for name in ("rows", "added", "changed", "unchanged", "bad")} == {
        "rows": 2,
        "added": 1,
        "changed": 0,
        "unchanged": 0,
        "bad": 1,
    }
    assert figures["bad_rows"][0]["line"] == 3


@pytest.mark.django_db
def test_a_file_refused_as_a_whole_ends_with_one(file):
    code, _, errors = typed("import", "assets", file("naam\nA\n"))
    assert code == 1
    assert errors.startswith("Refused: ")
    assert "“naam” is not known" in errors


@pytest.mark.django_db
def test_weaknesses_are_a_kind_too(file):
    code, out, _ = typed("import", "weaknesses", file("cve,epss\nCVE-2026-10001,0.9\n"))
    assert (code, Weakness.objects.get().epss) == (0, 0.9)
    assert "1 rows = 1 added" in out


@pytest.mark.django_db
def test_warnings_and_withdrawals_are_shown(file):
    Weakness.objects.create(cve="CVE-2026-10001", is_kev=True)
    catalogue = {"count": 1, "vulnerabilities": [{"cveID": "CVE-2026-10002"}]}
    assert "1 weaknesses withdrawn" in typed("import", "weaknesses", file(json.dumps(catalogue)))[1]
    out = typed("import", "weaknesses", file(json.dumps(catalogue | {"count": 7})))[1]
    assert "says that it holds 7 entries" in out
    assert "withdrawn" not in out


@pytest.mark.django_db
def test_a_generated_country_is_imported_without_a_bad_row(tmp_path):
    code, out, _ = typed(
        "generate", "--organisations", "60", "--seed", "4", "--out", str(tmp_path), "--day", "2026-11-02"
    )
    assert code == 0
    assert "60 rows  organisations.csv" in out
    assert any("2026-11-02" in place.name for place in (tmp_path / "reports").iterdir())
    for kind in ("organisations", "contacts", "partners", "assets", "constituencies"):
        figures = json.loads(typed("import", kind, str(tmp_path / f"{kind}.csv"), "--json")[1])
        assert (figures["bad"], figures["added"]) == (0, figures["rows"])
    assert Asset.objects.count() > 60


def test_a_country_that_cannot_be_made_is_refused(tmp_path):
    code, _, errors = typed("generate", "--organisations", "-1", "--out", str(tmp_path))
    assert (code, errors.startswith("Refused:")) == (1, True)
    (tmp_path / "file").touch()
    code, _, errors = typed("generate", "--organisations", "10", "--out", str(tmp_path / "file" / "folder"))
    assert (code, "Not a directory" in errors) == (1, True)
