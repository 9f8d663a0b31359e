import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from schakel.registry.models import Constituency, Enrolment, Organisation, Partner
from tests.web.notices.test_respond import every_row


@pytest.fixture
def country(country):
    Organisation.objects.filter(pk=country.bakery.pk).update(kvk="12345678")
    Partner.objects.update(is_public=True)
    return country


def here(country):
    return f"/constituency/of/{country.harbour_circle.pk}"


def asked_by(client, country, **given):
    usual = {"named": "Bakkerij De Korenaar", "kvk": "12345678", "relation": "member"}
    return client.post(here(country), {**usual, **given}, follow=True).content.decode()


def test_everybody_comes_to_their_own(country, owner, member):
    assert owner.get("/constituency").url == here(country)
    own = member("organisation", organisation=country.harbour)
    assert own.get("/constituency").url == f"/organisation/{country.harbour.pk}"
    assert own.get("/").url == "/constituency"
    desk = member("coordinator").get("/constituency").content.decode()
    assert "Havenkring" in desk
    assert "Zorg-CSIRT" in desk


def test_a_partner_sees_its_own_constituency_and_no_other(country, owner, member, stranger):
    page = owner.get(here(country)).content.decode()
    assert "Haven van Zoutwijk" in page
    assert "De Linde" not in page
    for client in (member("partner", country.care_csirt), member("organisation", organisation=country.harbour)):
        for path in (here(country), f"{here(country)}.csv"):
            assert client.get(path).status_code == 404
        assert client.post(here(country), {"named": "x", "relation": "member"}).status_code == 404
    for role in ("steward", "auditor"):
        assert member(role).get(here(country)).status_code == 403
        assert member(role).get("/constituency").status_code == 403
    assert stranger.get(here(country)).url.startswith("/account/login")


def test_a_wish_is_asked_and_answered(country, owner, member):
    page = asked_by(owner, country)
    assert "Asked. As soon as" in page
    wish = Enrolment.objects.get()
    assert "Bakkerij" in page
    own = member("organisation", organisation=country.bakery)
    assert "Havenkring" in own.get(f"/organisation/{country.bakery.pk}/partners").content.decode()
    before = every_row()
    assert owner.post(f"/constituency/wishes/{wish.pk}", {"act": "accept"}).status_code == 403
    assert (
        member("partner", country.care_csirt).post(f"/constituency/wishes/{wish.pk}", {"act": "accept"}).status_code
        == 404
    )
    assert len(every_row()[Constituency]) == len(before[Constituency])
    page = own.post(f"/constituency/wishes/{wish.pk}", {"act": "accept", "back": "own"}, follow=True).content.decode()
    assert "Accepted." in page
    assert "Korenaar" in owner.get(here(country)).content.decode()


def test_the_list_does_not_tell_whom_we_know(country, owner):
    pages = []
    for kvk in ("12345678", "87654321"):
        page = asked_by(owner, country, kvk=kvk)
        shown = page.split("<main")[1].replace(kvk, "?").replace(f"wishes/{Enrolment.objects.get().pk}", "?")
        pages.append(re.sub(r'(csrfmiddlewaretoken" value=)"[^"]+"', r"\1", shown))
        Enrolment.objects.all().delete()
    assert pages[0] == pages[1]


def test_the_coordinator_answers_from_a_list(country, owner, member):
    asked_by(owner, country, kvk="87654321", named="Onbekend")
    desk, wish = member("coordinator"), Enrolment.objects.get()
    assert "Not found in the registry" in desk.get("/constituency/wishes").content.decode()
    page = desk.post(
        f"/constituency/wishes/{wish.pk}", {"act": "accept", "organisation": "nobody"}, follow=True
    ).content.decode()
    assert "no organisation of this key" in page
    page = desk.post(
        f"/constituency/wishes/{wish.pk}", {"act": "refuse", "reason": "Onbekend"}, follow=True
    ).content.decode()
    assert "Refused." in page
    assert "Every wish is answered." in page


def test_what_is_no_wish_is_shown_again(country, owner):
    answer = owner.post(here(country), {"named": "", "kvk": "12", "relation": "member"})
    assert (answer.status_code, "eight digits" in answer.content.decode()) == (400, True)


def test_a_partner_ends_a_membership(country, owner, member):
    row = Constituency.objects.get(organisation=country.harbour)
    act = f"/constituency/members/{row.pk}"
    assert member("partner", country.care_csirt).post(act, {"act": "end"}).status_code == 404
    assert "year-month-day" in owner.post(act, {"act": "end", "on": "morgen"}, follow=True).content.decode()
    assert owner.post(act, {"act": "choose"}).status_code == 403
    page = owner.post(act, {"act": "end"}, follow=True).content.decode()
    assert "Nobody here" in page
    assert "Haven van Zoutwijk" in owner.get(f"{here(country)}?past=yes").content.decode()


def test_an_organisation_chooses_and_asks(country, member):
    own, page = member("organisation", organisation=country.harbour), f"/organisation/{country.harbour.pk}/partners"
    row = Constituency.objects.get(organisation=country.harbour)
    assert "told first" in own.post(f"/constituency/members/{row.pk}", {"act": "choose"}, follow=True).content.decode()
    assert Constituency.objects.get(pk=row.pk).is_chosen
    assert "The network chooses" in own.post(f"{page}/leave-open", follow=True).content.decode()
    assert "Zorg-CSIRT" in own.get(page).content.decode()
    assert "Asked." in own.post(f"{page}/ask", {"partner": country.care_csirt.pk}, follow=True).content.decode()
    assert own.post(f"{page}/ask", {"partner": "x"}).status_code == 404
    assert Enrolment.objects.get().asked_by == "organisation"


def test_an_organisation_cannot_ask_its_way_to_partners_that_it_may_not_know(country, member):
    Partner.objects.filter(pk=country.care_csirt.pk).update(is_public=False)
    own, page = member("organisation", organisation=country.harbour), f"/organisation/{country.harbour.pk}/partners"
    for partner in (country.care_csirt.pk, 999_999, country.harbour_circle.pk):
        assert own.post(f"{page}/ask", {"partner": partner}).status_code == 404
    assert not Enrolment.objects.exists()
    assert "Zorg-CSIRT" not in own.get(page).content.decode()


def test_a_partner_does_not_learn_who_else_answers(country, owner):
    Constituency.objects.create(partner=country.care_csirt, organisation=country.harbour)
    page = owner.get(f"/organisation/{country.harbour.pk}/partners").content.decode()
    assert "Havenkring" in page
    assert "Zorg-CSIRT" not in page
    assert (
        owner.post(f"/organisation/{country.harbour.pk}/partners/ask", {"partner": country.care_csirt.pk}).status_code
        == 403
    )


def test_a_constituency_is_found_in_and_saved(country, owner):
    assert "Haven van Zoutwijk" in owner.get(f"{here(country)}?q=zout").content.decode()
    assert "No name holds" in owner.get(f"{here(country)}?q=linde").content.decode()
    table = b"".join(owner.get(f"{here(country)}.csv").streaming_content).decode()
    assert "harbour-circle,harbour" in table


def test_what_was_sought_goes_along_to_the_next_page(country, owner):
    found = [Organisation(key=f"quay-{number}", name=f"Kade & Zoon {number}") for number in range(51)]
    rows = [
        Constituency(partner=country.harbour_circle, organisation=one)
        for one in Organisation.objects.bulk_create(found)
    ]
    Constituency.objects.bulk_create(rows)
    page = owner.get(here(country), {"q": "Kade & Zoon"}).content.decode()
    following = html.unescape(re.search(r'rel="next" href="([^"]+)"', page)[1])
    last = owner.get(following).content.decode()
    assert last.count("Kade &amp; Zoon") >= 1
    assert "Haven van Zoutwijk" not in last


def test_more_members_cost_no_more_queries(country, owner, member, django_assert_num_queries):
    desk = member("coordinator")
    paths = [
        (owner, here(country)),
        (desk, "/constituency/wishes"),
        (desk, "/constituency"),
        (desk, f"/organisation/{country.harbour.pk}/partners"),
    ]
    counts = []
    asked_by(owner, country, named="A", kvk="")
    for client, path in paths:
        with CaptureQueriesContext(connection) as few:
            client.get(path)
        counts.append(len(few))
    for number in range(5):
        one = Organisation.objects.create(key=f"o{number}", name=f"O {number}", region="NL-ZH")
        Constituency.objects.create(partner=country.harbour_circle, organisation=one)
        partner = Partner.objects.create(key=f"p{number}", name=f"P {number}", type="isac")
        Constituency.objects.create(partner=partner, organisation=country.harbour)
        asked_by(owner, country, named=f"B {number}", kvk="")
    for (client, path), count in zip(paths, counts, strict=True):
        with django_assert_num_queries(count):
            client.get(path)
