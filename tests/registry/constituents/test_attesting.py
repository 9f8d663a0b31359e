"""Contacts over the years: asked, confirmed, silent, returned, and what that does to the way of a notice."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from schakel.kit.limits import Limit
from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from schakel.notices.models import Notice, Route
from schakel.policy.access import SYSTEM
from schakel.registry import letters
from schakel.registry.constituents import attesting, contacts
from schakel.registry.models import Constituency, Contact
from tests.cast import AUDITOR, DESK, NOON, STEWARD, STRANGER, working_at
from tests.reports import taken

YEAR = timedelta(days=366)


@pytest.fixture(autouse=True)
def english(db):
    with override("en"):
        yield


def contact_of(country, address="beveiliging@haven.example"):
    return Contact.objects.get(address=address)


def add(holder, by, address="cert@haven.example", **fields):
    return contacts.add(holder=holder, role="security", address=address, by=by, at=NOON, **fields)


def asked(contact, at=NOON):
    assert attesting.ask(contact, at=at)
    contact.refresh_from_db()
    return contact


def test_organisation_partner_and_desk_add_contacts_and_others_do_not(country):
    for number, actor in enumerate([working_at(country.harbour), country.member, DESK]):
        assert not add(country.harbour, actor, f"a{number}@haven.example").is_verified
    for actor in (working_at(country.hospital), country.neighbour, STRANGER, STEWARD, AUDITOR):
        with pytest.raises(NotPermitted):
            add(country.harbour, actor)
        for act in (contacts.remove, contacts.ask_again, contacts.renew_secret):
            with pytest.raises(NotPermitted):
                act(contact=contact_of(country), by=actor, at=NOON)


def test_a_partner_keeps_its_own_contacts_and_no_other_partners(country):
    add(country.harbour_circle, country.member)
    with pytest.raises(NotPermitted):
        add(country.care_csirt, country.member)
    with pytest.raises(NotPermitted):
        add(country.harbour_circle, working_at(country.harbour))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"address": "geen adres"}, "no"),
        ({"address": "http://haven.example/", "channel": "webhook"}, "https"),
        ({"role": "king"}, "from the list"),
        ({"channel": "pigeon"}, "from the list"),
        ({"language": "fr"}, "from the list"),
    ],
)
def test_what_is_no_contact_is_refused(country, fields, words):
    given = {"role": "security", "address": "cert@haven.example", **fields}
    with pytest.raises(Invalid, match=words):
        contacts.add(holder=country.harbour, by=DESK, at=NOON, **given)


def test_a_new_address_counts_when_it_says_yes(country):
    contact = add(country.harbour, working_at(country.harbour))
    assert (contact.is_verified, contact.asks_count, contact.asked_at) == (False, 1, NOON)
    letter = attesting.letter_of(contact)
    token = attesting.token_of(contact)
    assert letter.address == "cert@haven.example"
    assert token in letter.body
    assert attesting.contact_of(token, at=NOON) == contact
    attesting.confirm(contact=contact, by=attesting.LINK, at=NOON)
    contact.refresh_from_db()
    assert (contact.is_verified, contact.attested_at, contact.standing) == (True, NOON, "active")
    assert attesting.contact_of(token, at=NOON) is None
    with pytest.raises(WrongState):
        attesting.confirm(contact=contact, by=attesting.LINK, at=NOON)


def test_the_same_contact_again_is_the_same_and_one_taken_off_is_asked_anew(country):
    by = working_at(country.harbour)
    first = add(country.harbour, by)
    assert add(country.harbour, by).pk == first.pk
    contacts.remove(contact=first, by=by, at=NOON)
    with pytest.raises(WrongState):
        contacts.remove(contact=first, by=by, at=NOON)
    Contact.objects.filter(pk=first.pk).update(is_verified=True)
    again = contacts.add(
        holder=country.harbour, role="security", address=first.address, by=by, at=NOON + timedelta(days=2)
    )
    assert (again.pk, again.standing, again.is_verified, again.asks_count) == (first.pk, "active", False, 2)


def test_a_webhook_counts_at_once_and_has_a_secret(country):
    hook = add(country.harbour, DESK, "https://haven.example/hook", channel="webhook")
    assert hook.is_verified
    assert hook.webhook_secret.startswith("whsec_")
    with pytest.raises(Invalid, match="mail address"):
        contacts.ask_again(contact=hook, by=DESK, at=NOON)


def test_a_contact_is_asked_once_a_day(country):
    contacts.ask_again(contact=contact_of(country), by=DESK, at=NOON)
    with pytest.raises(Invalid, match="today"):
        contacts.ask_again(contact=contact_of(country), by=DESK, at=NOON + timedelta(hours=23))
    contacts.ask_again(contact=contact_of(country), by=DESK, at=NOON + timedelta(days=1))


def test_the_list_of_contacts_has_an_end(country, monkeypatch):
    monkeypatch.setattr(contacts, "MOST", 2)
    add(country.harbour, DESK)
    with pytest.raises(Invalid, match="too many"):
        add(country.harbour, DESK, "b@haven.example")


def test_a_link_is_good_for_its_own_question_only(country):
    contact = asked(contact_of(country))
    first = attesting.token_of(contact)
    assert attesting.contact_of(first, at=NOON + timedelta(days=61)) is None
    assert attesting.contact_of(first + "x", at=NOON) is None
    asked(contact, NOON + timedelta(days=2))
    assert attesting.contact_of(first, at=NOON + timedelta(days=2)) is None


def test_a_contact_names_another_and_stays_until_that_one_says_yes(country):
    old = asked(contact_of(country))
    with pytest.raises(Invalid):
        attesting.change(contact=old, address="nee", by=attesting.LINK, at=NOON)
    with pytest.raises(Invalid, match="that we have"):
        attesting.change(contact=old, address="BEVEILIGING@haven.example", by=attesting.LINK, at=NOON)
    new = attesting.change(contact=old, address="soc@haven.example", by=attesting.LINK, at=NOON)
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.standing, new.is_verified, new.asks_count) == ("active", False, 1)
    attesting.confirm(contact=new, by=attesting.LINK, at=NOON)
    old.refresh_from_db()
    assert (old.standing, old.silence) == ("suspended", "replaced")


def test_a_contact_that_says_no_gets_nothing_any_more(country):
    contact = asked(contact_of(country))
    attesting.decline(contact=contact, by=attesting.LINK, at=NOON)
    contact.refresh_from_db()
    assert (contact.standing, contact.silence, contact.suspended_at) == ("suspended", "declined", NOON)
    with pytest.raises(WrongState):
        attesting.decline(contact=contact, by=attesting.LINK, at=NOON)


def test_who_said_no_is_not_asked_again_this_year(country):
    by, contact = working_at(country.harbour), asked(contact_of(country))
    attesting.decline(contact=contact, by=attesting.LINK, at=NOON)
    contact.refresh_from_db()
    given = {"holder": country.harbour, "role": contact.role, "address": contact.address, "by": by}
    soon = NOON + timedelta(days=30)
    for act in (
        lambda: contacts.add(**given, at=soon),
        lambda: contacts.ask_again(contact=contact, by=by, at=soon),
    ):
        with pytest.raises(Invalid, match="said no"):
            act()
    contact.refresh_from_db()
    assert (contact.standing, contact.asks_count) == ("suspended", 0)
    assert contacts.add(**given, at=NOON + YEAR).standing == "active"


def test_nobody_fills_mailboxes_by_adding_and_taking_off(country, monkeypatch):
    monkeypatch.setattr(letters, "PER_HOLDER", Limit("letters-holder", count=3, seconds=86_400))
    by = working_at(country.harbour)
    for number in range(3):
        contacts.remove(contact=add(country.harbour, by, f"a{number}@elders.example"), by=by, at=NOON)
    with pytest.raises(Invalid, match="go on tomorrow"):
        add(country.harbour, by, "a3@elders.example")
    assert not Contact.objects.filter(address="a3@elders.example").exists()
    assert add(country.hospital, working_at(country.hospital), "a3@elders.example").asks_count == 1


def test_only_the_link_and_the_system_answer(country):
    contact = asked(contact_of(country))
    for by in (country.member, working_at(country.harbour), STRANGER):
        for act in (attesting.confirm, attesting.decline):
            with pytest.raises(NotPermitted):
                act(contact=contact, by=by, at=NOON)
        with pytest.raises(NotPermitted):
            attesting.change(contact=contact, address="a@b.example", by=by, at=NOON)
        with pytest.raises(NotPermitted):
            attesting.ask_due(by=by, at=NOON)


def test_every_year_contacts_are_asked_reminded_and_judged(country):
    Contact.objects.update(attested_at=NOON)
    contact = contact_of(country)
    assert attesting.ask_due(by=SYSTEM, at=NOON + timedelta(days=364)) == {
        "asked": 0,
        "reminded": 0,
        "suspended": 0,
        "doubtful": 0,
    }
    day = NOON + YEAR
    everyone = Contact.objects.filter(is_verified=True).count()
    assert attesting.ask_due(by=SYSTEM, at=day)["asked"] == everyone
    assert attesting.ask_due(by=SYSTEM, at=day)["asked"] == 0
    contact.refresh_from_db()
    attesting.confirm(contact=contact, by=attesting.LINK, at=day)
    assert attesting.ask_due(by=SYSTEM, at=day + timedelta(days=15))["reminded"] == everyone - 1
    late = attesting.ask_due(by=SYSTEM, at=day + timedelta(days=44))
    assert late == {"asked": 0, "reminded": 0, "suspended": everyone - 1, "doubtful": 0}
    contact.refresh_from_db()
    assert contact.standing == "active"
    assert Contact.objects.filter(silence="dormant", standing="suspended").count() == everyone - 1


def test_who_never_answered_before_is_put_in_doubt_and_not_cut_off(country):
    for days in (0, 15, 44):
        counts = attesting.ask_due(by=SYSTEM, at=NOON + timedelta(days=days))
    assert counts["suspended"] == 0
    assert counts["doubtful"] == Contact.objects.filter(standing="doubtful").count() > 0


def test_returned_mail_lowers_the_standing_step_by_step(country):
    seen = []
    for _ in range(4):
        attesting.bounced("beveiliging@haven.example", by=SYSTEM, at=NOON)
        seen.append(contact_of(country).standing)
    assert seen == ["doubtful", "doubtful", "suspended", "suspended"]
    assert contact_of(country).silence == "bounced"
    contact = asked(contact_of(country))
    attesting.confirm(contact=contact, by=attesting.LINK, at=NOON)
    assert (contact_of(country).standing, contact_of(country).bounces_count) == ("active", 0)


# The way of a notice.


def ways_of(organisation):
    route = Route.objects.get(organisation=organisation, round=0)
    return route, [(step["via"], step["refusal"]) for step in route.steps]


def suspend(**which):
    Contact.objects.filter(**which).update(standing="suspended", suspended_at=NOON, silence="dormant")


def test_a_suspended_contact_of_a_partner_lets_the_notice_take_the_next_way(country):
    suspend(partner=country.harbour_circle)
    taken("192.0.2.10")
    route, ways = ways_of(country.harbour)
    assert (route.via, route.contact.address) == ("contact", "beveiliging@haven.example")
    assert ways[0] == ("guardian", "no-channel")
    assert Notice.objects.get().contact == route.contact


def test_a_suspended_contact_of_the_organisation_is_no_way_either(country):
    suspend(organisation=country.registrar)
    taken("192.0.2.200")
    route, ways = ways_of(country.registrar)
    assert route.via == "unreachable"
    assert ("contact", "no-channel") in ways


def test_another_contact_takes_over_from_one_in_doubt(country):
    Constituency.objects.all().delete()
    Contact.objects.filter(organisation=country.harbour).update(standing="doubtful")
    taken("192.0.2.10")
    assert ways_of(country.harbour)[0].contact.address == "beveiliging@haven.example"  # In doubt is still a way.
    Contact.objects.create(
        organisation=country.harbour, address="soc@haven.example", is_verified=True, role="technical"
    )
    import polars as pl
    from django.db import connection

    from schakel.kit.copying import copy_in
    from schakel.notices import candidates

    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS told (id bigint) ON COMMIT DROP")
        cursor.execute(
            "CREATE TEMPORARY TABLE IF NOT EXISTS run_by (organisation bigint, operator bigint) ON COMMIT DROP"
        )
    copy_in(pl.DataFrame({"id": [country.harbour.pk]}), table="told")
    ways = candidates.ways(NOON.date())
    first = ways.filter(via="contact")["contact"].to_list()
    assert Contact.objects.get(pk=first[0]).address == "soc@haven.example"
