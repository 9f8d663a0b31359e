"""`schakel rematch`, and the jobs that do the same."""

import json

import pytest
from django.core.management import call_command
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from schakel.intake import concordance
from schakel.jobs import notices as jobs
from schakel.notices import again, rematching
from schakel.notices.models import Finding, Rematch
from schakel.policy.access import SYSTEM
from schakel.registry import actions
from schakel.registry.models import Asset
from tests.cast import NOON
from tests.reports import taken


@pytest.fixture
def recent(country, settings):
    """Two systems, one of them nobody's; as old as the cast is, for clocks that run on."""
    settings.REMATCH_DAYS = settings.REMATCH_OPEN_DAYS = 36_500
    return taken("203.0.113.9,443", "192.0.2.10,443")


def run(capsys, *arguments):
    call_command("rematch", *arguments, "--json")
    return json.loads(capsys.readouterr().out)


def test_it_says_what_it_saw_and_did(country, recent, capsys):
    assert run(capsys)["assets"] == 0
    Asset.objects.create(organisation=country.bakery, kind="network", value="203.0.113.0/28")
    told = run(capsys)
    assert {"assets": 1, "reports": 1, "rows": 2, "concerned": 1, "new": 1, "closed": 0}.items() <= told.items()
    assert (told["since"] < told["until"], told["run"]) == (True, Rematch.objects.latest("pk").pk)
    call_command("rematch")
    assert "assets: 0" in capsys.readouterr().out


def test_everything_may_be_looked_at_once_more(country, recent, capsys):
    run(capsys)
    assert run(capsys, "--all")["assets"] == Asset.objects.count()
    last = Rematch.objects.latest("pk").assets_until
    assert run(capsys, "--since", str(last - 1))["assets"] == 1
    assert Finding.objects.count() == 1


def test_two_do_not_run_beside_each_other(country, recent, capsys):
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [rematching.LOCK])
        with pytest.raises(SystemExit):
            run(capsys)
    other.close()
    assert "refused" in capsys.readouterr().out
    assert not Rematch.objects.exists()


def test_a_run_that_breaks_off_says_so(country, recent, monkeypatch):
    monkeypatch.setattr(again, "stored", lambda *, at: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        rematching.rematch(by=SYSTEM, at=NOON, since=-1)
    assert Rematch.objects.get().state == "stopped"


def test_the_job_runs_where_something_changed(country, recent):
    jobs.match_again()
    jobs.match_again()
    assert Rematch.objects.count() == 1
    jobs.match_again_daily()
    assert Rematch.objects.count() == 2


def test_reports_are_prepared_before_anybody_asks(country, recent):
    assert not concordance.is_made(recent)
    jobs.make_concordances()
    assert concordance.is_made(recent)


def test_an_import_queues_one_job_that_waits(country, tmp_path):
    file = tmp_path / "assets.csv"
    file.write_text("organisation,kind,value\nbakery,domain,taart.example\n")
    for _time in range(2):
        actions.import_file(path=file, kind="assets", by=SYSTEM, at=NOON)
    job = ProcrastinateJob.objects.get(task_name="notices.rematch")
    assert (job.status, job.scheduled_at is None) == ("todo", False)
