"""What an import makes of a baseline, and of counts."""

from datetime import date

import pytest

from schakel.journal.models import Event
from schakel.kit.refusals import NotPermitted
from schakel.registry import actions
from schakel.registry.actions import Unreadable
from schakel.registry.generate import generate
from schakel.registry.models import Activity, Constituency, Estimate, Partner, PartnerStanding, Prospect
from tests.cast import AUDITOR, DESK, NOON, STEWARD, STRANGER
from tests.registry.test_load import ORGANISATIONS, Desk, reasons

pytestmark = pytest.mark.django_db
HEAD = (
    "key,name,type,category,category_reason,functions,sectors,regions,activities_soft,activities_hard,website,about,"
    "sources,organisation,constituency,members,participants,measured_on,legacy,legacy_until,origin\n"
)
BASELINE = HEAD + (
    "b1,Branche De Zeef,trade-association,ecosystem,Groot bereik,information-sharing; knowledge,health,NL-ZH; NL-UT,"
    "Nieuwsbrief; Congres,Meldpunt,zeef.example,Over de zeef,enquête; interview,,korenaar,1250,,2025-05-06,,,\n"
    "b2,CSIRT De Dijk,csirt,core,,information-sharing; notification,,,,,,,,linde,,,40,2025-05-06,oktt,2026-08-14,eerder\n"
    ",Lectoraat Zonder Sleutel,research,,,,,,,,,,,,,,,,,,\n"
)
ESTIMATES = """partner,relation,sector,sbi_section,region,size_class,count,source,counted_on
b1,,health,,NL-ZH,one,300,jaarverslag,2025-05-06
b1,,,C,,,20,schatting,2025-05-06
"""


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    desk.imports("organisations", ORGANISATIONS)
    return desk


def test_a_baseline_makes_prospects_and_no_partners(desk):
    assert desk.counts("baseline", BASELINE) == (3, 0, 0, 0)
    assert Partner.objects.count() == 0
    zeef = Prospect.objects.get(key="b1")
    assert (zeef.name, zeef.type, zeef.category, zeef.category_reason, zeef.category_by, zeef.category_on) == (
        "Branche De Zeef", "trade-association", "ecosystem", "Groot bereik", "baseline-2025", date(2025, 5, 6),
    )  # fmt: skip
    assert (zeef.functions, zeef.sectors, zeef.regions) == (
        ["information-sharing", "knowledge"], ["health"], ["NL-ZH", "NL-UT"],
    )  # fmt: skip
    assert (zeef.website, zeef.about, zeef.sources, zeef.origin) == (
        "https://zeef.example", "Over de zeef", ["enquête", "interview"], "baseline-2025",
    )  # fmt: skip
    dijk = Prospect.objects.get(key="b2")
    assert (dijk.legacy, dijk.legacy_until_on, dijk.origin, dijk.organisation.key) == (
        "oktt", date(2026, 8, 14), "eerder", "linde",
    )  # fmt: skip
    bare = Prospect.objects.get(key="name:lectoraat-zonder-sleutel")
    assert (bare.category, bare.category_on, bare.functions, bare.standing) == ("", None, [], "prospect")


def test_activities_counts_and_members_come_with_it(desk):
    desk.imports("baseline", BASELINE)
    assert set(Activity.objects.values_list("partner__key", "title", "side")) == {
        ("b1", "Nieuwsbrief", "soft"), ("b1", "Congres", "soft"), ("b1", "Meldpunt", "hard"),
    }  # fmt: skip
    assert set(Estimate.objects.values_list("partner__key", "relation", "count", "source", "counted_on")) == {
        ("b1", "member", 1250, "enquête; interview", date(2025, 5, 6)),
        ("b2", "participant", 40, "eerder", date(2025, 5, 6)),
    }
    member = Constituency.objects.get()
    assert (member.partner.key, member.organisation.key, member.relation) == ("b1", "korenaar", "member")


def test_an_activity_on_both_sides_is_hard_and_one_named_twice_stands_once(desk):
    row = "b1,Een,csirt,,,,,,Scan; Scan; Les,Scan; Scan,,,,,,,,,,,\n"
    desk.imports("baseline", HEAD + row)
    assert set(Activity.objects.values_list("title", "side")) == {("Scan", "hard"), ("Les", "soft")}
    assert desk.counts("baseline", HEAD + row) == (0, 0, 1, 0)


def test_the_same_baseline_again_changes_nothing(desk):
    def stored():
        tables = [Prospect, Activity, Estimate, Constituency]
        return [list(table.objects.order_by("pk").values()) for table in tables]

    desk.imports("baseline", BASELINE)
    before = stored()
    assert desk.counts("baseline", BASELINE) == (0, 0, 3, 0)
    assert stored() == before


def test_a_later_baseline_brings_what_changed(desk):
    desk.imports("baseline", BASELINE)
    later = (
        BASELINE.replace("NL-ZH; NL-UT", "NL-ZH").replace("1250", "1300").replace(",2025-05-06,,,", ",2027-05-06,,,")
    )
    assert desk.counts("baseline", later) == (0, 1, 2, 0)
    zeef = Prospect.objects.get(key="b1")
    assert (zeef.regions, zeef.category_on, zeef.estimates.get().count) == (["NL-ZH"], date(2027, 5, 6), 1300)


def test_a_later_judgement_of_the_category_stands(desk):
    desk.imports("baseline", BASELINE)
    judged = {"category": "core", "category_by": "desk", "category_on": date(2026, 3, 1), "category_reason": "Gesprek"}
    Prospect.objects.filter(key="b1").update(**judged)
    assert desk.counts("baseline", BASELINE) == (0, 0, 3, 0)
    assert Prospect.objects.filter(**judged).count() == 1
    empty = BASELINE.replace("ecosystem,Groot bereik", ",")
    assert desk.counts("baseline", empty) == (0, 0, 3, 0)


def test_who_has_joined_is_left_alone(desk):
    desk.imports("baseline", BASELINE)
    Prospect.objects.filter(key="b2").update(standing=PartnerStanding.PARTNER, name="Nieuwe naam")
    tally = desk.imports("baseline", BASELINE)
    assert (tally.unchanged, tally.bad) == (2, 1)
    assert reasons(tally) == [(3, "key", "b2", "not-prospect")]
    assert Partner.objects.get().name == "Nieuwe naam"


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("b9,BRANCHE de  zeef,csirt,,,,,,,,,,,,,,,,,,", ("name", "name-twice")),
        ("b1,Een ander,csirt,,,,,,,,,,,,,,,,,,", ("key", "duplicate")),
        ("b9,Een ander,kapper,,,,,,,,,,,,,,,,,,", ("type", "unknown-value")),
        ("b9,Een ander,csirt,kern,,,,,,,,,,,,,,,,,", ("category", "unknown-value")),
        ("b9,Een ander,csirt,,,vissen,,,,,,,,,,,,,,,", ("functions", "unknown-value")),
        ("b9,Een ander,csirt,,,,,,,,geen site,,,,,,,,,,", ("website", "website-form")),
        ("b9,Een ander,csirt,,,,,,,,,,,,,1.250,,,,,", ("members", "count")),
        ("b9,Een ander,csirt,,,,,,,,,,,,,veel,,,,,", ("members", "count")),
        ("b9,Een ander,csirt,,,,,,,,,,,,,-3,,,,,", ("members", "count")),
        ("b9,Een ander,csirt,,,,,,,,,,,,,,,31-02-2025,,,", ("measured_on", "day")),
        ("b9,Een ander,csirt,,,,,,,,,,,,,,,,,2026-08-14,", ("legacy_until", "legacy-kind")),
        ("b9,Een ander,csirt,,,,,,,,,,,haven,linde; haven,,,,,,", ("constituency", "itself")),
        ("b9,Een ander,csirt,,,,,,,,,,,,linde; Een ander,,,,,,", ("constituency", "itself")),
        ("b9,Een ander,csirt,,,,,,,,,,,,linde; spook,,,,,,", ("constituency", "unknown-organisation")),
        ("b9,Een ander,csirt,,,,,,,,,,,spook,,,,,,,", ("organisation", "unknown-organisation")),
        ("b9,,csirt,,,,,,,,,,,,,,,,,,", ("name", "required")),
    ],
)
def test_a_bad_row_says_where_and_why_and_the_good_ones_are_kept(desk, row, fault):
    tally = desk.imports("baseline", BASELINE + row + "\n")
    found = tally.first_bad.to_dicts()
    assert [(bad["line"], bad["column"], bad["reason"]) for bad in found] == [(5, *fault)]
    assert found[0]["words"].endswith(".")
    assert Prospect.objects.count() == 3


def test_a_name_under_another_key_is_told_where_the_register_knows_it(desk):
    desk.imports("baseline", BASELINE)
    again = HEAD + "x7,branche de zeef,csirt,,,,,,,,,,,,,,,,,,\n"
    assert reasons(desk.imports("baseline", again)) == [(2, "name", "branche de zeef", "known-name")]
    swapped = HEAD + "b1,Nieuw,csirt,,,,,,,,,,,,,,,,,,\nx7,Branche De Zeef,csirt,,,,,,,,,,,,,,,,,,\n"
    assert desk.counts("baseline", swapped) == (1, 1, 0, 0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("key,name\nb1,Een\n", "“type” is missing"),
        ("naam,type\nEen,csirt\n", "did you mean “name”"),
        ("name,type,type\nEen,csirt,csirt\n", "twice"),
    ],
)
def test_a_baseline_with_other_columns_is_refused_whole(desk, text, words):
    with pytest.raises(Unreadable, match=words):
        desk.imports("baseline", text)
    assert not Prospect.objects.exists()


def test_counts_arrive_and_the_same_counts_again_change_nothing(desk):
    desk.imports("baseline", BASELINE.replace(",1250,", ",,"))
    assert desk.counts("estimates", ESTIMATES) == (2, 0, 0, 0)
    assert desk.counts("estimates", ESTIMATES) == (0, 0, 2, 0)
    assert desk.counts("estimates", ESTIMATES.replace("300", "310")) == (0, 1, 1, 0)
    first = Estimate.objects.filter(partner__key="b1").order_by("-count").first()
    assert (first.sector, first.sbi_section, first.region, first.size_class, first.count) == (
        "health", "", "NL-ZH", "one", 310,
    )  # fmt: skip


def test_bad_counts_are_told(desk):
    desk.imports("baseline", BASELINE)
    bad = ESTIMATES + "spook,,,,,,1,x,2025-01-01\nb1,,,CC,,,1,x,2025-01-01\nb1,,,,,,,x,2025-01-01\n"
    assert [row[1:] for row in reasons(desk.imports("estimates", bad))] == [
        ("partner", "spook", "unknown-partner"), ("sbi_section", "CC", "section"), ("count", None, "required"),
    ]  # fmt: skip


def test_a_partner_is_not_its_own_constituency(desk):
    desk.imports("partners", "key,name,type,organisation\np1,Haven,csirt,haven\n")
    tally = desk.imports("constituencies", "partner,organisation\np1,linde\np1,haven\n")
    assert reasons(tally) == [(3, "organisation", "haven", "itself")]
    assert Constituency.objects.get().organisation.key == "linde"


@pytest.mark.parametrize("actor", [STRANGER, AUDITOR, STEWARD], ids=lambda actor: actor.name)
def test_only_the_desk_imports_a_baseline(desk, actor):
    with pytest.raises(NotPermitted):
        desk.imports("baseline", BASELINE, by=actor)
    assert not Prospect.objects.exists()


def test_the_journal_says_that_a_baseline_came(desk):
    desk.imports("baseline", BASELINE)
    event = Event.objects.get(facts__kind="baseline")
    assert (event.tag, event.facts["rows"], event.facts["added"]) == ("registry.file.imported", 3, 3)


def test_a_generated_baseline_reproduces_the_published_totals(tmp_path):
    generate(organisations=300, seed=4, out=tmp_path, with_workbook=True)
    desk = Desk(tmp_path)
    tally = actions.import_file(path=tmp_path / "baseline.xlsx", kind="baseline", by=DESK, at=NOON)
    assert (tally.added, tally.bad) == (1152, 0)
    functions = {
        name: Prospect.objects.filter(functions__contains=[name]).count()
        for name in ("information-sharing", "knowledge", "notification", "incident-handling", "exercise")
    }
    assert list(functions.values()) == [1152, 297, 146, 144, 79]
    categories = [Prospect.objects.filter(category=name).count() for name in ("core", "ecosystem", "connection")]
    assert categories == [92, 150, 910]
    assert Prospect.objects.filter(legacy="oktt", legacy_until_on=date(2026, 8, 14)).count() == 7
    for kind, name in (("organisations",) * 2, ("estimates",) * 2, ("constituencies", "prospect_constituencies")):
        text = (tmp_path / f"{name}.csv").read_text()
        assert desk.imports(kind, text).bad == 0
