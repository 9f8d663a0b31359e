import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from schakel.notices.actions import LINK, answer, mark_opened
from schakel.notices.campaigns import start_campaign
from schakel.notices.models import Answer, Campaign, NetworkPhase
from tests.cast import DESK, NOON
from tests.telling import KIND, finding_of, report_of, tell
from tests.web.notices.test_respond import every_row


@pytest.fixture
def campaign(country):
    """Open doors at the harbour (fixed) and the hospital (told)."""
    report = report_of()
    for organisation in (country.harbour, country.hospital):
        finding_of(report, organisation)
    ours = tell(report, country.harbour, partner=country.harbour_circle)
    tell(report, country.hospital, partner=country.care_csirt)
    answer(notice=ours, answer=Answer.FIXED, by=LINK, at=NOON)
    mark_opened(notice=ours, at=NOON)
    return start_campaign(
        title="Open <deuren>", kind=KIND, tlp="green", by=DESK, at=NOON, advisory="Sluit ze.",
        advisory_url="https://www.example.org/advies",
    )  # fmt: skip


@pytest.fixture
def secret(country):
    return start_campaign(title="Stil", weakness="CVE-2026-10001", tlp="amber+strict", by=DESK, at=NOON)


def figures(page):
    return [int(part.split("<")[0]) for part in page.split('tile__number">')[1:8]]


def test_a_campaign_shows_what_came_of_it(desk, campaign):
    page = desk.get(f"/campaigns/{campaign.slug}").content.decode()
    assert figures(page) == [2, 2, 2, 1, 1, 1, 1]
    assert ">3.0<" in page
    assert "<svg" in page
    assert "Open &lt;deuren&gt;" in page
    assert 'href="https://www.example.org/advies" rel="noreferrer"' in page
    for name in ("Havenkring", "Zorg-CSIRT", "sector not known"):
        assert name in page


def test_a_partner_sees_figures_of_its_constituency_and_no_other_partner(owner, campaign):
    page = owner.get(f"/campaigns/{campaign.slug}").content.decode()
    assert figures(page) == [1, 1, 1, 1, 1, 1, 0]
    assert "Zorg-CSIRT" not in page
    assert "organisations that you answer for" in page
    assert "End the campaign" not in page
    listed = owner.get("/campaigns").content.decode()
    assert 'data-label="Still open">0<' in listed
    assert "Start a campaign" not in listed
    assert "Change the phase" not in listed


def test_a_campaign_that_is_not_for_partners_looks_like_none(owner, desk, secret):
    hidden, unknown = owner.get(f"/campaigns/{secret.slug}"), owner.get("/campaigns/nergens")
    assert hidden.status_code == unknown.status_code == 404
    assert "Stil" not in owner.get("/campaigns").content.decode()
    assert "Stil" in desk.get("/campaigns").content.decode()
    assert owner.post(f"/campaigns/{secret.slug}/end").status_code == 403


def test_strangers_log_in_and_stewards_stay_out(stranger, member, campaign):
    for path in ("/campaigns", f"/campaigns/{campaign.slug}", "/campaigns/new"):
        assert stranger.get(path).url.startswith("/account/login")
        assert member("steward").get(path).status_code == 403


def test_only_the_desk_starts_ends_and_sets_the_phase(owner, campaign):
    before = every_row()
    assert owner.get("/campaigns/new").status_code == 403
    assert owner.post("/campaigns/new", {"title": "x"}).status_code == 403
    assert owner.post(f"/campaigns/{campaign.slug}/end").status_code == 403
    assert owner.post("/campaigns/phase", {"phase": "warm", "reason": "x"}).status_code == 403
    assert every_row() == before


def test_the_desk_starts_a_campaign(desk):
    assert "TLP:AMBER" in desk.get("/campaigns/new").content.decode()
    given = {
        "title": "Nieuw",
        "weakness": "cve-2026-10002",
        "kind": "",
        "tlp": "amber",
        "advisory_url": "example.org/a",
    }
    assert desk.post("/campaigns/new", given).url == "/campaigns/nieuw"
    campaign = Campaign.objects.get()
    assert (campaign.weakness, campaign.advisory_url) == ("CVE-2026-10002", "https://example.org/a")
    page = desk.get("/campaigns/nieuw").content.decode()
    assert "Nothing found yet" in page


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"title": "Leeg", "tlp": "green"}, "say which weakness or which kind"),
        ({"title": "", "tlp": "green", "kind": KIND}, "This field is required"),
        ({"title": "x", "tlp": "black", "kind": KIND}, "black is not one of"),
        ({"title": "x", "tlp": "green", "kind": "no"}, "no is not one of"),
    ],
)
def test_what_cannot_be_a_campaign_is_shown_again(desk, given, words):
    answer = desk.post("/campaigns/new", given)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not Campaign.objects.exists()


def test_a_campaign_does_not_take_the_address_of_a_page(desk):
    desk.post("/campaigns/new", {"title": "New", "kind": KIND, "tlp": "green"})
    assert desk.get("/campaigns/new-2").status_code == 200


def test_the_desk_ends_a_campaign_once(desk, campaign):
    page = desk.post(f"/campaigns/{campaign.slug}/end", follow=True).content.decode()
    assert "The campaign has ended." in page
    assert desk.post(f"/campaigns/{campaign.slug}/end").status_code == 409


def test_the_desk_sets_the_phase_with_a_reason(desk):
    assert "give a reason" in desk.post("/campaigns/phase", {"phase": "warm"}, follow=True).content.decode()
    assert desk.post("/campaigns/phase", {"phase": "boiling", "reason": "x"}).status_code == 403
    page = desk.post("/campaigns/phase", {"phase": "warm", "reason": "Misbruik"}, follow=True).content.decode()
    assert "<strong>warm</strong>" in page
    assert NetworkPhase.objects.get().reason == "Misbruik"


def test_looking_changes_nothing(desk, campaign):
    before = every_row()
    for path in ("/campaigns", f"/campaigns/{campaign.slug}", "/campaigns/new", "/campaigns/phase"):
        desk.get(path)
    assert every_row() == before


def test_more_campaigns_and_findings_cost_no_more_queries(desk, campaign, country, django_assert_num_queries):
    paths = ("/campaigns", f"/campaigns/{campaign.slug}")
    counts = []
    for path in paths:
        with CaptureQueriesContext(connection) as few:
            desk.get(path)
        counts.append(len(few))
    report = report_of("more.csv")
    for number in range(5):
        start_campaign(title=f"{number}", kind=KIND, tlp="clear", by=DESK, at=NOON)
        finding_of(report, country.registrar, f"{number}")
    for path, count in zip(paths, counts, strict=True):
        with django_assert_num_queries(count):
            desk.get(path)


def test_an_empty_list_says_what_a_campaign_is(desk):
    assert "No campaign yet" in desk.get("/campaigns").content.decode()
