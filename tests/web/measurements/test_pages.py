from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from schakel.registry.measurements import rounds
from schakel.registry.models import Activity, Measurement, Partner, PartnerStanding, Profile, Prospect
from tests.cast import DESK
from tests.web.notices.test_respond import every_row

DAY = date(2025, 5, 6)
HERE = "/network/measurements"


def prospect(key, **fields):
    given = {
        "name": key.title(),
        "type": "isac",
        "functions": ["information-sharing"],
        "standing": "prospect",
        "origin": "x",
    }
    return Prospect.objects.create(key=key, **given | fields)


@pytest.fixture
def found(country):
    """Two prospects beside the partners of the cast: one of which much is known, and one of which little."""
    much = prospect(
        "sluiskring", category="core", category_on=DAY, sectors=["energy"], regions=["NL-ZH", "NL-BQ1"],
        functions=["information-sharing", "notification"], legacy="oktt", sources=["enquête"],
    )  # fmt: skip
    Activity.objects.create(partner=much, title="Nieuwsbrief", side="soft")
    Activity.objects.create(partner=much, title="Hulp", side="hard")
    prospect("dijkkring")
    return country


def held(year=2025, on=DAY, *, is_published=False):
    at = timezone.now()
    measurement = rounds.begin(year=year, by=DESK, at=at)
    rounds.close(measurement=measurement, by=DESK, at=at, measured_on=on)
    if is_published:
        rounds.publish(measurement=measurement, by=DESK, at=at)
    return measurement


@pytest.fixture
def published(found):
    return held(is_published=True)


def text(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def tiles(page):
    return [int(part.split("<")[0]) for part in page.split('tile__number">')[1:]]


def test_without_anybody_the_page_says_how_to_begin(desk):
    page = text(desk, HERE)
    assert "Nothing to measure yet" in page
    assert "schakel import baseline" in page


def test_the_index_shows_now_the_rounds_and_the_growth(desk, published):
    page = text(desk, HERE)
    assert tiles(page) == [2, 2]
    assert f'href="{HERE}/2025"' in page
    assert "<svg" in page
    assert "3 of 4" not in text(desk, "/network/prospects")
    for words in ("Begin a measurement", "core network", "May 2025"):
        assert words in page


@pytest.mark.parametrize("facet", ["category", "function", "sector", "region", "nonsense"])
def test_growth_is_shown_by_each_facet(desk, published, facet):
    Prospect.objects.filter(key="sluiskring").update(standing="partner", joined_on=date(2026, 1, 1))
    page = text(desk, f"{HERE}?by={facet}")
    words = {"function": "target and victim notification", "sector": "energy", "region": "Bonaire"}
    assert words.get(facet, "core network") in page


def test_a_round_shows_what_it_found_and_what_is_missing(desk, published):
    page = text(desk, f"{HERE}/2025")
    assert tiles(page) == [2, 0, 1, 1]
    assert "Nobody looked at these regions" in page
    assert "Sint Eustatius" in page
    assert "(at least)" in page
    assert "there are 1.0 soft ones" in page
    assert "Nobody is known in:" in page
    assert "link organisation (OKTT) until 2026: 1." in page


def test_unknown_is_not_nought(desk, published):
    page = text(desk, f"{HERE}/2025")
    rows = {row.split("</th>")[0].split(">")[-1].strip(): row for row in page.split('<th scope="row"')}
    assert "unknown" in rows["Saba"]
    assert ">0<" in rows["Drenthe"]
    assert "unknown" not in rows["Drenthe"]


def test_owner_neighbour_and_steward_see_figures_and_no_names(member, found):
    held()
    running = rounds.begin(year=2026, by=DESK, at=timezone.now())
    for client in (
        member("partner", found.harbour_circle), member("partner", found.care_csirt), member("steward"),
    ):  # fmt: skip
        for path in (HERE, f"{HERE}/2025", f"{HERE}/2025.csv"):
            page = text(client, path)
            assert "Sluiskring" not in page
            assert "sluiskring" not in page
            assert "Close" not in page
        assert client.get(f"{HERE}/{running.year}").status_code == 404
        assert client.get(f"{HERE}/2025/changes").status_code == 403
        assert client.get(f"{HERE}/2025/changes.csv").status_code == 403


def test_strangers_log_in_and_others_stay_out(stranger, member, published):
    for path in (HERE, f"{HERE}/2025", f"{HERE}/new", f"{HERE}/2025/changes", f"{HERE}/2025.csv", f"{HERE}/2025/close"):
        assert stranger.get(path).url.startswith("/account/login")
        assert member("auditor").get(path).status_code == 403


@pytest.mark.parametrize("path", ["new", "2025/close", "2025/describe", "2025/reopen", "2025/publish", "2025/withdraw"])
def test_only_the_desk_acts(member, published, path):
    clients = (member("partner", Partner.objects.first()), member("steward"))
    before = every_row()
    for client in clients:
        assert client.get(f"{HERE}/{path}").status_code == 403
        assert client.post(f"{HERE}/{path}", {"reason": "x", "year": "2026"}).status_code == 403
    assert every_row() == before


def test_the_desk_begins_describes_closes_and_publishes(desk, found):
    assert 'value="2026"' in text(desk, f"{HERE}/new")
    answer = desk.post(f"{HERE}/new", {"year": "2025", "regions": ["NL-ZH"]}, follow=True)
    assert "The measurement runs." in answer.content.decode()
    assert "running" in text(desk, f"{HERE}/2025")
    desk.post(f"{HERE}/2025/describe", {"words": "Wij <belden> iedereen.", "regions": ["NL-ZH", "NL-UT"]})
    assert "Wij &lt;belden&gt; iedereen." in text(desk, f"{HERE}/2025")
    assert 'value="2025-12-31"' in text(desk, f"{HERE}/2025/close")
    desk.post(f"{HERE}/2025/close", {"measured_on": "2025-05-06"})
    measurement = Measurement.objects.get()
    assert (measurement.state, measurement.measured_on, measurement.regions) == ("closed", DAY, ["NL-UT", "NL-ZH"])
    assert "No prospect is named." in text(desk, f"{HERE}/2025/publish")
    assert "The overview is public." in desk.post(f"{HERE}/2025/publish", follow=True).content.decode()
    assert desk.post(f"{HERE}/2025/publish").status_code == 409


@pytest.mark.parametrize(
    ("path", "given", "words"),
    [
        ("new", {"year": "2019"}, "the year lies between 2025"),
        ("new", {"year": ""}, "This field is required"),
        ("new", {"year": "2026", "regions": ["NL-XX"]}, "NL-XX is not one of"),
        ("2025/close", {"measured_on": "2026-01-01"}, "lies in the year of the measurement: 2025"),
        ("2025/close", {"measured_on": "gisteren"}, "Enter a valid date"),
    ],
)
def test_what_cannot_be_is_said_and_shown_again(desk, found, path, given, words):
    if path.startswith("2025"):
        rounds.begin(year=2025, by=DESK, at=timezone.now())
    before = every_row()
    answer = desk.post(f"{HERE}/{path}", given)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert every_row() == before


def test_a_published_overview_is_taken_back_and_a_closed_one_runs_on(desk, published):
    assert desk.post(f"{HERE}/2025/withdraw", {"reason": ""}).status_code == 400
    desk.post(f"{HERE}/2025/withdraw", {"reason": "Fout in de bron"})
    assert "thrown away" in text(desk, f"{HERE}/2025/reopen")
    desk.post(f"{HERE}/2025/reopen", {"reason": "Nog een opgave"})
    assert Measurement.objects.get().state == "running"
    assert "as it stands now" in text(desk, f"{HERE}/2025")


def test_what_differs_is_listed_by_name_and_leads_on(desk, published):
    joined = Prospect.objects.get(key="sluiskring")
    Prospect.objects.filter(pk=joined.pk).update(standing=PartnerStanding.PARTNER, joined_on=date(2026, 1, 1))
    Prospect.objects.filter(key="dijkkring").update(category="ecosystem", category_on=DAY, regions=["NL-UT"])
    held(2026, None)
    show = text(desk, f"{HERE}/2026")
    assert "What differs from 2025" in show
    assert f'href="{HERE}/2026/changes?change=joined"' in show
    page = text(desk, f"{HERE}/2026/changes")
    assert f'href="/network/partners/{joined.pk}"' in page
    for words in ("became partner (1)", "changed (1)", "new (2)", "wider ecosystem", "now: Utrecht"):
        assert words in page
    narrowed = text(desk, f"{HERE}/2026/changes?change=changed")
    assert "Dijkkring" in narrowed
    assert "Sluiskring" not in narrowed
    assert "Nothing differs" in text(desk, f"{HERE}/2026/changes?change=gone")
    lines = desk.get(f"{HERE}/2026/changes.csv").content.decode().splitlines()
    assert len(lines) == 5
    assert any(line.startswith("dijkkring,Dijkkring,isac,changed,,ecosystem") for line in lines)


def test_the_first_round_has_nothing_to_differ_from(desk, published):
    assert "What differs" not in text(desk, f"{HERE}/2025")
    assert desk.get(f"{HERE}/2025/changes").status_code == 404


def test_many_changes_are_paged(desk, published):
    for number in range(70):
        prospect(f"nieuw-{number:02}")
    held(2026, None)
    first = text(desk, f"{HERE}/2026/changes?change=new")
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = text(desk, following)
    names = [
        {f"Nieuw-{number:02}" for number in range(70) if f">Nieuw-{number:02}<" in page} for page in (first, second)
    ]
    assert not names[0] & names[1]
    assert len(names[0] | names[1]) == 70


def test_everybody_reads_a_published_overview_and_nothing_before(stranger, desk, found):
    measurement = held()
    for path in ("/measurements/2025", "/measurements/2025.csv"):
        assert stranger.get(path).status_code == 404
    assert "Nothing published yet" in text(stranger, "/measurements")
    rounds.publish(measurement=measurement, by=DESK, at=timezone.now())
    assert 'href="/measurements/2025"' in text(stranger, "/measurements")
    page = text(stranger, "/measurements/2025")
    assert tiles(page) == [2, 0, 1, 1]
    csv = stranger.get("/measurements/2025.csv")
    assert "all,,,2,0" in csv.content.decode()
    assert "measurement-2025.csv" in csv["Content-Disposition"]
    for name in ("Sluiskring", "sluiskring", "Dijkkring", "Havenkring"):
        assert name not in page
        assert name not in csv.content.decode()
    assert f'href="{HERE}/2025"' not in page


def test_partners_are_shown_as_far_as_they_chose(stranger, found):
    Partner.objects.update(joined_on=date(2025, 1, 1), is_public=False, sectors=["health"], regions=["NL-ZE"])
    Partner.objects.filter(key="care-csirt").update(is_public=True)
    Profile.objects.create(partner=found.care_csirt, shows_functions=True)
    held(is_published=True)
    page = text(stranger, "/measurements/2025")
    shown = page.partition("Partners that chose to be shown")[2]
    assert "Zorg-CSIRT" in shown
    assert "target and victim notification" in shown
    assert "Zeeland" not in shown
    assert "Havenkring" not in page


def test_counts_come_as_a_file(desk, published):
    lines = desk.get(f"{HERE}/2025.csv").content.decode().splitlines()
    assert lines[0] == "facet,word,other,prospects,partners"
    assert "function,notification,,1,0" in lines
    assert "sector,energy,notification,1,0" in lines


def test_looking_changes_nothing(desk, published):
    before = every_row()
    paths = ("", "/new", "/2025", "/2025.csv", "/2025/describe", "/2025/close", "/2025/publish", "/2025/withdraw")
    for path in paths:
        desk.get(HERE + path)
    assert every_row() == before


def test_a_year_that_cannot_be_is_not_there(desk, stranger, published):
    for year in ("2030", "0", "99999999999999999999"):
        assert desk.get(f"{HERE}/{year}").status_code == 404
        assert stranger.get(f"/measurements/{year}").status_code == 404


def test_more_parties_and_rounds_cost_no_more_queries(desk, published, stranger, django_assert_num_queries):
    held(2026, None)
    pages = [(desk, HERE), (desk, f"{HERE}/2026"), (desk, f"{HERE}/2026/changes"), (stranger, "/measurements/2025")]
    costs = []
    for client, path in pages:
        client.get(path)
        with CaptureQueriesContext(connection) as few:
            client.get(path)
        costs.append(len(few))
    for number in range(30):
        prospect(f"extra-{number}", sectors=["food"], is_public=True)
    measurement = Measurement.objects.get(year=2026)
    rounds.reopen(measurement=measurement, by=DESK, at=timezone.now(), reason="x")
    rounds.close(measurement=measurement, by=DESK, at=timezone.now())
    for (client, path), cost in zip(pages, costs, strict=True):
        with django_assert_num_queries(cost):
            client.get(path)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_both_languages_speak(member, published, language):
    page = text(member("coordinator", language=language), f"{HERE}/2025")
    assert {"nl": "Wat ontbreekt", "en": "What is missing"}[language] in page
