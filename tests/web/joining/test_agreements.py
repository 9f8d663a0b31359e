"""The pages of agreements: who sees what, signing on both sides, interrupting, ending, leaving."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from schakel.jobs import joining as jobs
from schakel.post.models import Delivery
from schakel.registry.joining import links
from schakel.registry.models import Agreement, Breach, Partner, SignedCopy
from tests.cast import NOON
from tests.joining import VERDICTS, joining, offered, sign, signed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh(db):
    cache.clear()


@pytest.fixture
def owner(member, country):
    return member("partner", country.harbour_circle, level="administrator")


@pytest.fixture
def colleague(member, country):
    """Works at the same partner, and may not bind it."""
    return member("partner", country.harbour_circle)


@pytest.fixture
def neighbour(member, country):
    return member("partner", country.care_csirt, level="administrator")


@pytest.fixture
def visitor():
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def offer(country):
    joining(country.harbour_circle)
    return offered(country.harbour_circle, at=timezone.now())


@pytest.fixture
def running(country):
    joining(country.harbour_circle)
    return signed(country.harbour_circle)


def page_of(agreement):
    return f"/network/agreements/{agreement.pk}"


def filled(**changes):
    return {
        "role": "contributor", "functions": ["notification"], "from_on": "2026-11-02", "until_on": "2027-11-02",
        "effort": "Twee dagen", "activities": "Doorgeven", "language": "nl", "signatory": "A. de Wit",
        "signatory_mail": "wit@haven.example",
    } | changes  # fmt: skip


def test_an_agreement_is_drawn_up_offered_and_signed_by_both(desk, visitor, country):
    partner = country.harbour_circle
    joining(partner)
    answer = desk.post(f"/network/partners/{partner.pk}/agreements/new", filled())
    agreement = Agreement.objects.get(partner=partner)
    assert answer.url == page_of(agreement)
    assert "Offer it" in desk.get(page_of(agreement)).content.decode()
    desk.post(f"{page_of(agreement)}/offer")
    agreement.refresh_from_db()
    jobs.tell_signatory(agreement_id=agreement.pk, link_number=agreement.link_number)
    mail = Delivery.objects.latest("pk")
    assert mail.address == "wit@haven.example"
    assert links.agreement_url(agreement) in mail.body
    assert agreement.document.digest in mail.body
    path = links.agreement_url(agreement).removeprefix("http://127.0.0.1:8000")
    page = visitor.get(path).content.decode()
    for part in ("Agreement with Havenkring", "Twee dagen", "Reciprocity", agreement.document.digest, "not signed yet"):
        assert part in page
    given = {"name": "A. de Wit", "position": "directeur", "digest": agreement.document.digest, "agree": "on"}
    assert visitor.post(path, given | {"position": ""}).status_code == 400
    assert visitor.post(path, given | {"agree": ""}).status_code == 400
    assert "not the document that was offered last" in visitor.post(path, given | {"digest": "0" * 64}).content.decode()
    assert visitor.post(path, given).status_code == 302
    assert "You have signed" in visitor.get(path).content.decode()
    assert visitor.post(path, given).status_code == 409
    document = visitor.get(f"{path}/document.pdf")
    assert document.content.startswith(b"%PDF-")
    assert document.headers["Referrer-Policy"] == "same-origin"
    assert desk.post(f"{page_of(agreement)}/sign", given | {"name": "C. Dekker"}).status_code == 302
    partner.refresh_from_db()
    assert partner.standing == "partner"
    assert "Both parties have signed" in visitor.get(path).content.decode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"until_on": "2026-11-01"}, "the end must be after the beginning"),
        ({"functions": []}, "choose at least one function"),
        ({"signatory_mail": "x"}, "valid email"),
        ({"from_on": "gisteren"}, "Enter a valid date"),
    ],
    ids=str,
)
def test_what_cannot_be_an_agreement_is_shown_again(desk, country, change, words):
    joining(country.harbour_circle)
    answer = desk.post(f"/network/partners/{country.harbour_circle.pk}/agreements/new", filled(**change))
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not country.harbour_circle.agreements.exists()


def test_an_overlap_and_a_missing_effort_are_told(desk, running, country):
    partner = country.harbour_circle
    answer = desk.post(f"/network/partners/{partner.pk}/agreements/new", filled())
    assert "overlaps another agreement" in answer.content.decode()
    desk.post(f"/network/partners/{partner.pk}/agreements/new", filled(functions=["knowledge"], effort=""))
    draft = Agreement.objects.get(state="draft")
    page = desk.post(f"{page_of(draft)}/offer", follow=True).content.decode()
    assert "which effort and which activities" in page
    assert desk.post(f"{page_of(draft)}/change", filled(functions=["knowledge"])).status_code == 302
    assert "was offered" in desk.post(f"{page_of(draft)}/offer", follow=True).content.decode()
    assert "a draft again" in desk.post(f"{page_of(draft)}/take-back", follow=True).content.decode()


def test_a_link_ends_by_time_by_a_new_offer_and_by_the_end(visitor, desk, offer, settings):
    path = f"/join/agreement/{links.agreement_token(offer)}"
    assert visitor.get(path).status_code == 200
    desk.post(f"{page_of(offer)}/take-back")
    assert visitor.get(path).status_code == 404
    desk.post(f"{page_of(offer)}/offer")
    assert visitor.get(path).status_code == 404
    offer.refresh_from_db()
    path = f"/join/agreement/{links.agreement_token(offer)}"
    assert visitor.get(path).status_code == 200
    Agreement.objects.update(offered_at=timezone.now() - timedelta(days=settings.LINK_DAYS))
    assert visitor.get(path).status_code == 404


def test_a_member_of_the_partner_signs_for_it_and_the_coordinator_only_for_the_network(owner, desk, offer):
    given = {"name": "A", "position": "b", "digest": offer.document.digest, "agree": "on"}
    assert owner.post(f"{page_of(offer)}/sign", given).status_code == 302
    assert desk.post(f"{page_of(offer)}/sign", given).status_code == 302
    assert {one.side for one in offer.signatures.all()} == {"partner", "network"}


def test_a_partner_sees_its_own_agreements_and_no_other(owner, neighbour, desk, running):
    assert "Havenkring" in owner.get("/network/agreements").content.decode()
    assert "Havenkring" not in neighbour.get("/network/agreements").content.decode()
    assert owner.get(page_of(running)).status_code == 200
    assert owner.get(f"{page_of(running)}/document.pdf").content.startswith(b"%PDF-")
    for path in (page_of(running), f"{page_of(running)}/document.pdf", f"{page_of(running)}/sign"):
        assert neighbour.get(path).status_code == 404
        assert owner.get("/network/agreements/999999").status_code == 404
    assert "havenkring" not in neighbour.get("/network/agreements.csv").content.decode().casefold()
    assert "Without an agreement" not in owner.get("/network/agreements").content.decode()


@pytest.mark.parametrize("role", ["steward", "auditor"])
def test_stewards_and_auditors_see_no_agreements(member, running, role):
    client = member(role)
    for path in ("/network/agreements", page_of(running), "/network/agreements.csv", "/network/first-steps"):
        assert client.get(path).status_code == 403


@pytest.mark.parametrize(
    "act", ["change", "offer", "take-back", "suspend", "resume", "end", "renew", "addendum", "breaches/new"]
)
def test_only_the_coordinator_acts(owner, neighbour, running, act):
    for client in (owner, neighbour):
        assert client.post(f"{page_of(running)}/{act}", {"words": "x"}).status_code == 403
    running.refresh_from_db()
    assert running.state == "signed"


def test_a_breach_suspension_and_resumption(desk, owner, neighbour, running):
    given = {"kind": "tlp", "happened_on": "2026-11-01", "words": "AMBER op de site", "talk_on": "2026-11-05"}
    assert desk.post(f"{page_of(running)}/breaches/new", given | {"happened_on": "2999-01-01"}).status_code == 400
    assert desk.post(f"{page_of(running)}/breaches/new", given).status_code == 302
    breach = Breach.objects.get()
    assert "AMBER op de site" in owner.get(page_of(running)).content.decode()
    for client, code in ((owner, 403), (neighbour, 403)):
        assert client.post(f"/network/breaches/{breach.pk}/settle", {"words": "x"}).status_code == code
    assert desk.post(f"{page_of(running)}/suspend", {"words": ""}).status_code == 400
    assert desk.post(f"{page_of(running)}/suspend", {"words": "TLP"}).status_code == 302
    assert "no information goes through this partner" in owner.get(page_of(running)).content.decode()
    assert "Havenkring" in desk.get("/network/agreements?view=broken").content.decode()
    assert desk.post(f"/network/breaches/{breach.pk}/discuss", {"talk_on": "2026-11-06"}).status_code == 302
    assert desk.post(f"/network/breaches/{breach.pk}/settle", {"words": "Afgesproken"}).status_code == 302
    assert desk.post(f"{page_of(running)}/resume", {"words": "Besproken"}).status_code == 302
    assert "Havenkring" not in desk.get("/network/agreements?view=broken").content.decode().partition("<table")[2]


def test_a_role_change_is_an_addendum(desk, running):
    answer = desk.post(f"{page_of(running)}/addendum", filled(role="lead", from_on="2027-01-01"))
    later = Agreement.objects.get(amends=running)
    assert answer.url == page_of(later)
    assert "Amended by" in desk.get(page_of(running)).content.decode()
    assert "Takes the place of" in desk.get(page_of(later)).content.decode()


def judged(verdict="met", words="gezien"):
    found = {f"verdict_{slug}": verdict for slug in VERDICTS}
    return found | {f"words_{slug}": words for slug in VERDICTS}


def test_a_renewal_is_judged_anew_beside_the_last_judgement(desk, running):
    assert desk.get(f"{page_of(running)}/renew").content.decode().count("not judged before") == 3
    assert desk.post(f"{page_of(running)}/renew", {}).status_code == 400
    refused = desk.post(f"{page_of(running)}/renew", judged("not-met"))
    assert refused.status_code == 400
    assert "cannot be renewed" in refused.content.decode()
    answer = desk.post(f"{page_of(running)}/renew", judged("partly", "Kwam laat"))
    following = Agreement.objects.latest("pk")
    assert (answer.url, following.from_on) == (page_of(following), running.until_on)
    assert desk.post(f"{page_of(running)}/renew", judged()).status_code == 409
    assert desk.get(f"{page_of(running)}/renew").content.decode().count("Kwam laat") == 3


def test_that_an_agreement_is_not_renewed_is_said_in_words(desk, owner, neighbour, running):
    path = f"{page_of(running)}/not-renew"
    assert desk.post(path, judged("not-met")).status_code == 400
    assert desk.post(path, judged("not-met") | {"reason": "Er kwam niets terug."}).url == page_of(running)
    for client in (desk, owner):
        page = client.get(page_of(running)).content.decode()
        assert "This agreement will not be renewed." in page
        assert "Er kwam niets terug." in page
    assert "gezien" not in owner.get(page_of(running)).content.decode()
    for judging in (path, f"{page_of(running)}/renew"):
        assert (owner.get(judging).status_code, neighbour.get(judging).status_code) == (403, 403)


def signed_pdf(content=b"%PDF-1.7\n%%EOF\n"):
    return SimpleUploadedFile("getekend.pdf", content, content_type="application/pdf")


def test_what_was_signed_elsewhere_comes_along_by_the_link(visitor, desk, owner, neighbour, offer):
    path = f"/join/agreement/{links.agreement_token(offer)}"
    assert 'enctype="multipart/form-data"' in visitor.get(path).content.decode()
    given = {"name": "A. de Wit", "position": "directeur", "agree": "on", "digest": offer.document.digest}
    elsewhere = {"provider": "Tekenhier", "reference": "TH-17"}
    bad = visitor.post(path, given | elsewhere | {"file": signed_pdf(b"PK")})
    assert bad.status_code == 400
    assert "the file is no whole PDF." in bad.content.decode()
    assert visitor.post(path, given | elsewhere | {"file": signed_pdf()}).status_code == 302
    assert "Also signed with Tekenhier" in visitor.get(path).content.decode()
    file = f"{page_of(offer)}/copies/partner.pdf"
    for client in (desk, owner):
        assert file in client.get(page_of(offer)).content.decode()
        answer = client.get(file)
        assert (answer.content, answer["Content-Type"]) == (b"%PDF-1.7\n%%EOF\n", "application/pdf")
        assert answer["Content-Disposition"].startswith("attachment")
    assert neighbour.get(file).status_code == 404
    assert desk.get(f"{page_of(offer)}/copies/network.pdf").status_code == 404
    assert visitor.get(file).url.startswith("/account/login")


def test_what_was_signed_elsewhere_can_be_added_later_by_each_side(desk, owner, neighbour, running):
    path = f"{page_of(running)}/copy"
    assert path in owner.get(page_of(running)).content.decode()
    assert owner.post(path, {}).status_code == 400
    assert owner.post(path, {"provider": "Tekenhier", "reference": "TH-17"}).url == page_of(running)
    assert path not in owner.get(page_of(running)).content.decode()
    assert desk.post(path, {"provider": "Tekenhier", "file": signed_pdf()}).url == page_of(running)
    assert neighbour.post(path, {"provider": "X", "reference": "1"}).status_code == 404
    assert {one.signature.side for one in SignedCopy.objects.all()} == {"partner", "network"}


def test_the_overview_shows_who_has_none_and_what_ends(desk, country, running):
    Agreement.objects.filter(pk=running.pk).update(until_on=timezone.localdate() + timedelta(days=20))
    country.care_csirt.agreements.all().delete()
    page = desk.get("/network/agreements").content.decode()
    assert "Without an agreement" in page
    assert "Zorg-CSIRT" in page
    assert "ends soon" in desk.get("/network/agreements?view=ending").content.decode()
    for view in ("all", "running", "unsigned", "over"):
        assert desk.get(f"/network/agreements?view={view}").status_code == 200
    assert desk.get("/network/agreements?view=magic").status_code == 404
    assert "No agreement here" in desk.get("/network/agreements?view=unsigned").content.decode()


def test_the_table_holds_what_was_signed(desk, running):
    text = desk.get("/network/agreements.csv").content.decode()
    assert running.document.digest in text
    assert "harbour-circle,Havenkring,contributor,notification,signed,2026-11-02,2027-11-02,1" in text


def test_a_partner_leaves_by_itself_and_is_out_at_once(owner, neighbour, desk, running, country):
    path = f"/network/partners/{country.harbour_circle.pk}/leave"
    assert neighbour.get(path).status_code == 404
    assert "cannot be undone" in owner.get(path).content.decode()
    given = {"reasons": "Te druk", "lessons": "Vraag eerder", "sure": "on"}
    assert owner.post(path, given | {"sure": ""}).status_code == 400
    assert Partner.objects.get(pk=country.harbour_circle.pk).standing == "partner"
    assert owner.post(path, given).url == "/join"
    for page in ("/notices", "/findings", "/network/agreements", page_of(running)):
        assert owner.get(page).status_code in (403, 404)
    assert "because the partner left" in desk.get(page_of(running)).content.decode()
    assert desk.post(path, given).status_code == 409


def test_many_agreements_cost_no_more_queries(desk, running, country):
    counts = []
    for path in ("/network/agreements", page_of(running), "/network/agreements.csv"):
        with CaptureQueriesContext(connection) as few:
            desk.get(path)
        counts.append(len(few))
    for number in range(6):
        partner = Partner.objects.create(key=f"p{number}", name=f"P {number}", type="isac")
        Agreement.objects.create(partner=partner, functions=["knowledge"], from_on=NOON.date(), state="signed")
    for path, count in zip(("/network/agreements", page_of(running), "/network/agreements.csv"), counts, strict=True):
        with CaptureQueriesContext(connection) as many:
            desk.get(path)
        assert len(many) <= count, path


def test_the_word_that_both_signed_goes_to_who_signed(running):
    jobs.tell_signatory(agreement_id=running.pk, link_number=running.link_number, occasion="signed")
    assert "2 november 2026" in Delivery.objects.latest("pk").body
    jobs.tell_signatory(agreement_id=running.pk, link_number=99)
    assert Delivery.objects.count() == 1


def test_a_partner_is_reminded_of_the_end_by_mail(running):
    jobs.tell_renewal(agreement_id=running.pk)
    mail = Delivery.objects.latest("pk")
    assert mail.address == "meldingen@harbour-circle.example"
    assert "2 november 2027" in mail.body
    jobs.look_after()


def test_an_offer_that_a_partner_sees_has_no_links_to_what_it_may_not(owner, offer):
    page = owner.get(page_of(offer)).content.decode()
    assert f"{page_of(offer)}/sign" in page
    for act in ("take-back", "end", "suspend"):
        assert f"{page_of(offer)}/{act}" not in page
    sign(offer)
    assert f"{page_of(offer)}/sign" not in owner.get(page_of(offer)).content.decode()


def test_only_who_may_bind_a_partner_signs_for_it_or_lets_it_leave(colleague, owner, offer, country):
    sign_path, leave_path = f"{page_of(offer)}/sign", f"/network/partners/{country.harbour_circle.pk}/leave"
    for path in (sign_path, leave_path):
        assert (owner.get(path).status_code, colleague.get(path).status_code) == (200, 403)
        assert path in owner.get(page_of(offer)).content.decode()
        assert path not in colleague.get(page_of(offer)).content.decode()
