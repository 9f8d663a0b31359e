import pytest
from django.db import IntegrityError, connection

from schakel.people.models import actor_of
from schakel.policy.access import Permission, Role
from schakel.registry.models import Constituency, Contact, Organisation, Partner, PartnerStanding, Prospect
from tests.cast import AUDITOR, DESK, NOON, STEWARD, STRANGER


@pytest.fixture
def prospect(country):
    return Prospect.objects.create(
        key="found", name="Gevonden BV", type="msp", standing=PartnerStanding.PROSPECT, origin="baseline-2025"
    )


def test_a_prospect_is_no_partner(country, prospect):
    assert not Partner.objects.filter(pk=prospect.pk).exists()
    assert list(Prospect.objects.all()) == [prospect]
    assert not Prospect.objects.filter(pk=country.harbour_circle.pk).exists()


def test_only_the_desk_knows_of_prospects(country, prospect):
    assert list(Prospect.objects.visible_to(DESK)) == [prospect]
    for actor in (country.member, country.neighbour, STRANGER, STEWARD, AUDITOR):
        assert not Prospect.objects.visible_to(actor)


def test_partners_know_of_each_other_and_nobody_else_does(country):
    both = {country.harbour_circle, country.care_csirt}
    assert set(Partner.objects.visible_to(DESK)) == both
    assert set(Partner.objects.visible_to(country.member)) == both
    for actor in (STRANGER, STEWARD, AUDITOR):
        assert not Partner.objects.visible_to(actor)


def test_who_is_joining_is_known_to_itself_and_the_desk(country):
    Partner.objects.filter(pk=country.care_csirt.pk).update(standing=PartnerStanding.JOINING)
    assert list(Partner.objects.visible_to(country.member)) == [country.harbour_circle]
    assert country.care_csirt in Partner.objects.visible_to(country.neighbour)


def test_a_partner_answers_for_itself_alone(country):
    assert list(Partner.objects.of(country.member, Permission.FINDING_VIEW)) == [country.harbour_circle]
    assert not Partner.objects.of(STRANGER, Permission.FINDING_VIEW)


def test_the_directory_shows_no_neighbours_contacts(country):
    shown = set(Contact.objects.visible_to(country.member).values_list("address", flat=True))
    assert "meldingen@harbour-circle.example" in shown
    assert "meldingen@care-csirt.example" not in shown


def test_a_grant_of_a_partner_that_left_gives_nothing(country, django_user_model):
    user = django_user_model.objects.create(username="u")
    user.grants.create(role=Role.PARTNER, partner=country.harbour_circle)
    assert actor_of(user).grants
    Partner.objects.filter(pk=country.harbour_circle.pk).update(standing=PartnerStanding.LEFT, left_at=NOON)
    assert not actor_of(user).grants


def test_somebody_of_an_organisation_acts_for_it_alone(country, django_user_model):
    user = django_user_model.objects.create(username="u")
    user.grants.create(role=Role.ORGANISATION, organisation=country.harbour)
    actor = actor_of(user)
    assert [grant.organisation_id for grant in actor.grants] == [country.harbour.pk]
    assert not any(actor.reach(permission).is_everything for permission in Permission)


@pytest.mark.parametrize("role", [Role.PARTNER, Role.ORGANISATION])
def test_a_bound_role_without_anybody_is_refused(django_user_model, db, role):
    user = django_user_model.objects.create(username="u")
    with pytest.raises(IntegrityError):
        user.grants.create(role=role)


def revisions():
    return dict(Partner.objects.values_list("key", "constituents_revision"))


def test_each_change_of_a_constituency_numbers_its_partner(country):
    before = revisions()
    row = Constituency.objects.create(partner=country.care_csirt, organisation=country.bakery)
    added = revisions()
    assert added["care-csirt"] > before["care-csirt"]
    assert added["harbour-circle"] == before["harbour-circle"]
    Constituency.objects.filter(pk=row.pk).update(partner=country.harbour_circle)
    moved = revisions()
    assert moved["care-csirt"] > added["care-csirt"]
    assert moved["harbour-circle"] > added["harbour-circle"]
    Constituency.objects.filter(pk=row.pk).delete()
    assert revisions()["harbour-circle"] > moved["harbour-circle"]


@pytest.mark.parametrize("change", [{"region": "NL-GR"}, {"name": "Nieuwe naam"}, {"has_objected": True}])
def test_an_organisation_is_numbered_when_it_comes_and_when_what_others_keep_of_it_changes(country, change):
    last = Organisation.objects.order_by("-revision").first()
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM registry_organisation_revision")
        assert cursor.fetchone()[0] == last.revision
    Organisation.objects.filter(pk=country.harbour.pk).update(language="en")
    country.harbour.refresh_from_db()
    assert country.harbour.revision <= last.revision
    Organisation.objects.filter(pk=country.harbour.pk).update(**change)
    country.harbour.refresh_from_db()
    assert country.harbour.revision > last.revision
