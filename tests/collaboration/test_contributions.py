from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from schakel.collaboration import balance, contributions
from schakel.collaboration.models import UNITS, Contribution, ContributionKind, Recognition, Unit
from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from schakel.registry.models import Capacity
from tests.cast import AUDITOR, DESK, NOON, STEWARD, STRANGER


def give(partner, *, by, **given):
    given = {"kind": "hours", "amount": Decimal(8), "unit": "hour", "what": "meelezen", "year": 2026, **given}
    return contributions.contribute(partner=partner, by=by, at=NOON, **given)


def test_a_partner_states_what_it_brings_in_kind_and_money(country, ours):
    hours = give(country.harbour_circle, by=country.member)
    money = give(
        country.harbour_circle,
        by=country.member,
        kind="funding",
        unit="euro",
        amount=Decimal("2500.50"),
        initiative=ours,
    )
    assert (hours.stated_by, hours.amount, money.initiative) == ("member", 8, ours)
    assert give(country.harbour_circle, by=DESK, project="Zomeroefening").stated_by == "desk"


@pytest.mark.parametrize("actor", ["neighbour", STRANGER, STEWARD, AUDITOR], ids=str)
def test_nobody_states_or_sees_what_another_partner_brings(country, actor):
    row = give(country.harbour_circle, by=country.member)
    actor = getattr(country, actor) if isinstance(actor, str) else actor
    with pytest.raises(NotPermitted):
        give(country.harbour_circle, by=actor)
    with pytest.raises(NotPermitted):
        contributions.withdraw(contribution=row, by=actor, at=NOON)
    assert not Contribution.objects.visible_to(actor).exists()
    assert [*Contribution.objects.visible_to(country.member)] == [*Contribution.objects.visible_to(DESK)] == [row]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"what": " "}, "say what it is"),
        ({"kind": "luck"}, "choose what kind"),
        ({"unit": "euro"}, "unit does not fit"),
        ({"unit": "barrel"}, "unit does not fit"),
        ({"amount": Decimal(0)}, "more than nothing"),
        ({"amount": Decimal("NaN")}, "more than nothing"),
        ({"amount": Decimal("1e12")}, "more than nothing"),
        ({"year": 2019}, "year cannot be right"),
        ({"year": 2028}, "year cannot be right"),
        ({"kind": "funding", "unit": "euro"}, "which initiative or project the money"),
        ({"capacity": "national-csirt"}, "does not act in this capacity"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(country, given, words):
    with pytest.raises(Invalid, match=words):
        give(country.harbour_circle, by=country.member, **given)
    assert not Contribution.objects.exists()


@pytest.mark.parametrize("kind", ContributionKind.values)
def test_each_kind_takes_its_own_units_and_no_others(country, kind):
    for unit in Unit.values:
        given = {"kind": kind, "unit": unit, "project": "Oefening"}
        if unit in UNITS[kind]:
            give(country.harbour_circle, by=DESK, **given)
        else:
            with pytest.raises(Invalid, match="unit does not fit"):
                give(country.harbour_circle, by=DESK, **given)


def test_a_capacity_counts_while_the_partners_organisation_holds_it(country):
    country.care_csirt.organisation = country.hospital
    country.care_csirt.save()
    held = Capacity.objects.create(organisation=country.hospital, label="sectoral-csirt", from_on=NOON.date())
    assert give(country.care_csirt, by=DESK, capacity="sectoral-csirt").capacity == held
    told = balance.contributions_csv(country.care_csirt, by=DESK, at=NOON)
    assert "sectoral-csirt" in told
    with pytest.raises(Invalid, match="does not act"):
        give(country.care_csirt, by=DESK, capacity="coordinator")


def test_what_was_stated_by_mistake_is_taken_back_once(country):
    row = give(country.harbour_circle, by=country.member)
    contributions.withdraw(contribution=row, by=country.member, at=NOON)
    with pytest.raises(WrongState):
        contributions.withdraw(contribution=row, by=DESK, at=NOON)


def test_only_the_desk_thanks(country):
    row = give(country.harbour_circle, by=country.member)
    thanks = contributions.recognise(
        partner=country.harbour_circle, form="interview", words="mooi", contribution=row, by=DESK, at=NOON
    )
    assert (thanks.given_on, thanks.contribution) == (NOON.date(), row)
    for actor in (country.member, country.neighbour, STRANGER, STEWARD):
        with pytest.raises(NotPermitted):
            contributions.recognise(partner=country.harbour_circle, form="interview", by=actor, at=NOON)
    for given, words in (
        ({"form": "statue"}, "one of the forms"),
        ({"given_on": NOON.date() + timedelta(days=1)}, "still to come"),
        ({"partner": country.care_csirt, "contribution": row}, "another partner's"),
    ):
        given = {"partner": country.harbour_circle, "form": "award", **given}  # noqa: PLW2901
        with pytest.raises(Invalid, match=words):
            contributions.recognise(by=DESK, at=NOON, **given)
    assert [*Recognition.objects.visible_to(country.member)] == [thanks]
    assert not Recognition.objects.visible_to(country.neighbour).exists()


@pytest.mark.parametrize("fields", [{"amount": 0}, {"kind": "funding"}, {"unit": "euro"}])
def test_the_database_would_catch_us_lying(country, fields):
    row = give(country.harbour_circle, by=DESK)
    with pytest.raises(IntegrityError), transaction.atomic():
        Contribution.objects.filter(pk=row.pk).update(**fields)
