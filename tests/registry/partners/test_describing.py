from typing import Any

import pytest
from django.utils.translation import override

from schakel.journal.models import Event
from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from schakel.registry.models import Partner
from schakel.registry.partners import describing
from tests.cast import DESK, NOON
from tests.registry.network_cast import TODAY, others, prospect

SAID: dict[str, Any] = {"about": "Wij waarschuwen.", "website": "https://www.example.org", "language": "nl"}
LISTS: dict[str, Any] = {"functions": ["exercise", "notification"], "regions": ["NL-ZH"]}


def describe(partner, by, **given):
    describing.describe(partner=partner, by=by, at=NOON, **(SAID | LISTS | given))


def assess(partner, category="ecosystem", reason="Reaches every bakery there is.", by=DESK):
    describing.assess(partner=partner, category=category, reason=reason, by=by, at=NOON)


def characterise(partner, by=DESK, **given):
    usual: dict[str, Any] = {"name": "Nieuwe naam", "type": "csirt", "sectors": ["health"]}
    describing.characterise(partner=partner, by=by, at=NOON, **(usual | given))


def test_its_own_people_say_what_a_partner_does(country):
    describe(country.harbour_circle, country.member)
    row = Partner.objects.get(key="harbour-circle")
    assert (row.about, row.website, row.regions) == ("Wij waarschuwen.", "https://www.example.org", ["NL-ZH"])
    assert row.functions == ["notification", "exercise"]
    event = Event.objects.get(tag="registry.partner.described")
    assert sorted(event.facts["fields"]) == ["about", "functions", "regions", "website"]


def test_the_same_words_again_are_no_event(country):
    describe(country.harbour_circle, country.member)
    describe(country.harbour_circle, country.member)
    assert Event.objects.filter(tag="registry.partner.described").count() == 1


def test_nobody_else_speaks_for_a_partner(country):
    for by in others(country):
        with pytest.raises(NotPermitted):
            describe(country.harbour_circle, by)
    assert Partner.objects.get(key="harbour-circle").about == ""


@pytest.mark.parametrize(
    "given",
    [
        {"website": "javascript:alert(1)"},
        {"website": "no address"},
        {"language": "xx"},
        {"functions": ["juggling"]},
        {"regions": ["NL-XX"]},
    ],
)
def test_what_is_no_word_of_the_register_is_refused_whole(country, given):
    with pytest.raises(Invalid):
        describe(country.harbour_circle, DESK, **given)
    assert Partner.objects.get(key="harbour-circle").about == ""


def test_who_has_left_is_described_no_more(country):
    country.harbour_circle.standing = "left"
    for act in (describe, assess, characterise):
        with pytest.raises(WrongState):
            act(country.harbour_circle, by=DESK)


def test_the_coordinator_says_what_a_partner_is(country):
    characterise(country.care_csirt)
    row = Partner.objects.get(key="care-csirt")
    assert (row.name, row.type, row.sectors) == ("Nieuwe naam", "csirt", ["health"])


def test_a_partner_does_not_name_its_own_sectors_or_category(country):
    for by in (country.member, *others(country)):
        with pytest.raises(NotPermitted):
            characterise(country.harbour_circle, by=by)
        with pytest.raises(NotPermitted):
            assess(country.harbour_circle, by=by)


@pytest.mark.parametrize("given", [{"name": " "}, {"type": "circus"}, {"sectors": ["magic"]}])
def test_a_partner_is_of_a_known_kind(country, given):
    with pytest.raises(Invalid):
        characterise(country.care_csirt, **given)


def test_an_assessment_says_who_when_and_why(country):
    assess(country.harbour_circle)
    row = Partner.objects.get(key="harbour-circle")
    assert (row.category, row.category_by, row.category_on) == ("ecosystem", "desk", TODAY)
    assert Event.objects.get(tag="registry.partner.assessed").facts == {"before": "", "category": "ecosystem"}


@pytest.mark.parametrize(("category", "words"), [("ecosystem", "which reach"), ("core", "give a reason")])
def test_an_assessment_without_a_reason_is_none(country, category, words):
    with override("en"), pytest.raises(Invalid, match=words):
        assess(country.harbour_circle, category, "kort")


def test_only_three_categories_exist(country):
    with override("en"), pytest.raises(Invalid, match="category"):
        assess(country.harbour_circle, "inner-circle")


def test_prospects_are_assessed_by_the_coordinator_alone(country):
    found = prospect()
    with pytest.raises(NotPermitted):
        assess(found, by=country.member)
    assess(found, "core")
    found.refresh_from_db()
    assert found.category == "core"


def test_who_joins_and_was_not_assessed_is_a_connection_partner(country):
    describing.place_by_default(partner=country.harbour_circle, by=DESK, at=NOON)
    row = Partner.objects.get(key="harbour-circle")
    assert (row.category, row.category_by, row.category_on) == ("connection", "desk", TODAY)
    assess(row, "core")
    describing.place_by_default(partner=row, by=DESK, at=NOON)
    assert Partner.objects.get(key="harbour-circle").category == "core"
    assert Event.objects.filter(tag="registry.partner.placed").count() == 1
