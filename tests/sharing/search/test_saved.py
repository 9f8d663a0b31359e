"""Saved searches: one's own, with mail that tells only what its owner may read at that moment."""

from datetime import timedelta

import pytest
from django.utils import timezone

from schakel.kit.refusals import Invalid, NotPermitted
from schakel.people.models import User
from schakel.policy.access import NOBODY, SYSTEM
from schakel.post.models import Delivery
from schakel.registry.models import Agreement, AgreementState
from schakel.sharing.models import Alert, SavedSearch, SearchEntry, SharedItem
from schakel.sharing.search import alerts, questions, saving
from schakel.sharing.search.finding import Question
from tests.cast import NOON
from tests.sharing import world

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def kept(network):
    User.objects.filter(pk=network.member.user_id).update(email="anna@example.org", language="nl")
    return save(network.member)


def save(by, name="Lekken", query="q=lek", alert="at-once", at=NOON):
    return saving.keep(name=name, query=query, alert=alert, by=by, at=at)


def put(network, title="Lek in Poortwachter", *, at=LATER, **given):
    document = world.document(title)
    return world.out(by=network.neighbour, owner=network.care, document=document, at=at, **given)


def send(at=LATER + timedelta(minutes=1), alert=Alert.AT_ONCE):
    return alerts.send(alert, by=SYSTEM, at=at)


def test_a_saved_search_is_its_owners_alone(network, kept):
    assert list(SavedSearch.objects.visible_to(network.member)) == [kept]
    for actor in (network.colleague, network.neighbour, network.desk, network.steward, NOBODY):
        assert not SavedSearch.objects.visible_to(actor).exists()
        with pytest.raises(NotPermitted):
            saving.forget(search=kept, by=actor, at=NOON)
        with pytest.raises(NotPermitted):
            saving.set_alert(search=kept, alert="never", by=actor, at=NOON)
    saving.forget(search=kept, by=network.member, at=NOON)
    assert not SavedSearch.objects.exists()


@pytest.mark.parametrize(
    "given", [{"name": ""}, {"name": "x" * 101}, {"name": "Lekken"}, {"alert": "often"}, {"query": "x" * 2000}]
)
def test_what_cannot_be_kept_is_refused_with_words(network, kept, given):
    with pytest.raises(Invalid):
        save(network.member, **({"name": "Nieuw"} | given))


def test_without_an_address_there_is_no_mail(network):
    User.objects.filter(pk=network.neighbour.user_id).update(email="")
    with pytest.raises(Invalid):
        save(network.neighbour)
    assert save(network.neighbour, alert="never").alert == "never"


def test_one_keeps_so_many_searches(network, kept, monkeypatch):
    monkeypatch.setattr(saving, "MOST", 1)
    with pytest.raises(Invalid):
        save(network.member, name="Nog een")


@pytest.mark.parametrize("actor", ["steward", "auditor"])
def test_who_reads_nothing_keeps_nothing(network, actor):
    with pytest.raises(NotPermitted):
        save(getattr(network, actor))


def test_what_is_new_is_told_once(network, kept):
    put(network, "Lek van vroeger", at=NOON - timedelta(days=1))
    put(network)
    assert (send(), send(LATER + timedelta(hours=1))) == (1, 0)
    (letter,) = Delivery.objects.all()
    assert letter.address == "anna@example.org"
    assert "Lek in Poortwachter" in letter.body
    assert "vroeger" not in letter.body
    assert "/sharing/search/stop/" in letter.headers["List-Unsubscribe"]


def test_only_the_number_is_told_of_what_no_open_mail_may_hold(network, kept):
    put(
        network,
        "Geheim lek",
        tlp="amber",
        addresses=[f"partner:{network.harbour.pk}"],
        reviewer=network.neighbours_colleague,
    )
    assert send() == 1
    letter = Delivery.objects.get()
    assert "Geheim" not in letter.body + letter.subject


def test_what_one_may_not_read_is_not_told(network, kept):
    put(network, tlp="amber", addresses=["sector:health"], reviewer=network.neighbours_colleague)
    assert (send(), Delivery.objects.count()) == (0, 0)


def test_rights_are_those_of_the_moment_of_sending(network, kept):
    put(network)
    Agreement.objects.filter(partner=network.harbour).update(state=AgreementState.SUSPENDED)
    assert send() == 0


def test_what_was_under_embargo_is_told_when_that_has_ended(network, kept):
    SavedSearch.objects.update(told_until=timezone.now() - timedelta(minutes=10))
    item = put(network, at=timezone.now() - timedelta(days=1))
    for model in (SharedItem, SearchEntry):
        model.objects.filter(pk=item.pk).update(embargo_until=timezone.now() + timedelta(minutes=5))
    assert send(timezone.now()) == 0
    SavedSearch.objects.update(told_until=timezone.now() - timedelta(minutes=10))
    for model in (SharedItem, SearchEntry):
        model.objects.filter(pk=item.pk).update(embargo_until=timezone.now() - timedelta(minutes=5))
    assert send(timezone.now()) == 1


def test_a_daily_mail_waits_for_its_day(network, kept):
    saving.set_alert(search=kept, alert="daily", by=network.member, at=NOON)
    put(network)
    assert send(LATER, Alert.DAILY) == 0
    assert send(NOON + timedelta(days=1), Alert.DAILY) == 1


def test_a_link_in_the_mail_ends_it(network, kept):
    token = alerts.stop_url(kept).rpartition("/")[2]
    found = alerts.search_of(token)
    assert found is not None
    assert found == kept
    alerts.end(search=found, by=NOBODY, at=NOON)
    put(network)
    assert send() == 0
    assert alerts.search_of(token[:-2]) is None
    saving.forget(search=kept, by=network.member, at=NOON)
    assert alerts.search_of(token) is None


def test_only_the_platform_sends(network):
    with pytest.raises(NotPermitted):
        alerts.send(Alert.DAILY, by=network.member, at=NOON)


@pytest.mark.parametrize(
    "query",
    [
        "q=lek+poort",
        "q=a%26b&kind=advisory&label=amber%2Bstrict&year=2026",
        "phase=warm&publisher=Kring&severity=high",
        "",
    ],
)
def test_a_question_is_an_address_and_back(query):
    assert questions.written(questions.read(query)) == query


@pytest.mark.parametrize("query", ["kind=x", "label=purple", "year=99999", "year=abcd", "severity=9", "phase=hot"])
def test_what_cannot_be_read_is_not_asked(query):
    assert questions.read(query) == Question()
