"""`schakel share`: items in and out by the shell."""

import io
import json
from types import SimpleNamespace

import pytest

from schakel.policy.access import Role
from schakel.sharing.items import drafting
from schakel.sharing.models import HeldContent, ItemSource, SharedItem
from tests.cast import NOON
from tests.registry.test_load_command import typed
from tests.sharing import world
from tests.sharing.incoming.test_receiving import feed

REPORT = "TLP:GREEN\n# Lek in de poort\n\nDe aanvaller zit op evil[.]example.\n"


@pytest.fixture
def report(db, tmp_path):
    path = tmp_path / "bericht.txt"
    path.write_text(REPORT)
    return path


def test_a_file_is_taken_in_once(report):
    code, out, err = typed("share", "import", str(report), "--json")
    figures = json.loads(out)
    assert (code, figures["counts"], figures["source"]) == (0, {"new": 1}, "by-hand")
    assert figures["files"][0]["items"] == [str(SharedItem.objects.get().uid)]
    assert "New source by-hand" in err
    assert json.loads(typed("share", "import", str(report), "--json")[1])["counts"] == {"known": 1}


def test_what_cannot_be_read_is_said_with_its_place_and_stops_nobody(report, tmp_path):
    broken = tmp_path / "stuk.xml"
    broken.write_text("<rss><channel>")
    code, out, _ = typed("share", "import", str(broken), str(report), str(tmp_path / "weg"))
    assert code == 0
    assert "stuk.xml: line 1, column 15: " in out
    assert "weg: No such file or directory" in out
    assert out.splitlines()[-1] == "1 held, 1 new, 1 missing"
    code, _, err = typed("share", "import", str(broken))
    assert (code, HeldContent.objects.count()) == (1, 1)
    assert "line 1, column 15" in err


def test_standard_input_is_read_too(db, monkeypatch):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(REPORT.encode())))
    assert typed("share", "import", "-")[0] == 0
    assert SharedItem.objects.get().title == "Lek in de poort"


@pytest.mark.parametrize("format", ["text", "atom", "misp", "stix"])
def test_an_item_is_written_in_each_format_and_read_again(report, tmp_path, format):
    typed("share", "import", str(report))
    uid, path = str(SharedItem.objects.get().uid), tmp_path / "uit"
    code, out, _ = typed("share", "export", uid, "--format", format, "--out", str(path), "--json")
    assert (code, json.loads(out).get("file")) == (0, str(path)), out
    assert json.loads(typed("share", "import", str(path), "--source", format, "--json")[1])["counts"] == {"new": 1}
    assert set(SharedItem.objects.values_list("title", "tlp")) == {("Lek in de poort", "green")}


def test_an_item_goes_to_standard_output(report):
    typed("share", "import", str(report))
    code, out, _ = typed("share", "export", str(SharedItem.objects.get().uid), "--format", "text")
    assert code == 0
    assert out.startswith("TLP:GREEN\n\n# Lek in de poort\n")
    assert "evil[.]example" in out


def test_what_is_for_named_people_is_never_written(country):
    world.share(country)
    anna = world.person("anna", Role.PARTNER, partner=country.harbour_circle)
    item = drafting.draft(
        document=world.document(), terms=world.terms("red", [f"person:{anna.user_id}"]), owner=country.harbour_circle,
        by=anna, at=NOON,
    )  # fmt: skip
    code, out, err = typed("share", "export", str(item.uid), "--format", "text")
    assert (code, out) == (1, "")
    assert "named people" in err


@pytest.mark.parametrize("arguments", [["export", "niets"], ["export"], ["fetch", "niets"], ["import"], ["source"]])
def test_what_is_not_there_is_refused(db, arguments):
    assert typed("share", *arguments)[0] == 1


def test_a_source_is_added_listed_and_fetched_from(db, tmp_path):
    (tmp_path / "cur").mkdir()
    (tmp_path / "new").mkdir()
    (tmp_path / "tmp").mkdir()
    (tmp_path / "new" / "een").write_bytes(b"From: a@b.example\nSubject: TLP:CLEAR Lek\n\nwoorden\n")
    made = typed("share", "source", "Onze", "post", "--kind", "mailbox", "--address", str(tmp_path), "--tlp", "amber")
    assert (made[0], ItemSource.objects.get().default_tlp) == (0, "amber")
    assert f"onze-post: mailbox {tmp_path}" in typed("share", "sources")[1]
    assert json.loads(typed("share", "fetch", "onze-post", "--json")[1]) == {"counts": {"new": 1}}
    assert json.loads(typed("share", "fetch", "--json")[1]) == {"counts": {}}


def test_an_archive_of_a_feed_is_recognised_by_its_content(db, tmp_path):
    import gzip

    (tmp_path / "foto.png").write_bytes(gzip.compress(feed("woorden").encode()))
    assert json.loads(typed("share", "import", str(tmp_path / "foto.png"), "--json")[1])["counts"] == {"new": 1}
