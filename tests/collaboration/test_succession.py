"""When partners merge or split, all that they brought, expect, own and lead goes along; and it can go back."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from schakel.collaboration import contributions, expectations, initiatives, interests, survey, taking_part
from schakel.collaboration.descriptions import Description
from schakel.collaboration.models import (
    Contribution,
    Expectation,
    Initiative,
    InterestConflict,
    InterestStatement,
    Participant,
    Recognition,
    UseCaseLink,
    ValueAnswer,
)
from schakel.governance import questions
from schakel.governance.models import Canvas, Question
from schakel.jobs import registry as jobs
from schakel.kit.refusals import Invalid, NotPermitted
from schakel.notices.models import Notice, Route
from schakel.people.models import Invitation, UserGrant, actor_of
from schakel.policy.access import Permission
from schakel.registry.models import Application, Partner
from schakel.registry.successions import merging, splits, taking_along
from tests.cast import DESK, NOON, STEWARD, STRANGER, member_of
from tests.telling import finding_of, report_of, tell

SAID: dict[str, Any] = {"words": "Fusie per november.", "by": DESK, "at": NOON}
HELD: dict[str, Any] = {
    "initiatives": (Initiative, "owner"),
    "contributions": (Contribution, "partner"),
    "thanks": (Recognition, "partner"),
    "expectations": (Expectation, "partner"),
    "conflicts": (InterestConflict, "partner"),
    "conflicts of others": (InterestConflict, "other"),
    "statements": (InterestStatement, "partner"),
    "answers": (ValueAnswer, "partner"),
    "parts": (Participant, "partner"),
    "use cases": (UseCaseLink, "partner"),
    "plans led": (Canvas, "lead"),
    "questions": (Question, "partner"),
    "accounts": (UserGrant, "partner"),
    "invitations": (Invitation, "partner"),
    "notices": (Notice, "partner"),
    "routes": (Route, "partner"),
    "referrals": (Application.referred_to.through, "partner"),
}


def held(partner):
    """The keys of everything that points at the partner, by what it is."""
    rows = {what: model.objects.filter(**{key: partner}) for what, (model, key) in HELD.items()}
    return {what: sorted(found.values_list("pk", flat=True)) for what, found in rows.items()}


def counts(partner):
    return {what: len(found) for what, found in held(partner).items() if found}


@pytest.fixture
def together(country, django_user_model):
    """An initiative in which both take part and work on one use case, and something of everything for the circle."""
    circle, csirt = country.harbour_circle, country.care_csirt
    given: dict[str, Any] = {"by": DESK, "at": NOON}
    row = initiatives.add(description=Description(name="Havenwacht", kind="project", owner=circle), **given)
    case = taking_part.add_use_case(initiative=row, name="Delen", **given)
    other_case = taking_part.add_use_case(initiative=row, name="Leren", **given)
    for partner in (circle, csirt):
        taking_part.take_part(initiative=row, partner=partner, **given)
        taking_part.link(use_case=case, partner=partner, **given)
        interests.state(partner=partner, aims="Leren", interests="", **given)
    taking_part.link(use_case=other_case, partner=circle, **given)
    brought = contributions.contribute(
        partner=circle, kind="hours", amount=Decimal(8), unit="hour", what="meelezen", year=2026, **given
    )
    contributions.recognise(partner=circle, form="badge", contribution=brought, **given)
    expectations.expect(
        partner=circle, side="brings", words="Tien uur", review_on=NOON.date() + timedelta(days=9), **given
    )
    survey.answer(partner=circle, score=4, by=member_of(circle), at=NOON)
    interests.raise_conflict(partner=circle, what="Met het netwerk", **given)
    interests.raise_conflict(partner=circle, other=csirt, what="Met elkaar", **given)
    questions.ask(
        function="notification", title="Wanneer?", words="", partner=circle, is_shared=False, by=member_of(circle),
        at=NOON,
    )  # fmt: skip
    plan = Canvas.objects.filter(function="notification").order_by("-version").first()
    Canvas.objects.filter(pk=plan.pk).update(lead=circle)
    report = report_of()
    finding_of(report, country.harbour)
    tell(report, country.harbour, partner=circle)
    UserGrant.objects.create(user=django_user_model.objects.create_user("anna"), role="partner", partner=circle)
    Application.objects.create(
        name="Bakkers",
        type="msp",
        how="Wij.",
        functions=[],
        role="informer",
        received_at=NOON,
        contact_name="B",
        contact_mail="b@b.example",
    ).referred_to.add(circle)
    return circle, csirt


def merged(circle, csirt):
    merger = merging.merge_partners(old=circle, new=csirt, **SAID)
    jobs.follow(merger_id=merger.pk)
    return merger


def test_all_that_hangs_on_a_partner_follows_it(together):
    circle, csirt = together
    whole = counts(circle)
    assert set(whole) == set(HELD) - {"conflicts of others", "invitations"}
    merged(circle, csirt)
    left = {"statements": 1, "conflicts": 1}  # Of this year the other has its own; none clashes with itself.
    assert counts(circle) == left
    assert counts(csirt) == {
        **whole, "statements": 1, "conflicts": 1, "conflicts of others": 1, "parts": 1, "use cases": 2,
    }  # fmt: skip
    assert not Participant.objects.filter(partner=circle).exists()


def test_undone_all_is_as_it_was(together):
    circle, csirt = together
    before = held(circle), held(csirt)
    merging.undo(merger=merged(circle, csirt), by=DESK, at=NOON + timedelta(days=2))
    assert (held(circle), held(csirt)) == before


def test_what_was_told_is_no_longer_the_others_to_read_once_it_is_undone(together):
    circle, csirt = together
    notice = Notice.objects.get()
    neighbour = member_of(csirt)
    merger = merged(circle, csirt)
    assert notice in Notice.objects.visible_to(neighbour)
    merging.undo(merger=merger, by=DESK, at=NOON)
    assert notice not in Notice.objects.visible_to(neighbour)
    assert notice in Notice.objects.visible_to(member_of(circle))


def test_following_twice_changes_nothing_more(together):
    circle, csirt = together
    merger = merged(circle, csirt)
    before = held(circle), held(csirt)
    jobs.follow(merger_id=merger.pk)
    assert (held(circle), held(csirt)) == before


def split(circle, **given):
    usual: dict[str, Any] = {"name": "Kring Oost", "relations": [], "sectors": [], "contacts": [], "activities": []}
    merger = splits.split_partner(old=circle, **SAID, **(usual | given))
    return merger, merger.to_partner


def test_what_is_chosen_goes_along_with_who_splits_off_and_the_rest_stays(together):
    circle, csirt = together
    before = held(circle)
    theirs = Participant.objects.get(partner=csirt)
    chosen = {
        "collaboration.initiative.owner": before["initiatives"],
        "collaboration.contribution.partner": before["contributions"],
        "governance.canvas.lead": before["plans led"],
        "people.usergrant.partner": before["accounts"],
        "collaboration.participant.partner": [theirs.pk],  # Another partner's: it stays.
    }
    merger, east = split(circle, above=chosen)
    assert counts(east) == {}
    jobs.split_off(merger_id=merger.pk, chosen=chosen)
    assert counts(east) == {"initiatives": 1, "contributions": 1, "plans led": 1, "accounts": 1}
    theirs.refresh_from_db()
    assert theirs.partner == csirt
    grant = UserGrant.objects.get()
    assert actor_of(grant.user).reach(Permission.PARTNER_VIEW).partner_ids == {east.pk}
    merging.undo(merger=merger, by=DESK, at=NOON)
    assert held(circle) == before
    jobs.split_off(merger_id=merger.pk, chosen=chosen)  # Too late: it was undone.
    assert held(circle) == before


def test_nothing_of_strangers_goes_along_and_only_the_coordinator_decides(together):
    circle, _csirt = together
    merger, _east = split(circle, above={"collaboration.initiative.owner": held(circle)["initiatives"]})
    for label in ("journal.event.facts", "registry.contact.partner", "people.usergrant.user"):
        with pytest.raises(Invalid):
            taking_along.take_chosen(merger=merger, chosen={label: [1]}, among=jobs.above(), by=DESK, at=NOON)
    for by in (member_of(circle), STEWARD, STRANGER):
        with pytest.raises(NotPermitted):
            taking_along.take_chosen(merger=merger, chosen={}, among=jobs.above(), by=by, at=NOON)


def test_nothing_chosen_is_no_split(together):
    with pytest.raises(Invalid):
        split(together[0], above={"collaboration.initiative.owner": []})
    assert not Partner.objects.filter(name="Kring Oost").exists()
