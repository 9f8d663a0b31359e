import pytest

from schakel.oversight.coverage import refreshing, tables
from schakel.policy.access import SYSTEM
from tests.cast import NOON


@pytest.fixture
def counted(country):
    refreshing.refresh(by=SYSTEM, at=NOON)
    return country


def test_a_table_of_the_latest_count_is_told(program, counted):
    answer = program("coordinator").get("/api/v1/coverage?by=region&function=notification").json()
    assert (answer["on"], answer["by"], answer["partnersCount"]) == ("2026-11-02", "region", 2)
    assert [(cell["region"], cell["population"], cell["low"], cell["told"]) for cell in answer["cells"]] == [
        ("NL-ZH", 4, 2, 0)
    ]
    sizes = program("steward").get("/api/v1/coverage?by=size_class&function=exercise").json()["cells"]
    assert {cell["sizeClass"]: (cell["listed"], cell["told"]) for cell in sizes} == {
        "one": (0, None),
        "medium": (0, None),
    }


@pytest.mark.parametrize("by", tables.named())
def test_every_table_can_be_asked(program, counted, by):
    cells = program("coordinator").get(f"/api/v1/coverage?by={by}").json()["cells"]
    assert sum(cell["population"] for cell in cells) == 4


def test_a_partner_sees_its_own_share_alone_and_not_whom_nobody_else_reaches(program, counted):
    owner = program("partner", counted.harbour_circle)
    [share] = owner.get("/api/v1/coverage/shares").json()["items"]
    assert (share["partnerId"], share["members"], share["alone"]) == (counted.harbour_circle.pk, 1, None)
    assert owner.get("/api/v1/coverage").status_code == 404
    assert owner.get("/api/v1/coverage").content == owner.get("/api/v1/campaigns/nergens").content


def test_the_desk_sees_all_shares_and_the_others_none(program, counted):
    shares = program("coordinator").get("/api/v1/coverage/shares").json()["items"]
    assert {share["partnerId"]: share["alone"] for share in shares} == {
        counted.harbour_circle.pk: {"notification": 1},
        counted.care_csirt.pk: {"notification": 1},
    }
    for role in ("steward", "auditor"):
        assert program(role).get("/api/v1/coverage/shares").json()["items"] == []
    assert program("auditor").get("/api/v1/coverage").status_code == 404


@pytest.mark.parametrize("query", ["by=colour", "function=flying", "unknown=1"])
def test_what_cannot_be_asked_is_a_mistake(program, counted, query):
    assert program("coordinator").get(f"/api/v1/coverage?{query}").status_code == 400


def test_before_the_first_count_there_is_nothing(program, country):
    assert program("coordinator").get("/api/v1/coverage").status_code == 404
