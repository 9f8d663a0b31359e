from datetime import timedelta

import pytest

from schakel.collaboration import balance, lists, survey
from schakel.collaboration.models import ValueAnswer
from schakel.kit.refusals import Invalid, NotPermitted
from schakel.registry.models import Partner
from tests.cast import DESK, NOON, STEWARD, STRANGER, member_of


def answer(partner, score=4, *, at=NOON, **given):
    return survey.answer(partner=partner, score=score, by=member_of(partner), at=at, **given)


def others(count):
    return [Partner.objects.create(key=f"p{at}", name=f"Partner {at}", type="isac") for at in range(count)]


def test_a_partner_answers_for_itself_once_a_year(country):
    answer(country.harbour_circle, 3, values=("visibility",), words="goed")
    answer(country.harbour_circle, 5)
    row = ValueAnswer.objects.get()
    assert (row.year, row.score, row.values, row.words) == (2026, 5, [], "")
    for actor in (DESK, country.neighbour, STRANGER, STEWARD):
        with pytest.raises(NotPermitted):
            survey.answer(partner=country.harbour_circle, score=1, by=actor, at=NOON)
    for given, words in (({"score": 6}, "from 1 to 5"), ({"values": ("fame",)}, "choose from the list")):
        with pytest.raises(Invalid, match=words):
            answer(country.harbour_circle, **given)


def test_the_trend_shows_years_in_which_enough_answered(country):
    partners = others(5)
    for score, partner in enumerate(partners, start=1):
        answer(partner, score, values=("visibility",) if score > 2 else ())
    for partner in partners[:4]:
        answer(partner, 5, at=NOON - timedelta(days=365))
    for actor in (DESK, STEWARD, country.member):
        [latest] = survey.trend(actor)
        assert (latest.year, latest.count, latest.mean) == (2026, 5, 3.0)
        assert latest.by_value["visibility"] == 3
        assert set(latest.by_value) == {line.slug for line in lists.values()}
    with pytest.raises(NotPermitted):
        survey.trend(STRANGER)


def test_words_are_named_only_where_the_partner_wished_so(country):
    partners = others(5)
    for partner in partners[:4]:
        answer(partner, words=f"stil {partner.pk}")
    answer(country.harbour_circle, words="van ons", is_named=True)
    with pytest.raises(NotPermitted):
        survey.words_of(2026, to=country.member)
    told = survey.words_of(2026, to=DESK)
    assert ("Havenkring", "van ons") in told
    assert len([one for one in told if not one[0]]) == 4
    ValueAnswer.objects.filter(partner=partners[0]).delete()
    assert survey.words_of(2026, to=DESK) == [("Havenkring", "van ons")]


def test_whose_answer_it_is_only_the_partner_knows_unless_it_says_so(country):
    answer(country.harbour_circle, 2)
    given = {"partner": country.harbour_circle, "year": 2026}
    assert balance.answer_of(**given, to=country.member).score == 2
    for actor in (DESK, country.neighbour, STEWARD, STRANGER):
        assert balance.answer_of(**given, to=actor) is None
    answer(country.harbour_circle, 2, is_named=True)
    assert balance.answer_of(**given, to=DESK).score == 2
    assert balance.answer_of(**given, to=country.neighbour) is None
