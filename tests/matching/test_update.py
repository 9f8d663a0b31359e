"""An index that was changed answers like one built from the changed registry."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from schakel.matching import Index
from tests.matching import worlds
from tests.matching.plain import Claim, Row, frames, rows_frame


def removal(claims):
    rows = [(claim.table, claim.asset) for claim in claims]
    return pl.DataFrame(rows, schema={"table": pl.String, "asset": pl.Int64}, orient="row")


@settings(max_examples=120, deadline=None)
@given(worlds.claims(), worlds.claims(), st.sets(st.integers(0, 13)), worlds.rows)
def test_an_update_equals_a_build(claims, more, gone, rows):
    added = [claim._replace(asset=claim.asset + 100) for claim in more]
    removed = [claim for claim in claims if claim.asset in gone]
    index = Index.build(**frames(claims)).update(**frames(added), removed=removal(removed))
    anew = Index.build(**frames([claim for claim in claims if claim.asset not in gone] + added))
    assert index.match(rows_frame(rows)).frame().equals(anew.match(rows_frame(rows)).frame())
    assert index.refused.sort("table", "asset").equals(anew.refused.sort("table", "asset"))


def test_an_asset_that_changes_is_removed_and_added():
    index = Index.build(**frames([Claim("network", 1, 10, "192.0.2.0/24")]))
    changed = [Claim("network", 1, 10, "198.51.100.0/24")]
    after = index.update(**frames(changed), removed=removal(changed))
    rows = rows_frame([Row("192.0.2.1"), Row("198.51.100.1")])
    assert after.match(rows).row.tolist() == [1]
    assert index.match(rows).row.tolist() == [0]


def test_removing_an_asset_leaves_the_same_number_in_another_table():
    index = Index.build(**frames([Claim("network", 1, 10, "192.0.2.0/24"), Claim("asn", 1, 20, 64496)]))
    after = index.update(removed=removal([Claim("network", 1, 0, "")]))
    assert after.match(rows_frame([Row("192.0.2.1", asn=64496)])).organisation.tolist() == [20]


def test_warning_lists_outlive_an_update():
    lists = pl.DataFrame({"kind": ["network"], "value": ["192.0.2.0/25"], "name": ["tests"]})
    index = Index.build(**frames([Claim("network", 0, 10, "192.0.2.0/24")]), warnings=lists)
    after = index.update(**frames([Claim("domain", 9, 1, "example.nl")]), removed=removal([Claim("network", 0, 0, "")]))
    found = after.match(rows_frame([Row("192.0.2.1", "www.example.nl"), Row("192.0.2.200", "www.example.nl")]))
    assert found.warned.rows() == [(0, "tests")]
    assert found.asset.tolist() == [9]
