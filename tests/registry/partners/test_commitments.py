from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from schakel.registry.models import Activity, Commitment, Partner
from schakel.registry.partners import activities, commitments, register
from schakel.registry.partners.commitments import AlreadyCommitted, Suggestion
from tests.cast import DESK, NOON, STRANGER
from tests.registry.network_cast import TODAY, others, prospect


def commit(partner, by=DESK, **given):
    usual: dict[str, Any] = {"function": "knowledge", "role": "informer", "from_on": TODAY}
    return commitments.commit(partner=partner, by=by, at=NOON, **(usual | given))


def test_a_partner_joins_a_function_by_itself(country):
    row = commit(country.harbour_circle, country.member, role="contributor", effort="twee dagen per maand")
    assert list(Commitment.objects.on(TODAY)) == [row]
    assert not Commitment.objects.on(date(2026, 11, 1)).exists()


def test_only_the_coordinator_gives_the_lead(country):
    given: dict[str, Any] = {"role": "lead", "effort": "elke week een dag"}
    with pytest.raises(NotPermitted):
        commit(country.harbour_circle, country.member, **given)
    assert commit(country.harbour_circle, **given).role == "lead"


def test_nobody_else_commits_a_partner(country):
    for by in others(country):
        with pytest.raises(NotPermitted):
            commit(country.harbour_circle, by)
    assert not Commitment.objects.exists()


@pytest.mark.parametrize(
    "given",
    [
        {"function": "juggling"},
        {"role": "boss"},
        {"role": "contributor"},
        {"until_on": TODAY},
        {"until_on": date(2026, 1, 1)},
    ],
)
def test_what_cannot_be_a_commitment_is_refused(country, given):
    with pytest.raises(Invalid):
        commit(country.harbour_circle, **given)


@pytest.mark.parametrize(
    ("from_on", "until_on"),
    [(TODAY, None), (date(2026, 1, 1), None), (date(2026, 1, 1), date(2026, 11, 3)), (date(2027, 1, 1), None)],
)
def test_one_function_is_joined_once_at_a_time(country, from_on, until_on):
    commit(country.harbour_circle)
    with pytest.raises(AlreadyCommitted):
        commit(country.harbour_circle, from_on=from_on, until_on=until_on)


def test_the_database_refuses_two_at_a_time_by_itself(country):
    given: dict[str, Any] = {"partner": country.harbour_circle, "function": "exercise"}
    Commitment.objects.create(**given, from_on=date(2026, 1, 1), until_on=date(2026, 6, 1))
    Commitment.objects.create(**given, from_on=date(2026, 6, 1))
    Commitment.objects.create(**given | {"function": "knowledge"}, from_on=date(2026, 6, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Commitment.objects.create(**given, from_on=date(2026, 5, 31), until_on=date(2026, 6, 2))


def test_who_has_not_joined_or_has_left_commits_to_nothing(country):
    with pytest.raises(WrongState):
        commit(prospect())
    country.harbour_circle.standing = "left"
    with pytest.raises(WrongState):
        commit(country.harbour_circle)


def test_a_commitment_ends_once_and_one_that_had_not_begun_was_none(country):
    row, later = commit(country.harbour_circle), commit(country.harbour_circle, function="exercise")
    commitments.end_commitment(commitment=row, until_on=date(2026, 12, 1), by=country.member, at=NOON)
    with pytest.raises(WrongState):
        commitments.end_commitment(commitment=row, until_on=date(2026, 12, 1), by=country.member, at=NOON)
    commitments.end_commitment(commitment=later, until_on=TODAY, by=DESK, at=NOON)
    assert list(Commitment.objects.values_list("function", "until_on")) == [("knowledge", date(2026, 12, 1))]


def test_only_its_own_people_end_a_commitment(country):
    row = commit(country.harbour_circle)
    for by in others(country):
        with pytest.raises(NotPermitted):
            commitments.end_commitment(commitment=row, until_on=date(2026, 12, 1), by=by, at=NOON)


def test_partners_see_each_others_commitments_and_strangers_none(country):
    row = commit(country.harbour_circle)
    for actor in (DESK, country.member, country.neighbour):
        assert list(Commitment.objects.visible_to(actor)) == [row]
    assert not Commitment.objects.visible_to(STRANGER).exists()


def test_a_function_is_suggested_for_a_reason(country):
    circle = country.harbour_circle
    assert commitments.suggestions(circle, on=TODAY) == [
        Suggestion("notification", says_so=True, peers=0, has_hard_side=False)
    ]
    for number in range(3):
        peer = Partner.objects.create(key=f"peer-{number}", name=f"{number}", type="isac")
        commit(peer, function="exercise")
    activities.add_activity(partner=circle, title="Piketdienst", side="hard", by=country.member, at=NOON)
    found = commitments.suggestions(circle, on=TODAY)
    assert [one.function for one in found] == ["notification", "incident-handling", "exercise"]
    commit(circle, function="notification")
    assert "notification" not in [one.function for one in commitments.suggestions(circle, on=TODAY)]


def test_activities_are_soft_or_hard_and_stand_once(country):
    circle = country.harbour_circle
    for title, side in (("Nieuwsbrief", "soft"), ("Piketdienst", "hard"), ("Webinars", "soft")):
        activities.add_activity(partner=circle, title=title, side=side, by=country.member, at=NOON)
    for title, side in (("Nieuwsbrief", "hard"), ("", "soft"), ("Iets", "medium")):
        with pytest.raises(Invalid):
            activities.add_activity(partner=circle, title=title, side=side, by=DESK, at=NOON)
    assert activities.sides(to=DESK) == activities.Sides(soft=2, hard=1)
    assert activities.sides(to=STRANGER).all == 0


def test_activities_of_prospects_are_the_coordinators_alone(country):
    found = prospect()
    with pytest.raises(NotPermitted):
        activities.add_activity(partner=found, title="Nieuwsbrief", side="soft", by=country.member, at=NOON)
    row = activities.add_activity(partner=found, title="Nieuwsbrief", side="soft", by=DESK, at=NOON)
    assert not Activity.objects.visible_to(country.member).exists()
    with pytest.raises(NotPermitted):
        activities.drop_activity(activity=row, by=country.member, at=NOON)
    activities.drop_activity(activity=row, by=DESK, at=NOON)
    assert not Activity.objects.exists()


def test_functions_come_and_go(country, monkeypatch):
    listed = {
        "source": "x", "exercise": {"nl": "x"}, "knowledge": {"nl": "y", "until": date(2026, 11, 2)},
        "notification": {"nl": "z", "from": date(2027, 1, 1)},
    }  # fmt: skip
    monkeypatch.setattr(register, "facts", lambda _name: listed)
    monkeypatch.setattr(register, "slugs", lambda _name: ("exercise", "knowledge", "notification"))
    assert register.functions_on(TODAY) == ("exercise",)
    assert register.functions_on(date(2026, 11, 1)) == ("exercise", "knowledge")
    with pytest.raises(Invalid):
        commit(country.harbour_circle, function="knowledge")
    assert commit(country.harbour_circle, function="notification", from_on=date(2027, 1, 1))
