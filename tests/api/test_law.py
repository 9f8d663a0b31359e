import pytest

from schakel.registry import law

ROUTES = ("legal-bases", "designations", "supervisors", "law-changes")


@pytest.fixture
def reader(program, country):
    return program("partner", country.harbour_circle)


def rows_of(client, route):
    answer = client.get(f"/api/v1/{route}")
    assert answer.status_code == 200
    return answer.json()


def test_members_read_the_legal_bases_with_their_days(reader):
    rows = {row["slug"]: row for row in rows_of(reader, "legal-bases")}
    assert (rows["wbni-3"]["untilOn"], rows["wbni-3"]["isInForce"]) == ("2026-08-15", False)
    assert rows["cbw-16-2-b"]["allowsPersonalData"]
    assert not rows["covenant-ciic"]["isCertain"]
    assert rows["cbw-16-2-b"]["title"] == law.bases()["cbw-16-2-b"].title


def texts_of(row):
    return [value for value in row.values() if isinstance(value, dict)]


@pytest.mark.parametrize("route", ROUTES)
def test_every_text_stands_there_in_both_languages(reader, route):
    rows = rows_of(reader, route)
    assert rows
    for text in (text for row in rows for text in texts_of(row)):
        assert set(text) == {"nl", "en"}
        assert bool(text["nl"]) == bool(text["en"])


@pytest.mark.parametrize("route", ["legal-bases", "supervisors", "law-changes"])
def test_every_fact_says_where_it_comes_from(reader, route):
    assert all(row["source"] and row["checkedOn"] for row in rows_of(reader, route))


def test_the_two_languages_are_not_the_same_text(reader):
    titles = [row["title"] for row in rows_of(reader, "legal-bases")]
    assert any(title["nl"] != title["en"] for title in titles)


def test_designations_name_the_partner_that_is_one(reader, country):
    rows = rows_of(reader, "designations")
    assert [row["csirt"] for row in rows if row["partnerId"] == country.care_csirt.pk] == ["Zorg-CSIRT"]
    assert len(rows) == 1 + len(law.designations())


def test_changes_come_newest_first(reader):
    days = [row["on"] for row in rows_of(reader, "law-changes")]
    assert days == sorted(days, reverse=True)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("role", ["coordinator", "steward", "auditor"])
def test_every_member_may_read_the_law(program, country, role, route):
    assert rows_of(program(role), route)


@pytest.mark.parametrize("route", ROUTES)
def test_who_has_no_part_in_the_network_may_not(program, country, route):
    left = country.harbour_circle
    client = program("partner", left)
    type(left).objects.filter(pk=left.pk).update(standing="left", left_at="2026-11-01T00:00Z")
    assert client.get(f"/api/v1/{route}").status_code in {401, 403}
