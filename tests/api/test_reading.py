import pytest

from schakel.notices.actions import LINK, answer
from schakel.notices.models import Answer, Finding
from tests.telling import finding_of, report_of


def ids(answer):
    assert answer.status_code == 200, answer.content
    return [row.get("id", row.get("slug")) for row in answer.json()["items"]]


def test_a_finding_is_told_in_full(program, world):
    row = program("coordinator").get(f"/api/v1/findings/{world.ours.pk}").json()
    assert (row["organisation"], row["organisationId"]) == ("Haven van Zoutwijk", world.harbour.pk)
    assert (row["severity"], row["state"], row["tlp"], row["closedAt"]) == ("high", "open", "green", None)
    assert row["firstSeenAt"].endswith("Z")


def test_last_seen_counts_what_a_complete_series_implies(program, world):
    series = world.report.series
    series.is_complete, series.latest_at = True, world.notice.made_at
    series.save()
    row = program("coordinator").get(f"/api/v1/findings/{world.ours.pk}").json()
    assert row["lastSeenAt"] != row["firstSeenAt"]


def test_owner_neighbour_and_desk_see_each_their_own_findings(program, world):
    owner = program("partner", world.harbour_circle)
    neighbour = program("partner", world.care_csirt)
    assert ids(owner.get("/api/v1/findings")) == [world.ours.pk]
    assert ids(neighbour.get("/api/v1/findings")) == [world.theirs.pk]
    assert ids(program("coordinator").get("/api/v1/findings")) == [world.theirs.pk, world.ours.pk]
    assert ids(program("auditor").get("/api/v1/findings")) == []


@pytest.mark.parametrize("thing", ["ours", "notice"])
def test_what_is_hidden_looks_like_what_is_not_there(program, world, thing):
    path = {"ours": "findings", "notice": "notices"}[thing]
    neighbour = program("partner", world.care_csirt)
    hidden = neighbour.get(f"/api/v1/{path}/{getattr(world, thing).pk}")
    unknown = neighbour.get(f"/api/v1/{path}/999999999")
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.content == unknown.content


def test_hidden_campaigns_and_reports_look_like_none(program, world):
    owner = program("partner", world.harbour_circle)
    for path in (f"campaigns/{world.closed_campaign.slug}", f"reports/{world.report.pk}"):
        assert owner.get(f"/api/v1/{path}").content == owner.get("/api/v1/campaigns/nergens").content
    assert ids(owner.get("/api/v1/reports")) == []


def test_a_label_that_is_closed_to_partners_hides_a_finding(program, world):
    Finding.objects.filter(pk=world.ours.pk).update(tlp="amber+strict")
    assert ids(program("partner", world.harbour_circle).get("/api/v1/findings")) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=open", ["a", "b", "c"]),
        ("state=fixed", []),
        ("kind=spam-source", ["b"]),
        ("weakness=CVE-2026-10001", ["c"]),
        ("severity=critical", ["c"]),
        ("severity=info", ["a", "b", "c"]),
        ("kind=spam-source&severity=critical", []),
    ],
)
def test_findings_can_be_filtered(program, country, query, found):
    report = report_of()
    finding_of(report, country.harbour, "a")
    finding_of(report, country.harbour, "b", kind="spam-source")
    finding_of(report, country.harbour, "c", weakness="CVE-2026-10001", severity=4)
    rows = program("coordinator").get(f"/api/v1/findings?{query}").json()["items"]
    assert sorted(row["asset"] for row in rows) == found


def test_findings_of_one_organisation(program, world):
    client = program("coordinator")
    assert ids(client.get(f"/api/v1/findings?organisationId={world.harbour.pk}")) == [world.ours.pk]
    hidden = program("partner", world.care_csirt).get(f"/api/v1/findings?organisationId={world.harbour.pk}")
    assert ids(hidden) == []


def test_the_next_page_starts_after_this_one(program, world):
    client = program("coordinator")
    first = client.get("/api/v1/findings?size=1&state=open")
    address = first.json()["next"]
    assert f"after={world.theirs.pk}" in address
    assert "state=open" in address
    second = client.get(address)
    assert ids(second) == [world.ours.pk]
    assert second.json()["next"] is None


@pytest.mark.parametrize("route", ["findings", "notices", "campaigns", "reports"])
def test_a_longer_list_costs_no_more_queries(program, world, route, django_assert_max_num_queries):
    from schakel.notices.campaigns import start_campaign
    from tests.cast import DESK, NOON
    from tests.telling import tell

    client = program("coordinator")
    for number in range(5):
        report = report_of(f"{number}.csv")
        finding_of(report, world.harbour, f"{number}")
        tell(report, world.harbour, partner=world.harbour_circle)
        start_campaign(title=f"{number}", kind="other", tlp="clear", by=DESK, at=NOON)
    with django_assert_max_num_queries(4):
        assert len(ids(client.get(f"/api/v1/{route}"))) >= 6


def test_notices_can_be_filtered_and_read_with_their_answers(program, world):
    answer(notice=world.notice, answer=Answer.NOT_OURS, by=LINK, at=world.notice.made_at, words="Verhuisd")
    client = program("partner", world.harbour_circle)
    assert ids(client.get("/api/v1/notices?state=answered&via=guardian")) == [world.notice.pk]
    assert ids(client.get("/api/v1/notices?state=sent")) == []
    row = client.get(f"/api/v1/notices/{world.notice.pk}").json()
    assert (row["recipient"], row["severity"], row["findingsCount"]) == ("Havenkring", "high", 1)
    assert [(one["answer"], one["words"], one["givenBy"]) for one in row["responses"]] == [
        ("not-ours", "Verhuisd", "link")
    ]


def test_campaigns_are_counted_over_what_the_reader_sees(program, world):
    path = f"/api/v1/campaigns/{world.campaign.slug}"
    desk, owner = program("coordinator"), program("partner", world.harbour_circle)
    assert desk.get(path).json()["effect"]["total"]["findings"] == 2
    told = owner.get(path).json()
    assert told["effect"]["total"]["findings"] == 1
    assert told["campaign"]["title"] == "Open deuren"
    assert [one["name"] for one in told["effect"]["partners"]] == ["Havenkring"]
    assert told["effect"]["days"][-1]["stillOpen"] == 1


def test_campaigns_can_be_filtered_by_whether_they_run(program, world):
    client = program("partner", world.harbour_circle)
    assert ids(client.get("/api/v1/campaigns?isRunning=true")) == ["open-deuren"]
    assert ids(client.get("/api/v1/campaigns?isRunning=false")) == []
    assert len(ids(program("coordinator").get("/api/v1/campaigns"))) == 2


def test_reports_account_for_their_rows(program, world):
    client = program("coordinator")
    row = client.get(f"/api/v1/reports/{world.report.pk}").json()
    assert row["rowsCount"] == row["quarantinedCount"] + row["unmatchedCount"] + row["matchedCount"] == 4
    assert (row["source"], row["type"]) == ("lighthouse", "scan_rdp")
    assert ids(client.get("/api/v1/reports?state=composed&source=lighthouse")) == [world.report.pk]
    assert ids(client.get("/api/v1/reports?state=refused")) == []
    assert ids(client.get("/api/v1/reports?source=elsewhere")) == []
