import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from schakel.registry.models import Claim, Upload
from tests.web.test_respond import every_row


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
