import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from schakel.journal.models import Event
from schakel.kit import workbook
from schakel.registry.files import WORDS, FileRefused
from schakel.registry.load.batch import WORDS as STORED_WORDS
from schakel.registry.models import Prospect
from schakel.web.partners import file_words, registry_files
from tests.web.notices.test_respond import every_row

HERE = "/network/measurements/import"
GOOD = "key,name,type\nb1,Kring Een,isac\nb2,Kring Twee,csirt\n"


def hand_in(client, text, *, kind="baseline", name="nulmeting.csv"):
    data = text if isinstance(text, bytes) else text.encode()
    return client.post(HERE, {"kind": kind, "file": SimpleUploadedFile(name, data)})


def test_a_baseline_is_taken_in_and_counted(desk):
    assert "Hand in a baseline" in desk.get(HERE).content.decode()
    page = hand_in(desk, GOOD).content.decode()
    assert "What came of nulmeting.csv" in page
    assert Prospect.objects.count() == 2
    event = Event.objects.get(tag="registry.file.imported")
    assert (event.facts["file"], event.actor) == ("nulmeting.csv", f"user:{desk.user.pk}")
    again = hand_in(desk, GOOD).content.decode()
    assert "as they were" in again
    assert Prospect.objects.count() == 2


def test_a_workbook_is_taken_in_too(desk):
    buffer = io.BytesIO()
    workbook.write(buffer, {"baseline": [("name", "type", "members"), ("Kring Drie", "isac", 1250)]})
    assert hand_in(desk, buffer.getvalue(), name="nulmeting.xlsx").status_code == 200
    assert Prospect.objects.get().estimates.get().count == 1250


def test_bad_rows_are_shown_with_place_value_and_reason_and_good_ones_kept(desk):
    text = GOOD + "b3,kring een,isac\nb4,Vier,kapper\nb5,,isac\n"
    page = hand_in(desk, text).content.decode()
    assert Prospect.objects.count() == 2
    for words in ("Another row of this file has the same name", "kapper", "This column must not be empty"):
        assert words in page
    assert page.count('data-label="Line"') == 3
    assert "<i>" not in hand_in(desk, "name,type\nVijf,<i>\n").content.decode()


def test_reasons_are_said_in_dutch(member, db):
    page = hand_in(member("coordinator", language="nl"), GOOD + "b3,Drie,kapper\n").content.decode()
    assert "Dit is geen van de waarden die de kolom kent: csirt, isac" in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("naam,type\nEen,isac\n", "did you mean “name”"),
        ("name\nEen\n", "The column “type” is missing; the file has: name."),
        ("name,type,type\n", "twice"),
        (",name,type\n", "Column 1 has no name"),
        ("", "The submitted file is empty"),
        ("\n", "The file has no header"),
        (b"\x00" * 200, "no table of text"),
        (b"PK\x03\x04broken", "cannot be read"),
        (b"\xd0\xcf\x11\xe0" * 4, "old .xls form"),
        (b"PAR1broken", "Parquet file is damaged"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_leaves_nothing(desk, data, words):
    before = every_row()
    answer = hand_in(desk, data)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert every_row() == before


def test_a_file_that_is_too_large_goes_by_the_shell(desk, monkeypatch):
    monkeypatch.setattr(registry_files, "LARGEST_BYTES", 20)
    answer = hand_in(desk, GOOD)
    assert answer.status_code == 400
    assert "in the shell" in answer.content.decode()
    assert not Prospect.objects.exists()


def test_nothing_but_the_kinds_of_the_page_is_taken_in(desk):
    assert hand_in(desk, "key,name\na,A\n", kind="organisations").status_code == 400


def test_only_the_desk_hands_in(member, stranger, country):
    clients = [member("partner", country.harbour_circle), member("partner", country.care_csirt), member("steward")]
    before = every_row()
    for client in clients:
        assert client.get(HERE).status_code == 403
        assert hand_in(client, GOOD).status_code == 403
        assert HERE not in client.get("/network/measurements").content.decode()
    assert stranger.get(HERE).url.startswith("/account/login")
    assert every_row() == before


def test_the_words_of_rows_are_those_of_the_files():
    both = {**WORDS, **STORED_WORDS, "itself": WORDS["itself"]}
    with override("en"):
        for reason, words in file_words.ROW_WORDS.items():
            assert str(words) == both[reason].replace("{options}", "%(options)s"), reason


def test_every_reason_that_these_kinds_can_have_has_words():
    of_others = {
        "kvk-form", "rsin-form", "rsin-proof", "oin-form", "oin-prefix", "oin-number", "sbi-form", "mail-form",
        "webhook-form", "network-form", "host-bits", "domain-form", "public-suffix", "asn-form", "asn-reserved",
        "openpgp", "agreement-start", "overlap",
    }  # fmt: skip
    assert {*WORDS, *STORED_WORDS} - of_others == set(file_words.ROW_WORDS)


def test_a_file_of_any_refusal_has_words():
    about = {"name": "x", "near": "y", "found": "z", "place": 1}
    for reason in file_words.FILE_WORDS:
        assert "%(" not in file_words.of_file(FileRefused(reason, "…", **about))
