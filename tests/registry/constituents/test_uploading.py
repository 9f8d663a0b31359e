"""Tables of claims, contacts and wishes: looked at first, line by line, and nothing half saved."""

import gzip

import pytest
from django.utils.translation import override

from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from schakel.registry.constituents import uploading
from schakel.registry.models import Claim, Contact, Enrolment, Upload
from tests.cast import DESK, NOON, STEWARD, STRANGER, working_at


@pytest.fixture(autouse=True)
def english(db):
    with override("en"):
        yield


@pytest.fixture
def read(tmp_path, country):
    def act(text, kind="claims", *, holder=None, by=None):
        path = tmp_path / "table.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        holder = holder or country.harbour
        return uploading.read(
            path=path, name="table.csv", kind=kind, holder=holder, by=by or working_at(country.harbour), at=NOON
        )

    return act


def faults(upload):
    return [(fault["line"], fault["column"], fault["reason"]) for fault in upload.faults]


def test_a_look_changes_nothing_but_the_look(read):
    upload = read("kind,value,proof\ndomain,Nieuw.example,dns\nasn,AS64500,\n")
    assert [(row["value"], row["proof"]) for row in upload.rows] == [("nieuw.example", "dns"), ("64500", "mail")]
    assert upload.faults == []
    assert not Claim.objects.exists()


def test_faults_are_told_by_line(read):
    upload = read(
        "kind,value,proof\ndomain,goed.example,\nnetwork,10.0.0.0/8,\ncar,x,\ndomain,nl,\nasn,64500,dns\n"
        "domain,goed.example,\ndomain,,\ndomain,a.example,oath\n"
    )
    assert [row["value"] for row in upload.rows] == ["goed.example"]
    assert faults(upload) == [
        (3, "value", "words"), (4, "kind", "unknown-value"), (5, "value", "public-suffix"), (6, "proof", "no-fit"),
        (7, "organisation", "duplicate"), (8, "value", "required"), (9, "proof", "unknown-value"),
    ]  # fmt: skip


def test_a_yes_lets_the_good_rows_count_once(read, country):
    by = working_at(country.harbour)
    upload = read("kind,value\ndomain,a.example\ndomain,b.example\n")
    assert uploading.confirm(upload=upload, by=by, at=NOON) == {"taken": 2, "refused": 0}
    assert set(Claim.objects.values_list("value", "organisation")) == {
        ("a.example", country.harbour.pk),
        ("b.example", country.harbour.pk),
    }
    with pytest.raises(WrongState):
        uploading.confirm(upload=upload, by=by, at=NOON)
    assert Upload.objects.get().rows == []


def test_contacts_come_in_by_table(read, country):
    upload = read("role,address,language\nsecurity,cert@haven.example,en\nsecurity,geen adres,\n", "contacts")
    assert faults(upload) == [(3, "address", "mail-form")]
    uploading.confirm(upload=upload, by=working_at(country.harbour), at=NOON)
    contact = Contact.objects.get(address="cert@haven.example")
    assert (contact.language, contact.is_verified, contact.asks_count) == ("en", False, 1)


def test_a_partner_names_its_organisations_and_no_others(read, country):
    """What is not theirs looks like what is not there."""
    upload = read(
        "organisation,kind,value\nharbour,domain,a.example\nhospital,domain,b.example\nnobody,domain,c.example\n,domain,d.example\n",
        holder=country.harbour_circle, by=country.member,
    )  # fmt: skip
    assert faults(upload) == [
        (3, "organisation", "not-yours"),
        (4, "organisation", "not-yours"),
        (5, "organisation", "required"),
    ]
    uploading.confirm(upload=upload, by=country.member, at=NOON)
    assert Claim.objects.get().organisation == country.harbour


def test_an_organisation_names_no_other(read):
    assert faults(read("organisation,kind,value\nhospital,domain,a.example\n")) == [(2, "organisation", "not-yours")]


def test_a_partner_hands_in_its_members(read, country):
    text = "name,kvk,relation,from,until\nBakker,12345678,member,2026-01-01,\n,,member,,\nKapper,123,member,,\nSmid,,member,2026-02-01,2026-01-01\n"
    upload = read(text, "wishes", holder=country.harbour_circle, by=country.member)
    assert faults(upload) == [(3, "name", "required"), (4, "kvk", "kvk-form"), (5, "until", "span")]
    uploading.confirm(upload=upload, by=country.member, at=NOON)
    wish = Enrolment.objects.get()
    assert (wish.named, wish.kvk, str(wish.from_on), wish.state) == ("Bakker", "12345678", "2026-01-01", "asked")


def test_who_may_not_claim_hands_in_nothing(read, country):
    for by in (working_at(country.hospital), country.neighbour, STRANGER, STEWARD):
        with pytest.raises(NotPermitted):
            read("kind,value\ndomain,a.example\n", by=by)
    upload = read("kind,value\ndomain,a.example\n")
    for by in (DESK, country.member, working_at(country.hospital, "other")):
        with pytest.raises(NotPermitted):
            uploading.confirm(upload=upload, by=by, at=NOON)
        assert not Upload.objects.visible_to(by)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no header"),
        ("kind,value\n", "no rows"),
        ("kind,vlaue\ndomain,a.example\n", "did you mean"),
        ("value\na.example\n", "missing"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old .xls"),
        (b"\x00\x01\x02\x03", "no table"),
    ],
)
def test_what_cannot_be_read_is_said(read, text, words):
    with pytest.raises(Invalid, match=words):
        read(text)
    assert not Upload.objects.exists()


def test_a_table_that_is_too_long_is_refused(read, monkeypatch):
    monkeypatch.setattr(uploading, "MOST_ROWS", 2)
    with pytest.raises(Invalid, match="split it"):
        read("kind,value\n" + "".join(f"domain,a{n}.example\n" for n in range(3)))


def test_only_a_constituency_takes_wishes(read):
    for kind in ("wishes", "cars"):
        with pytest.raises((Invalid, NotPermitted)):
            read("name\nx\n", kind)


def test_what_became_impossible_is_counted_and_the_rest_stands(read, country, monkeypatch):
    from schakel.registry.claims import actions

    upload = read("kind,value\ndomain,a.example\ndomain,b.example\n")
    monkeypatch.setattr(actions, "MOST_OPEN", 1)
    assert uploading.confirm(upload=upload, by=working_at(country.harbour), at=NOON) == {"taken": 1, "refused": 1}
    assert Claim.objects.count() == 1


@pytest.mark.parametrize(
    "packed", [gzip.compress(b"kind,value\ndomain,a.example\n"), b"PAR1 and so on PAR1"], ids=["gzip", "parquet"]
)
def test_what_unpacks_to_more_than_it_seems_is_refused(read, packed):
    with pytest.raises(Invalid, match="CSV or XLSX"):
        read(packed)
    assert not Upload.objects.exists()
