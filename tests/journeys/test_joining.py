"""From the join desk to a partner and out again: an application, both signatures, a notice through it, the next not."""

import re

import pytest
from django.core.cache import cache
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from schakel.notices.models import Notice
from schakel.notices.steps.hand_over import hand_over
from schakel.policy.access import SYSTEM
from schakel.post import steps as post
from schakel.registry.models import Agreement, Application, Constituency, Contact, Partner
from tests import browser
from tests.cast import Country
from tests.joining import terms_for_all
from tests.journeys.test_one_finding import mailbox, own_session  # noqa: F401 - one is a fixture
from tests.reports import taken
from tests.web.conftest import member  # noqa: F401 - a fixture

pytestmark = pytest.mark.browser
TERM = 15_000


class Queue:
    """What was queued is done, once, in its order, as the worker does it."""

    def __init__(self):
        self.done = set(ProcrastinateJob.objects.values_list("pk", flat=True))

    def run(self):
        import schakel.jobs.schedule  # noqa: F401 - names every job

        while waiting := list(ProcrastinateJob.objects.exclude(pk__in=self.done).order_by("pk")):
            for job in waiting:
                self.done.add(job.pk)
                app.tasks[job.task_name].func(**job.args)


@pytest.fixture
def journey(real_commits, mailbox, live_server, settings):  # noqa: F811
    settings.BASE_URL = live_server.url
    cache.clear()
    terms_for_all()
    country = Country()
    country.harbour_circle.agreements.all().delete()  # Nobody answers for the harbour yet.
    return country, mailbox, Queue()


def link_in(message):
    return re.search(r"http://\S+/join/\S+", message.get_body(("plain",)).get_content())[0]


def mail_to(kept, queue, address):
    """The newest message to an address."""
    queue.run()
    post.deliver_all(by=SYSTEM)
    return [message for recipients, message in kept.messages if recipients == [address]][-1]


def apply(page, url):
    page.goto(f"{url}/join")
    page.get_by_role("link", name="Aanmelden als partner").click()
    page.get_by_label("Wij maken andere organisaties weerbaar").check()
    page.get_by_label("Naam van uw organisatie").fill("Kring Noorderhaven")
    page.get_by_label("Wat voor organisatie bent u?").select_option("regional")
    page.get_by_label("Hoe maakt u andere organisaties weerbaar?").fill("Wij waarschuwen de bedrijven in de haven.")
    page.get_by_label("doelwit- en slachtoffernotificatie").check()
    page.get_by_label("Vertrouwen").fill("Wij kennen TLP.")
    page.get_by_label("Wederkerigheid").fill("Twee dagen per maand.")
    page.get_by_label("Volwassenheid").fill("ISO 27001.")
    page.get_by_label("Uw naam").fill("A. de Wit")
    page.get_by_label("Uw e-mailadres").fill("wit@noorderhaven.example")
    page.get_by_label("Wij hebben de voorwaarden gelezen").check()
    page.wait_for_timeout(3100)  # Who is faster is taken for a program.
    page.get_by_role("button", name="Aanmelding versturen").click()
    page.get_by_role("heading", name="Dank u wel").wait_for()


def decide(page, url):
    page.goto(f"{url}/network/applications")
    page.get_by_role("link", name="Kring Noorderhaven").click()
    page.get_by_role("link", name="Beoordelen").click()
    for box in page.get_by_label("voldoet", exact=True).all():
        box.check()
    page.get_by_role("button", name="Bewaren").click()
    page.get_by_role("link", name="Aannemen").click()
    page.get_by_label("Woorden aan de aanmelder").fill("Welkom in het netwerk.")
    page.get_by_role("button", name="Aannemen").click()
    page.get_by_text("Stel nu de overeenkomst op").wait_for()


def offer(page):
    page.get_by_role("link", name="Overeenkomst opstellen").click()
    page.locator("#id_effort").fill("Twee dagen per maand")
    page.locator("#id_activities").fill("Meldingen doorgeven aan de haven")
    page.get_by_role("button", name="Concept bewaren").click()
    page.get_by_role("button", name="Aanbieden").click()
    page.get_by_text("kreeg per mail een link").wait_for()


def sign(page, name, button):
    page.get_by_label("Uw naam").fill(name)
    page.get_by_label("Uw functie").fill("directeur")
    page.get_by_label("Ik heb de overeenkomst gelezen").check()
    page.get_by_role("button", name=button, exact=True).click()


def told():
    """To whom the last notice went."""
    sum(hand_over(by=SYSTEM, at=timezone.now()))
    return Notice.objects.filter(sent_at__isnull=False).latest("pk").recipient


def test_from_the_join_desk_to_a_partner_and_out_again(journey, live_server, member):  # noqa: F811
    country, kept, queue = journey
    session = member("coordinator", language="nl").cookies["sessionid"].value
    with browser.opened() as chromium, own_session():
        visitor = chromium.new_context(locale="nl-NL", viewport=browser.PHONE).new_page()
        inside = chromium.new_context(locale="nl-NL", viewport=browser.WIDE)
        inside.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        desk = inside.new_page()
        for page in (visitor, desk):
            page.set_default_timeout(TERM)

        apply(visitor, live_server.url)
        own_page = link_in(mail_to(kept, queue, "wit@noorderhaven.example"))
        visitor.goto(own_page)
        visitor.get_by_text("Wij bekijken uw aanmelding").wait_for()

        decide(desk, live_server.url)
        visitor.reload()
        visitor.get_by_text("Welkom in het netwerk.").wait_for()
        partner = Partner.objects.get(name="Kring Noorderhaven")
        assert (Application.objects.get().partner, partner.standing) == (partner, "joining")

        offer(desk)
        visitor.goto(link_in(mail_to(kept, queue, "wit@noorderhaven.example")))
        visitor.get_by_text("Twee dagen per maand").wait_for()
        sign(visitor, "A. de Wit", "Overeenkomst ondertekenen")
        visitor.get_by_text("U hebt getekend.").wait_for()
        desk.reload()
        desk.get_by_role("link", name="Ondertekenen", exact=True).click()
        sign(desk, "C. Dekker", "Ondertekenen")
        desk.get_by_text("Uw handtekening is bewaard.").wait_for()
        agreement = Agreement.objects.get(partner=partner)
        assert {one.digest for one in agreement.signatures.all()} == {agreement.document.digest}
        partner.refresh_from_db()
        assert (agreement.state, partner.standing) == ("signed", "partner")
        assert "ondertekend" in mail_to(kept, queue, "wit@noorderhaven.example")["Subject"]

        Constituency.objects.create(partner=partner, organisation=country.harbour)
        Contact.objects.filter(partner=partner).update(is_verified=True)
        taken("192.0.2.10", day=timezone.now())
        assert told() == "Kring Noorderhaven"

        taken("192.0.2.11", day=timezone.now(), type="scan_waits", name="2026-11-03-scan_waits-nl.csv")
        desk.goto(f"{live_server.url}/network/partners/{partner.pk}/leave")
        desk.get_by_label("Waarom gaat de partner weg?").fill("De haven krijgt een eigen CSIRT.")
        desk.get_by_label("Wat kan het netwerk ervan leren?").fill("Vraag elk jaar wat er verandert.")
        desk.get_by_label("Ik weet dat toegang").check()
        desk.get_by_role("button", name="Uit het netwerk stappen").click()
        desk.get_by_text("uit het netwerk gestapt").wait_for()
        queue.run()  # What waited for it was routed anew by the job that leaving queued.
        assert told() == "Haven van Zoutwijk"

        taken("192.0.2.12", day=timezone.now(), type="scan_after", name="2026-11-04-scan_after-nl.csv")
        assert told() == "Haven van Zoutwijk"
        assert Notice.objects.filter(partner=partner, state="sent").count() == 1
