"""Making an agreement: nothing is half saved, both sides sign the same document, and what overlaps is refused."""

import hashlib
from datetime import date, timedelta

import pytest
from django.utils.translation import override

from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from schakel.policy.access import SYSTEM
from schakel.registry.agreements import agreeing, renewing, terms
from schakel.registry.agreements.agreeing import Overlap
from schakel.registry.agreements.copies import LINK
from schakel.registry.models import (
    Agreement,
    AgreementState,
    AgreementTemplate,
    Commitment,
    Partner,
    PartnerStanding,
    SignatureSide,
)
from tests.cast import DESK, NOON, STEWARD, STRANGER
from tests.joining import TODAY, draft_of, free, joining, offered, sign, signed

pytestmark = pytest.mark.django_db
NETWORK = SignatureSide.NETWORK


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture
def harbour(country):
    joining(country.harbour_circle)
    return country.harbour_circle


def drafted(partner, **changes):
    return agreeing.draft(partner=partner, draft=draft_of(**changes), by=DESK, at=NOON)


def test_signed_by_both_it_binds_and_who_was_joining_is_a_partner(harbour):
    agreement = offered(harbour)
    assert sign(agreement, at=NOON).given_by == "head"
    agreement.refresh_from_db()
    assert agreement.state == AgreementState.OFFERED
    sign(agreement, NETWORK)
    agreement.refresh_from_db()
    harbour.refresh_from_db()
    assert (agreement.state, harbour.standing, harbour.joined_on) == ("signed", PartnerStanding.PARTNER, TODAY)
    assert {one.digest for one in agreement.signatures.all()} == {agreement.document.digest}


def test_the_document_is_a_pdf_a_and_its_digest_is_its_own(harbour):
    document = offered(harbour).document
    content = bytes(document.content)
    assert content.startswith(b"%PDF-")
    assert b"pdfaid:part" in content
    assert hashlib.sha256(content).hexdigest() == document.digest


def test_what_partners_write_cannot_act_in_the_document(harbour):
    agreement = offered(harbour, effort='#panic("x") ]] $x$ *y* \\ "', activities='#read("/etc/passwd")')
    assert bytes(agreement.document.content).startswith(b"%PDF-")


def test_a_signed_agreement_stands_in_the_register_of_roles(harbour):
    signed(harbour, functions=["notification", "knowledge"])
    rows = set(Commitment.objects.filter(partner=harbour).values_list("function", "role", "from_on", "until_on"))
    assert rows == {(one, "contributor", TODAY, date(2027, 11, 2)) for one in ("notification", "knowledge")}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"role": "boss"}, "choose a role"),
        ({"functions": []}, "choose at least one function"),
        ({"functions": ["magic"]}, "not on the list: magic"),
        ({"until_on": TODAY}, "the end must be after the beginning"),
        ({"until_on": TODAY - timedelta(days=9)}, "the end must be after the beginning"),
        ({"signatory_mail": "no"}, "this is not an e-mail address"),
    ],
)
def test_what_cannot_be_an_agreement_is_refused_and_nothing_is_saved(harbour, change, words):
    with pytest.raises(Invalid, match=words):
        drafted(harbour, **change)
    assert not harbour.agreements.exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"effort": " "}, "which effort and which activities"),
        ({"activities": ""}, "which effort and which activities"),
        ({"signatory": ""}, "who signs for the partner"),
        ({"signatory_mail": ""}, "who signs for the partner"),
    ],
)
def test_nothing_is_offered_before_effort_activities_and_signatory_are_there(harbour, change, words):
    agreement = drafted(harbour, **change)
    with pytest.raises(Invalid, match=words):
        agreeing.offer(agreement=agreement, by=DESK, at=NOON)
    agreement.refresh_from_db()
    assert (agreement.state, hasattr(agreement, "document")) == ("draft", False)


def test_an_overlap_is_told_with_functions_and_days(harbour):
    signed(harbour)
    with pytest.raises(Overlap, match="notification, 2026-11-02 to 2027-11-02"):
        drafted(harbour, from_on=date(2027, 11, 1), until_on=None)
    drafted(harbour, from_on=date(2027, 11, 2), until_on=None)
    drafted(harbour, functions=["knowledge"])


def test_two_offers_that_overlap_cannot_both_be_signed(harbour):
    first, second = offered(harbour), offered(harbour)
    for agreement in (first, second):
        sign(agreement)
    sign(first, NETWORK)
    with pytest.raises(Overlap):
        sign(second, NETWORK)
    second.refresh_from_db()
    assert (second.state, second.signatures.count()) == ("offered", 1)


def test_an_addendum_ends_what_it_amends_on_the_day_it_begins(harbour):
    first = signed(harbour)
    second = signed(harbour, role="lead", from_on=date(2027, 1, 1), amends=first)
    first.refresh_from_db()
    assert (first.until_on, second.state) == (date(2027, 1, 1), "signed")
    rows = Commitment.objects.filter(partner=harbour).order_by("from_on").values_list("role", "from_on", "until_on")
    assert list(rows) == [
        ("contributor", TODAY, date(2027, 1, 1)),
        ("lead", date(2027, 1, 1), date(2027, 11, 2)),
    ]


def test_an_addendum_may_begin_on_the_day_of_what_it_amends(harbour):
    first = signed(harbour)
    second = signed(harbour, role="informer", amends=first)
    first.refresh_from_db()
    assert (first.until_on, second.from_on, second.serial) == (TODAY, TODAY, 1)


def test_only_a_running_agreement_of_the_same_partner_can_be_amended(harbour, country):
    other = country.care_csirt.agreements.get()
    with pytest.raises(Invalid, match="only a running agreement of the same partner"):
        drafted(harbour, amends=other)
    draft = drafted(harbour)
    with pytest.raises(Invalid, match="only a running agreement"):
        drafted(harbour, amends=draft)
    running = signed(harbour)
    with pytest.raises(Invalid, match="begins while the agreement that it amends runs"):
        drafted(harbour, amends=running, from_on=date(2028, 1, 1), until_on=None)


def test_a_document_that_was_offered_anew_cannot_be_signed_by_its_old_digest(harbour):
    agreement = offered(harbour)
    old, number = agreement.document.digest, agreement.link_number
    sign(agreement)
    agreeing.take_back(agreement=agreement, by=DESK, at=NOON)
    agreeing.change(agreement=agreement, draft=draft_of(effort="Drie dagen"), by=DESK, at=NOON)
    agreeing.offer(agreement=agreement, by=DESK, at=NOON + timedelta(minutes=5))
    agreement = Agreement.objects.get(pk=agreement.pk)
    assert agreement.link_number > number
    assert not agreement.signatures.exists()
    with pytest.raises(Invalid, match="not the document that was offered last"):
        sign(agreement, digest=old)


@pytest.mark.parametrize("given", [{"name": " "}, {"position": ""}])
def test_a_signature_says_who_and_why(harbour, given):
    with pytest.raises(Invalid, match="give your name and your position"):
        sign(offered(harbour), **given)


def test_nobody_signs_twice_or_what_is_not_offered(harbour):
    agreement = offered(harbour)
    sign(agreement)
    with pytest.raises(WrongState):
        sign(agreement)
    sign(agreement, NETWORK)
    with pytest.raises(WrongState):
        sign(agreement, NETWORK)
    with pytest.raises(WrongState):
        agreeing.take_back(agreement=agreement, by=DESK, at=NOON)


def test_the_holder_of_the_link_signs_for_the_partner_only(harbour):
    agreement = offered(harbour)
    with pytest.raises(NotPermitted):
        sign(agreement, NETWORK, by=LINK)
    assert sign(agreement, by=LINK).given_by == "link"


def test_no_side_signs_for_the_other(harbour, country):
    agreement = offered(harbour)
    for actor in (country.neighbour, STRANGER, STEWARD, DESK, SYSTEM):
        with pytest.raises(NotPermitted):
            sign(agreement, by=actor)
    for actor in (country.member, country.neighbour, STRANGER, STEWARD):
        with pytest.raises(NotPermitted):
            sign(agreement, NETWORK, by=actor)


def test_only_the_coordinator_draws_up(harbour, country):
    for actor in (country.member, country.neighbour, STRANGER, STEWARD):
        with pytest.raises(NotPermitted):
            agreeing.draft(partner=harbour, draft=draft_of(), by=actor, at=NOON)


def test_a_partner_sees_its_own_agreements_once_offered(harbour, country):
    draft = drafted(harbour, functions=["knowledge"])
    offer = offered(harbour)
    assert set(Agreement.objects.visible_to(country.member)) == {offer}
    assert set(Agreement.objects.visible_to(DESK)) >= {draft, offer}
    assert offer not in Agreement.objects.visible_to(country.neighbour)
    for actor in (STRANGER, STEWARD):
        assert not Agreement.objects.visible_to(actor).exists()


def test_who_has_left_or_is_a_prospect_gets_no_agreement(harbour):
    Partner.objects.filter(pk=harbour.pk).update(standing="left", left_at=NOON)
    with pytest.raises(WrongState):
        drafted(harbour)


def test_what_ends_soon_is_reminded_once(harbour, settings):
    agreement = signed(harbour, until_on=TODAY + timedelta(days=30))
    assert renewing.remind(by=SYSTEM, at=NOON) == 1
    assert renewing.remind(by=SYSTEM, at=NOON + timedelta(days=1)) == 0
    agreement.refresh_from_db()
    assert agreement.reminded_on == TODAY


def test_the_overview_knows_who_has_no_agreement(country):
    assert not renewing.without_agreement(DESK, day=TODAY).exists()
    free(country.harbour_circle)
    assert list(renewing.without_agreement(DESK, day=TODAY)) == [country.harbour_circle]
    assert not renewing.without_agreement(country.member, day=TODAY).exists()


def test_terms_are_published_in_versions_with_a_heading_per_condition(harbour):
    old = terms.current("lead") or AgreementTemplate(version=0)
    words = {"change_nl": "Korter", "change_en": "Shorter", "origin_nl": "Eigen", "origin_en": "Own"}
    nl, en = "## Vertrouwen\n\n## Wederkerigheid\n\n## Volwassenheid", "## Trust\n\n## Reciprocity\n\n## Maturity"
    with pytest.raises(Invalid, match="lacks a heading for: Maturity"):
        terms.publish(role="lead", text_nl=nl, text_en=en.replace("Maturity", "x"), **words, by=DESK, at=NOON)
    with pytest.raises(Invalid, match="say in both languages what changed"):
        terms.publish(role="lead", text_nl=nl, text_en=en, **(words | {"change_en": ""}), by=DESK, at=NOON)
    with pytest.raises(NotPermitted):
        terms.publish(role="lead", text_nl=nl, text_en=en, **words, by=STEWARD, at=NOON)
    new = terms.publish(role="lead", text_nl=nl, text_en=en, **words, by=DESK, at=NOON)
    assert (new.version, terms.current("lead")) == (old.version + 1, new)


@pytest.mark.parametrize("role", ["informer", "contributor", "lead"])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_our_own_terms_have_a_heading_per_condition(role, language):
    template = AgreementTemplate.objects.get(role=role)
    terms._check(terms.text_of(template, language), language)


def test_a_text_falls_into_its_parts():
    parts = terms.blocks("Eerst\ndit.\n\n## Kop\n\n- een\n- twee\r\n\r\nslot")
    assert [(one.kind, one.text, one.items) for one in parts] == [
        ("paragraph", "Eerst dit.", ()),
        ("heading", "Kop", ()),
        ("items", "", ("een", "twee")),
        ("paragraph", "slot", ()),
    ]
