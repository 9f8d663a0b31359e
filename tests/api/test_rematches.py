import pytest

from schakel.notices import rematching
from schakel.policy.access import SYSTEM
from schakel.registry.models import Asset
from tests.api.test_reading import ids
from tests.cast import NOON
from tests.reports import taken


@pytest.fixture
def run(country):
    """A run that found one row's holder."""
    taken("203.0.113.9,443", "192.0.2.10,443")
    Asset.objects.create(organisation=country.bakery, kind="network", value="203.0.113.0/28")
    return rematching.rematch(by=SYSTEM, at=NOON)


def test_runs_say_what_they_saw_and_did(program, run, django_assert_max_num_queries):
    desk = program("coordinator")
    with django_assert_max_num_queries(4):
        (row,) = desk.get("/api/v1/rematches").json()["items"]
    assert row == desk.get(f"/api/v1/rematches/{run.pk}").json()
    assert (row["id"], row["state"], row["assetsUntil"]) == (run.pk, "done", run.assets_until)
    wanted = {"assets": 1, "reports": 1, "rows": 2, "concerned": 1, "new": 1, "closed": 0, "changedOperator": 0}
    assert row["counts"] | wanted == row["counts"]
    assert ids(desk.get("/api/v1/rematches?state=done")) == [run.pk]
    assert ids(desk.get("/api/v1/rematches?state=running")) == []
    assert desk.get("/api/v1/rematches?state=odd").status_code == 400


def test_a_run_that_broke_off_counts_nothing_that_it_did_not_reach(program, run):
    run.counts = {"stragglers": [], "done": 5}
    run.save()
    assert set(program("coordinator").get(f"/api/v1/rematches/{run.pk}").json()["counts"].values()) == {None}


@pytest.mark.parametrize("role", ["partner", "steward", "auditor"])
def test_nobody_else_sees_runs(program, run, country, role):
    who = program(role, country.harbour_circle if role == "partner" else None)
    assert ids(who.get("/api/v1/rematches")) == []
    hidden, unknown = (who.get(f"/api/v1/rematches/{key}") for key in (run.pk, 999_999_999))
    assert (hidden.status_code, hidden.content) == (404, unknown.content)
