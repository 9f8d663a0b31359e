import pytest

from schakel.journal.models import Event
from schakel.kit.refusals import Invalid, NotPermitted
from schakel.people import mailing
from schakel.people.models import MailTopic, User, UserGrant, actor_of
from tests.cast import NOON, STRANGER

pytestmark = pytest.mark.django_db
APPLICATIONS = MailTopic.APPLICATIONS


def person(name, role="coordinator", **grant):
    user = User.objects.create_user(name)
    UserGrant.objects.create(user=user, role=role, **grant)
    return user


def choose(user, mail="desk@schakel.example", topics=("applications",)):
    mailing.choose(mail=mail, topics=topics, by=actor_of(user), at=NOON)


def test_who_chose_a_topic_is_written_to():
    user = person("desk")
    assert mailing.wanting(APPLICATIONS) == []
    choose(user)
    assert mailing.wanting(APPLICATIONS) == [user]
    assert Event.objects.get(tag="people.mail.chosen").facts["topics"] == ["applications"]


def test_the_choice_can_be_taken_back():
    user = person("desk")
    choose(user)
    choose(user, mail="", topics=())
    assert mailing.wanting(APPLICATIONS) == []
    assert User.objects.get(pk=user.pk).email == ""


@pytest.mark.parametrize("address", ["", "desk", "desk@", "desk@schakel.example\nBcc: all@schakel.example"])
def test_a_choice_needs_an_address(address):
    user = person("desk")
    with pytest.raises(Invalid):
        choose(user, mail=address)
    assert User.objects.get(pk=user.pk).mail_topics == []


@pytest.mark.parametrize("role", ["steward", "auditor", "partner"])
def test_nobody_chooses_what_is_not_theirs_to_read(country, role):
    user = person(role, role, partner=country.harbour_circle if role == "partner" else None)
    with pytest.raises(NotPermitted):
        choose(user)
    assert mailing.topics_for(actor_of(user)) == []


def test_strangers_choose_nothing():
    with pytest.raises(NotPermitted):
        mailing.choose(mail="a@b.example", topics=[], by=STRANGER, at=NOON)


@pytest.mark.parametrize("change", ["closed", "role taken away"])
def test_who_may_no_longer_read_of_it_hears_no_more(change):
    user = person("desk")
    choose(user)
    if change == "closed":
        User.objects.update(is_active=False)
    else:
        user.grants.all().delete()
    assert mailing.wanting(APPLICATIONS) == []


def test_a_second_role_makes_no_second_letter():
    user = person("desk")
    choose(user)
    UserGrant.objects.create(user=user, role="steward")
    assert mailing.wanting(APPLICATIONS) == [user]
