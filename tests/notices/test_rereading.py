"""Looking again at what changed gives what matching everything again would give, and leaves the rest as it was."""

import itertools
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from schakel.intake import concordance, store
from schakel.intake.formats.shapes import OBSERVATION_SCHEMA
from schakel.intake.models import Report, Series, Source
from schakel.matching import Index, subjects
from schakel.notices import marks
from schakel.notices.changes import Changed
from schakel.notices.first_sight import FirstSight
from schakel.notices.rereading import Glass, subjects_of
from schakel.notices.sightings import KEYS, held, sightings
from tests.matching import worlds
from tests.matching.plain import Claim, Row, frames, rows_frame

AT = worlds.START + timedelta(days=3)
NUMBERS = itertools.count(1)
NONE = pl.DataFrame(schema={"asset": pl.Int64, "organisation": pl.Int64, "network": pl.String})


def report_of(rows: list[Row], *, operators=True) -> Report:
    """A report with these rows in the store; no database."""
    source = Source(slug="tower", is_operator_allowed=operators)
    report = Report(
        pk=next(NUMBERS), series=Series(source=source), tlp="green", received_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    given_ = rows_frame(rows).with_columns(pl.col("asn").cast(pl.UInt32), kind=pl.lit("exposed-database"))
    given_ = given_.with_columns(observed_at=pl.col("observed_at").fill_null(worlds.START))
    frame = pl.concat([pl.DataFrame(schema=OBSERVATION_SCHEMA), given_], how="diagonal").drop("source_row")
    store.write(frame, report, "observations")
    return report


def everything(rows: list[Row], claims: list[Claim], report: Report) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All lines and sightings of the report's rows, by an index built anew and without any concordance."""
    found = store.scan(report, "observations").collect()
    lines = Index.build(**frames(claims)).match(found.with_columns(observed_at=pl.lit(AT))).frame()
    best = held(lines, with_operators=True)
    return lines, sightings(best.hstack(found[best["row"]]))


def keys_in(frame: pl.DataFrame) -> set[tuple[object, ...]]:
    return set(frame.select(KEYS).rows())


def sorted_rows(frame: pl.DataFrame) -> list[tuple[object, ...]]:
    return sorted(frame.rows(), key=str)


asset_numbers = st.sets(st.integers(0, 13))


@hypothesis_settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(worlds.claims(), worlds.claims(), asset_numbers, worlds.rows.filter(bool))
def test_looking_again_equals_matching_everything(claims, others, gone, rows):
    """Some assets go, some come, some change hands or values: afterwards all is as if it had always been so."""
    added = [claim._replace(asset=claim.asset + 100) for claim in others[: len(others) // 2]]
    changes = {
        claim.asset: claim for claim in others[len(others) // 2 :] if claim.asset in {one.asset for one in claims}
    }
    before = [claim for claim in claims if claim.asset in gone or claim.asset in changes]
    kept = [claim for claim in claims if claim not in before]
    now = [*added, *(claim for number, claim in changes.items() if number not in gone)]
    report = report_of(rows)
    glass = Glass.of(Changed(frames(now), frames(before), NONE), Index.build(**frames([*kept, *now])), at=AT)
    reading = glass.read(report)
    (was, had), (lines, seen) = everything(rows, claims, report), everything(rows, [*kept, *now], report)
    touched = pl.Series(glass.changed.match(store.scan(report, "observations").collect()).row).implode()
    is_touched = pl.col("row").is_in(touched)
    assert sorted_rows(reading.lines) == sorted_rows(lines.filter(is_touched))
    assert sorted_rows(was.filter(~is_touched)) == sorted_rows(lines.filter(~is_touched))
    found, possible = keys_in(reading.seen), keys_in(reading.possible)
    assert keys_in(seen) - keys_in(had) <= found <= keys_in(seen)
    assert keys_in(had) - keys_in(seen) <= possible


@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(worlds.claims(), worlds.rows.filter(bool), worlds.rows.filter(bool))
def test_first_sights_are_the_same_by_marks_and_by_reading(claims, rows, older):
    latest, prepared, other = report_of(rows), report_of([*older, *rows]), report_of([*older, *rows])
    glass = Glass.of(Changed(frames(claims), frames([]), NONE), Index.build(**frames(claims)), at=AT)
    fresh = glass.read(latest).seen
    marks.make(prepared)
    found = []
    for report in (prepared, other):
        first = FirstSight(glass, fresh.with_columns(first_at=pl.lit(AT + timedelta(days=999))))
        for _time in range(2):
            first.add(first.look(report))
        found.append(first.of_each(fresh))
    assert found[0].equals(found[1])
    whole = glass.seen(other, subjects_of(fresh["asset"]))
    wanted = found[0].join(whole, on=KEYS, how="left", maintain_order="left")["first_at_right"]
    assert found[0]["first_at"].to_list() == wanted.fill_null(AT + timedelta(days=999)).to_list()


def test_the_concordance_is_made_once_and_reads_only_what_is_asked(monkeypatch):
    report = report_of([Row("192.0.2.1"), Row("198.51.100.7"), Row(host="www.example.nl"), Row(asn=64500)])
    networks = pl.DataFrame({"asset": [1], "organisation": [2], "network": ["198.51.100.0/24"]})
    sought = subjects.sought(networks=networks)
    assert not concordance.is_made(report)
    assert concordance.rows(report, sought).tolist() == [1]
    assert concordance.is_made(report)
    monkeypatch.setattr(concordance, "make", lambda _report: pytest.fail("made twice"))
    assert concordance.rows(report, sought).tolist() == [1]
    assert concordance.rows(report, {}).tolist() == []
    found = concordance.observations(report, concordance.rows(report, sought), columns=["address", "asn"])
    assert found.rows() == [(1, "198.51.100.7", None)]


def test_rows_are_taken_from_several_parts_of_a_file(monkeypatch):
    monkeypatch.setattr(store, "ROW_GROUP", 3)
    report = report_of([Row(f"192.0.2.{number}") for number in range(20)])
    wanted = pl.DataFrame({"network": [f"192.0.2.{number}" for number in (1, 2, 9, 18)]})
    numbers = concordance.rows(report, subjects.sought(networks=wanted))
    assert numbers.tolist() == [1, 2, 9, 18]
    found = concordance.observations(report, numbers)
    assert found["address"].to_list() == [f"192.0.2.{number}" for number in (1, 2, 9, 18)]
    assert found["row"].to_list() == [1, 2, 9, 18]


@pytest.mark.parametrize("allowed", [True, False])
def test_operators_count_where_the_source_lets_them_be_told(allowed):
    report = report_of([Row("192.0.2.1")], operators=allowed)
    claim = Claim("network", 1, 7, "192.0.2.0/24", "operator")
    glass = Glass.of(Changed(frames([claim]), frames([]), NONE), Index.build(**frames([claim])), at=AT)
    assert glass.read(report).seen.height == int(allowed)
