"""The join desk and the coordinator's side of it: apply, ask, judge, decide; who may see what."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from schakel.jobs import joining as jobs
from schakel.post.models import Delivery
from schakel.registry.joining import applications, links, onboarding
from schakel.registry.joining.answers import Given
from schakel.registry.joining.applications import APPLICANT
from schakel.registry.models import (
    Application,
    OnboardingStep,
    Partner,
    PartnerStanding,
    Prospect,
)
from schakel.web.joining.joining_forms import begun
from tests.cast import DESK, NOON
from tests.joining import terms_for_all

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh(db):
    """No tries of another test are counted; the terms of a new database are there."""
    cache.clear()
    terms_for_all()


@pytest.fixture
def visitor():
    return Client(headers={"accept-language": "en"})


def filled(**changes):
    return {
        "aim": "partner", "name": "Kring Noorderhaven", "type": "regional", "how": "Wij waarschuwen onze leden.",
        "functions": ["notification"], "role": "informer", "sectors": ["transport"], "regions": ["NL-GR"],
        "reach_count": "120", "answer_trust": "TLP, altijd bereikbaar", "answer_reciprocity": "Twee dagen per maand",
        "answer_maturity": "ISO 27001", "contact_name": "A. de Wit", "contact_mail": "wit@noorderhaven.example",
        "kvk": "", "website": "https://noorderhaven.example", "contact_phone": "", "agree": "on", "nickname": "",
        "begun": begun(timezone.now() - timedelta(minutes=5)),
    } | changes  # fmt: skip


def application(**changes):
    given = {
        "name": "Kring Noorderhaven", "type": "regional", "how": "Wij waarschuwen.", "functions": ["notification"],
        "role": "informer", "contact_name": "A. de Wit", "contact_mail": "wit@noorderhaven.example",
        "answers": {"trust": "ja", "reciprocity": "ja", "maturity": "ja"}, "sectors": ["transport"],
    } | changes  # fmt: skip
    return applications.apply(given=Given(**given), by=APPLICANT, at=timezone.now())


def judged(one, verdict="met"):
    verdicts = dict.fromkeys(("trust", "reciprocity", "maturity"), (verdict, "gezien"))
    applications.appraise(application=one, verdicts=verdicts, by=DESK, at=NOON)
    return one


def status_of(one):
    return f"/join/status/{links.application_token(one)}"


def mailed(occasion, one, key=None):
    jobs.tell_applicant(application_id=one.pk, occasion=occasion, key=key or occasion)
    return Delivery.objects.latest("pk")


@pytest.mark.parametrize("path", ["/join", "/join/apply", "/join/help", "/join/link", "/terms", "/terms/lead/1"])
@pytest.mark.parametrize(("language", "word"), [("nl", "Meedoen met het netwerk"), ("en", "Join the network")])
def test_the_desk_is_open_to_everybody_in_both_languages(path, language, word):
    answer = Client(headers={"accept-language": language}).get(path)
    assert answer.status_code == 200
    assert word in answer.content.decode()


def test_an_application_is_taken_and_answered_by_mail_with_a_link(visitor):
    answer = visitor.post("/join/apply", filled())
    assert answer.url == "/join/thanks"
    one = Application.objects.get()
    assert (one.name, one.functions, one.reach_count, one.language) == (
        "Kring Noorderhaven",
        ["notification"],
        120,
        "en",
    )
    assert one.terms.role == "informer"
    mail = mailed("received", one)
    assert status_of(one) in mail.body
    assert mail.address == "wit@noorderhaven.example"
    page = visitor.get(status_of(one))
    assert "We look at your application." in page.content.decode()
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "noindex" in page.headers["X-Robots-Tag"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"how": ""}, "This field is required"),
        ({"answer_maturity": ""}, "This field is required"),
        ({"functions": []}, "choose at least one function"),
        ({"contact_mail": "no"}, "valid email"),
        ({"kvk": "12"}, "a KVK number has 8 digits"),
        ({"website": "noorderhaven"}, "the website must be a web address"),
        ({"agree": ""}, "This field is required"),
        ({"nickname": "x"}, "The form could not be taken"),
        ({"begun": ""}, "The form could not be taken"),
        ({"begun": "1:forged"}, "The form could not be taken"),
        ({"begun": None}, "That was very fast"),
        ({"type": "magic"}, "magic is not one of"),
    ],
    ids=str,
)
def test_what_cannot_be_an_application_is_shown_again_and_nothing_is_saved(visitor, change, words):
    if "begun" in change and change["begun"] is None:
        change = {"begun": begun(timezone.now())}
    answer = visitor.post("/join/apply", filled(**change))
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not Application.objects.exists()


def test_who_only_wants_to_be_resilient_is_kindly_shown_who_can_help(visitor, country):
    serves = {"is_public": True, "type": "trade-association", "sectors": ["transport"], "regions": ["NL-GR"]}
    Partner.objects.create(key="helper", name="Vervoerdersbond", **serves)
    Partner.objects.create(key="shy", name="Stille Bond", **(serves | {"is_public": False}))
    answer = visitor.post("/join/apply", filled(aim="self", how="", agree=""), follow=True)
    page = answer.content.decode()
    assert "you need not be a partner yourself" in page
    assert "Vervoerdersbond" in page
    assert "Stille Bond" not in page
    assert not Application.objects.exists()


def test_help_shuts_nobody_out(visitor, country):
    page = visitor.get("/join/help?sector=&region=&size=one").content.decode()
    assert "everybody may ask" in page
    assert "No partner is named here yet" in page


@pytest.mark.usefixtures("standing_clock")
def test_too_many_applications_from_one_place_are_braked(visitor):
    for number in range(10):
        visitor.post("/join/apply", filled(contact_mail=f"a{number}@x.example"))
    assert visitor.post("/join/apply", filled(contact_mail="b@x.example")).status_code == 429
    assert Application.objects.count() == 10


def test_a_question_goes_back_and_forth(visitor, desk):
    one = application()
    assert desk.post(f"/network/applications/{one.pk}/ask", {"words": "Wie zijn uw leden?"}).status_code == 302
    assert "Wie zijn uw leden?" in mailed("asked", one, "asked:1").body
    page = visitor.get(status_of(one)).content.decode()
    assert "Please answer below" in page
    assert visitor.post(status_of(one), {"words": "Havens."}).status_code == 302
    one.refresh_from_db()
    assert one.state == "received"
    assert "Havens." in desk.get(f"/network/applications/{one.pk}").content.decode()


def test_nothing_is_accepted_before_every_condition_was_judged_and_met(desk):
    one = application()
    path = f"/network/applications/{one.pk}/accept"
    assert "judge every condition first" in desk.post(path, {"words": ""}).content.decode()
    judged(one, "not-met")
    assert "a condition is not met" in desk.post(path, {"words": ""}).content.decode()
    assert not Partner.objects.exists()


def test_judging_takes_the_same_list_that_was_asked(desk):
    one = application()
    path = f"/network/applications/{one.pk}/appraise"
    for name in ("Trust", "Reciprocity", "Maturity"):
        assert name in desk.get(path).content.decode()
    lacking = {f"verdict_{slug}": "partly" for slug in ("trust", "reciprocity", "maturity")}
    assert "say why a condition is not met" in desk.post(path, lacking).content.decode()
    good = {f"verdict_{slug}": "met" for slug in ("trust", "reciprocity", "maturity")}
    assert desk.post(path, good).status_code == 302
    assert one.appraisals.count() == 3


def test_who_is_accepted_joins_with_first_steps(visitor, desk):
    one = judged(application())
    assert desk.post(f"/network/applications/{one.pk}/accept", {"words": "Welkom!"}).status_code == 302
    partner = Partner.objects.get()
    assert (partner.standing, partner.name, partner.key) == ("joining", "Kring Noorderhaven", "kring-noorderhaven")
    assert partner.contacts.get().address == "wit@noorderhaven.example"
    assert not partner.contacts.get().is_verified
    steps = OnboardingStep.objects.filter(partner=partner)
    assert steps.count() > 5
    page = visitor.get(status_of(one)).content.decode()
    assert "Sign the agreement" in page
    assert "Welkom!" in page
    assert "Welkom!" in mailed("accepted", one).body
    assert visitor.post(status_of(one), {"words": "Nog iets"}).status_code == 409


def test_a_prospect_that_applies_keeps_its_row(desk):
    row = Partner.objects.create(key="found", name="Noorderhaven", type="regional", standing=PartnerStanding.PROSPECT)
    one = judged(application())
    page = desk.get(f"/network/applications/{one.pk}/accept").content.decode()
    assert "Noorderhaven" in page
    desk.post(f"/network/applications/{one.pk}/accept", {"words": "", "prospect": row.pk})
    row = Partner.objects.get(pk=row.pk)
    assert (row.standing, row.key, row.name) == ("joining", "found", "Kring Noorderhaven")
    assert not Prospect.objects.exists()


def test_a_refusal_has_words_and_partners_that_can_help(visitor, desk):
    helper = Partner.objects.create(
        key="helper", name="Bond", type="trade-association", sectors=["transport"], is_public=True
    )
    one = application()
    path = f"/network/applications/{one.pk}/refuse"
    assert desk.post(path, {"words": " "}).status_code == 400
    assert (
        desk.post(path, {"words": "U bent geen partner, wel welkom bij:", "referred_to": [helper.pk]}).status_code
        == 302
    )
    assert "Bond" in visitor.get(status_of(one)).content.decode()
    assert "U kunt terecht bij: Bond" in mailed("refused", one).body
    Partner.objects.filter(pk=helper.pk).update(is_public=False)
    assert "Bond" not in visitor.get(status_of(one)).content.decode()


def test_who_does_not_want_to_be_named_cannot_be_referred_to(desk):
    shy = Partner.objects.create(key="shy", name="Stil", type="trade-association", sectors=["transport"])
    one = application()
    answer = desk.post(f"/network/applications/{one.pk}/refuse", {"words": "Nee", "referred_to": [shy.pk]})
    assert answer.status_code == 400
    one.refresh_from_db()
    assert one.state == "received"


def test_an_applicant_takes_it_back_after_saying_so_twice(visitor):
    one = application()
    visitor.post(f"{status_of(one)}/withdraw")
    one.refresh_from_db()
    assert one.state == "received"
    visitor.post(f"{status_of(one)}/withdraw", {"sure": "on"})
    one.refresh_from_db()
    assert one.state == "withdrawn"


def test_links_that_are_wrong_old_or_replaced_look_the_same(visitor, settings):
    one = application()
    before = status_of(one)
    applications.send_link(mail="WIT@noorderhaven.example", by=APPLICANT, at=timezone.now())
    one.refresh_from_db()
    answers = [visitor.get(path) for path in (before, "/join/status/wrong", "/join/agreement/wrong")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content.decode().partition("<main")[2] for answer in answers}) == 1
    assert visitor.get(before).status_code == 404
    assert visitor.get(status_of(one)).status_code == 200
    Application.objects.update(received_at=timezone.now() - timedelta(days=400))
    assert visitor.get(status_of(one)).status_code == 404


def test_a_link_of_one_purpose_opens_nothing_else(visitor):
    one = application()
    assert visitor.get(f"/join/agreement/{links.application_token(one)}").status_code == 404


def test_asking_for_a_link_says_the_same_whether_there_is_an_application(visitor):
    application()
    given = {"nickname": "", "begun": begun(timezone.now() - timedelta(minutes=1))}
    answers = [
        visitor.post("/join/link", given | {"mail": mail}, follow=True).content.decode().partition("<main")[2]
        for mail in ("wit@noorderhaven.example", "niemand@x.example")
    ]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("role", ["partner", "steward", "auditor"])
def test_only_the_coordinator_sees_who_applies(member, country, role):
    one = judged(application())
    client = member(role, country.harbour_circle if role == "partner" else None)
    paths = ["/network/applications", f"/network/applications/{one.pk}", "/network/invitations/new"]
    for path in paths + [f"/network/applications/{one.pk}/{act}" for act in ("ask", "appraise", "accept", "refuse")]:
        assert client.get(path).status_code == 403
        assert client.post(path, {"words": "x"}).status_code in (403, 405)
    one.refresh_from_db()
    assert one.state == "received"


def test_strangers_log_in_first(visitor):
    one = application()
    for path in (
        "/network/applications",
        f"/network/applications/{one.pk}",
        "/network/agreements",
        "/network/first-steps",
    ):
        assert visitor.get(path).url.startswith("/account/login")


def test_first_steps_are_ticked_by_whose_they_are(desk, member, country):
    onboarding.begin(partner=country.harbour_circle, by=DESK, at=NOON)
    owner, neighbour = member("partner", country.harbour_circle), member("partner", country.care_csirt)
    ours = OnboardingStep.objects.filter(side="partner").first()
    theirs = OnboardingStep.objects.filter(side="network").first()
    assert "Havenkring" not in neighbour.get("/network/first-steps").content.decode()
    assert neighbour.post(f"/network/first-steps/{ours.pk}/tick").status_code == 404
    assert owner.post(f"/network/first-steps/{theirs.pk}/tick").status_code == 403
    assert owner.post(f"/network/first-steps/{ours.pk}/tick").status_code == 302
    assert owner.post(f"/network/first-steps/{ours.pk}/tick").status_code == 409
    ours.refresh_from_db()
    assert ours.done_by.startswith("user:")
    assert desk.post(f"/network/first-steps/{ours.pk}/tick", {"reopen": "1"}).status_code == 302
    assert "late" in desk.get("/network/first-steps").content.decode()
    change = f"/network/first-steps/{ours.pk}/assign"
    assert "the day must be today or later" in desk.post(change, {"owner": "", "due_on": "2026-01-01"}).content.decode()
    assert desk.post(change, {"owner": "Bea", "due_on": "2030-01-01"}).status_code == 302
    assert "Bea" in desk.get("/network/first-steps").content.decode()


def test_an_invitation_is_a_letter_and_a_pdf(desk):
    row = Partner.objects.create(key="found", name="Oosterkring", type="regional", standing=PartnerStanding.PROSPECT)
    given = {
        "prospect": row.pk, "name": "", "addressee": "mevrouw Bos", "functions": ["knowledge"], "personal": "Wij spraken u.",
        "language": "nl", "sender": "C. Dekker",
    }  # fmt: skip
    page = desk.post("/network/invitations/new", given).content.decode()
    for part in ("Oosterkring", "kennisuitwisseling", "Wij spraken u.", "Wat het van u vraagt"):
        assert part in page
    pdf = desk.post("/network/invitations/new", given | {"pdf": "1"})
    assert pdf.content.startswith(b"%PDF-")
    assert Prospect.objects.get().contacted_on == timezone.localdate()
    assert desk.post("/network/invitations/new", given | {"functions": []}).status_code == 400


def test_lists_cost_no_more_with_more_rows(desk, visitor):
    application()
    counts = []
    for path in ("/network/applications", "/network/first-steps", "/terms"):
        with CaptureQueriesContext(connection) as few:
            desk.get(path)
        counts.append(len(few))
    for number in range(5):
        one = judged(application(name=f"Kring {number}"))
        if number % 2:
            applications.accept(application=one, words="", by=DESK, at=NOON)
    for path, count in zip(("/network/applications", "/network/first-steps", "/terms"), counts, strict=True):
        with CaptureQueriesContext(connection) as many:
            desk.get(path)
        assert len(many) <= count, path


def test_the_coordinator_publishes_new_terms_and_all_can_read_both(desk, visitor):
    page = desk.get("/network/terms/lead/new").content.decode()
    assert "## Vertrouwen" in page
    nl, en = (
        "## Vertrouwen\n\n## Wederkerigheid\n\n## Volwassenheid",
        "## Trust\n\n## Reciprocity\n\n## Maturity\n\n- new",
    )
    given = {
        "text_nl": nl, "text_en": en, "change_nl": "Korter", "change_en": "Shorter", "origin_nl": "Eigen", "origin_en": "Own",
    }  # fmt: skip
    assert desk.post("/network/terms/lead/new", given | {"text_en": "x"}).status_code == 400
    assert desk.post("/network/terms/lead/new", given).status_code == 302
    assert "<li>new</li>" in visitor.get("/terms/lead/2").content.decode()
    assert "There is a newer version" in visitor.get("/terms/lead/1").content.decode()
    assert visitor.get("/terms/lead/9").status_code == 404


@pytest.mark.parametrize("is_ticked", [True, False])
def test_a_number_that_was_only_typed_binds_no_organisation_by_itself(desk, country, is_ticked):
    type(country.bakery).objects.filter(pk=country.bakery.pk).update(kvk="12345678")
    one = judged(application(kvk="12345678"))
    path = f"/network/applications/{one.pk}/accept"
    assert "It is Bakkerij De Korenaar" in desk.get(path).content.decode()
    assert desk.post(path, {"is_organisation": "on"} if is_ticked else {}).status_code == 302
    assert Partner.objects.get(name=one.name).organisation == (country.bakery if is_ticked else None)


def test_without_that_number_in_the_registry_nothing_is_asked(desk, country):
    assert (
        "is_organisation" not in desk.get(f"/network/applications/{judged(application()).pk}/accept").content.decode()
    )


def test_who_only_reads_is_offered_no_tick(member, country):
    onboarding.begin(partner=country.harbour_circle, by=DESK, at=timezone.now())
    pages = {
        level: member("partner", country.harbour_circle, level=level).get("/network/first-steps").content.decode()
        for level in ("reader", "member")
    }
    assert {level: "/tick" in page for level, page in pages.items()} == {"reader": False, "member": True}
