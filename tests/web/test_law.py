import pytest


@pytest.fixture
def reader(member, country):
    return member("partner", country.harbour_circle)


def test_the_page_shows_bases_designations_supervisors_and_changes(reader):
    page = reader.get("/network/law").content.decode()
    for part in (
        "Cyberbeveiligingswet, article 16(2)(b)", "in use for notices", "ended: cannot be chosen", "Zorg-CSIRT",
        "Dutch Authority for Digital Infrastructure", "The Wbni is repealed", "uncertain", "Stb. 2026, 187",
        "Kamerstuk 36084, nr. 3", "checked 22 Nov 2026",
    ):  # fmt: skip
        assert part in page
    assert page.index("article 16(2)(b)") < page.index("(repealed)")


def test_the_page_speaks_dutch(member, country):
    page = member("partner", country.harbour_circle, language="nl").get("/network/law").content.decode()
    assert "Grondslagen om te delen" in page
    assert "artikel 16, tweede lid, onder b" in page


@pytest.mark.parametrize("role", ["coordinator", "steward", "auditor"])
def test_every_member_may_read_the_law(member, role):
    assert member(role).get("/network/law").status_code == 200


def test_strangers_log_in(stranger):
    assert stranger.get("/network/law").url.startswith("/account/login")


def test_the_menu_leads_there(reader):
    assert 'href="/network/law"' in reader.get("/network/law").content.decode()


def test_without_designations_the_page_says_what_to_do(reader, country):
    country.care_csirt.designations.all().delete()
    assert "No designation is known" in reader.get("/network/law").content.decode()


def test_a_page_costs_few_queries(reader, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        reader.get("/network/law")


def test_who_does_what_in_a_crisis_stands_on_a_page_with_its_sources(reader, member):
    page = reader.get("/network/crisis").content.decode()
    for part in (
        "ICT Response Board",
        "Lukewarm phase",
        "Replaces none of the others",
        "uncertain",
        "checked 22 Nov 2026",
    ):
        assert part in page
    assert "Vervangt geen van de andere" in member("steward", language="nl").get("/network/crisis").content.decode()


def test_an_operators_own_crisis_structure_takes_the_place_of_ours(reader, settings, tmp_path):
    settings.FACTS = str(tmp_path)
    own = 'source = "ours"\nchecked_on = 2026-11-01\n[board]\nnl = "Raad"\nen = "Board"\nrole_nl = "Kiest"\nrole_en = "Chooses"'
    (tmp_path / "crisis_structure.toml").write_text(own)
    page = reader.get("/network/crisis").content.decode()
    assert "Chooses" in page
    assert "ICT Response Board" not in page
