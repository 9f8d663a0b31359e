"""The page that finds, saved searches, and feedback from the page of an item."""

import re

import pytest

from schakel.people.models import User
from schakel.sharing.models import Feedback, SavedSearch, Sighting
from schakel.sharing.search import alerts, saving
from tests.cast import NOON
from tests.sharing import world


def texts(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def test_what_is_found_is_shown_with_its_words_marked(browser, item):
    answer = browser("member").get("/sharing/search", {"q": "poortwachter"})
    assert answer.status_code == 200
    assert "1 item found" in texts(answer)
    assert "<mark>Poortwachter</mark>" in answer.content.decode()
    assert f"/sharing/items/{item.uid}" in answer.content.decode()


def test_what_is_shown_is_never_read_as_html(browser, network):
    world.out(by=network.neighbour, owner=network.care, document=world.document("<script>lek</script> & meer"))
    page = browser("member").get("/sharing/search", {"q": "lek <script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in page
    page = browser("client").get("/sharing/search", {"q": "lek"}).content.decode()
    assert "&lt;<mark>script" not in page
    assert "&lt;script&gt;<mark>lek</mark>&lt;/script&gt; &amp; meer" in page


@pytest.mark.parametrize("name", ["member", "client", "desk"])
def test_what_one_may_not_read_changes_nothing_of_the_page(browser, network, name):
    world.out(by=network.neighbour, owner=network.care, document=world.document("Lek in de sluis"))
    world.join(circle := world.circle("Kring"), partner=network.care)
    client = browser(name)
    asks = [{"q": "lek"}, {"q": "lek", "sort": "newest"}, {"q": "geheim"}, {"q": "poort.example"}, {}]
    before = [_bare(client.get("/sharing/search", ask)) for ask in asks]
    world.out(
        by=network.neighbour, owner=network.care, addresses=[f"circle:{circle.pk}"], group=circle,
        document=world.document("Lek lek geheim", publisher="Geheim"),
    )  # fmt: skip
    assert [_bare(client.get("/sharing/search", ask)) for ask in asks] == before


def _bare(response):
    """A page without what differs each time it is asked."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


@pytest.mark.parametrize("name", ["steward", "auditor"])
def test_who_reads_nothing_has_no_page(browser, name):
    assert browser(name).get("/sharing/search").status_code == 403


def test_a_stranger_is_asked_to_log_in(stranger):
    assert stranger.get("/sharing/search").status_code == 302


def test_an_answer_is_narrowed_by_links_that_keep_the_question(browser, network, item):
    world.out(by=network.neighbour, owner=network.care, tlp="clear", document=world.document("Lek twee"))
    page = browser("member").get("/sharing/search", {"q": "lek"}).content.decode()
    assert "/sharing/search?q=lek&amp;label=clear&amp;sort=best" in page
    narrowed = browser("client").get("/sharing/search", {"q": "lek", "label": "clear"})
    assert "1 item found" in texts(narrowed)
    assert "TLP label: TLP:CLEAR" in texts(narrowed)


def test_htmx_gets_the_results_alone(browser, item):
    answer = browser("member").get(
        "/sharing/search", {"q": "lek"}, headers={"hx-request": "true", "hx-target": "results"}
    )
    assert answer.content.decode().lstrip().startswith('<section id="results"')


def test_a_page_costs_the_same_whatever_it_shows(browser, network, item, django_assert_max_num_queries):
    client = browser("member")
    for number in range(5):
        world.out(by=network.neighbour, owner=network.care, document=world.document(f"Lek {number}"))
    with django_assert_max_num_queries(45):
        assert "6 items found" in texts(client.get("/sharing/search", {"q": "lek"}))


def test_a_search_is_kept_changed_and_deleted(browser, network):
    client = browser("member")
    kept = {"name": "Lekken", "query": "q=lek&nonsense=1", "alert": "never"}
    assert client.post("/sharing/search/saved", kept).url == "/sharing/search/saved"
    row = SavedSearch.objects.get()
    assert (row.query, row.user_id) == ("q=lek", network.member.user_id)
    assert 'href="/sharing/search?q=lek"' in client.get("/sharing/search/saved").content.decode()
    assert client.post("/sharing/search/saved", kept).status_code == 400
    User.objects.filter(pk=network.member.user_id).update(email="")
    client.post(f"/sharing/search/saved/{row.pk}", {"alert": "daily"})
    row.refresh_from_db()
    assert row.alert == "never"
    other = browser("neighbour")
    assert other.post(f"/sharing/search/saved/{row.pk}/forget").status_code == 404
    assert other.post(f"/sharing/search/saved/{row.pk}", {"alert": "never"}).status_code == 404
    client.post(f"/sharing/search/saved/{row.pk}/forget")
    assert not SavedSearch.objects.exists()


def test_the_link_in_a_mail_stops_it_when_one_says_so(stranger, network):
    search = saving.keep(name="Lekken", query="q=lek", alert="daily", by=network.member, at=NOON)
    address = alerts.stop_url(search).partition("/sharing")[2]
    assert stranger.get(f"/sharing{address}").status_code == 200
    assert SavedSearch.objects.get().alert == "daily"
    assert "no more mail" in texts(stranger.post(f"/sharing{address}"))
    assert SavedSearch.objects.get().alert == "never"
    assert stranger.get("/sharing/search/stop/wrong").status_code == 404


def test_feedback_is_given_and_taken_back(browser, network, item):
    client = browser("member")
    said = {"kind": "useful", "shown_as": "named", "words": "Dank"}
    assert client.post(f"/sharing/items/{item.uid}/feedback", said).url == f"/sharing/items/{item.uid}#feedback"
    row = Feedback.objects.get()
    assert (row.words, row.partner) == ("Dank", network.harbour)
    assert client.post(f"/sharing/items/{item.uid}/feedback", {"kind": "x"}).status_code == 400
    assert browser("client").post(f"/sharing/items/{item.uid}/feedback/{row.pk}/forget").status_code == 404
    client.post(f"/sharing/items/{item.uid}/feedback/{row.pk}/forget")
    assert not Feedback.objects.exists()


def test_a_sighting_is_given(browser, item):
    client = browser("member")
    said = {"value": "poort[.]example", "count": 3, "first_at": "2026-01-02T10:00", "shown_as": "anonymous"}
    assert client.get(f"/sharing/items/{item.uid}/sightings").status_code == 200
    assert client.post(f"/sharing/items/{item.uid}/sightings", said).status_code == 302
    assert Sighting.objects.get().count == 3
    assert client.post(f"/sharing/items/{item.uid}/sightings", said | {"value": "x.example"}).status_code == 400


def test_of_what_one_may_not_read_nothing_is_said(browser, network):
    hidden = world.out(
        by=network.neighbour, owner=network.care, tlp="amber", addresses=["sector:health"],
        reviewer=network.neighbours_colleague,
    )  # fmt: skip
    client = browser("member")
    for path in ("feedback", "sightings"):
        assert client.get(f"/sharing/items/{hidden.uid}/{path}").status_code == 404
        assert client.post(f"/sharing/items/{hidden.uid}/{path}", {"kind": "useful"}).status_code == 404
