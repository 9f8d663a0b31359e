"""What matching again did, on the page of its runs, on the situation page and on the reports' own pages."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from schakel.intake.models import Report
from schakel.kit.refusals import NotPermitted
from schakel.notices import rematching
from schakel.notices.models import Rematch
from schakel.policy.access import SYSTEM
from schakel.registry.models import Asset
from tests.cast import NOON, STEWARD, STRANGER
from tests.reports import taken

WAITING = ProcrastinateJob.objects.filter(task_name="notices.rematch_daily")


@pytest.fixture
def again(country):
    """A report of which one row found its holder later."""
    report = taken("203.0.113.9,443", "192.0.2.10,443")
    Asset.objects.create(organisation=country.bakery, kind="network", value="203.0.113.0/28")
    rematching.rematch(by=SYSTEM, at=NOON)
    return Report.objects.get(again_of=report)


def test_the_runs_say_what_they_saw_and_did(member, again, django_assert_max_num_queries):
    desk = member("coordinator")
    with django_assert_max_num_queries(6):
        page = desk.get("/reports/again").content.decode()
    assert 'data-label="New findings">1<' in page
    assert 'data-label="Rows looked at">2<' in page
    assert "Look again now" in page


def test_a_run_on_its_way_says_how_far_it_is(member, db):
    Rematch.objects.create(
        begun_at=NOON,
        assets_from=0,
        assets_until=9,
        constituencies_from=0,
        constituencies_until=0,
        counts={"done": 1234},
    )
    page = member("coordinator").get("/reports/again").content.decode()
    assert 'data-label="Rows looked at">1,234<' in page
    assert "running" in page


def test_without_any_run_the_page_says_when_one_comes(member, db):
    assert "Nothing was looked at again yet" in member("coordinator").get("/reports/again").content.decode()


def test_the_button_queues_one_run(member, again):
    desk = member("coordinator")
    for _time in range(2):
        assert desk.post("/reports/again/ask", follow=True).redirect_chain == [("/reports/again", 302)]
    assert WAITING.count() == 1


def test_the_situation_tells_of_the_last_run(member, again):
    page = member("coordinator").get("/").content.decode()
    assert "Stored rows were last matched again" in page
    assert "1 new finding" in page


@pytest.mark.parametrize("role", ["partner", "steward", "auditor"])
def test_nobody_else_sees_runs(member, again, country, role):
    who = member(role, partner=country.harbour_circle) if role == "partner" else member(role)
    assert who.get("/reports/again").status_code in {403, 404}
    assert who.post("/reports/again/ask").status_code in {403, 404}
    assert "matched again" not in who.get("/").content.decode()
    assert not WAITING.exists()


@pytest.mark.parametrize("actor", [STRANGER, STEWARD], ids=lambda actor: actor.name)
def test_nobody_else_asks_for_one(db, actor):
    with pytest.raises(NotPermitted):
        rematching.ask(by=actor, at=NOON)


def test_a_report_and_its_part_point_at_each_other(member, again):
    desk = member("coordinator")
    part = desk.get(f"/reports/{again.pk}").content.decode()
    assert f'href="/reports/{again.again_of_id}"' in part
    whole = desk.get(f"/reports/{again.again_of_id}").content.decode()
    assert f'href="/reports/{again.pk}"' in whole
    assert "1 row with another holder, 1 new finding" in whole
    assert "looked at again" in desk.get("/reports").content.decode()
