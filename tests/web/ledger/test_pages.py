"""Pages of telling: preferences, stopping, bulletins, newsletters, figures; seen by whoever may and by who may not."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from schakel.people.models import actor_of
from schakel.policy.access import SYSTEM, Level
from schakel.sharing.ledger import stopping, telling
from schakel.sharing.models import MailStop, Newsletter, Passing, Preference, Receipt
from schakel.sharing.relaying import constituents, letters
from tests.sharing import world


@pytest.fixture
def shared(country, member):
    """Browsers of the harbour circle and of the care CSIRT, and an item of the latter that the former may read."""
    world.share(country)
    country.ours = member("partner", country.harbour_circle)
    country.theirs = member("partner", country.care_csirt)
    country.by = actor_of(country.theirs.user)
    return country


def item_of(country, tlp="green", **given):
    how = {"addresses": ["everyone:"]} | given
    return world.out(by=country.by, owner=country.care_csirt, tlp=tlp, at=timezone.now(), **how)


def passed_on(country, **given):
    item = item_of(country, **given)
    address = reverse("item_pass_on", args=[item.uid])
    words = {"partner": country.harbour_circle.pk, "title": "Let op", "reader": "small", "language": "nl"}
    public = {"is_public": "on"} if given.get("tlp") == "clear" else {}
    assert country.ours.post(address, words | public).status_code == 302
    passing = Passing.objects.select_related("item", "partner").get(item=item)
    constituents.tell_constituents(passing=passing, by=SYSTEM, at=timezone.now())
    return passing


def test_one_chooses_how_one_is_told(shared):
    address = reverse("sharing_preference")
    assert shared.ours.get(address).status_code == 200
    assert shared.ours.post(address, {"pace": "weekly", "reader": "small"}).status_code == 302
    assert Preference.objects.get(user=shared.ours.user).pace == "weekly"
    assert shared.ours.post(address, {"pace": "hourly", "reader": "small"}).status_code == 400


def test_a_partner_chooses_for_itself_and_for_no_other(shared, member):
    address = reverse("partner_sharing_preference", args=[shared.harbour_circle.pk])
    said = {"pace": "daily", "reader": "expert", "mail_ceiling": "green", "kinds": ["advisory"]}
    assert shared.ours.post(address, said).status_code == 302
    assert Preference.objects.get(partner=shared.harbour_circle).kinds == ["advisory"]
    assert shared.theirs.get(address).status_code == 404
    assert member("steward").get(address).status_code == 403


def test_an_organisation_chooses_for_itself(shared, member):
    ours = member("organisation", organisation=shared.harbour)
    address = reverse("organisation_sharing_preference", args=[shared.harbour.pk])
    assert ours.post(address, {"pace": "daily", "reader": "small"}).status_code == 302
    assert member("organisation", organisation=shared.hospital).get(address).status_code == 403


def test_a_link_stops_mail_by_a_look_and_a_post(shared):
    contact = shared.harbour.contacts.get()
    address = reverse("mail_stop", args=[stopping.token_of(stopping.Stopping("items", contact.pk, None))])
    stranger = Client(headers={"accept-language": "en"})
    assert stranger.get(address).status_code == 200
    assert not MailStop.objects.exists()
    assert stranger.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert MailStop.objects.get().contact == contact
    assert stranger.get(address + "x").status_code == 404


def test_passing_on_shows_whom_it_reached(shared):
    passing = passed_on(shared)
    answer = shared.ours.get(reverse("bulletin", args=[passing.pk]))
    assert b"TLP:GREEN" in answer.content
    assert (answer.context["passing"].told, answer.context["passing"].members) == (1, 1)
    assert shared.theirs.get(reverse("bulletin", args=[passing.pk])).status_code == 404
    assert b"Let op" in shared.ours.get(reverse("bulletins")).content
    assert b"Let op" not in shared.theirs.get(reverse("bulletins")).content


def test_a_page_of_bulletins_costs_the_same(shared, django_assert_max_num_queries):
    for _ in range(3):
        passed_on(shared)
    with django_assert_max_num_queries(14):
        shared.ours.get(reverse("bulletins"))


def test_who_may_not_read_an_item_cannot_pass_it_on(shared, member):
    item = item_of(shared, addresses=["desk:"])
    address = reverse("item_pass_on", args=[item.uid])
    assert shared.ours.get(address).status_code == 404
    assert member("organisation", organisation=shared.harbour).get(address).status_code == 403


def test_a_member_opens_its_bulletin_by_its_link(shared):
    passing = passed_on(shared)
    receipt = Receipt.objects.get(passing=passing)
    address = reverse("bulletin_read", args=[letters.token_of(receipt)])
    stranger = Client()
    look = stranger.get(address)
    assert b"Poortwachter" not in look.content
    assert Receipt.objects.filter(pk=receipt.pk, fetched_at=None).exists()
    assert b"Poortwachter" in stranger.post(address).content
    assert not Receipt.objects.filter(pk=receipt.pk, fetched_at=None).exists()
    assert stranger.get(address + "x").status_code == 404


def test_only_what_is_public_has_a_public_page(shared):
    closed, public = passed_on(shared), passed_on(shared, tlp="clear")
    stranger = Client()
    assert stranger.get(reverse("public_bulletin", args=[closed.pk])).status_code == 404
    assert b"TLP:CLEAR" in stranger.get(reverse("public_bulletin", args=[public.pk])).content
    assert shared.ours.post(reverse("bulletin_stop", args=[public.pk])).status_code == 302
    assert stranger.get(reverse("public_bulletin", args=[public.pk])).status_code == 404


def test_the_frame_stands_on_the_partners_website_and_on_no_other(shared):
    passed_on(shared, tlp="clear")
    address = reverse("bulletin_embed", args=[shared.harbour_circle.key])
    stranger = Client()
    assert "frame-ancestors 'none'" in stranger.get(address).headers["Content-Security-Policy"]
    for website, allowed in (
        ("https://haven.example/nieuws", "https://haven.example"),
        ("http://haven.example", "'none'"),
        ("https://*.example; script-src *", "'none'"),
    ):
        shared.harbour_circle.website = website
        shared.harbour_circle.save()
        answer = stranger.get(address)
        assert answer.headers["Content-Security-Policy"].endswith(f"frame-ancestors {allowed}")
    assert b"Let op" in answer.content


def test_clients_are_for_administrators(shared, member):
    address = reverse("sharing_clients", args=[shared.harbour_circle.pk])
    assert shared.ours.get(address).status_code == 404
    head = member("partner", shared.harbour_circle, level=Level.ADMINISTRATOR)
    assert head.post(address, {"relations": ["customer"]}).status_code == 302
    assert shared.harbour_circle.client_ties.get().relation == "customer"


def test_a_newsletter_is_made_looked_at_and_sent(shared):
    item = item_of(shared, addresses=["everyone:"])
    answer = shared.ours.get(reverse("newsletter_new"))
    assert b"Poortwachter" in answer.content
    said = {"title": "Nieuws", "intro": "", "language": "nl"}
    assert shared.ours.post(reverse("newsletter_new"), said).status_code == 400
    assert shared.ours.post(reverse("newsletter_new"), said | {f"place-{item.pk}": "1"}).status_code == 302
    issue = Newsletter.objects.get()
    assert b"[TLP:GREEN] Nieuws" in shared.ours.get(reverse("newsletter", args=[issue.pk])).content
    assert shared.theirs.get(reverse("newsletter", args=[issue.pk])).status_code == 404
    assert shared.ours.post(reverse("newsletter_send", args=[issue.pk])).status_code == 302
    assert shared.ours.get(reverse("newsletter_edit", args=[issue.pk])).status_code == 404
    assert b"Nieuws" in shared.ours.get(reverse("newsletters")).content


def test_figures_are_for_who_counts(shared, member):
    item_of(shared)
    for role, status in (("steward", 200), ("coordinator", 200), ("auditor", 403)):
        assert member(role).get(reverse("sharing_figures")).status_code == status
    assert shared.ours.get(reverse("sharing_figures")).status_code == 403
    table = member("steward").get(reverse("sharing_figures_csv")).content.decode()
    assert table.splitlines()[2].startswith("False,1,")


def test_a_reader_answers_from_the_page_of_an_item(shared, member):
    item = item_of(shared)
    telling.tell(item=item, version=1, by=SYSTEM, at=timezone.now())
    assert shared.ours.post(reverse("item_acknowledge", args=[item.uid])).status_code == 302
    assert shared.ours.post(reverse("item_done", args=[item.uid]), {"outcome": "done"}).status_code == 302
    receipt = Receipt.objects.get(partner=shared.harbour_circle)
    assert receipt.outcome == "done"
    hidden = item_of(shared, addresses=["desk:"])
    assert shared.ours.post(reverse("item_acknowledge", args=[hidden.uid])).status_code == 404
    assert member("steward").post(reverse("item_acknowledge", args=[item.uid])).status_code == 403
