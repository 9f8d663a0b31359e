from collections import Counter

import numpy as np
import polars as pl
import pytest

from schakel.registry.files import read_table
from schakel.registry.files.lists import facts
from schakel.registry.generate import generate
from schakel.registry.generate.plan import Plan
from schakel.registry.generate.prospects import Prospects, shape

PUBLISHED = {
    "information-sharing": 1152, "knowledge": 297, "notification": 146, "incident-handling": 144, "exercise": 79,
}  # fmt: skip


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    generate(organisations=2000, seed=1, out=folder, with_workbook=True)
    return folder


def read(path, kind):
    parts = list(read_table(path, kind))
    assert all(part.bad.is_empty() for part in parts)
    return pl.concat(part.good for part in parts)


def baseline(folder):
    return read(folder / "baseline.csv", "baseline")


@pytest.mark.parametrize(("organisations", "seed"), [(1, 1), (2000, 5), (6000, 2)])
def test_the_published_totals_hold_in_every_country(tmp_path, organisations, seed):
    generate(organisations=organisations, seed=seed, out=tmp_path)
    rows = baseline(tmp_path)
    assert rows["key"].n_unique() == rows["name"].n_unique() == 1152
    assert Counter(rows["functions"].explode()) == PUBLISHED
    assert Counter(rows["category"]) == {"core": 92, "ecosystem": 150, "connection": 910}
    legacy = rows.filter(pl.col("legacy") == "oktt")
    assert {str(day) for day in legacy["legacy_until"]} == {"2026-08-14"}
    assert legacy.height == 7
    assert set(rows["origin"]) == {"baseline-2025"}


def test_the_workbook_holds_the_same_rows(demo):
    assert read(demo / "baseline.xlsx", "baseline").equals(baseline(demo))


def test_the_shape_adds_up():
    assert sum(facts("baseline")["categories"].values()) == facts("baseline")["prospects"] == 1152
    for category, kinds in shape()["types"].items():
        assert sum(kinds.values()) == facts("baseline")["categories"][category], category
    assert set(shape()["sectors"]) <= set(facts("sectors"))


def test_the_gaps_of_the_study_show(demo):
    """Soft strong and hard weak; the newer sectors less organised; little sight of the islands."""
    rows = baseline(demo)
    soft, hard = (rows[f"activities_{side}"].list.len().sum() for side in ("soft", "hard"))
    assert soft > 5 * hard > 0
    since = {name: entry["since"] for name, entry in facts("sectors").items() if isinstance(entry, dict)}
    per_sector = Counter(rows["sectors"].explode().drop_nulls())
    older, newer = (np.median([per_sector[name] for name in since if since[name] == year]) for year in (2016, 2022))
    assert older > 2 * newer
    regions = Counter(rows["regions"].explode().drop_nulls())
    islands = [
        code for code, entry in facts("regions").items() if isinstance(entry, dict) and entry["part"] == "caribbean"
    ]
    assert 0 < sum(regions[code] for code in islands) < 30
    assert any(regions[code] == 0 for code in islands)


def test_nobody_of_the_baseline_is_a_partner_already(demo):
    partners = read(demo / "partners.csv", "partners")
    rows = baseline(demo)
    assert set(partners["name"]).isdisjoint(rows["name"])
    assert set(partners["key"]).isdisjoint(rows["key"])


def test_lists_counts_and_totals_are_of_different_prospects(demo):
    rows = baseline(demo)
    lists = set(read(demo / "prospect_constituencies.csv", "constituencies")["partner"])
    cells = set(read(demo / "estimates.csv", "estimates")["partner"])
    totals = set(rows.filter(pl.col("members").is_not_null() | pl.col("customers").is_not_null())["key"])
    assert min(len(lists), len(cells), len(totals)) > 20
    assert len(lists) + len(cells) + len(totals) == len(lists | cells | totals) < 1152


def test_lists_name_organisations_of_the_country_once(demo):
    rows = read(demo / "prospect_constituencies.csv", "constituencies")
    assert set(rows["organisation"]) <= set(read(demo / "organisations.csv", "organisations")["key"])
    assert rows.select("partner", "organisation").is_unique().all()


def test_regional_prospects_gather_around_their_region(demo):
    regions = dict(read(demo / "organisations.csv", "organisations").select("key", "region").iter_rows())
    ours = {
        key: named[0]
        for key, kind, named in baseline(demo).select("key", "type", "regions").iter_rows()
        if kind == "regional" and named
    }
    pairs = read(demo / "prospect_constituencies.csv", "constituencies").select("partner", "organisation").rows()
    mine = [(ours[partner], regions[organisation]) for partner, organisation in pairs if partner in ours]
    assert len(mine) > 50
    assert all(around == at for around, at in mine)


@pytest.mark.parametrize("mean", [0.0, 2.0, 8.0])
def test_an_organisation_stands_on_about_so_many_lists(tmp_path, mean):
    made = generate(organisations=20_000, seed=1, out=tmp_path, prospect_memberships=mean)
    assert made["prospect_constituencies"] == pytest.approx(20_000 * mean, rel=0.06)


def test_estimates_stay_below_what_there_is(demo):
    organisations = read(demo / "organisations.csv", "organisations")
    cells = organisations.group_by("region", "size_class").len().rename({"len": "there"})
    counts = read(demo / "estimates.csv", "estimates").join(cells, on=["region", "size_class"], how="left")
    assert (counts["count"] <= counts["there"]).all()


def test_the_likely_kinds_are_suited_more_often():
    who = Prospects(Plan(500, 1))
    suited = who.suited("incident-handling")
    share = {kind: suited[np.array(who.type) == kind].mean() for kind in ("csirt", "trade-association")}
    assert share["csirt"] > 5 * share["trade-association"] > 0
