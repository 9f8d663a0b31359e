"""An organisation's findings, ways and notices become its successor's, and nobody is told twice."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from schakel.jobs.registry import follow
from schakel.journal.models import Event
from schakel.kit.refusals import Invalid
from schakel.notices import queries
from schakel.notices.models import Change, Finding, Notice, Route
from schakel.notices.rematching import rematch
from schakel.notices.steps.hand_over import hand_over
from schakel.notices.steps.remind import remind
from schakel.notices.steps.succession import hand_over_to
from schakel.policy.access import SYSTEM
from schakel.post.models import Delivery
from schakel.registry.models import Asset, Organisation
from schakel.registry.successions import merging
from tests.cast import DESK, NOON
from tests.reports import taken

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def sent_all(at=NOON):
    return sum(hand_over(by=SYSTEM, at=at + DAY))


def succeed(country):
    """The registrar goes on as the harbour."""
    Asset.objects.filter(organisation=country.registrar).update(organisation=country.harbour)
    return hand_over_to(country.registrar, country.harbour, by=SYSTEM, at=NOON + DAY)


def states_of(organisation):
    return dict(Finding.objects.filter(organisation=organisation).values_list("asset", "state"))


def test_findings_move_with_a_change_each_and_their_notices_still_tell_of_them(country):
    taken("192.0.2.200,443", "192.0.2.201,8443")
    sent_all()
    notice = Notice.objects.get(organisation=country.registrar)
    assert succeed(country) == {"taken_over": 0, "double": 0, "moved": 2, "routes": 1, "notices": 1}
    assert set(states_of(country.harbour)) == {"192.0.2.200 443/tcp", "192.0.2.201 8443/tcp"}
    assert not states_of(country.registrar)
    assert Change.objects.filter(from_state="open", to_state="open").count() == 2
    notice.refresh_from_db()
    assert notice.organisation == country.harbour
    assert notice.findings().count() == 2
    assert Event.objects.filter(tag="notices.findings.handed_over").count() == 1


def test_nobody_is_told_twice_and_the_next_report_goes_on(country):
    taken("192.0.2.200,443")
    sent_all()
    assert Delivery.objects.count() == 1
    succeed(country)
    report = taken("192.0.2.200,443", day=NOON + 2 * DAY)
    assert report.figures["findings"] == {"new": 0, "continued": 1, "reopened": 0, "presumed_fixed": 0}
    sent_all(NOON + 2 * DAY)
    assert Delivery.objects.count() == 1
    for day in (3, 4, 5):
        taken("192.0.2.1,443", day=NOON + day * DAY)
    assert states_of(country.harbour)["192.0.2.200 443/tcp"] == "presumed-fixed"


def test_where_both_were_told_of_the_same_report_each_notice_tells_of_its_own(country):
    report = taken("192.0.2.200,443", "192.0.2.10,443")
    sent_all()
    theirs = Notice.objects.get(organisation=country.registrar)
    ours = Notice.objects.get(partner=country.harbour_circle)
    succeed(country)
    theirs.refresh_from_db()
    assert [finding.asset for finding in theirs.findings()] == ["192.0.2.200 443/tcp"]
    assert [finding.asset for finding in ours.findings()] == ["192.0.2.10 443/tcp"]
    moved = Route.objects.get(notice=theirs).report
    assert moved.again_of == report
    assert moved.as_sent == report
    assert Delivery.objects.count() == 2
    assert remind(by=SYSTEM, at=NOON + 10 * DAY)["reminded"] == 2


def test_what_both_have_stays_once_and_open(country):
    taken("192.0.2.200,443", day=NOON)
    taken("192.0.2.10,443", day=NOON)
    old, new = Finding.objects.order_by("asset").last(), Finding.objects.order_by("asset").first()
    early = NOON - 5 * DAY
    Finding.objects.filter(pk=old.pk).update(asset=new.asset, first_seen_at=early)
    Finding.objects.filter(pk=new.pk).update(state="fixed", closed_at=NOON)
    assert succeed(country)["taken_over"] == 1
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.organisation, old.state) == (country.registrar, "no-longer-theirs")
    assert (new.state, new.closed_at, new.first_seen_at) == ("open", None, early)
    assert set(Change.objects.values_list("from_state", "to_state")) == {
        ("fixed", "open"),
        ("open", "no-longer-theirs"),
    }


def test_repeating_changes_nothing(country):
    taken("192.0.2.200,443")
    succeed(country)
    before = list(Finding.objects.values()), Change.objects.count()
    counts = hand_over_to(country.registrar, country.harbour, by=SYSTEM, at=NOON + 2 * DAY)
    assert set(counts.values()) == {0}
    assert (list(Finding.objects.values()), Change.objects.count()) == before


def test_an_operator_is_succeeded_too(country):
    taken("192.0.2.10,443")
    Finding.objects.update(operator=country.registrar)
    succeed(country)
    assert Finding.objects.get().operator == country.harbour


def test_nobody_succeeds_itself(country):
    with pytest.raises(Invalid):
        hand_over_to(country.harbour, country.harbour, by=SYSTEM, at=NOON)


def rows_behind(notice):
    """The addresses of the rows that its explanation shows, each with the row as it was sent."""
    legs = queries.explain(notice, to=DESK).legs
    return [(row.address, f"ip: {row.address}" in row.source_row) for leg in legs for row in leg.rows]


def test_the_rows_behind_a_notice_are_still_shown(country):
    taken("192.0.2.200,443", "192.0.2.201,8443", "192.0.2.10,443")
    notice = Notice.objects.get(organisation=country.registrar)
    before = rows_behind(notice)
    assert before == [("192.0.2.200", True), ("192.0.2.201", True)]
    Organisation.objects.filter(pk=country.registrar.pk).update(successor=country.bakery)
    hand_over_to(country.registrar, country.bakery, by=SYSTEM, at=NOON + DAY)
    notice.refresh_from_db()
    assert notice.organisation == country.bakery
    assert rows_behind(notice) == before


def test_where_both_were_told_each_notice_shows_its_own_rows(country):
    taken("192.0.2.200,443", "192.0.2.10,443")
    theirs = Notice.objects.get(organisation=country.registrar)
    ours = Notice.objects.get(partner=country.harbour_circle)
    succeed(country)
    Organisation.objects.filter(pk=country.registrar.pk).update(successor=country.harbour)
    for notice, address in ((theirs, "192.0.2.200"), (ours, "192.0.2.10")):
        notice.refresh_from_db()
        assert rows_behind(notice) == [(address, True)]
    with CaptureQueriesContext(connection) as few:
        queries.explain(theirs, to=DESK)
    taken("192.0.2.202,443", type="other", name="2026-11-02-other-nl.csv")
    with CaptureQueriesContext(connection) as as_many:
        queries.explain(theirs, to=DESK)
    assert len(few) == len(as_many)


@pytest.fixture
def merged(country):
    """The registrar, which was told of two things, became part of the bakery; what follows by the job has followed."""
    taken("192.0.2.200,443", "192.0.2.201,8443")
    sent_all()
    rematch(by=SYSTEM, at=NOON + DAY)
    merger = merging.merge_organisations(
        old=country.registrar, new=country.bakery, words="Fusie.", by=DESK, at=NOON + DAY
    )
    follow(merger_id=merger.pk)
    return merger


def test_what_followed_an_undone_merger_comes_back_at_once(country, merged):
    assert len(states_of(country.bakery)) == 2
    told = Notice.objects.get(state="sent")
    assert (told.organisation, told.findings().count()) == (country.bakery, 2)
    merging.undo(merger=merged, by=DESK, at=NOON + 2 * DAY)
    assert states_of(country.registrar) == {"192.0.2.200 443/tcp": "open", "192.0.2.201 8443/tcp": "open"}
    assert not states_of(country.bakery)
    told.refresh_from_db()
    assert (told.organisation, told.findings().count()) == (country.registrar, 2)
    assert Route.objects.get().organisation == country.registrar
    assert ProcrastinateJob.objects.filter(task_name="notices.rematch").count() == 1


def test_after_the_undoing_nobody_is_told_twice(country, merged):
    merging.undo(merger=merged, by=DESK, at=NOON + 2 * DAY)
    run = rematch(by=SYSTEM, at=NOON + 2 * DAY)
    assert (run.counts["new"], run.counts["reopened"], run.counts["closed"]) == (0, 0, 0)
    sent_all(NOON + 2 * DAY)
    assert Delivery.objects.count() == 1


def test_what_both_had_is_settled_by_the_run_that_the_undoing_queues(country):
    taken("192.0.2.200,443")
    sent_all()
    rematch(by=SYSTEM, at=NOON + DAY)
    theirs = Finding.objects.get()
    twin = {"kind": theirs.kind, "asset": theirs.asset, "severity": 3, "tlp": "green", "series": theirs.series}
    moments = {"first_seen_at": NOON, "last_seen_at": NOON, "opened_at": NOON, "closed_at": NOON}
    Finding.objects.create(
        organisation=country.bakery,
        state="fixed",
        opened_in=theirs.opened_in,
        weakness=theirs.weakness,
        **twin,
        **moments,
    )
    given = {"old": country.registrar, "new": country.bakery, "words": "Fusie.", "by": DESK}
    merger = merging.merge_organisations(**given, at=NOON + DAY)
    follow(merger_id=merger.pk)
    assert states_of(country.bakery) == {theirs.asset: "open"}
    merging.undo(merger=merger, by=DESK, at=NOON + 2 * DAY)
    rematch(by=SYSTEM, at=NOON + 2 * DAY)
    assert states_of(country.registrar) == {theirs.asset: "open"}
    assert states_of(country.bakery) == {theirs.asset: "no-longer-theirs"}
