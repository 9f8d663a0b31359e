import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from schakel.registry.constituents import attesting
from schakel.registry.models import Contact
from tests.web.notices.test_respond import every_row


@pytest.fixture(autouse=True)
def empty_cache(db):
    cache.clear()


@pytest.fixture
def contact(country):
    return Contact.objects.get(address="beveiliging@haven.example")


def here(country):
    return f"/organisation/{country.harbour.pk}/contacts"


def given(address, channel="mail"):
    return {"role": "security", "channel": channel, "address": address, "language": "nl"}


def test_organisation_partner_and_desk_keep_contacts(country, member, contact):
    clients = [
        member("organisation", organisation=country.harbour), member("partner", country.harbour_circle), member("coordinator"),
    ]  # fmt: skip
    for number, client in enumerate(clients):
        assert "beveiliging@haven.example" in client.get(here(country)).content.decode()
        page = client.post(here(country), given(f"c{number}@haven.example"), follow=True).content.decode()
        assert "We wrote to this address" in page
        assert "waits for a yes" in page
    page = clients[0].post(f"/contacts/{contact.pk}/act", {"act": "ask"}, follow=True).content.decode()
    assert "mail with a link" in page
    page = clients[0].post(f"/contacts/{contact.pk}/act", {"act": "remove"}, follow=True).content.decode()
    assert "Nothing goes to this contact" in page
    assert "taken off by hand" in page


def test_nobody_else_sees_or_changes_them(country, member, stranger, contact):
    own = Contact.objects.get(partner=country.harbour_circle)
    others = [member("organisation", organisation=country.hospital), member("partner", country.care_csirt)]
    before = [member("steward"), member("auditor")]
    rows = every_row()
    for client in others:
        assert client.get(here(country)).status_code == 404
        assert client.post(here(country), given("x@haven.example")).status_code == 404
        assert client.get(f"/network/partners/{country.harbour_circle.pk}/contacts").status_code == 404
        for one in (contact, own):
            assert client.post(f"/contacts/{one.pk}/act", {"act": "remove"}).status_code == 404
    for client in before:
        assert client.get(here(country)).status_code == 403
        assert client.post(f"/contacts/{contact.pk}/act", {"act": "remove"}).status_code == 403
    assert stranger.get(here(country)).url.startswith("/account/login")
    assert every_row() == rows


def test_a_partner_keeps_its_own(country, member):
    owner, page = member("partner", country.harbour_circle), f"/network/partners/{country.harbour_circle.pk}/contacts"
    assert "meldingen@harbour-circle.example" in owner.get(page).content.decode()
    assert owner.post(page, given("soc@harbour-circle.example")).url == page


def test_a_webhooks_secret_is_shown_once(country, member):
    client = member("organisation", organisation=country.harbour)
    page = client.post(here(country), given("https://haven.example/hook", "webhook")).content.decode()
    hook = Contact.objects.get(channel="webhook")
    assert hook.webhook_secret in page
    assert hook.webhook_secret not in client.get(here(country)).content.decode()
    renewed = client.post(f"/contacts/{hook.pk}/act", {"act": "secret"}).content.decode()
    assert hook.webhook_secret not in renewed
    assert "whsec_" in renewed
    assert client.post(f"/contacts/{hook.pk}/act", {"act": "dance"}).status_code == 403


def test_what_is_no_address_is_shown_again(country, member):
    answer = member("coordinator").post(here(country), given("geen adres"))
    assert answer.status_code == 400
    assert "geen adres" in answer.content.decode()


def test_a_reader_changes_no_contact(country, member):
    reader = member("organisation", organisation=country.harbour, level="reader")
    assert 'method="post"' not in reader.get(here(country)).content.decode().split("<main")[1]
    assert reader.post(here(country), given("x@haven.example")).status_code == 403


@pytest.mark.parametrize(
    ("answer", "standing", "words"),
    [("yes", "active", "keep coming"), ("other", "active", "wrote to the other"), ("no", "suspended", "any more")],
)
def test_a_contact_answers_without_an_account(country, stranger, contact, *, answer, standing, words):
    attesting.ask(contact, at=timezone.now())
    contact.refresh_from_db()
    address = f"/contacts/confirm/{attesting.token_of(contact)}?language=en"
    before = every_row()
    assert "Do warnings for Haven van Zoutwijk still go to you?" in stranger.get(address).content.decode()
    assert every_row() == before
    wrong = stranger.post(address, {"answer": "other", "address": "geen"})
    assert (wrong.status_code, "this is not an e-mail address" in wrong.content.decode()) == (400, True)
    page = stranger.post(address, {"answer": answer, "address": "soc@haven.example"}).content.decode()
    assert words in page
    contact.refresh_from_db()
    assert contact.standing == standing
    used, unknown = stranger.get(address), stranger.get("/contacts/confirm/nothing?language=en")
    assert (used.status_code, used.content) == (unknown.status_code, unknown.content)


def test_more_contacts_cost_no_more_queries(country, member, django_assert_num_queries):
    client = member("coordinator")
    with CaptureQueriesContext(connection) as few:
        client.get(here(country))
    for number in range(5):
        Contact.objects.create(organisation=country.harbour, address=f"a{number}@haven.example")
    with django_assert_num_queries(len(few)):
        client.get(here(country))
