import pytest

from schakel.registry.agreements import copies
from schakel.registry.agreements.copies import Elsewhere
from tests.cast import NOON, head_of
from tests.joining import draft_of, joining, signed

LIST = "/api/v1/agreements"


@pytest.fixture
def running(country):
    joining(country.harbour_circle)
    return signed(country.harbour_circle)


def ids(answer):
    assert answer.status_code == 200
    return {row["id"] for row in answer.json()["items"]}


def test_a_partner_reads_its_own_agreements_and_no_other(program, country, running):
    other = country.care_csirt.agreements.get()
    desk, owner, neighbour = (
        program("coordinator"),
        program("partner", country.harbour_circle),
        program("partner", country.care_csirt),
    )
    assert ids(desk.get(LIST)) == {running.pk, other.pk}
    assert ids(desk.get(f"{LIST}?role=contributor&state=signed")) == {running.pk}
    assert ids(owner.get(LIST)) == {running.pk}
    assert ids(owner.get(f"{LIST}?partner={country.care_csirt.pk}")) == set()
    assert neighbour.get(f"{LIST}/{running.pk}").status_code == 404
    for role in ("steward", "auditor"):
        assert ids(program(role).get(LIST)) == set()


def test_one_agreement_tells_who_signed_which_document(program, country, running):
    found = program("partner", country.harbour_circle).get(f"{LIST}/{running.pk}").json()
    assert found["effort"] == draft_of().effort
    assert [one["side"] for one in found["signatures"]] == ["partner", "network"]
    assert {one["digest"] for one in found["signatures"]} == {running.document.digest}


def test_a_misspelt_filter_is_refused(program, running):
    assert program("coordinator").get(f"{LIST}?rol=lead").status_code == 400


def test_a_signature_names_what_was_signed_elsewhere(program, country, running):
    given = Elsewhere(provider="Tekenhier", reference="TH-17")
    copies.keep(
        signature=running.signatures.get(side="partner"), elsewhere=given, by=head_of(country.harbour_circle), at=NOON
    )
    found = program("partner", country.harbour_circle).get(f"{LIST}/{running.pk}").json()
    copied = {one["side"]: one["copyElsewhere"] and one["copyElsewhere"]["reference"] for one in found["signatures"]}
    assert copied == {"partner": "TH-17", "network": None}
