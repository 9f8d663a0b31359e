from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Q

from schakel.jobs import registry as jobs
from schakel.journal.models import Event
from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from schakel.notices.models import Finding, Notice, Route
from schakel.people.models import User, UserGrant, actor_of
from schakel.policy.access import Permission
from schakel.registry.models import (
    Activity,
    Agreement,
    Asset,
    Commitment,
    Constituency,
    Contact,
    Estimate,
    Likeness,
    Merger,
    Organisation,
    Partner,
    Prospect,
    active_on,
)
from schakel.registry.partners import activities, commitments, estimates, standings
from schakel.registry.successions import duplicates, merging, splits, taking_along
from schakel.registry.successions.merging import CannotMerge
from tests.cast import DESK, NOON, Country
from tests.registry.network_cast import TODAY, others, prospect
from tests.telling import finding_of, report_of, tell

SAID: dict[str, Any] = {"words": "Fusie per november.", "by": DESK, "at": NOON}


def merge(old, new, **given) -> Merger:
    act: Any = merging.merge_partners if isinstance(old, Partner) else merging.merge_organisations
    merger: Merger = act(old=old, new=new, **(SAID | given))
    return merger


@pytest.fixture
def merged(country: Country) -> Merger:
    """The harbour circle, with something of everything, became part of the CSIRT for care, which has some of it too."""
    circle, csirt = country.harbour_circle, country.care_csirt
    Constituency.objects.create(partner=circle, organisation=country.hospital)
    for partner in (circle, csirt):
        given: dict[str, Any] = {"partner": partner, "by": DESK, "at": NOON}
        activities.add_activity(**given, title="Nieuwsbrief", side="soft")
        commitments.commit(**given, function="exercise", role="informer", from_on=TODAY)
        standings.state_continuity(**given, funding="fixed", ends_on=None, hangs_on_one=False, words="")
    commitments.commit(partner=circle, function="knowledge", role="informer", from_on=TODAY, by=DESK, at=NOON)
    estimates.estimate(partner=circle, relation="customer", count=5, source="x", counted_on=TODAY, by=DESK, at=NOON)
    Partner.objects.filter(pk=circle.pk).update(about="Wij waken.", sectors=["transport"])
    return merge(circle, csirt)


def fresh(row):
    return type(row)._base_manager.get(pk=row.pk)


def test_what_is_a_partners_follows_it(country, merged):
    circle, csirt = fresh(country.harbour_circle), fresh(country.care_csirt)
    assert (circle.standing, circle.successor, circle.left_at) == ("left", csirt, NOON)
    assert (csirt.about, csirt.sectors) == ("Wij waken.", ["health", "transport"])
    members = Constituency.objects.filter(partner=csirt).values_list("organisation__key", flat=True)
    assert sorted(members) == ["harbour", "hospital"]
    assert Contact.objects.filter(partner=csirt).count() == 2
    assert Commitment.objects.filter(partner=csirt, function="knowledge").exists()
    assert Estimate.objects.get().partner == csirt


def test_nothing_vanishes(country, merged):
    circle = country.harbour_circle
    assert [row["model"] for row in merged.absorbed] == ["registry.constituency"]
    assert not Constituency.objects.filter(partner=circle).exists()
    for model, count in ((Activity, 2), (Commitment, 3), (Agreement, 2)):
        assert model.objects.count() == count
    assert Agreement.objects.filter(partner=circle).count() == 1  # Both began on one day; it ended with the partner.
    assert Activity.objects.filter(partner=circle).count() == 1


def test_a_merger_can_be_undone_and_all_is_as_before(country, merged):
    circle, csirt = country.harbour_circle, country.care_csirt
    assert merging.can_be_undone(merged, at=NOON)
    merging.undo(merger=merged, by=DESK, at=NOON + timedelta(days=3))
    circle, csirt = fresh(circle), fresh(csirt)
    assert (circle.standing, circle.successor, circle.left_at) == ("partner", None, None)
    assert (csirt.about, csirt.sectors) == ("", ["health"])
    members = Constituency.objects.filter(partner=circle).values_list("organisation__key", flat=True)
    assert sorted(members) == ["harbour", "hospital"]
    assert Constituency.objects.filter(partner=csirt).count() == 1
    assert Commitment.objects.filter(partner=circle).count() == 2
    assert Estimate.objects.get().partner == circle
    with pytest.raises(WrongState):
        merging.undo(merger=merged, by=DESK, at=NOON)


def test_a_merger_of_long_ago_stays(merged, settings):
    settings.UNDO_DAYS = 30
    with pytest.raises(WrongState):
        merging.undo(merger=merged, by=DESK, at=NOON + timedelta(days=31))


def test_who_went_on_into_another_is_not_given_back(country, merged):
    third = Partner.objects.create(key="third", name="Derde", type="isac")
    merge(fresh(country.care_csirt), third)
    with pytest.raises(WrongState):
        merging.undo(merger=merged, by=DESK, at=NOON)


def test_only_the_coordinator_merges_splits_and_undoes(country, merged):
    for by in (country.member, *others(country)):
        with pytest.raises(NotPermitted):
            merge(country.harbour, country.hospital, by=by)
        with pytest.raises(NotPermitted):
            merging.undo(merger=merged, by=by, at=NOON)
        with pytest.raises(NotPermitted):
            taking_along.take_along(merger=merged, among=[UserGrant], by=by, at=NOON)
        with pytest.raises(NotPermitted):
            split_organisation(country.harbour, by=by)
        with pytest.raises(NotPermitted):
            split_partner(country.care_csirt, by=by)
        assert not Merger.objects.visible_to(by).exists()
    assert fresh(country.harbour).successor is None


@pytest.mark.parametrize("name", ["itself", "gone", "into a prospect", "no reason"])
def test_what_cannot_become_one_is_refused(country, merged, name):
    circle, csirt = fresh(country.harbour_circle), fresh(country.care_csirt)
    third = Partner.objects.create(key="third", name="Derde", type="isac")
    pairs: dict[str, tuple[Partner, Partner]] = {
        "itself": (csirt, csirt),
        "gone": (third, circle),
        "into a prospect": (csirt, prospect()),
        "no reason": (csirt, third),
    }
    before = Merger.objects.count()
    with pytest.raises(Invalid) as refused:
        merge(*pairs[name], words="" if name == "no reason" else "Fusie.")
    assert isinstance(refused.value, CannotMerge) is (name != "no reason")
    assert Merger.objects.count() == before


def test_a_prospect_that_is_a_partner_after_all_is_no_prospect_and_no_partner_of_its_own(country):
    found = prospect("Haven Kring", website="https://haven.example", contacted_on=TODAY)
    merger = merge(found, country.harbour_circle)
    assert not Prospect.objects.exists()
    assert not Partner.objects.filter(pk=found.pk).exists()
    assert fresh(country.harbour_circle).website == "https://haven.example"
    merging.undo(merger=merger, by=DESK, at=NOON)
    assert Prospect.objects.get() == found
    assert (fresh(country.harbour_circle).website, fresh(country.harbour_circle).contacted_on) == ("", None)


def test_what_lies_above_follows_by_its_job(country, merged):
    circle, csirt = country.harbour_circle, country.care_csirt
    user = User.objects.create_user("anna")
    UserGrant.objects.create(user=user, role="partner", partner=circle)
    report = report_of()
    finding_of(report, country.harbour)
    notice = tell(report, country.harbour, partner=circle)
    assert not actor_of(user).reach(Permission.PARTNER_VIEW)
    jobs.follow(merger_id=merged.pk)
    assert actor_of(user).reach(Permission.PARTNER_VIEW).partner_ids == {csirt.pk}
    assert Notice.objects.get(pk=notice.pk).partner == csirt
    assert Route.objects.get().partner == csirt
    assert Notice.objects.visible_to(actor_of(user)).exists()
    jobs.follow(merger_id=merged.pk)
    merging.undo(merger=merged, by=DESK, at=NOON)
    assert actor_of(user).reach(Permission.PARTNER_VIEW).partner_ids == {circle.pk}


def test_a_job_that_comes_after_the_undoing_takes_nothing_along(country, merged):
    user = User.objects.create_user("anna")
    UserGrant.objects.create(user=user, role="partner", partner=country.harbour_circle)
    merging.undo(merger=merged, by=DESK, at=NOON)
    jobs.follow(merger_id=merged.pk)
    assert taking_along.take_along(merger=merged, among=[UserGrant], by=DESK, at=NOON) == 0
    assert UserGrant.objects.get().partner == country.harbour_circle


def test_an_organisation_takes_assets_contacts_memberships_and_findings_along(country):
    harbour, registrar = country.harbour, country.registrar
    Asset.objects.create(organisation=registrar, kind="domain", value="haven.example")
    report = report_of()
    finding = finding_of(report, harbour)
    merger = merge(harbour, registrar)
    jobs.follow(merger_id=merger.pk)
    assert fresh(harbour).successor == registrar
    assert not Asset.objects.filter(organisation=harbour).exists()
    values = Asset.objects.filter(organisation=registrar).values_list("value", flat=True)
    assert sorted(values) == ["192.0.2.0/24", "192.0.2.0/25", "haven.example", "registrar.example"]
    assert Finding.objects.get(pk=finding.pk).organisation == registrar
    assert Constituency.objects.get(organisation=registrar).partner == country.harbour_circle
    merging.undo(merger=merger, by=DESK, at=NOON)
    assert Asset.objects.filter(organisation=harbour).count() == 2
    assert fresh(harbour).successor is None


def test_the_population_is_told_of_who_came_and_went(country):
    before = fresh(country.harbour).revision
    merger = merge(country.harbour, country.registrar)
    gone = fresh(country.harbour).revision
    merging.undo(merger=merger, by=DESK, at=NOON)
    assert before < gone < fresh(country.harbour).revision


def test_agreements_go_on_under_the_successor(country):
    circle = country.harbour_circle
    third = Partner.objects.create(key="third", name="Derde", type="isac")
    merge(circle, third)
    running = Agreement.objects.filter(active_on(TODAY, "notification"), partner=third)
    assert running.count() == 1


def split_organisation(old, **given) -> Merger:
    usual: dict[str, Any] = {"name": "Haven Oost", "assets": [], "contacts": [], "keeps_guardians": True}
    return splits.split_organisation(old=old, **(SAID | usual | given))


def split_partner(old, **given) -> Merger:
    usual: dict[str, Any] = {
        "name": "Havenkring Oost", "relations": ["member"], "sectors": [], "contacts": [], "activities": [],
    }  # fmt: skip
    return splits.split_partner(old=old, **(SAID | usual | given))


def test_an_organisation_becomes_two_and_one_again(country):
    harbour = country.harbour
    network = Asset.objects.get(organisation=harbour, kind="network")
    merger = split_organisation(
        harbour, assets=[network.pk, Asset.objects.get(organisation=country.hospital, kind="network").pk]
    )
    east = merger.to_organisation
    assert east is not None
    assert (east.key, east.region) == ("haven-oost", "NL-ZH")
    assert list(Asset.objects.filter(organisation=east)) == [network]
    assert Constituency.objects.get(organisation=east).partner == country.harbour_circle
    merging.undo(merger=merger, by=DESK, at=NOON)
    assert Asset.objects.filter(organisation=harbour).count() == 2
    assert fresh(east).successor == harbour
    assert not Constituency.objects.filter(organisation=east).exists()


def test_a_partner_becomes_two_and_the_new_one_is_only_joining(country):
    circle = country.harbour_circle
    Constituency.objects.create(partner=circle, organisation=country.bakery, relation="customer")
    merger = split_partner(circle, relations=["customer"], contacts=[Contact.objects.get(partner=circle).pk])
    east = merger.to_partner
    assert east is not None
    assert (east.standing, east.type) == ("joining", "isac")
    assert Constituency.objects.get(partner=east).organisation == country.bakery
    assert Contact.objects.get(partner=east)
    assert not Agreement.objects.filter(partner=east).exists()
    merging.undo(merger=merger, by=DESK, at=NOON)
    assert Constituency.objects.filter(partner=circle).count() == 2
    assert (fresh(east).standing, fresh(east).successor) == ("left", circle)


def test_a_split_by_sector_takes_that_sector_alone(country):
    Organisation.objects.filter(pk=country.harbour.pk).update(sector="transport")
    circle = country.harbour_circle
    with pytest.raises(Invalid):
        split_partner(circle, sectors=["health"])
    split_partner(circle, sectors=["transport"])
    assert not Constituency.objects.filter(partner=circle).exists()


@pytest.mark.parametrize("given", [{"name": " "}, {"words": ""}, {"relations": []}])
def test_a_split_needs_a_name_a_reason_and_something_that_goes_along(country, given):
    before = Partner.objects.count()
    with pytest.raises(Invalid):
        split_partner(country.harbour_circle, **given)
    assert Partner.objects.count() == before


def test_who_is_gone_splits_no_more(country, merged):
    with pytest.raises(WrongState):
        split_partner(country.harbour_circle)
    merge(country.harbour, country.registrar)
    with pytest.raises(WrongState):
        split_organisation(country.harbour, assets=[1])


def test_alike_partners_are_found_once_and_judged_by_a_person(country):
    found = prospect("De Haven-kring B.V.")
    other = prospect("Iets Anders", website="https://www.zorg.example/nl")
    Partner.objects.filter(pk=country.care_csirt.pk).update(website="http://zorg.example")
    assert [duplicates.find_partners(by=DESK, at=NOON) for _ in range(2)] == [2, 0]
    pairs = {pair.other_partner_id: pair for pair in Likeness.objects.visible_to(DESK)}
    assert (pairs[found.pk].grounds, pairs[found.pk].partner) == (["name"], country.harbour_circle)
    assert pairs[other.pk].grounds == ["website"]
    for by in (country.member, *others(country)):
        assert not Likeness.objects.visible_to(by).exists()
        with pytest.raises(NotPermitted):
            duplicates.keep_apart(pair=pairs[other.pk], words="Nee.", by=by, at=NOON)
        with pytest.raises(NotPermitted):
            duplicates.merge_pair(pair=pairs[other.pk], keep=other.pk, words="Ja.", by=by, at=NOON)
    with pytest.raises(Invalid):
        duplicates.keep_apart(pair=pairs[other.pk], words="", by=DESK, at=NOON)
    duplicates.keep_apart(pair=pairs[other.pk], words="Een andere club.", by=DESK, at=NOON)
    with pytest.raises(WrongState):
        duplicates.keep_apart(pair=pairs[other.pk], words="Een andere club.", by=DESK, at=NOON)
    assert duplicates.find_partners(by=DESK, at=NOON) == 0
    with pytest.raises(Invalid):
        duplicates.merge_pair(pair=pairs[found.pk], keep=other.pk, words="Zelfde.", by=DESK, at=NOON)
    merger = duplicates.merge_pair(
        pair=pairs[found.pk], keep=country.harbour_circle.pk, words="Zelfde.", by=DESK, at=NOON
    )
    assert fresh(pairs[found.pk]).state == "merged"
    merging.undo(merger=merger, by=DESK, at=NOON)
    assert fresh(pairs[found.pk]).state == "open"


def _organisation(key: str, name: str, **given: str | None) -> Organisation:
    return Organisation.objects.create(key=key, name=name, **given)


def test_organisations_are_found_by_number_and_by_name(db):
    bakery = _organisation("b1", "Bakkerij De Korenaar B.V.", kvk="12345678", region="NL-ZH")
    typo = _organisation("b2", "bakkerij korennaar", region="NL-ZH")
    elsewhere = _organisation("b3", "Bakkerij De Korenaar", region="NL-GR")
    numbered = _organisation("b4", "Bakkerij De Korenaar", kvk="87654321", region="NL-ZH")
    same = _organisation("b5", "Heel Anders", kvk="87654321")
    while duplicates.find_organisations(by=DESK, at=NOON):
        pass
    found = {(row.organisation_id, row.other_organisation_id): row.grounds for row in Likeness.objects.all()}
    assert found == {
        (bakery.pk, typo.pk): ["name"],
        (typo.pk, numbered.pk): ["name"],
        (numbered.pk, same.pk): ["kvk"],
    }
    assert elsewhere.pk not in {number for pair in found for number in pair}
    latecomer = _organisation("b6", "Korenaar Bakkerij", region="NL-GR")
    assert duplicates.find_organisations(by=DESK, at=NOON) == 1
    assert Likeness.objects.filter(
        Q(organisation=elsewhere, other_organisation=latecomer), grounds=["name"], score=100
    ).exists()
    assert duplicates.find_organisations(by=DESK, at=NOON) == 0


def test_a_large_load_is_looked_at_in_parts(db, monkeypatch):
    monkeypatch.setattr(duplicates, "COMPARED_AT_ONCE", 2)
    for number in range(5):
        _organisation(f"o{number}", f"Naam {number} Zus en Zo")
    looked = []
    while count := duplicates.find_organisations(by=DESK, at=NOON):
        looked.append(count)
    assert looked == [2, 2, 1]


def test_the_journal_names_each_step(country, merged):
    merging.undo(merger=merged, by=DESK, at=NOON)
    tags = set(Event.objects.filter(tag__contains="erge").values_list("tag", flat=True))
    assert tags == {"registry.partner.merged", "registry.merger.undone"}
