import json

import pytest

from schakel.registry.models import Claim, Contact
from tests.api.test_reading import ids


@pytest.fixture
def partners(country, program):
    return program("partner", country.harbour_circle), program("partner", country.care_csirt)


def post(client, path, **given):
    return client.post(f"/api/v1/{path}", json.dumps(given), content_type="application/json")


def test_a_claim_is_made_and_read_by_whom_it_concerns(country, partners, program):
    owner, neighbour = partners
    given = {"organisationId": country.harbour.pk, "kind": "domain", "value": "Nieuw.example", "proof": "dns"}
    made = post(owner, "claims", **given)
    assert made.status_code == 201, made.content
    row = made.json()
    assert (row["value"], row["recordName"], row["pageAddress"]) == (
        "nieuw.example",
        "_schakel-challenge.nieuw.example",
        None,
    )
    assert (
        ids(owner.get("/api/v1/claims?state=open")) == ids(program("coordinator").get("/api/v1/claims")) == [row["id"]]
    )
    assert ids(owner.get("/api/v1/claims?state=proven")) == []
    assert ids(neighbour.get("/api/v1/claims")) == ids(program("steward").get("/api/v1/claims")) == []
    hidden, unknown = (neighbour.get(f"/api/v1/claims/{key}") for key in (row["id"], 999_999_999))
    assert (hidden.status_code, hidden.content) == (404, unknown.content)
    for act in ("look", "withdraw"):
        assert neighbour.post(f"/api/v1/claims/{row['id']}/{act}").status_code == 404
    assert owner.post(f"/api/v1/claims/{row['id']}/look").status_code == 202
    assert owner.post(f"/api/v1/claims/{row['id']}/withdraw").json()["state"] == "withdrawn"
    assert owner.post(f"/api/v1/claims/{row['id']}/withdraw").status_code == 409


def test_what_cannot_be_claimed_is_a_mistake(country, partners):
    owner, neighbour = partners
    given = {"organisationId": country.harbour.pk, "kind": "network", "value": "10.0.0.0/8", "proof": "approval"}
    assert post(owner, "claims", **given).status_code == 400
    assert post(owner, "claims", **{**given, "kind": "car"}).status_code == 400
    assert post(neighbour, "claims", **given).status_code == 404
    assert not Claim.objects.exists()


def test_contacts_are_kept(country, partners):
    owner, neighbour = partners
    given = {"organisationId": country.harbour.pk, "role": "security", "address": "cert@haven.example"}
    assert post(neighbour, "contacts", **given).status_code == 404
    made = post(owner, "contacts", **given)
    assert (made.status_code, made.json()["isVerified"]) == (201, False)
    key = made.json()["id"]
    assert key in ids(owner.get("/api/v1/contacts"))
    assert key not in ids(neighbour.get("/api/v1/contacts"))
    assert neighbour.post(f"/api/v1/contacts/{key}/remove").status_code == 404
    assert owner.post(f"/api/v1/contacts/{key}/remove").status_code == 204
    assert Contact.objects.get(pk=key).standing == "suspended"
    assert key in ids(owner.get("/api/v1/contacts?standing=suspended"))
