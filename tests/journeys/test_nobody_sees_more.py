"""Every address of the site and the API, as everybody: nobody reads, counts or changes what is not theirs to know."""

import itertools
from dataclasses import dataclass
from http import HTTPStatus

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from schakel.people import tokens
from schakel.people.models import User, UserGrant
from tests.cast import DESK
from tests.journeys import crawler, network_things, secrets
from tests.journeys.secrets import LABELS, MARK, TO_PARTNERS, Things

numbers = itertools.count(1)
pytestmark = pytest.mark.walk

WORLD = [*itertools.product(("harbour", "hospital", "bakery"), LABELS)]
ORGANISATIONS = {
    "harbour": "Scheepswerf Alfa",
    "hospital": "Kliniek Bravo",
    "bakery": "Brouwerij Charlie",
}


@dataclass(frozen=True)
class Walker:
    """Somebody who walks: a role, for whom it is held and how far, whose findings it reads, whose name it knows."""

    role: str = ""
    partner: str = ""
    organisation: str = ""
    level: str = "member"
    reads: frozenset[str] = frozenset()

    @property
    def knows(self):
        return self.reads | ({self.organisation} if self.organisation else set())


def at_work(organisation, level):
    return Walker("organisation", organisation=organisation, level=level)


ACTORS = {
    "visitor": Walker(),
    "stranger": Walker(),
    "member": Walker("partner", "harbour_circle", reads=frozenset({"harbour"})),
    "neighbour": Walker("partner", "care_csirt", reads=frozenset({"hospital"})),
    "reader of the hospital": at_work("hospital", "reader"),
    "member of the harbour": at_work("harbour", "member"),
    "administrator of the harbour": at_work("harbour", "administrator"),
    "administrator of the registrar": at_work("registrar", "administrator"),
    "steward": Walker("steward"),
    "auditor": Walker("auditor"),
    "coordinator": Walker("coordinator", reads=frozenset(ORGANISATIONS)),
}


@pytest.fixture(autouse=True)
def empty_cache(db):
    cache.clear()


@pytest.fixture
def country(country):
    for whose, name in ORGANISATIONS.items():  # Names that no example on any page has.
        getattr(country, whose).name = name
        getattr(country, whose).save()
    return country


@pytest.fixture
def things(country):
    """All three organisations under all labels, and a campaign of each label."""
    made = Things()
    for whose in ORGANISATIONS:
        secrets.tell_all(country, whose, LABELS, made)
    for label in LABELS:
        secrets.campaign_of(made, label)
    secrets.keep_a_secret_from_partners(country, made)
    secrets.let_some_fail(made)
    secrets.claim_all(country, made)
    secrets.initiatives_of(country, made)
    secrets.advice_of(made)
    network_things.network_of(country, made)
    secrets.hold_back(country, made)
    for whose in ("harbour", "hospital"):
        secrets.balance_of(country, made, whose)
        secrets.statement_of(country, whose, "Samen leren")
    return made


def clients(country, actor):
    """The actor's browser, and its program."""
    who = ACTORS[actor]
    headers = {"accept-language": "en"}
    if actor == "visitor":
        return Client(headers=headers), Client(headers=headers)
    user = User.objects.create_user(f"walker-{next(numbers)}", password="a long enough secret")
    if who.role:
        held = {name: getattr(country, one) for name in ("partner", "organisation") if (one := getattr(who, name))}
        UserGrant.objects.create(user=user, role=who.role, level=who.level, **held)
    TOTP.activate(user, generate_totp_secret())
    browser = Client(headers=headers)
    browser.force_login(user)
    key = tokens.add(user=user, name="crawl", days=1, by=DESK, at=timezone.now())
    return browser, Client(headers=headers | {"authorization": f"Bearer {key}"})


def everywhere(things):
    """Every address, for each of the rows."""
    known = {**vars(things), "token": ["wrong:token"]}
    assert crawler.parameters() - set(known) == set(), (
        "Say in tests/journeys/secrets.py which rows these parameters mean"
    )
    return crawler.addresses(known)


def walked(country, actor, things):
    """Everything that the actor gets to see: {address: (status, text)}."""
    browser, program = clients(country, actor)
    asked = everywhere(things)
    searches = [f"/findings?q={mark}" for mark in ("zzhospital", "zzharbour", "zzbakery", "Alfa", "Bravo", "Charlie")]
    return crawler.walk(browser, [*asked, searches]) | crawler.walk(program, crawler.of_the_api(asked))


def may_read(actor, whose, label, what):
    """Who may read a mark: the table of TLP 2.0 once more, written apart from the code that obeys it."""
    readable = ACTORS[actor].reads
    if what == secrets.OWN and whose == ACTORS[actor].organisation:
        return True
    if actor == "coordinator":
        return True
    if whose == "desk":
        return False
    if whose == "campaign":
        return bool(readable) and label in TO_PARTNERS
    return whose in readable and label in TO_PARTNERS


def theirs(actor):
    """What the actor must come across."""
    stages = {label: ("finding", "detail", "words") if label != "red" else ("finding", "detail") for label in LABELS}
    told = [(whose, label, what) for whose, label in WORLD for what in stages[label]]
    own = [(whose, "amber", secrets.OWN) for whose in ORGANISATIONS]
    kept = [(whose, "amber", what) for whose in ("harbour", "hospital") for what in network_things.OF_PARTNERS]
    desks = [("desk", "amber", what) for what in network_things.OF_THE_DESK]
    return {secrets.mark(*one) for one in (*told, *own, *kept, *desks) if may_read(actor, *one)}


@pytest.mark.parametrize("actor", ACTORS)
def test_nobody_reads_what_is_not_theirs(country, things, actor):
    pages = walked(country, actor, things)
    assert {address: status for address, (status, _) in pages.items() if status >= 500} == {}
    leaks = {
        (address, found[0])
        for address, (_, text) in pages.items()
        for found in MARK.finditer(text)
        if not may_read(actor, *found.groups()) and found[0] not in address
    }
    assert leaks == set()
    named = {
        (address, name)
        for address, (_, text) in pages.items()
        for whose, name in ORGANISATIONS.items()
        if name in text and whose not in ACTORS[actor].knows
    }
    assert named == set()
    read = {found[0] for _, text in pages.values() for found in MARK.finditer(text)}
    assert theirs(actor) <= read  # The crawler sees at all: on empty pages the rest would hold too.
    own = ACTORS[actor].organisation
    assert not own or any(getattr(country, own).name in text for _, text in pages.values())


@pytest.mark.parametrize("actor", ["member", "neighbour", "administrator of the registrar", "stranger", "visitor"])
def test_what_is_hidden_changes_no_page(country, actor, monkeypatch):
    """Counts, numbers, charts and the ends of lists too: a page is the same whether or not hidden rows are there."""
    now = timezone.now()
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    own = {"member": "harbour", "neighbour": "hospital"}.get(actor)
    seen, hidden = Things(), Things()
    if own:
        secrets.tell_all(country, own, ["clear", "green", "amber"], seen)
    for label in ("clear", "green", "amber") if own else ():
        secrets.campaign_of(seen, label)
    for whose in [own] if own else ():
        secrets.balance_of(country, seen, whose)
    browser, program = clients(country, actor)
    asked = everywhere(seen)
    before = crawler.walk(browser, asked), crawler.walk(program, crawler.of_the_api(asked))

    for whose in set(ORGANISATIONS) - {own}:
        secrets.tell_all(country, whose, LABELS, hidden)
    if own:
        secrets.tell_all(country, own, ["strict", "red"], hidden)
    for label in ("strict", "red") if own else LABELS:
        secrets.campaign_of(hidden, label)
    for whose in {"harbour", "hospital"} - {own}:
        secrets.balance_of(country, hidden, whose)
    cache.clear()
    for pages, client in zip(before, (browser, program), strict=True):
        after = crawler.walk(client, [[one for one in same if one in pages] for same in asked])
        assert set(after) == set(pages)
        for address, (status, text) in pages.items():
            assert status == after[address][0], address
            was, now_is = (crawler.plain(one, address).splitlines() for one in (text, after[address][1]))
            assert [line for line in now_is if line not in was] == [], address
            assert len(was) == len(now_is), address


@pytest.mark.parametrize("actor", [name for name in ACTORS if name != "coordinator"])
def test_nobody_changes_what_is_not_theirs(country, things, actor):
    browser, program = clients(country, actor)
    who = ACTORS[actor]
    partner = getattr(country, who.partner) if who.partner else None
    before = secrets.snapshot(), network_things.snapshot(partner)
    for same in everywhere(things):
        for client in (browser, program) if same[0].startswith("/api/") else (browser,):
            for address in same:
                given = {"answer": "fixed", "act": "drop", "reason": "?"} if not who.knows else {}
                response = client.post(address, given)
                text = crawler.text_of(response)
                assert response.status_code < 500, address
                found = {one[0]: one.groups() for one in MARK.finditer(text) if one[0] not in address}
                leaks = [one for one, parts in found.items() if not may_read(actor, *parts)]
                assert leaks == [], address
                if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
                    break  # Found before any row is looked at.
    assert (secrets.snapshot(), network_things.snapshot(partner)) == before
