"""Every address, as everybody, over items of all labels: nobody reads, counts or changes what was not meant for them."""

import re
from http import HTTPStatus

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from schakel.people import tokens
from schakel.people.models import User
from schakel.sharing.models import (
    Circle,
    CircleMember,
    CsafFile,
    FeedEvent,
    ItemVersion,
    Passing,
    ServedObject,
    SharedItem,
)
from schakel.sharing.taxii import collections
from tests.cast import DESK
from tests.journeys import crawler
from tests.journeys.shared_things import BY_MARK, CASES, MEMBERS, OUTSIDE, Shared

pytestmark = pytest.mark.walk

MARK = re.compile(r"zzitem[a-z]+?(?=[^a-z]|$)")
CIRCLES = {"zzcircleopen": {"member", "colleague", "desk", "second"}, "zzcircleclosed": {"neighbour", "second"}}
TAXII = "application/taxii+json;version=2.1"


@pytest.fixture(autouse=True)
def empty_cache(db):
    cache.clear()


def doors(network, who):
    """A browser, a program and a program that speaks TAXII, each with the addresses that it asks."""
    headers = {"accept-language": "en"}
    if who == "visitor":
        key = {}
        browser = Client(headers=headers)
    else:
        user = User.objects.get(pk=getattr(network, who).user_id) if who != "stranger" else a_stranger()
        TOTP.activate(user, generate_totp_secret())
        browser = Client(headers=headers)
        browser.force_login(user)
        key = {"authorization": f"Bearer {tokens.add(user=user, name='crawl', days=1, by=DESK, at=timezone.now())}"}
    program, taxii = Client(headers=headers | key), Client(headers=headers | key | {"accept": TAXII})
    return {
        "browser": (browser, lambda address: not address.startswith(crawler.MACHINES)),
        "program": (program, lambda address: address.startswith(crawler.MACHINES) and "/taxii2/" not in address),
        "taxii": (taxii, lambda address: address.startswith("/taxii2/")),
    }


def a_stranger():
    return User.objects.create_user("walker", password="a long enough secret")


def known(shared):
    """The rows that the parameters of addresses mean; templates with another parameter are walked elsewhere."""
    rows = {
        "uid": [item.uid for item in shared.items.values()],
        "item": [item.uid for item in shared.items.values()],
        "number": [1],
        "version": [1],
        "token": ["wrong:token"],
        "folder": ["white", "green", "amber"],
        "label": ["white", "green", "amber"],
        "year": [timezone.now().year],
        "collection": [collections.SHARED, collections.SENT],
    }
    circles = shared.circles.values()
    return rows | {
        "circle_id": [circle.pk for circle in circles],
        "key": [circle.key for circle in circles],
        "name": list(CsafFile.objects.values_list("name", flat=True)),
        "event_uuid": list(FeedEvent.objects.values_list("uuid", flat=True)),
        "stix_id": list(ServedObject.objects.order_by("item", "pk").distinct("item").values_list("key", flat=True)),
        "passing_id": list(Passing.objects.values_list("pk", flat=True)),
    }


def everywhere(shared):
    rows = known(shared)
    return crawler.addresses(rows, of=crawler.templates_with(rows))


def searches(shared):
    asked = [*(one.mark for one in CASES), "CVE-2026-0101", "h0.zzitemforall.example", "zz"]
    places = [one for one in crawler.templates() if "search" in one and "<" not in one]
    return [f"{place}?q={words}" for place in places for words in asked]


def walked(network, shared, who):
    """All that somebody gets to see, by door and address."""
    asked = [*everywhere(shared), searches(shared)]
    return {door: crawler.walk(client, suited(asked, suits)) for door, (client, suits) in doors(network, who).items()}


def suited(lists, suits):
    return [same for same in lists if same and suits(same[0])]


def leaks(pages, who):
    """Where somebody came across what is not theirs."""
    for address, (_, text) in pages.items():
        for mark in set(MARK.findall(text)):
            if mark in BY_MARK and who not in BY_MARK[mark].readers and mark not in address:
                yield address, mark
        for name, members in CIRCLES.items():
            if name in text and who not in members and name not in address:
                yield address, name


@pytest.mark.parametrize("who", sorted((MEMBERS | OUTSIDE) - {"colleague", "neighbours_colleague", "patient"}))
def test_nobody_reads_what_was_not_meant_for_them(network, who):
    seen = walked(network, Shared(network), who)
    pages = {f"{door} {address}": answer for door, found in seen.items() for address, answer in found.items()}
    assert {address: status for address, (status, _) in pages.items() if status >= 500} == {}
    assert set(leaks(pages, who)) == set()
    read = {mark for _, text in pages.values() for mark in MARK.findall(text)}
    assert {one.mark for one in CASES if who in one.readers} <= read  # On empty pages the rest would hold too.


@pytest.mark.parametrize("who", ["member", "client", "visitor"])
def test_what_is_hidden_changes_no_page(network, who, monkeypatch):
    """Counts, facets, order, the ends of lists: a page is the same whether or not hidden items are there."""
    now = timezone.now()
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    seen = Shared(network, lambda one: who in one.readers)
    asked, ways = [*everywhere(seen), searches(seen)], doors(network, who)
    before = {door: crawler.walk(client, suited(asked, suits)) for door, (client, suits) in ways.items()}
    seen.add(lambda one: who not in one.readers)
    cache.clear()
    for door, pages in before.items():
        after = crawler.walk(ways[door][0], [[address] for address in pages])
        for address, (status, text) in pages.items():
            assert status == after[address][0], address
            if address == "/api/v1/changes":  # Its cursor is a place among the changes of all.
                continue
            was, now_is = (crawler.plain(one, address).splitlines() for one in (text, after[address][1]))
            assert [line for line in now_is if line not in was] == [], address
            assert len(was) == len(now_is), address


@pytest.mark.parametrize("who", ["neighbour", "client", "steward", "visitor"])
def test_nobody_changes_what_is_not_theirs(network, who):
    shared = Shared(network)
    own = {"neighbour": network.care}.get(who)
    before = snapshot(own)
    for client, suits in doors(network, who).values():
        for same in suited(everywhere(shared), suits):
            for address in same:
                response = client.post(address, {"words": "?", "reason": "?", "confirm": "1"})
                assert response.status_code < 500, address
                assert not set(leaks({address: (0, crawler.text_of(response))}, who)), address
                if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
                    break
    assert snapshot(own) == before


def snapshot(own):
    """All that others than `own` have in circles and items."""
    theirs = SharedItem.objects.exclude(owner=own) if own else SharedItem.objects.all()
    return [
        list(theirs.order_by("pk").values_list("pk", "state", "version_count", "audience", "published_version")),
        list(ItemVersion.objects.filter(item__in=theirs).order_by("pk").values_list("pk", "number")),
        list(Circle.objects.order_by("pk").values_list("pk", "state", "name")) if not own else [],
        list(CircleMember.objects.order_by("pk").values_list("pk", "until_at")) if not own else [],
        list(Passing.objects.exclude(partner=own).order_by("pk").values_list("pk", "stopped_at")),
    ]
