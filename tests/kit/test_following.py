"""What follows, and what goes back. The registry's own tables stand for any."""

from datetime import date

from schakel.kit import following
from schakel.registry.models import Activity, Commitment, Constituency, Contact, Partner, Profile


def test_every_row_follows_or_stays_and_can_go_back(country):
    old, new = country.harbour_circle, country.care_csirt
    Constituency.objects.create(partner=old, organisation=country.hospital)
    Commitment.objects.create(partner=old, function="exercise", from_on=date(2026, 1, 1))
    Commitment.objects.create(partner=old, function="knowledge", from_on=date(2026, 1, 1))
    Commitment.objects.create(partner=new, function="exercise", from_on=date(2025, 1, 1))
    Profile.objects.create(partner=old)
    Profile.objects.create(partner=new)
    Activity.objects.create(partner=old, title="a")
    among = [Activity, Commitment, Constituency, Contact, Profile]

    def holdings(partner):
        return {model: sorted(model._base_manager.filter(partner=partner).values_list("pk")) for model in among}

    before = holdings(old), holdings(new)
    followed = following.follow(old, new, among=among, acting=[Constituency])
    assert {label.split(".")[1]: len(keys) for label, keys in followed.moved.items()} == {
        "activity": 1, "commitment": 1, "constituency": 1, "contact": 1,
    }  # fmt: skip
    assert [row["model"] for row in followed.absorbed] == ["registry.constituency"]
    left = {model.__name__: len(keys) for model, keys in holdings(old).items() if keys}
    assert left == {"Commitment": 1, "Profile": 1}
    assert following.give_back(followed, old, new) == 5
    assert (holdings(old), holdings(new)) == before


def test_what_somebody_took_on_or_removed_since_stays_so(country):
    old, new = country.harbour_circle, country.care_csirt
    third = Partner.objects.create(key="third", name="Derde", type="isac")
    rows = [Activity.objects.create(partner=old, title=title) for title in "abc"]
    followed = following.follow(old, new, among=[Activity])
    Activity.objects.filter(pk=rows[0].pk).update(partner=third)
    rows[1].delete()
    Activity.objects.create(partner=old, title="c")  # The same again: its former cannot come back.
    assert following.give_back(followed, old, new) == 0
    assert Activity.objects.get(pk=rows[2].pk).partner == new


def test_fields_that_are_to_stay_do(country):
    old, new = country.harbour_circle, country.care_csirt
    followed = following.follow(old, new, among=[Contact], beside=["registry.contact.partner"])
    assert followed.count == 0
