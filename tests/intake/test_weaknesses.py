"""What is known of weaknesses, from the files of others, and what it does to severity."""

import gzip
import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.intake import weakness_load, weaknesses
from schakel.intake.models import Weakness
from schakel.intake.weakness_files import checked, opened
from schakel.journal.models import Event
from schakel.kit.refusals import NotPermitted
from schakel.registry.actions import Unreadable
from tests.cast import AUDITOR, DESK, NOON, STEWARD, STRANGER

EPSS = """#model_version:v2026.01.01,score_date:2026-11-02T00:00:00+0000
cve,epss,percentile
CVE-2026-10001,0.91,0.99
CVE-2026-10002,0.49999,0.9
cve-2026-10003,0.5,0.9
"""


def catalogue(*cves, **more) -> str:
    entries = [{"cveID": cve, "vendorProject": "Example", "dateAdded": "2026-11-01"} for cve in cves]
    return json.dumps({"title": "KEV", "count": len(entries), "vulnerabilities": entries} | more)


@pytest.fixture
def imports(db, tmp_path):
    def run(text: str | bytes, **options):
        path = tmp_path / "weaknesses"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        figures = weakness_load.import_file(**{"path": path, "by": DESK, "at": NOON} | options)
        assert figures["rows"] == sum(figures[name] for name in ("added", "changed", "unchanged", "bad"))
        return figures

    return run


def counts(figures) -> tuple[int, int, int, int]:
    return tuple(figures[name] for name in ("added", "changed", "unchanged", "bad"))


def test_scores_are_taken_in_once(imports):
    figures = imports(EPSS)
    assert (counts(figures), figures["scored_on"]) == ((3, 0, 0, 0), "2026-11-02")
    assert dict(Weakness.objects.values_list("cve", "epss")) == {
        "CVE-2026-10001": 0.91,
        "CVE-2026-10002": 0.49999,
        "CVE-2026-10003": 0.5,
    }
    assert counts(imports(EPSS)) == (0, 0, 3, 0)
    assert counts(imports(EPSS.replace("0.91", "0.81"))) == (0, 1, 2, 0)


@pytest.mark.parametrize("size", [1, 2, 100])
def test_the_size_of_a_batch_makes_no_difference(imports, size):
    imports("cve,epss\nCVE-2026-10001,0.1\nCVE-2026-10002,0.49999\n")
    assert counts(imports(EPSS + "CVE-2026-10001,0.3,0\n", rows_per_batch=size)) == (1, 1, 1, 1)
    assert Weakness.objects.get(cve="CVE-2026-10001").epss == 0.91


def test_an_archive_is_unpacked(imports):
    assert counts(imports(gzip.compress(EPSS.encode()))) == (3, 0, 0, 0)


def test_the_comment_line_may_be_missing_and_the_day_is_then_unknown(imports):
    figures = imports(EPSS.split("\n", 1)[1])
    assert (counts(figures), figures["scored_on"]) == ((3, 0, 0, 0), None)
    assert imports("#a remark\n" + EPSS.split("\n", 1)[1])["scored_on"] is None


def test_each_file_leaves_alone_what_it_does_not_speak_of(imports):
    imports(EPSS)
    imports("cve,cvss\nCVE-2026-10001,9.8\n")
    imports(catalogue("CVE-2026-10001"))
    imports("cveID,product\nCVE-2026-10002,Example\n")
    assert set(Weakness.objects.values_list("cve", "is_kev", "epss", "cvss")) == {
        ("CVE-2026-10001", True, 0.91, 9.8),
        ("CVE-2026-10002", True, 0.49999, None),
        ("CVE-2026-10003", False, 0.5, None),
    }


def test_a_whole_catalogue_withdraws_what_it_no_longer_names(imports):
    imports(catalogue("CVE-2026-10001", "CVE-2026-10002"))
    figures = imports(catalogue("CVE-2026-10002"))
    assert (figures["withdrawn"], counts(figures)) == (1, (0, 0, 1, 0))
    assert dict(Weakness.objects.values_list("cve", "is_kev")) == {"CVE-2026-10001": False, "CVE-2026-10002": True}
    assert Event.objects.get(tag="intake.weaknesses.withdrawn").facts["count"] == 1
    assert imports(catalogue("CVE-2026-10002"))["withdrawn"] == 0


@pytest.mark.parametrize(
    "text",
    [
        catalogue("CVE-2026-10002", count=9),
        catalogue("CVE-2026-10002", ""),
        "cveID,product\nCVE-2026-10002,Example\n",
    ],
    ids=["a wrong count", "a bad entry", "a part as a table"],
)
def test_a_catalogue_in_doubt_withdraws_nothing(imports, text):
    imports(catalogue("CVE-2026-10001"))
    assert imports(text)["withdrawn"] == 0
    assert Weakness.objects.filter(is_kev=True).count() == 2


def test_bad_rows_are_told_with_place_and_reason(imports, tmp_path):
    text = EPSS + '\n"CVE-2026-1\n0004",0.1,0\nCVE-2026-10005,1.7,0\n,0.1,0\nCVE-2026-10001,0.2,0\nCVE-2026-10006\n'
    figures = imports(text + "CVE-2026-10007,nan,0\nCVE-2026-10008,-0.1,0\n", bad=tmp_path / "bad.csv")
    assert [(row["line"], row["column"], row["reason"]) for row in figures["bad_rows"]] == [
        (7, "cve", "cve-form"),
        (9, "epss", "score-range"),
        (10, "cve", "required"),
        (11, "cve", "duplicate"),
        (12, "epss", "score-range"),
        (13, "epss", "score-range"),
        (14, "epss", "score-range"),
    ]
    assert pl.read_csv(tmp_path / "bad.csv").height == 7
    assert figures["bad_rows"][1]["words"] == "This is no number from 0 to 1."


def test_an_entry_of_a_catalogue_that_is_no_entry_is_told_by_its_number(imports):
    entries = [{"cveID": "CVE-2026-10001"}, {"product": "x"}, "CVE-2026-10002", {"cveID": 7}]
    figures = imports(json.dumps({"vulnerabilities": entries}))
    assert [(row["line"], row["reason"]) for row in figures["bad_rows"]] == [
        (2, "required"),
        (3, "required"),
        (4, "cve-form"),
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"# only this\n", "empty"),
        (b"{", "damaged"),
        (b"{" + b'"a":[' * 100_000, "damaged"),
        (b'{"vulnerabilities": []}', "no KEV catalogue"),
        (b'{"vulnerabilities": {"a": 1}}', "no KEV catalogue"),
        (b"name,score\n", "neither the KEV catalogue"),
        (b"cve,name\n", "neither the KEV catalogue"),
        (gzip.compress(EPSS.encode())[:40], "archive is damaged"),
        (gzip.compress(EPSS.encode())[:5], "archive is damaged"),
        (b"cve,epss\n" + b"x" * (1 << 20), "longer than a table"),
        (b'cve,epss\n"' + b"x" * 140_000, "cannot be read after line 1"),
        (gzip.compress(b"{" + b" " * (1 << 26)), "far larger"),
    ],
    ids=range(13),
)
def test_what_is_no_table_of_weaknesses_is_refused(imports, content, words):
    with pytest.raises(Unreadable, match=words):
        imports(content)
    assert not Weakness.objects.exists()


def test_a_file_that_is_not_there_is_refused(db, tmp_path):
    with pytest.raises(Unreadable, match="No such file"):
        weakness_load.import_file(path=tmp_path / "none", by=DESK, at=NOON)


@pytest.mark.parametrize("actor", [STRANGER, AUDITOR, STEWARD], ids=lambda actor: actor.name)
def test_only_the_desk_imports(imports, actor):
    with pytest.raises(NotPermitted):
        imports(EPSS, by=actor)
    assert not Weakness.objects.exists()


def test_the_journal_has_an_event_per_batch_and_progress_moves(imports):
    seen = []
    imports(EPSS, rows_per_batch=2, progress=lambda done, words: seen.append(done))
    events = Event.objects.filter(tag="intake.weaknesses.imported").order_by("number")
    assert [(event.facts["rows"], event.facts["added"], event.facts["scored_on"]) for event in events] == [
        (2, 2, "2026-11-02"),
        (1, 1, "2026-11-02"),
    ]
    assert seen == [2, 3]


def test_severity_rises_by_one_where_a_weakness_is_used_or_likely_will_be(imports, django_assert_num_queries):
    imports(EPSS)
    imports(catalogue("CVE-2026-10009"))
    rows = [
        ("CVE-2026-10001", 2, 3),  # likely
        ("cve-2026-10001", 4, 4),  # it cannot be worse
        ("CVE-2026-10002", 2, 2),  # not likely
        ("CVE-2026-10003", 0, 1),  # just likely
        ("CVE-2026-10009", 3, 4),  # used
        ("CVE-2026-19999", 1, 1),  # unknown
        ("", 1, 1),
        ("open-resolver", 3, 3),
    ]
    frame = pl.DataFrame(rows, schema={"weakness": pl.String, "severity": pl.Int8, "wanted": pl.Int8}, orient="row")
    with django_assert_num_queries(1):
        raised = weaknesses.raised(frame)
    assert raised["severity"].to_list() == frame["wanted"].to_list()
    assert raised.schema == frame.schema
    assert raised.drop("severity").equals(frame.drop("severity"))


def test_nothing_is_asked_where_no_row_names_a_weakness(db, django_assert_num_queries):
    frame = pl.DataFrame({"weakness": ["", None, "ssl-poodle"], "severity": [0, 1, 4]})
    with django_assert_num_queries(0):
        assert weaknesses.raised(frame).equals(frame)
        assert weaknesses.raised(frame.clear()).equals(frame.clear())


def test_real_files_are_taken_in_whole(imports, shared_samples):
    folder = shared_samples / "vuln"
    kev = folder / "kev" / "known_exploited_vulnerabilities.json"
    figures = imports(b"", path=kev)
    assert figures["added"] == figures["rows"] == json.loads(kev.read_bytes())["count"]
    part = imports(b"", path=folder / "kev" / "known_exploited_vulnerabilities_subset.csv")
    assert part["unchanged"] == part["rows"] > 0
    scores = imports(b"", path=folder / "epss" / "epss_kev.csv")
    assert (scores["bad"], scores["scored_on"]) == (0, "2026-08-22")
    assert Weakness.objects.filter(epss__isnull=False).count() == scores["rows"]


@pytest.mark.parametrize(
    ("name", "bad", "warnings"),
    [("kev-without-cveid.json", 1, 0), ("kev-count-wrong.json", 0, 1), ("epss-no-comment-line.csv", 0, 0), ("epss-out-of-range.csv", 1, 0)],
)  # fmt: skip
def test_real_files_with_a_flaw_keep_their_good_rows(imports, shared_samples, name, bad, warnings):
    imports(catalogue("CVE-2026-10001"))
    figures = imports(b"", path=shared_samples / "vuln" / "malformed" / name)
    assert (figures["bad"], len(figures["warnings"]), figures["withdrawn"]) == (bad, warnings, 0)
    assert Weakness.objects.filter(cve="CVE-2026-10001", is_kev=True).exists()


@given(
    st.lists(
        st.tuples(st.from_regex(r"(?i:CVE-202[0-9]-1000[0-9])", fullmatch=True), st.floats(-0.5, 1.5)), max_size=20
    )
)
def test_every_row_is_good_or_bad_and_the_first_of_a_weakness_counts(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("weaknesses") / "scores.csv"
    path.write_text("cve,epss\n" + "".join(f"{cve},{score!r}\n" for cve, score in rows))
    wanted: dict[str, float] = {}
    for cve, score in rows:
        if 0 <= score <= 1:
            wanted.setdefault(cve.upper(), score)
    with opened(path) as scores:
        batches = list(checked(scores, 3))
    assert {cve: score for good, _ in batches for cve, score in good.rows()} == wanted
    assert sum(good.height + bad.height for good, bad in batches) == len(rows)
