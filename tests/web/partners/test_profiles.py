import pytest

from schakel.registry.models import Partner
from schakel.registry.partners import activities, standings
from tests.cast import DESK, NOON
from tests.registry.network_cast import prospect

SECRETS = ("Wij waken.", "https://kring.example", "Piketdienst", "Zuid-Holland")


@pytest.fixture
def circle(country):
    partner = country.harbour_circle
    Partner.objects.filter(pk=partner.pk).update(
        about="Wij waken.", website="https://kring.example", regions=["NL-ZH"], category="core",
        category_on="2026-01-01", category_reason="Veel vertrouwen",
    )  # fmt: skip
    activities.add_activity(partner=partner, title="Piketdienst", side="hard", by=DESK, at=NOON)
    partner.refresh_from_db()
    return partner


def show(partner, *shows, is_public=True, society=""):
    standings.show_publicly(partner=partner, is_public=is_public, shows=set(shows), society=society, by=DESK, at=NOON)


def test_nobody_is_public_by_default(stranger, circle):
    page = stranger.get("/partners")
    assert page.status_code == 200
    assert "Nobody is named here yet" in page.content.decode()
    assert stranger.get(f"/partners/{circle.pk}").status_code == 404


def test_only_what_was_chosen_is_shown_to_anybody(stranger, member, circle):
    show(circle, "about")
    for client in (stranger, member("coordinator"), member("partner", circle)):
        page = client.get(f"/partners/{circle.pk}").content.decode()
        assert [words for words in SECRETS if words in page] == ["Wij waken."]
        assert "Veel vertrouwen" not in page
    show(circle, "about", "website", "activities", "regions", society="Gratis les.")
    page = stranger.get(f"/partners/{circle.pk}").content.decode()
    assert [words for words in SECRETS if words in page] == list(SECRETS)
    assert "Gratis les." in page


def test_it_is_taken_back_at_once(stranger, circle):
    show(circle, "about")
    show(circle, "about", is_public=False)
    assert stranger.get(f"/partners/{circle.pk}").status_code == 404
    assert "Havenkring" not in stranger.get("/partners").content.decode()


@pytest.mark.parametrize("standing", ["joining", "left"])
def test_who_does_not_take_part_is_not_named(stranger, circle, standing):
    show(circle, "about")
    Partner.objects.filter(pk=circle.pk).update(standing=standing, left_at=NOON if standing == "left" else None)
    assert stranger.get(f"/partners/{circle.pk}").status_code == 404


def test_the_list_is_by_name_and_ranks_nobody(stranger, country, circle):
    prospect("Aardappelbond", is_public=True)
    partners = [
        Partner.objects.create(key=f"p{n}", name=name, type="isac") for n, name in enumerate(("Zeta", "Alfa", "Mid"))
    ]
    for partner in (circle, *partners):
        show(partner)
    page = stranger.get("/partners").content.decode()
    at = [page.index(name) for name in ("Alfa", "Havenkring", "Mid", "Zeta")]
    assert at == sorted(at)
    assert "Aardappelbond" not in page
    assert "<table" not in page


def test_a_long_list_goes_on(stranger, country):
    for number in range(55):
        show(Partner.objects.create(key=f"p{number}", name=f"Partner {number:02}", type="isac"))
    first = stranger.get("/partners").content.decode()
    following = first.split("after=")[1].split('"')[0]
    second = stranger.get(f"/partners?after={following}").content.decode()
    assert "Partner 54" not in first
    assert "Partner 54" in second
