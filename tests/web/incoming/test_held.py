"""The page of what is held back: who sees it, what it tells, and what can be done there."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from schakel.policy.access import SYSTEM
from schakel.sharing.formats.registry import formats
from schakel.sharing.incoming import sources
from schakel.sharing.incoming.receiving import receive
from schakel.sharing.incoming.sources import SourceTerms
from schakel.sharing.models import HeldContent, ItemSource, SharedItem
from tests.cast import NOON

SECRET = b"TLP:PURPLE\nzeer geheim\n"


@pytest.fixture
def source(country):
    return sources.add(terms=SourceTerms(name="Haven ISAC"), owner=country.harbour_circle, by=SYSTEM, at=NOON)


def hold(source, content=SECRET, name="bericht.txt"):
    return receive(content, source=source, formats=formats(), by=SYSTEM, at=NOON, name=name).held


def page(client, **asked):
    return client.get("/sharing/held", asked).content.decode()


def test_its_own_party_reads_why_and_nobody_what(owner, source):
    hold(source)
    shown = page(owner)
    assert "Haven ISAC" in shown
    assert "TLP:PURPLE is no label of TLP 2.0" in shown
    assert "line 1" in shown
    assert "geheim" not in shown


def test_others_find_nothing_and_cannot_settle_it(member, stranger, country, source):
    held = hold(source)
    assert stranger.get("/sharing/held").url.startswith("/account/login")
    for client in (member("partner", country.care_csirt), member("coordinator")):
        assert "Haven ISAC" not in page(client)
        assert "Nothing waits here" in page(client)
        assert client.post(f"/sharing/held/{held.pk}", {"act": "drop", "reason": "x"}).status_code == 404
    for client in (member("auditor"), member("steward"), member("organisation", organisation=country.harbour)):
        assert client.get("/sharing/held").status_code == 403
        assert client.post(f"/sharing/held/{held.pk}", {"act": "read"}).status_code == 403
    assert HeldContent.objects.get().state == "waiting"


def test_it_is_read_again_when_the_source_has_terms(owner, source):
    held = hold(source, b"woorden")
    refused = owner.post(f"/sharing/held/{held.pk}", {"act": "read"}, follow=True).content.decode()
    assert "It still cannot be read" in refused
    ItemSource.objects.update(default_tlp="green")
    done = owner.post(f"/sharing/held/{held.pk}", {"act": "read"}, follow=True).content.decode()
    assert "It was read after all" in done
    assert SharedItem.objects.get().title == "woorden"
    assert "Nothing waits here" in page(owner)


def test_it_is_dropped_with_a_reason_only(owner, source):
    held = hold(source)
    assert "say why" in owner.post(f"/sharing/held/{held.pk}", {"act": "drop"}, follow=True).content.decode()
    assert HeldContent.objects.get().state == "waiting"
    owner.post(f"/sharing/held/{held.pk}", {"act": "drop", "reason": "Reclame"})
    assert HeldContent.objects.get().drop_reason == "Reclame"
    again = owner.post(f"/sharing/held/{held.pk}", {"act": "drop", "reason": "Reclame"}, follow=True)
    assert HeldContent.objects.get().settled_by
    assert again.status_code == 200


def test_an_unknown_act_is_no_act(owner, source):
    assert owner.post(f"/sharing/held/{hold(source).pk}", {"act": "publish"}).status_code == 403


def test_sources_say_how_the_last_fetch_went(owner, source):
    ItemSource.objects.update(kind="feed", failure="antwoordt niet", fetched_at=NOON)
    assert "antwoordt niet" in page(owner)


def queries(client):
    with CaptureQueriesContext(connection) as found:
        page(client)
    return len(found)


def test_many_rows_cost_no_more_queries_and_come_in_pages(owner, source):
    hold(source)
    before = queries(owner)
    for number in range(60):
        hold(source, SECRET + str(number).encode())
    assert queries(owner) == before
    assert "after=" in page(owner)
    last = HeldContent.objects.order_by("pk")[49]
    assert page(owner, after=last.pk).count("Read again") == 11
