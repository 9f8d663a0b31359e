"""A partner that leaves: what waits to be told through it takes the next way, what was told goes on at its reminder."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from schakel.notices import revisions
from schakel.notices.actions import LINK, answer
from schakel.notices.models import Answer, Finding, Notice, NoticeState, Route
from schakel.notices.rematching import rematch
from schakel.notices.steps.divert import divert
from schakel.notices.steps.hand_over import _claim_and_send, hand_over
from schakel.notices.steps.remind import remind
from schakel.oversight.counting import Scope, _fallen_out, _told
from schakel.policy.access import SYSTEM, Actor, Grant, Role
from schakel.post.models import Delivery
from schakel.registry.agreements import ending
from schakel.registry.claims import actions as claims
from schakel.registry.constituents import attesting, contacts
from schakel.registry.models import Agreement, AgreementState, Asset, Constituency, Contact, Partner
from tests.cast import DESK, NOON
from tests.reports import taken

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
COLLEAGUE = Actor(name="colleague", grants=(Grant(Role.COORDINATOR),))


@pytest.fixture
def port_isac(country):
    """A second partner that answers for the harbour, in the second place."""
    partner = Partner.objects.create(key="port", name="Havenbedrijven", type="trade-association")
    Contact.objects.create(partner=partner, address="meldingen@port.example", is_verified=True)
    Agreement.objects.create(partner=partner, functions=["notification"], from_on=date(2026, 1, 1), state="signed")
    Constituency.objects.create(partner=partner, organisation=country.harbour)
    return partner


def leave(partner, at=LATER):
    return ending.leave(partner=partner, reasons="Wij stoppen.", lessons="Vraag eerder.", by=DESK, at=at)


def send(at):
    return sum(hand_over(by=SYSTEM, at=at))


def addressees():
    return list(Delivery.objects.order_by("pk").values_list("address", flat=True))


def patience_of(notice):
    assert notice.remind_at
    return notice.remind_at


def rounds(organisation):
    rows = Route.objects.filter(organisation=organisation).order_by("round")
    return [(one.round, one.occasion, one.via, one.partner_id) for one in rows]


def test_a_notice_that_waits_takes_the_next_way(country, port_isac):
    taken("192.0.2.10")
    assert Notice.objects.get().partner == country.harbour_circle
    leave(country.harbour_circle)
    send(LATER)
    assert addressees() == ["meldingen@port.example"]
    assert rounds(country.harbour) == [
        (0, "first", "guardian", country.harbour_circle.pk),
        (1, "first", "guardian", port_isac.pk),
    ]
    old, new = Notice.objects.order_by("pk")
    assert (old.state, new.state, new.partner) == (NoticeState.WITHDRAWN, NoticeState.SENT, port_isac)
    steps = Route.objects.get(round=1).steps
    assert [(step["partner"], step["refusal"]) for step in steps] == [
        (country.harbour_circle.pk, "agreement-ended"),
        (port_isac.pk, ""),
    ]


def test_what_still_gathers_takes_the_next_way_too(country, port_isac):
    taken("192.0.2.10")
    Notice.objects.update(state=NoticeState.GATHERING, window_until=LATER + timedelta(hours=9))
    leave(country.harbour_circle)
    assert divert(by=SYSTEM, at=LATER) == {"withdrawn": 1, "diverted": 1}
    assert Notice.objects.exclude(state=NoticeState.WITHDRAWN).get().partner == port_isac


@pytest.mark.parametrize(
    "change",
    [{"state": AgreementState.SUSPENDED}, {"until_on": NOON.date()}, {"functions": ["knowledge"]}],
    ids=str,
)
def test_it_does_not_matter_why_the_agreement_no_longer_carries(country, port_isac, change):
    taken("192.0.2.10")
    country.harbour_circle.agreements.update(**change)
    send(LATER)
    assert addressees() == ["meldingen@port.example"]


def test_a_report_that_comes_after_goes_elsewhere_from_the_start(country, port_isac):
    leave(country.harbour_circle, at=NOON)
    taken("192.0.2.10")
    send(LATER)
    assert addressees() == ["meldingen@port.example"]


def test_what_was_told_goes_on_at_its_next_reminder(country, port_isac):
    taken("192.0.2.10")
    send(NOON)
    leave(country.harbour_circle)
    assert divert(by=SYSTEM, at=LATER) == {"withdrawn": 0, "diverted": 0}
    remind(by=SYSTEM, at=NOON + timedelta(days=1))
    assert addressees() == ["meldingen@harbour-circle.example"]
    late = patience_of(Notice.objects.get())
    assert remind(by=SYSTEM, at=late) == {"reminded": 0, "escalated": 1, "lapsed": 0}
    send(late)
    assert addressees() == ["meldingen@harbour-circle.example", "meldingen@port.example"]
    assert rounds(country.harbour)[1] == (1, "escalation", "guardian", port_isac.pk)


def test_a_reminder_that_waits_for_it_becomes_an_escalation(country, port_isac):
    taken("192.0.2.10")
    send(NOON)
    late = patience_of(Notice.objects.get())
    assert remind(by=SYSTEM, at=late)["reminded"] == 1
    leave(country.harbour_circle, at=late)
    send(late)
    assert addressees() == ["meldingen@harbour-circle.example", "meldingen@port.example"]
    assert rounds(country.harbour)[-1] == (2, "escalation", "guardian", port_isac.pk)


def test_what_was_fixed_meanwhile_is_told_to_nobody(country, port_isac):
    taken("192.0.2.10")
    Finding.objects.update(state="fixed", closed_at=NOON)
    leave(country.harbour_circle)
    assert divert(by=SYSTEM, at=LATER) == {"withdrawn": 1, "diverted": 0}
    send(LATER)
    assert addressees() == []


def test_without_another_way_the_organisation_itself_is_told_and_else_nobody(country):
    taken("192.0.2.10", "198.51.100.4")
    leave(country.harbour_circle)
    leave(country.care_csirt)
    assert divert(by=SYSTEM, at=LATER) == {"withdrawn": 2, "diverted": 2}
    assert [row[2] for row in rounds(country.harbour)] == ["guardian", "contact"]
    assert [row[2] for row in rounds(country.hospital)] == ["guardian", "unreachable"]


def test_rerouting_again_changes_nothing(country, port_isac):
    taken("192.0.2.10")
    leave(country.harbour_circle)
    divert(by=SYSTEM, at=LATER)
    before = list(Route.objects.values()), list(Notice.objects.values())
    assert divert(by=SYSTEM, at=LATER) == {"withdrawn": 0, "diverted": 0}
    assert (list(Route.objects.values()), list(Notice.objects.values())) == before


def test_figures_count_each_finding_once_where_it_ended(country, port_isac):
    taken("192.0.2.10", "198.51.100.4")
    leave(country.harbour_circle)
    leave(country.care_csirt)
    send(LATER)
    scope, start = Scope.of_everything(), NOON - timedelta(days=1)
    told = [row for row in _told(scope.routes, start) if row[2] == "told"]
    assert sum(row[3] for row in told) == 1
    assert [(row[2], row[3]) for row in _fallen_out(scope.routes, start)] == [("unreachable", 1)]


def test_many_notices_cost_as_many_queries_as_one(country, port_isac):
    counts = []
    for number, rows in enumerate([["192.0.2.10"], ["192.0.2.20", "192.0.2.21", "192.0.2.22"]]):
        taken(*rows, type=f"scan_{number}", name=f"2026-11-02-scan_{number}-nl.csv")
        country.harbour_circle.agreements.update(state="suspended")
        with CaptureQueriesContext(connection) as few:
            divert(by=SYSTEM, at=LATER)
        counts.append(len(few))
        country.harbour_circle.agreements.update(state="signed")
    assert counts[0] == counts[1]


def test_an_answer_still_counts_after_the_partner_left(country, port_isac):
    taken("192.0.2.10")
    send(NOON)
    leave(country.harbour_circle)
    answer(notice=Notice.objects.get(), answer=Answer.FIXED, by=LINK, at=LATER)
    assert remind(by=SYSTEM, at=NOON + timedelta(days=30)) == {"reminded": 0, "escalated": 0, "lapsed": 0}


def test_who_leaves_at_the_last_moment_is_told_nothing(country, port_isac):
    taken("192.0.2.10")
    leave(country.harbour_circle)
    assert _claim_and_send(SYSTEM, LATER) == 0  # As if it left after what waited was routed anew.
    assert addressees() == []
    send(LATER)
    assert addressees() == ["meldingen@port.example"]


@pytest.fixture
def told_itself(country):
    """A harbour that is told itself, by either of two contacts; its first notice waits."""
    Constituency.objects.all().delete()
    Contact.objects.create(
        organisation=country.harbour, role="general", address="balie@haven.example", is_verified=True
    )
    taken("192.0.2.10")
    notice = Notice.objects.get()
    assert notice.contact is not None
    assert notice.contact.address == "beveiliging@haven.example"
    return notice.contact


@pytest.mark.parametrize("state", [NoticeState.READY, NoticeState.GATHERING])
def test_a_contact_that_is_suspended_is_not_told_and_the_next_is(country, told_itself, state):
    Notice.objects.update(state=state, window_until=LATER)
    contacts.remove(contact=told_itself, by=DESK, at=LATER)
    send(LATER)
    assert addressees() == ["balie@haven.example"]
    assert [row[:3] for row in rounds(country.harbour)] == [(0, "first", "contact"), (1, "first", "contact")]


def test_a_contact_that_has_gone_altogether_is_passed_over_too(country, told_itself):
    told_itself.delete()
    send(LATER)
    assert addressees() == ["balie@haven.example"]


def test_a_partner_whose_contact_is_suspended_is_told_by_its_other_one(country, port_isac):
    Contact.objects.create(partner=country.harbour_circle, address="wacht@harbour-circle.example", is_verified=True)
    taken("192.0.2.10")
    for _time in range(attesting.MOST_BOUNCES):
        attesting.bounced("meldingen@harbour-circle.example", by=SYSTEM, at=LATER)
    send(LATER)
    assert addressees() == ["wacht@harbour-circle.example"]


def test_who_is_suspended_at_the_last_moment_is_told_nothing(told_itself):
    contacts.remove(contact=told_itself, by=DESK, at=LATER)
    assert _claim_and_send(SYSTEM, LATER) == 0  # As if it were taken off after what waited was routed anew.
    assert addressees() == []


def test_a_contact_in_use_is_left_in_peace(told_itself):
    assert divert(by=SYSTEM, at=LATER) == {"withdrawn": 0, "diverted": 0}
    send(LATER)
    assert addressees() == [told_itself.address]


def test_what_rests_on_a_claim_that_is_withdrawn_waits_and_is_not_told(country):
    """It is taken back before stored rows were matched again: until then nobody knows whose it is."""
    Contact.objects.create(organisation=country.bakery, address="bakker@korenaar.example", is_verified=True)
    taken("203.0.113.9", "192.0.2.200")
    claim = claims.make(
        organisation=country.bakery, kind="network", value="203.0.113.0/28", proof="approval", by=DESK, at=NOON
    )
    claims.approve(claim=claim, reason="Gebeld.", by=COLLEAGUE, at=NOON)
    rematch(by=SYSTEM, at=NOON)
    claim.refresh_from_db()
    claims.withdraw(claim=claim, by=DESK, at=LATER)
    send(LATER)
    assert addressees() == ["abuse@registrar.example"]
    Notice.objects.get(organisation=country.bakery, state=NoticeState.READY)
    rematch(by=SYSTEM, at=LATER)
    send(LATER)
    assert addressees() == ["abuse@registrar.example"]
    assert Notice.objects.get(organisation=country.bakery).state == NoticeState.WITHDRAWN
    assert Finding.objects.get(organisation=country.bakery).state == "no-longer-theirs"


def test_no_warning_waits_longer_than_an_hour_for_a_run_that_does_not_come(country):
    extra = Asset.objects.create(organisation=country.harbour, kind="network", value="203.0.113.0/28")
    taken("192.0.2.10")
    rematch(by=SYSTEM, at=NOON)
    extra.delete()
    now = timezone.now()
    assert revisions.losers(at=now) == [country.harbour.pk]
    send(now)
    assert addressees() == []
    assert revisions.losers(at=now + timedelta(hours=2)) == []
    send(now + timedelta(hours=2))
    assert addressees() == ["meldingen@harbour-circle.example"]
