import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from schakel.policy.access import SYSTEM
from schakel.registry.claims import actions, links, outcome, proving
from schakel.registry.constituents import products
from schakel.registry.models import Asset, Claim, Conflict, Product
from tests.cast import DESK, working_at
from tests.internet import entity
from tests.journeys import crawler
from tests.web.notices.test_respond import every_row


@pytest.fixture(autouse=True)
def empty_cache(db):
    cache.clear()


@pytest.fixture
def own(member, country):
    return member("organisation", organisation=country.harbour)


def claim_of(organisation, value="nieuw.example", *, kind="domain", proof="dns"):
    by, now = working_at(organisation), timezone.now()
    return actions.make(organisation=organisation, kind=kind, value=value, proof=proof, by=by, at=now)


def proven(claim):
    outcome.prove(claim, evidence={"record": "x"}, verified=True, by=SYSTEM, at=timezone.now())
    return claim


@pytest.fixture
def things(country):
    """A claim of the harbour on what the hospital holds, one to approve, and a product."""
    country.claim = proven(claim_of(country.harbour, "linde.example"))
    country.conflict = Conflict.objects.get()
    country.waiting = claim_of(country.harbour, "nieuw.example", proof="approval")
    country.product = products.add(
        organisation=country.harbour, vendor="Fortinet", product="FortiOS", version="7.2", by=DESK, at=timezone.now()
    )
    return country


def pages_of(things):
    harbour = things.harbour.pk
    return [
        f"/organisation/{harbour}", f"/organisation/{harbour}/claims", f"/organisation/{harbour}/products",
        f"/claims/{things.claim.pk}", f"/claims/{things.waiting.pk}", f"/claims/{things.waiting.pk}/withdraw",
    ]  # fmt: skip


def test_organisation_partner_and_desk_see_its_pages(things, own, owner, desk):
    for client in (own, owner, desk):
        for page in pages_of(things):
            assert client.get(page).status_code == 200, page


def test_for_others_its_pages_are_not_there(things, neighbour, member, stranger):
    other = member("organisation", organisation=things.hospital)
    for page in pages_of(things):
        unknown = page.replace(f"/{page.split('/')[2]}", "/999999", 1)
        for client in (neighbour, other):
            hidden, absent = client.get(page), client.get(unknown)
            assert hidden.status_code == absent.status_code == 404, page
            assert crawler.plain(hidden.content.decode(), page) == crawler.plain(absent.content.decode(), unknown)
        for role in ("steward", "auditor"):
            assert member(role).get(page).status_code == 403
        assert stranger.get(page).url.startswith("/account/login")


def test_nobody_else_changes_anything(things, neighbour, member, stranger):
    other, before = member("organisation", organisation=things.bakery), every_row()
    acts = [
        (f"/organisation/{things.harbour.pk}/claims", {"kind": "domain", "value": "x.example", "proof": "dns"}),
        (f"/organisation/{things.harbour.pk}/products", {"vendor": "a", "product": "b"}),
        (f"/products/{things.product.pk}/remove", {}),
        *((f"/claims/{things.waiting.pk}/{act}", {"reason": "x", "act": "approve", "proof": "dns", "result": "both"})
          for act in ("look", "proof", "withdraw", "judge", "settle")),
        (f"/conflicts/{things.conflict.pk}", {"words": "x"}),
    ]  # fmt: skip
    before = every_row()
    for client in (other, member("steward"), member("auditor"), stranger):
        before = every_row()
        for address, given in acts:
            assert client.post(address, given).status_code in {302, 403, 404}
        assert every_row() == before
    before = every_row()
    for address, given in acts[:-1]:
        assert neighbour.post(address, given).status_code in {403, 404}
    assert every_row() == before


def test_a_claim_is_made_and_shows_how_to_prove_it(own, country):
    page = own.post(
        f"/organisation/{country.harbour.pk}/claims",
        {"kind": "domain", "value": "Nieuw.example", "proof": "dns"},
        follow=True,
    ).content.decode()
    claim = Claim.objects.get()
    assert "_schakel-challenge.nieuw.example" in page
    assert claim.token in page
    page = own.post(f"/claims/{claim.pk}/proof", {"proof": "site"}, follow=True).content.decode()
    assert f"https://nieuw.example/.well-known/schakel-challenge/{claim.token}" in page
    assert "We look now" in own.post(f"/claims/{claim.pk}/look", follow=True).content.decode()


def test_what_cannot_be_claimed_is_shown_again_with_the_reason(own, country):
    given = {"kind": "network", "value": "10.0.0.0/8", "proof": "approval"}
    answer = own.post(f"/organisation/{country.harbour.pk}/claims", given)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "reserved" in page
    assert "10.0.0.0/8" in page
    assert not Claim.objects.exists()


def test_the_form_is_no_oracle(own, country):
    """What another holds and what nobody holds give the same page."""
    pages = []
    for value in ("linde.example", "vrije.example"):
        given = {"kind": "domain", "value": value, "proof": "dns"}
        page = own.post(f"/organisation/{country.harbour.pk}/claims", given, follow=True).content.decode()
        claim = Claim.objects.get(value=value)
        pages.append(page.replace(value, "?").replace(claim.token, "?").replace(f"/claims/{claim.pk}", "?"))
    first, second = (page.split("<h2")[1] for page in pages)
    assert first == second


def test_a_claimant_does_not_learn_who_the_other_is(things, own, owner):
    for client in (own, owner):
        page = client.get(f"/claims/{things.claim.pk}").content.decode()
        assert "Somebody else has this" in page
        assert "De Linde" not in page
        assert "It is here because" not in page
        assert "Settle" not in page


def test_a_holder_is_told_without_who_it_is_and_tells_its_side(things, member, desk):
    holder = member("organisation", organisation=things.hospital)
    page = holder.get(f"/organisation/{things.hospital.pk}").content.decode()
    assert "Another party says that linde.example" in page
    assert "Haven" not in page
    address = f"/conflicts/{things.conflict.pk}"
    assert "Haven" not in holder.get(address).content.decode()
    page = holder.post(address, {"words": "Van ons sinds 1999"}, follow=True).content.decode()
    assert "The coordinator reads this." in page
    settling = desk.get(f"/claims/{things.claim.pk}").content.decode()
    for words in ("Ziekenhuis De Linde", "Van ons sinds 1999", "somebody else holds it"):
        assert words in settling


def test_a_conflict_is_not_there_for_who_claims(things, own, owner):
    for client in (own, owner):
        assert client.get(f"/conflicts/{things.conflict.pk}").status_code == 404


def test_the_coordinator_settles(things, desk, owner):
    given = {"result": "claimant", "reason": "Zie het register"}
    assert owner.post(f"/claims/{things.claim.pk}/settle", given).status_code == 403
    assert (
        "give a reason"
        in desk.post(f"/claims/{things.claim.pk}/settle", {"result": "both"}, follow=True).content.decode()
    )
    page = desk.post(f"/claims/{things.claim.pk}/settle", given, follow=True).content.decode()
    assert "It is settled." in page
    assert Asset.objects.get(value="linde.example", valid_until=None).organisation == things.harbour


def test_a_partner_approves_from_its_list(things, owner, neighbour, desk):
    listed = owner.get("/network/claims").content.decode()
    assert f"/claims/{things.waiting.pk}" in listed
    assert "To be settled" not in listed
    assert "Nothing waits here" in neighbour.get("/network/claims").content.decode()
    assert f"/claims/{things.claim.pk}" in desk.get("/network/claims?pile=disputed").content.decode()
    page = owner.post(
        f"/claims/{things.waiting.pk}/judge", {"act": "approve", "reason": "Lid"}, follow=True
    ).content.decode()
    assert "The claim is approved." in page
    assert owner.post(f"/claims/{things.waiting.pk}/judge", {"act": "burn", "reason": "x"}).status_code == 403


def test_an_organisation_approves_nothing(things, own):
    page = own.get(f"/claims/{things.waiting.pk}").content.decode()
    assert "Your judgement" not in page
    assert own.post(f"/claims/{things.waiting.pk}/judge", {"act": "approve", "reason": "x"}).status_code == 403
    assert own.get("/network/claims").status_code == 403


def test_a_claim_is_withdrawn_after_a_question(things, own):
    address = f"/claims/{things.waiting.pk}/withdraw"
    assert "no longer yours?" in own.get(address).content.decode()
    assert Claim.objects.get(pk=things.waiting.pk).state == "open"
    assert "withdrawn" in own.post(address, follow=True).content.decode()
    page = own.post(address, follow=True).content.decode()
    assert "already been handled" in page


def test_products_are_kept(own, country):
    here = f"/organisation/{country.harbour.pk}/products"
    assert "No products yet" in own.get(here).content.decode()
    for given, words in (
        ({"vendor": "Citrix"}, "name the vendor"),
        ({"vendor": "a", "product": "b", "cpe": "cpe:/a:b"}, "thirteen parts"),
        ({"vendor": "x" * 201, "product": "b"}, "too long"),
        (
            {"vendor": "Citrix", "product": "NetScaler", "cpe": "cpe:2.3:a:citrix:netscaler:13:*:*:*:*:*:*:*"},
            "on the list",
        ),
    ):
        assert words in own.post(here, given, follow=True).content.decode()
    page = own.post(f"/products/{Product.objects.get().pk}/remove", follow=True).content.decode()
    assert "off the list" in page
    assert not Product.objects.exists()


def test_a_reader_changes_nothing(things, member):
    reader = member("organisation", organisation=things.harbour, level="reader")
    for page in (f"/organisation/{things.harbour.pk}/claims", f"/organisation/{things.harbour.pk}/products"):
        assert 'method="post"' not in reader.get(page).content.decode().split("<main")[1]
        assert (
            reader.post(
                page, {"kind": "domain", "value": "x.example", "proof": "dns", "vendor": "a", "product": "b"}
            ).status_code
            == 403
        )


def test_a_contact_says_yes_or_no_on_a_page_of_its_own(country, internet, stranger):
    for number in (64500, 64501):
        internet.knows(
            f"autnum/{number}",
            startAutnum=number,
            endAutnum=number,
            entities=[entity("abuse", mail="abuse@noc.example")],
        )
    tokens = {}
    for number, answer in ((64500, "yes"), (64501, "no")):
        proving.check(
            claim=claim_of(country.harbour, f"{number}", kind="asn", proof="mail"), by=SYSTEM, at=timezone.now()
        )
        tokens[answer] = links.token_of(Claim.objects.get(value=f"{number}"))
    before = every_row()
    page = stranger.get(f"/claims/confirm/{tokens['yes']}").content.decode()
    assert "Haven van Zoutwijk" in page
    assert "Ja, dat is van hen" in page
    assert every_row() == before  # A look changes nothing: mail programs look too.
    english = stranger.get(f"/claims/confirm/{tokens['yes']}?language=en")
    assert "Yes, it is theirs" in english.content.decode()
    assert english.headers["Referrer-Policy"] == "no-referrer"
    assert stranger.post(f"/claims/confirm/{tokens['yes']}", {"answer": "yes"}).status_code == 200
    assert stranger.post(f"/claims/confirm/{tokens['no']}", {"answer": "no", "words": "Onbekend"}).status_code == 200
    assert dict(Claim.objects.values_list("value", "state")) == {"64500": "proven", "64501": "refused"}
    used, wrong = (stranger.get(f"/claims/confirm/{token}") for token in (tokens["yes"], "wrong"))
    assert (used.status_code, used.content) == (wrong.status_code, wrong.content)
    assert used.status_code == 404


@pytest.mark.usefixtures("standing_clock")
def test_links_are_not_guessed_quickly(stranger, db):
    codes = [stranger.get(f"/claims/confirm/{number}").status_code for number in range(70)]
    assert codes[0] == 404
    assert codes[-1] == 429


def test_more_rows_cost_no_more_queries(things, desk, django_assert_num_queries):
    paths = [*pages_of(things), "/network/claims", "/network/claims?pile=disputed"]
    counts = {}
    for path in paths:
        with CaptureQueriesContext(connection) as few:
            desk.get(path)
        counts[path] = len(few)
    for number in range(5):
        proven(claim_of(things.harbour, f"a{number}.linde.example"))
        claim_of(things.harbour, f"n{number}.example", proof="approval")
        Asset.objects.create(organisation=things.harbour, kind="domain", value=f"b{number}.example")
        products.add(organisation=things.harbour, vendor="v", product=f"{number}", by=DESK, at=timezone.now())
    for path, count in counts.items():
        with django_assert_num_queries(count):
            desk.get(path)


def test_looking_changes_nothing(things, own, desk):
    before = every_row()
    for page in [*pages_of(things), "/network/claims", f"/conflicts/{things.conflict.pk}"]:
        own.get(page)
        desk.get(page)
    assert every_row() == before
