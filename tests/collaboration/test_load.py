from datetime import date

import pytest

from schakel.collaboration import initiatives, load
from schakel.collaboration.models import Initiative, Milestone
from schakel.kit.refusals import NotPermitted
from schakel.registry.actions import Unreadable
from tests.cast import DESK, NOON

GOOD = """
checked_on = 2026-01-31
central = "hart"
[hart]
name = "Hart"
kind = "programme"
functions = ["knowledge"]
certain = true
participants = ["Bond", "Bond", "Raad"]
[[hart.milestones]]
on = 2023
words = "begin"
[[hart.use_cases]]
name = "Delen"
[oud]
name = "Oud"
kind = "programme"
state = "merged"
state_reason = "opgevolgd"
successor = "ouder"
[ouder]
name = "Ouder"
kind = "programme"
state = "merged"
state_reason = "opgevolgd"
successor = "hart"
"""


@pytest.fixture
def file(tmp_path):
    def written(text):
        path = tmp_path / "list.toml"
        path.write_text(text)
        return path

    return written


def take(path, *, by=DESK):
    figures = load.import_file(path=path, by=by, at=NOON)
    counts = tuple(figures[name] for name in ("rows", "added", "changed", "unchanged", "bad"))
    return counts, figures["bad_rows"]


def test_the_projects_own_list_loads_whole_and_again_changes_nothing(db):
    counts, bad = take(None)
    assert bad == []
    assert counts == (31, 31, 0, 0, 0)
    assert take(None) == ((31, 0, 0, 31, 0), [])
    lds = Initiative.objects.get(slug="lds")
    assert (lds.state, lds.successor.slug, lds.began_in) == ("merged", "cwn", 2018)
    central = Initiative.objects.get(is_central=True)
    assert (central.slug, central.use_cases.count()) == ("cyclotron", 3)
    assert all(one.source and one.checked_on == date(2026, 11, 22) for one in Initiative.objects.all())
    assert {"eu-csirts-network", "eu-cyclone"} == {
        *Initiative.objects.filter(kind="network").values_list("slug", flat=True)
    }
    assert [*Initiative.objects.filter(is_certain=False).order_by("slug").values_list("slug", flat=True)] == [
        "ncsc-dtc-csirt-dsp", "nederlands-security-meldpunt",
    ]  # fmt: skip


def test_an_empty_register_begins_with_the_list_and_another_is_left_alone(db, make):
    make("Iets")
    assert load.load_start(by=DESK, at=NOON) is None
    assert Initiative.objects.count() == 1
    Initiative.objects.all().delete()
    assert load.load_start(by=DESK, at=NOON)["added"] == 31


def test_a_list_of_ones_own(db, file):
    path = file(GOOD)
    assert take(path) == ((3, 3, 0, 0, 0), [])
    heart, oldest = Initiative.objects.get(slug="hart"), Initiative.objects.get(slug="oud")
    assert (heart.is_central, heart.tie, heart.participants.count()) == (True, "part", 2)
    assert oldest.successor.successor == heart
    assert Milestone.objects.get().precision == "year"
    path = file(GOOD.replace('name = "Oud"', 'name = "Heel oud"').replace('words = "begin"', 'words = "start"'))
    assert take(path) == ((3, 0, 2, 1, 0), [])
    assert take(path) == ((3, 0, 0, 3, 0), [])


def test_what_people_changed_stays_as_it_is(db, file):
    path = file(GOOD)
    take(path)
    heart = Initiative.objects.get(slug="hart")
    initiatives.decide(initiative=heart, state="develop", reason="groeit", by=DESK, at=NOON)
    assert take(file(GOOD.replace('name = "Hart"', 'name = "Ander hart"'))) == ((3, 0, 0, 3, 0), [])
    heart.refresh_from_db()
    assert (heart.name, heart.state) == ("Hart", "develop")


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        ("colour = 'red'", "colour", "no column of this name"),
        ("kind = 'dream'", "", "kind of initiative is not known"),
        ("name = 7", "name", "must be text"),
        ("functions = 'knowledge'", "functions", "list of texts"),
        ("began_in = '2018'", "began_in", "Write a year"),
        ("state = 'asleep'", "state", "none of the states"),
        ("state = 'stop'", "state_reason", "needs its reason"),
        ("successor = 'hart'", "successor", "What has merged names its successor"),
        ("tie = 'knot'", "tie", "none of the ties"),
        ("certain = 'yes'", "certain", "true or false"),
        ("owner = 'nobody'", "owner", "no partner with this key: nobody"),
        ("checked_on = 'today'", "checked_on", "year-month-day"),
        ("milestones = [{on = 2020}]", "milestones", "needs its words"),
        ("milestones = [{on = '20-1-1', words = 'x'}]", "milestones", "year-month"),
        ("milestones = 'x'", "milestones", "list of tables"),
        ("use_cases = [{}]", "use_cases", "needs its name"),
        ("state = 'merged'\nstate_reason = 'x'\nsuccessor = 'gone'", "successor", "to be the successor"),
        ("state = 'merged'\nstate_reason = 'x'\nsuccessor = 'fout'", "successor", "to be the successor"),
    ],
)
def test_a_bad_entry_is_told_with_place_and_reason_and_the_others_are_kept(db, file, line, column, words):
    name = "" if line.startswith("name") else 'name = "Fout"\n'
    kind = "" if line.startswith("kind") else 'kind = "project"\n'
    counts, [bad] = take(file(f"{GOOD}\n[fout]\n{name}{kind}{line}\n"))
    assert counts == (4, 3, 0, 0, 1)
    assert (bad["line"], bad["column"], bad["value"]) == (28, column, "fout")
    assert words in bad["words"]
    assert not Initiative.objects.filter(slug="fout").exists()


@pytest.mark.parametrize(
    ("text", "words"), [(b"a = ]", "not valid TOML: .*line 1"), (b"\xff\xfe", "not written in UTF-8")]
)
def test_a_file_that_is_no_list_is_refused(db, tmp_path, text, words):
    path = tmp_path / "x.toml"
    path.write_bytes(text)
    with pytest.raises(Unreadable, match=words):
        take(path)


def test_a_file_that_is_not_there_is_refused(db, tmp_path):
    with pytest.raises(Unreadable, match="No such file"):
        take(tmp_path / "nothing.toml")


def test_only_who_manages_all_initiatives_loads_a_list(country):
    for actor in (country.member, country.neighbour):
        with pytest.raises(NotPermitted):
            take(None, by=actor)
    assert not Initiative.objects.exists()
