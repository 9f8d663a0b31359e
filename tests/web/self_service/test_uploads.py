import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from schakel.registry.models import Claim, Upload
from schakel.web.self_service import uploads
from tests.registry.files import workbook
from tests.web.notices.test_respond import every_row


def table(text, name="claims.csv"):
    return SimpleUploadedFile(name, text.encode(), content_type="text/csv")


@pytest.fixture
def own(member, country):
    return member("organisation", organisation=country.harbour)


def here(country):
    return f"/organisation/{country.harbour.pk}/upload"


def hand_in(client, address, text="kind,value\ndomain,a.example\nnetwork,10.0.0.0/8\n", kind="claims"):
    return client.post(address, {"kind": kind, "file": table(text)})


def test_a_table_is_looked_at_and_then_counts(own, country):
    assert "kind, value, proof" in own.get(here(country)).content.decode()
    address = hand_in(own, here(country)).url
    page = own.get(address).content.decode()
    for words in ("a.example", "10.0.0.0/8", "reserved", "Let the good rows count"):
        assert words in page
    assert not Claim.objects.exists()
    page = own.post(address, follow=True).content.decode()
    assert "Taken: 1" in page
    assert "Let the good rows count" not in page
    assert Claim.objects.get().value == "a.example"


def test_a_table_that_cannot_be_read_is_shown_again(own, country):
    answer = hand_in(own, here(country), "kind,vlaue\n")
    assert (answer.status_code, "did you mean" in answer.content.decode()) == (400, True)
    assert not Upload.objects.exists()


def test_a_table_is_its_makers_alone(own, country, member, stranger):
    address = hand_in(own, here(country)).url
    before = every_row()
    others = [
        member("organisation", organisation=country.hospital),
        member("partner", country.care_csirt),
        member("coordinator"),
    ]
    for client in others:
        assert client.get(address).status_code == client.post(address).status_code == 404
    for role in ("steward", "auditor"):
        assert member(role).post(address).status_code == 403
    for client in others[:2]:
        assert hand_in(client, here(country)).status_code == 404
    assert stranger.get(address).url.startswith("/account/login")
    assert {model: rows for model, rows in every_row().items() if model is Upload} == {Upload: before[Upload]}
    assert not Claim.objects.exists()


def test_a_partner_hands_in_for_its_constituency(country, member):
    owner, address = member("partner", country.harbour_circle), f"/constituency/of/{country.harbour_circle.pk}/upload"
    assert "name, kvk, relation" in owner.get(address).content.decode()
    page = owner.get(
        hand_in(owner, address, "organisation,kind,value\nhospital,domain,a.example\n").url
    ).content.decode()
    assert "no organisation of yours" in page
    assert member("partner", country.care_csirt).get(address).status_code == 404


@pytest.fixture
def dutch(member, country):
    return member("organisation", organisation=country.harbour, language="nl")


def shown_faults(page):
    """Line, column, value and reason of each fault on the page."""
    cells = re.findall(r'<td[^>]*data-label="(Regel|Kolom|Waarde|Waarom)">([^<]*)<', page)
    values = [unescape(value) for _label, value in cells]
    return [tuple(values[at : at + 4]) for at in range(0, len(values), 4)]


def test_a_workbook_is_looked_at_and_then_counts(dutch, country, tmp_path):
    rows = [
        ["kind", "value", "proof"],
        ["domain", "a.example", None],
        None,
        ["asn", 64496, "dns"],
        ["network", "x", None],
    ]
    file = workbook.write(tmp_path / "claims.xlsx", Blad1=[*rows, ["asn", 3333, "approval"]]).read_bytes()
    sent = {"kind": "claims", "file": SimpleUploadedFile("claims.xlsx", file)}
    address = dutch.post(here(country), sent).url
    page = dutch.get(address).content.decode()
    assert "a.example" in page
    assert [fault[:3] for fault in shown_faults(page)] == [("4", "proof", "dns"), ("5", "value", "x")]
    assert shown_faults(page)[0][3] == "dit is niet op die manier te bewijzen."
    assert shown_faults(page)[1][3] == "dit is geen IP-netwerk. Schrijf het als 192.0.2.0/24 of 2001:db8::/32."
    dutch.post(address)
    made = Claim.objects.order_by("value").values_list("kind", "value", "proof")
    assert list(made) == [("asn", "3333", "approval"), ("domain", "a.example", "dns")]


FAULTY = """organisation,role,address,channel,language
,security,geen adres,mail,nl
,baas,cert@haven.example,mail,nl
,security,http://haven.example,webhook,nl
,,cert@haven.example,mail,nl
,security,cert@haven.example,mail,de
hospital,security,cert@linde.example,mail,nl
,security,"cert@haven.example
,security,ok@haven.example,mail,nl
"""


def test_what_is_wrong_with_a_row_is_said_in_dutch(dutch, country):
    page = dutch.get(hand_in(dutch, here(country), FAULTY, kind="contacts").url).content.decode()
    words = {line: (column, why) for line, column, _value, why in shown_faults(page)}
    assert words["2"] == ("address", "dit is geen e-mailadres.")
    assert words["3"][0] == "role"
    assert words["3"][1].startswith("dit woord staat niet in de lijst van de kolom: security, ")
    assert words["4"] == ("address", "een webhook is een https-adres.")
    assert words["5"] == ("role", "deze cel mag niet leeg zijn.")
    assert words["6"][1] == "dit woord staat niet in de lijst van de kolom: nl, en, pap."
    assert words["7"] == ("organisation", "geen organisatie van u heeft deze sleutel.")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("claims.csv", b"kind,vlaue\n", "De kolom “vlaue” is niet bekend; bedoelt u “value”?"),
        ("claims.csv", b"kind\n", "ontbreekt"),
        ("claims.csv", b"kind,kind,value\n", "staat twee keer"),
        ("claims.csv", b"", "bestand is leeg"),
        ("claims.csv", b"\x00\x01\x02", "CSV, XLSX en Parquet"),
        ("claims.xlsx", b"PK\x03\x04 no workbook", "De werkmap is niet te lezen"),
        ("claims.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"),
        ("claims.csv", b"kind,value\n", "geen rijen"),
    ],
    ids=["unknown", "missing", "twice", "empty", "binary", "workbook", "old", "no rows"],
)
def test_what_is_wrong_with_a_file_is_said_in_dutch(dutch, country, name, content, words):
    answer = dutch.post(here(country), {"kind": "claims", "file": SimpleUploadedFile(name, content)})
    page = unescape(answer.content.decode())
    assert answer.status_code == 400
    assert words in page
    assert not Upload.objects.exists()


def test_each_reason_that_a_table_can_be_refused_for_has_words():
    of_claims = {"network-form", "host-bits", "domain-form", "public-suffix", "asn-form", "asn-reserved"}
    of_others = {"mail-form", "webhook-form", "kvk-form"}
    plain = {"required", "too-long", "control-character", "unknown-value", "day", "span", "duplicate"}
    reasons = of_claims | of_others | plain | {"column-count", "quoting", "not-yours", "no-fit"}
    assert reasons == set(uploads.WORDS)
    with override("nl"):
        for words in uploads.WORDS.values():
            assert not re.search(r"\b(the|this|is no)\b", str(words)), words
