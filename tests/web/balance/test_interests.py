import pytest
from django.utils import timezone

from schakel.collaboration import interests
from schakel.collaboration.models import ConflictTalk, InterestConflict, InterestStatement
from schakel.registry.models import Partner
from tests.journeys.crawler import plain
from tests.web.notices.test_respond import every_row

LIST, CONFLICTS = "/network/interests", "/network/interests/conflicts"


@pytest.fixture
def page(country):
    return f"{LIST}/{country.harbour_circle.pk}"


@pytest.fixture
def conflict(country):
    return interests.raise_conflict(
        partner=country.harbour_circle, other=country.care_csirt, what="zelfde <klanten>", by=country.member,
        at=timezone.now(),
    )  # fmt: skip


def text(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def seen(client, path):
    """A page but for its own address and token."""
    return plain(text(client, path, 404), path)


def test_a_statement_is_read_by_partners_but_for_what_is_private(owner, neighbour, desk, page):
    given = {"aims": "sneller <weten>", "interests": "wij verkopen scans", "private": "in overname"}
    assert owner.post(page, given).url == page
    for reader in (owner, neighbour, desk):
        assert "sneller &lt;weten&gt;" in text(reader, LIST)
        assert "wij verkopen scans" in text(reader, page)
    assert "in overname" in text(owner, page)
    assert "in overname" in text(desk, page)
    assert "in overname" not in text(neighbour, page) + text(neighbour, LIST)
    assert "<textarea" not in text(neighbour, page)
    assert InterestStatement.objects.get().year == timezone.localdate().year


def test_nobody_states_for_another_and_who_is_no_member_reads_nothing(neighbour, stranger, member, owner, page):
    assert neighbour.post(page, {"aims": "x"}).status_code == 403
    assert owner.post(page, {"aims": ""}).status_code == 400
    for path in (LIST, page, CONFLICTS):
        assert stranger.get(path).url.startswith("/account/login")
        assert member("steward").get(path).status_code == 403
    assert not InterestStatement.objects.exists()


def test_a_partner_that_is_not_there_for_others_has_no_page(neighbour, desk, country):
    joining = Partner.objects.create(key="new", name="Nieuweling", type="isac", standing="joining")
    assert seen(neighbour, f"{LIST}/{joining.pk}") == seen(neighbour, f"{LIST}/99999")
    assert "Nieuweling" not in text(neighbour, LIST)
    assert desk.get(f"{LIST}/{joining.pk}").status_code == 200


def test_last_years_words_stand_in_the_form(owner, page, country):
    row = interests.state(
        partner=country.harbour_circle, aims="oude woorden", interests="", by=country.member, at=timezone.now()
    )
    InterestStatement.objects.filter(pk=row.pk).update(year=2024)
    assert "oude woorden</textarea>" in text(owner, page)


def test_a_clash_is_raised_shared_talked_about_and_ended(owner, neighbour, desk, page):
    given = {"other": "zorg-csirt", "what": "zelfde klanten"}
    answer = owner.post(f"{page}/conflict", given)
    row = InterestConflict.objects.get()
    path = f"{CONFLICTS}/{row.pk}"
    assert answer.url == path
    assert seen(neighbour, path) == seen(neighbour, f"{CONFLICTS}/99999")
    assert "Zorg-CSIRT" in text(owner, path)
    assert "0 clashes" in text(neighbour, LIST)
    assert owner.post(f"{path}/share", {"is_sure": "yes"}).status_code == 403
    assert "cannot be taken back" in desk.post(f"{path}/share", follow=True).content.decode()
    assert "from now on" in desk.post(f"{path}/share", {"is_sure": "yes"}, follow=True).content.decode()
    assert "1 clash of interests" in text(neighbour, LIST)
    today = timezone.localdate().isoformat()
    assert neighbour.post(f"{path}/talk", {"talk-on": today, "talk-words": "samen gezeten"}).url == path
    assert neighbour.post(f"{path}/talk", {"talk-on": "2999-01-01", "talk-words": "x"}).status_code == 400
    assert neighbour.post(f"{path}/end", {"end-state": "settled", "end-outcome": "x"}).status_code == 403
    assert desk.post(f"{path}/end", {"end-state": "settled", "end-outcome": ""}).status_code == 400
    assert desk.post(f"{path}/end", {"end-state": "settled", "end-outcome": "verdeeld"}).url == path
    shown = text(owner, path)
    assert "samen gezeten" in shown
    assert "verdeeld" in shown
    assert ConflictTalk.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"other": "Niemand", "what": "x"}, "there is no partner of this name"),
        ({"other": "Havenkring", "what": "x"}, "choose another partner"),
        ({"other": "", "what": ""}, "This field is required"),
    ],
)
def test_what_cannot_clash_comes_back_with_the_reason(owner, page, given, words):
    answer = owner.post(f"{page}/conflict", given)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not InterestConflict.objects.exists()


def test_the_acts_on_a_clash_are_for_its_sides(conflict, neighbour, stranger, member, country):
    third = member("partner", Partner.objects.create(key="third", name="Derde", type="isac"))
    path = f"{CONFLICTS}/{conflict.pk}"
    steward, before = member("steward"), every_row()
    for act in ("talk", "share", "end"):
        for client, status in ((third, 404), (neighbour, 404), (steward, 403), (stranger, 302)):
            assert client.post(f"{path}/{act}", {"is_sure": "yes"}).status_code == status
    assert third.get(f"{LIST}/{country.harbour_circle.pk}/conflict").status_code == 404
    assert "Nothing clashes" in text(third, CONFLICTS)
    assert every_row() == before


def test_lists_are_by_name_and_newest_first(desk, owner, conflict, country):
    interests.raise_conflict(partner=country.harbour_circle, what="de kosten", by=country.member, at=timezone.now())
    shown = text(owner, CONFLICTS)
    assert shown.index("de kosten") < shown.index("zelfde &lt;klanten&gt;")
    assert "the network itself" in shown
    listed = text(desk, LIST)
    assert listed.index("Havenkring") < listed.index("Zorg-CSIRT")
