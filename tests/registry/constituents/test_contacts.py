import pytest
from standardwebhooks import Webhook

from schakel.journal.models import Event
from schakel.kit.refusals import Invalid, NotPermitted
from schakel.registry.constituents.contacts import add_address, renew_secret
from schakel.registry.models import Contact
from tests.cast import DESK, NOON, STRANGER


def add(organisation, address="bakker@korenaar.example", *, is_verified=False, by=DESK):
    return add_address(organisation=organisation, address=address, is_verified=is_verified, by=by, at=NOON)


def test_an_address_is_written_down_in_the_organisations_language(country):
    country.bakery.language = "en"
    contact = add(country.bakery, " bakker@korenaar.example ")
    assert (contact.address, contact.language, contact.is_verified) == ("bakker@korenaar.example", "en", False)
    assert Event.objects.get().facts == {"organisation": country.bakery.pk, "verified": False}


def test_an_address_that_is_known_is_verified_and_not_written_twice(country):
    add(country.bakery)
    assert add(country.bakery, is_verified=True).is_verified
    assert add(country.bakery).is_verified
    assert Contact.objects.filter(organisation=country.bakery).count() == 1


@pytest.mark.parametrize("address", ["", "bakker", "bakker@", "a@b\n.example"])
def test_what_is_no_address_is_refused(country, address):
    with pytest.raises(Invalid):
        add(country.bakery, address)


def test_only_those_who_write_the_registry_add_an_address(country):
    with pytest.raises(NotPermitted):
        add(country.harbour, by=country.member)


def webhook_of(organisation, **fields):
    return Contact.objects.create(
        organisation=organisation, channel="webhook", address="https://hooks.korenaar.example/in", **fields
    )


def test_a_webhook_gets_a_secret_that_its_receiver_can_use(country):
    hook = renew_secret(contact=webhook_of(country.bakery), by=DESK, at=NOON)
    first = hook.webhook_secret
    assert Webhook(first).sign("msg_1", NOON, "{}").startswith("v1,")
    assert renew_secret(contact=hook, by=DESK, at=NOON).webhook_secret != first
    assert first not in str(list(Event.objects.values_list("facts", flat=True)))


def test_an_address_that_is_no_webhook_has_no_secret(country):
    with pytest.raises(Invalid):
        renew_secret(contact=add(country.bakery), by=DESK, at=NOON)


def test_who_may_not_import_renews_no_secret(country):
    with pytest.raises(NotPermitted):
        renew_secret(contact=webhook_of(country.bakery), by=STRANGER, at=NOON)
