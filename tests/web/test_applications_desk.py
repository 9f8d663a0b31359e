"""The desk hears of who applies: by mail where somebody wants it, and on its pages in any case."""

from datetime import timedelta

import pytest
from django.utils import timezone

from schakel.jobs import joining as jobs
from schakel.journal.models import Event
from schakel.kit.refusals import NotPermitted
from schakel.people import mailing
from schakel.people.models import MailTopic, actor_of
from schakel.policy.access import SYSTEM
from schakel.post.models import Delivery
from schakel.registry.joining import applications, reminding
from schakel.registry.joining.applications import APPLICANT
from schakel.registry.models import Application
from tests.cast import DESK, STRANGER
from tests.web.joining_scene import application

pytestmark = pytest.mark.django_db
ADDRESS = "aanmeldingen@schakel.example"
PERSONAL = ("A. de Wit", "wit@noorderhaven.example", "ISO 27001")


@pytest.fixture
def desk(member):
    """Somebody at the desk who wants mail, reading Dutch."""
    client = member("coordinator", language="nl")
    mailing.choose(mail=ADDRESS, topics=["applications"], by=actor_of(client.user), at=timezone.now())
    return client


def letters():
    return list(Delivery.objects.filter(address=ADDRESS).order_by("pk"))


def queued(name):
    """The jobs of that name that wait, with what they are to do."""
    from procrastinate.contrib.django.models import ProcrastinateJob

    return list(ProcrastinateJob.objects.filter(task_name=name).values_list("args", flat=True))


def run_desk_jobs():
    for arguments in queued("joining.tell_desk"):
        jobs.tell_desk(**arguments)


def late(one, *, days=15):
    Application.objects.filter(pk=one.pk).update(received_at=timezone.now() - timedelta(days=days))


def test_a_new_application_is_told_by_name_and_link_and_nothing_else(desk):
    one = application("Kring Noorderhaven")
    run_desk_jobs()
    [letter] = letters()
    assert letter.subject == "Nieuwe aanmelding: Kring Noorderhaven"
    assert f"/network/applications/{one.pk}\n" in letter.body
    assert "/account/mail" in letter.body
    assert not any(personal in letter.subject + letter.body for personal in PERSONAL)


def test_an_answer_is_told_without_its_words(desk):
    one = application("Kring Noorderhaven")
    applications.ask(application=one, words="Wie zijn uw leden?", by=DESK, at=timezone.now())
    applications.add(application=one, words="Bakkers en slagers", by=APPLICANT, at=timezone.now())
    run_desk_jobs()
    assert [letter.subject.partition(":")[0] for letter in letters()] == [
        "Nieuwe aanmelding",
        "Antwoord bij een aanmelding",
    ]
    assert "Bakkers" not in letters()[1].body


def test_the_same_job_again_makes_no_second_letter(desk):
    application("Kring Noorderhaven")
    run_desk_jobs()
    run_desk_jobs()
    assert len(letters()) == 1


def test_nobody_else_hears_of_it(member, country):
    for role, partner in (("partner", country.harbour_circle), ("steward", None), ("auditor", None)):
        user = member(role, partner).user
        type(user).objects.filter(pk=user.pk).update(email=ADDRESS, mail_topics=["applications"])
    application("Kring Noorderhaven")
    run_desk_jobs()
    assert letters() == []


def test_what_waits_too_long_is_told_once_in_a_while(desk, settings):
    late(application("Kring Noorderhaven"))
    application("Kring Zuiderhaven")
    at = timezone.now()
    assert reminding.remind(by=SYSTEM, at=at) == 1
    assert reminding.remind(by=SYSTEM, at=at + timedelta(days=1)) == 0
    jobs.remind_desk(**queued("joining.remind_desk")[0])
    [letter] = letters()
    assert "- Kring Noorderhaven" in letter.body
    assert "Kring Zuiderhaven" not in letter.body
    assert f"{settings.APPLICATION_DAYS} dagen" in letter.body
    assert reminding.remind(by=SYSTEM, at=at + timedelta(days=settings.APPLICATION_DAYS)) == 2
    assert list(Event.objects.filter(tag="registry.application.reminded").values_list("facts__count", flat=True)) == [
        1,
        2,
    ]


def test_what_waits_for_the_applicant_is_not_late_and_an_answer_starts_anew(db):
    one = application("Kring Noorderhaven")
    late(one)
    at = timezone.now()
    applications.ask(application=one, words="Wie zijn uw leden?", by=DESK, at=at)
    assert not Application.objects.waiting_long(at).exists()
    applications.add(application=one, words="Bakkers", by=APPLICANT, at=at)
    assert not Application.objects.waiting_long(at + timedelta(days=13)).exists()
    assert Application.objects.waiting_long(at + timedelta(days=14)).get() == one


def test_only_the_desk_reminds(country):
    for actor in (STRANGER, country.member, country.neighbour):
        with pytest.raises(NotPermitted):
            reminding.remind(by=actor, at=timezone.now())


def test_the_pages_of_the_desk_count_what_waits(desk, member, country):
    late(application("Kring Noorderhaven"))
    application("Kring Zuiderhaven")
    page = desk.get("/desk").content.decode()
    assert "2 aanmeldingen wachten op ons" in page
    assert "(één al te lang)" in page
    listed = desk.get("/network/applications").content.decode()
    assert 'class="count">2<' in listed
    assert listed.count("wacht te lang") == 1
    assert "Niemand krijgt een mail" not in listed
    theirs = member("partner", country.harbour_circle).get("/network/agreements").content.decode()
    assert 'class="count"' not in theirs


def test_the_desk_is_told_when_nobody_wants_mail(member):
    page = member("coordinator").get("/network/applications").content.decode()
    assert "Nobody gets a mail when somebody applies." in page
    assert 'href="/account/mail"' in page


def test_one_chooses_on_a_page_of_ones_own(member):
    client = member("coordinator")
    assert 'type="email"' in client.get("/account/mail").content.decode()
    assert client.post("/account/mail", {"mail": "", "topics": ["applications"]}).status_code == 400
    assert client.post("/account/mail", {"mail": ADDRESS, "topics": ["everything"]}).status_code == 400
    assert client.post("/account/mail", {"mail": ADDRESS, "topics": ["applications"]}).status_code == 302
    assert [user.email for user in mailing.wanting(MailTopic.APPLICATIONS)] == [ADDRESS]
    page = client.get("/account/mail").content.decode()
    assert ADDRESS in page
    assert "checked" in page


@pytest.mark.parametrize("role", ["steward", "auditor", "partner"])
def test_the_page_is_not_for_who_has_nothing_to_choose(member, country, role):
    client = member(role, country.harbour_circle if role == "partner" else None)
    assert client.get("/account/mail").status_code == 403
    assert 'href="/account/mail"' not in client.get("/network/law").content.decode()


def test_strangers_log_in(stranger):
    assert stranger.get("/account/mail").status_code in {302, 403}


def test_the_pages_cost_as_much_for_one_as_for_many(desk, django_assert_max_num_queries):
    application("Kring 0")
    with django_assert_max_num_queries(12):
        desk.get("/network/applications")
    for number in range(1, 8):
        late(application(f"Kring {number}"))
    with django_assert_max_num_queries(12):
        desk.get("/network/applications")
