"""Claims from the form to the asset: who may, what proves, what stands in the way, and what becomes of it."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from schakel.kit.refusals import Invalid, NotPermitted, WrongState
from schakel.policy.access import SYSTEM, Actor, Grant, Role
from schakel.registry.claims import actions, letters, links, outcome, overlaps, proving, values
from schakel.registry.models import (
    Asset,
    Claim,
    ClaimState,
    Conflict,
    Constituency,
    Evidence,
    Organisation,
    Overlap,
    Proof,
)
from schakel.registry.proofs.challenges import WELL_KNOWN
from tests.cast import AUDITOR, DESK, NOON, STEWARD, STRANGER, member_of, working_at
from tests.internet import entity

YEAR = timedelta(days=365)


@pytest.fixture(autouse=True)
def empty_cache(db):
    cache.clear()
    with override("en"):
        yield


def claim_of(organisation, value="nieuw.example", *, kind="domain", proof="dns", by=None, at=NOON):
    return actions.make(
        organisation=organisation, kind=kind, value=value, proof=proof, by=by or working_at(organisation), at=at
    )


def prove(claim, *, at=NOON, verified=True):
    claim = Claim.objects.get(pk=claim.pk)
    outcome.prove(claim, evidence={"seen": "there"}, verified=verified, by=SYSTEM, at=at)
    return claim


# Who may.


def test_organisation_partner_and_desk_claim_and_others_do_not(country):
    for number, actor in enumerate([working_at(country.harbour), country.member, DESK]):
        assert claim_of(country.harbour, f"n{number}.example", by=actor).state == ClaimState.OPEN
    others = [working_at(country.hospital), country.neighbour, STRANGER, STEWARD, AUDITOR]
    for actor in others:
        with pytest.raises(NotPermitted):
            claim_of(country.harbour, by=actor)
    assert Claim.objects.count() == 3


def test_a_partner_that_no_longer_answers_for_an_organisation_claims_nothing_for_it(country):
    Constituency.objects.update(valid_until=NOON.date() - timedelta(days=1))
    with pytest.raises(NotPermitted):
        claim_of(country.harbour, by=country.member)


def test_a_claim_is_seen_by_whom_it_concerns(country):
    claim = claim_of(country.harbour)
    for actor in (working_at(country.harbour), country.member, DESK):
        assert list(Claim.objects.visible_to(actor)) == [claim]
    for actor in (working_at(country.hospital), country.neighbour, STRANGER, STEWARD, AUDITOR):
        assert not Claim.objects.visible_to(actor)


@pytest.mark.parametrize("act", ["withdraw", "look_again", "choose_proof", "approve", "refuse", "settle"])
def test_nobody_else_acts_on_a_claim(country, act):
    claim = claim_of(country.harbour)
    given = {"approve": {"reason": "x"}, "refuse": {"reason": "x"}, "settle": {"result": "both", "reason": "x"}}
    given["choose_proof"] = {"proof": "site"}
    for actor in (working_at(country.hospital), country.neighbour, STRANGER, STEWARD, AUDITOR):
        with pytest.raises(NotPermitted):
            getattr(actions, act)(claim=claim, by=actor, at=NOON, **given.get(act, {}))
    claim.refresh_from_db()
    assert (claim.state, claim.proof) == (ClaimState.OPEN, Proof.DNS)


def test_only_the_coordinator_settles_and_an_organisation_approves_nothing(country):
    claim = claim_of(country.harbour, proof="approval")
    for actor in (country.member, working_at(country.harbour)):
        with pytest.raises(NotPermitted):
            actions.settle(claim=claim, result="both", reason="x", by=actor, at=NOON)
    with pytest.raises(NotPermitted):
        actions.approve(claim=claim, reason="x", by=working_at(country.harbour, "colleague"), at=NOON)


# What can be claimed.


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("domain", "co.uk", "others register"),
        ("domain", "nl", "others register"),
        ("email_domain", "github.io", "others register"),
        ("domain", "not a name", "no domain name"),
        ("domain", "", "fill in"),
        ("network", "10.0.0.0/24", "reserved"),
        ("network", "fe80::/64", "reserved"),
        ("network", "192.168.1.1", "reserved"),
        ("network", "9.0.0.0/7", "inside the network"),
        ("network", "8.0.0.0/7", "so wide"),
        ("network", "0.0.0.0/0", "so wide"),
        ("network", "2000::/3", "so wide"),
        ("network", "9.9.9.9/24", "inside the network"),
        ("network", "haven.example", "no IP network"),
        ("asn", "0", "reserved"),
        ("asn", "AS-SET", "an AS number is"),
        ("car", "x", "no kind"),
        ("domain", "a\x00b.nl", "cannot be printed"),
    ],
)
def test_what_belongs_to_nobody_cannot_be_claimed(country, kind, value, words):
    with pytest.raises(Invalid, match=words):
        claim_of(country.harbour, value, kind=kind, proof="approval")
    assert not Claim.objects.exists()


def test_documentation_ranges_can_be_claimed_on_one_machine_only(country, settings):
    assert values.normal("network", "203.0.113.0/24") == "203.0.113.0/24"
    settings.IS_LOCAL = False
    with pytest.raises(Invalid, match="reserved"):
        values.normal("network", "203.0.113.0/24")


def test_a_value_is_kept_in_its_normal_form(country):
    assert claim_of(country.harbour, " NIEUW.Example. ").value == "nieuw.example"
    assert claim_of(country.harbour, "as 64500", kind="asn", proof="mail").value == "64500"


def test_a_proof_must_fit(country):
    for kind, value, proof in (
        ("asn", "64500", "dns"),
        ("network", "203.0.113.0/25", "dns"),
        ("network", "203.0.113.0/24", "site"),
    ):
        with pytest.raises(Invalid, match="ways to prove"):
            claim_of(country.harbour, value, kind=kind, proof=proof)
    assert values.proofs("network", "203.0.113.0/24") == [Proof.DNS, Proof.MAIL, Proof.APPROVAL]


def test_the_same_claim_again_is_the_same_claim(country):
    first = claim_of(country.harbour)
    assert claim_of(country.harbour, proof="site").pk == first.pk
    actions.withdraw(claim=first, by=working_at(country.harbour), at=NOON)
    assert claim_of(country.harbour).pk != first.pk
    with pytest.raises(IntegrityError):
        Claim.objects.create(
            organisation=country.harbour, kind="domain", value="nieuw.example", proof="dns", token="x", made_at=NOON,
            made_by="x", expires_at=NOON + YEAR,
        )  # fmt: skip


def test_nobody_tries_a_whole_registry(country, monkeypatch):
    monkeypatch.setattr(actions, "MOST_OPEN", 2)
    claim_of(country.harbour, "a.example")
    claim_of(country.harbour, "b.example")
    with pytest.raises(Invalid, match="too many"):
        claim_of(country.harbour, "c.example")
    claim_of(country.hospital, "c.example")


def test_claiming_says_nothing_of_who_else_holds_it(country):
    """The same answer, the same row and as many queries, whether or not somebody holds it."""
    answers = []
    claim_of(country.harbour, "eerst.example")  # From now on a job waits.
    for value in ("vrij.example", "linde.example"):
        with CaptureQueriesContext(connection) as queries:
            claim = claim_of(country.harbour, value)
        answers.append((claim.state, claim.seen, claim.referral, claim.due_at, len(queries)))
    assert answers[0] == answers[1]
    assert not Conflict.objects.exists()


# What proves.


def test_a_record_in_the_dns_proves(country, internet):
    claim = claim_of(country.harbour)
    assert proving.check(claim=claim, by=SYSTEM, at=NOON) == "absent"
    assert not Asset.objects.filter(value="nieuw.example").exists()
    internet.names.texts("_schakel-challenge.nieuw.example", claim.token)
    later = NOON + timedelta(hours=1)
    assert proving.check(claim=claim, by=SYSTEM, at=later) == "found"
    claim.refresh_from_db()
    asset = Asset.objects.get(value="nieuw.example")
    assert (claim.state, claim.asset, claim.proven_at, claim.expires_at) == ("proven", asset, later, later + YEAR)
    assert claim.evidence["record"] == "_schakel-challenge.nieuw.example"
    assert (asset.organisation, asset.evidence, asset.role, asset.valid_from) == (
        country.harbour,
        "verified",
        "owner",
        later,
    )
    assert asset.revision > 0


def test_another_organisations_token_proves_nothing(country, internet):
    mine, theirs = claim_of(country.harbour), claim_of(country.hospital)
    internet.names.texts("_schakel-challenge.nieuw.example", theirs.token)
    assert proving.check(claim=mine, by=SYSTEM, at=NOON) == "absent"
    assert proving.check(claim=theirs, by=SYSTEM, at=NOON) == "found"


def test_a_network_is_proven_through_its_reverse_zone(country, internet):
    claim = claim_of(country.bakery, "203.0.113.0/24", kind="network")
    internet.names.texts("_schakel-challenge.113.0.203.in-addr.arpa", claim.token)
    assert proving.check(claim=claim, by=SYSTEM, at=NOON) == "found"


def test_a_page_on_the_site_proves(country, internet):
    claim = claim_of(country.bakery, "haven.example", proof="site")
    Asset.objects.filter(value="haven.example").delete()
    internet.web.put("haven.example", f"{WELL_KNOWN}{claim.token}", claim.token)
    assert proving.check(claim=claim, by=SYSTEM, at=NOON) == "found"
    assert Claim.objects.get().state == ClaimState.PROVEN


def test_a_contact_of_the_registry_says_yes(country, internet):
    internet.knows(
        "autnum/64500",
        handle="A",
        startAutnum=64500,
        endAutnum=64500,
        entities=[entity("abuse", mail="abuse@noc.example")],
    )
    claim = claim_of(country.harbour, "64500", kind="asn", proof="mail")
    assert proving.check(claim=claim, by=SYSTEM, at=NOON) == "mailed"
    claim.refresh_from_db()
    assert (claim.mailed_to, claim.mailed_at, claim.state) == ("abuse@noc.example", NOON, "open")
    letter = letters.of_claim(claim)
    token = links.token_of(claim)
    assert letter.address == "abuse@noc.example"
    assert token in letter.body
    assert "64500" in letter.subject
    assert links.claim_of(token, at=NOON + timedelta(days=13)) == claim
    proving.confirm(claim=claim, by=proving.LINK, at=NOON + timedelta(days=1))
    assert Asset.objects.get(kind="asn").evidence == Evidence.VERIFIED
    assert links.claim_of(token, at=NOON + timedelta(days=1)) is None  # It opens once.
    with pytest.raises(WrongState):
        proving.confirm(claim=claim, by=proving.LINK, at=NOON + timedelta(days=1))


def test_a_site_names_the_contact_of_its_name(country, internet):
    expires = "2099-01-01T00:00:00Z"
    internet.web.put(
        "haven.example", "/.well-known/security.txt", f"Contact: mailto:cert@haven.example\nExpires: {expires}"
    )
    claim = claim_of(country.bakery, "haven.example", proof="mail")
    assert proving.check(claim=claim, by=SYSTEM, at=NOON) == "mailed"
    assert Claim.objects.get().mailed_to == "cert@haven.example"


def test_a_link_ends_with_time_with_a_new_mail_and_with_the_claim(country, internet):
    internet.knows(
        "autnum/64500",
        handle="A",
        startAutnum=64500,
        endAutnum=64500,
        entities=[entity("abuse", mail="abuse@noc.example")],
    )
    claim = claim_of(country.harbour, "64500", kind="asn", proof="mail")
    proving.check(claim=claim, by=SYSTEM, at=NOON)
    first = links.token_of(Claim.objects.get())
    assert links.claim_of(first, at=NOON + timedelta(days=14)) is None
    assert links.claim_of(first + "x", at=NOON) is None
    assert links.claim_of("nothing", at=NOON) is None
    proving.check(claim=Claim.objects.get(), by=SYSTEM, at=NOON + timedelta(days=8))
    assert links.claim_of(first, at=NOON + timedelta(days=8)) is None
    second = links.token_of(Claim.objects.get())
    assert links.claim_of(second, at=NOON + timedelta(days=8))
    actions.withdraw(claim=claim, by=DESK, at=NOON + timedelta(days=9))
    assert links.claim_of(second, at=NOON + timedelta(days=9)) is None


def test_a_contact_is_not_written_to_twice_in_a_week(country, internet):
    internet.knows(
        "autnum/64500",
        handle="A",
        startAutnum=64500,
        endAutnum=64500,
        entities=[entity("abuse", mail="abuse@noc.example")],
    )
    claim = claim_of(country.harbour, "64500", kind="asn", proof="mail")
    proving.check(claim=claim, by=SYSTEM, at=NOON)
    proving.check(claim=Claim.objects.get(), by=SYSTEM, at=NOON + timedelta(days=1))
    claim.refresh_from_db()
    assert (claim.mailed_at, claim.due_at) == (NOON, NOON + timedelta(days=7))


def test_one_address_is_not_asked_by_everybody_at_once(country, internet):
    for number in range(64500, 64506):
        internet.knows(
            f"autnum/{number}",
            startAutnum=number,
            endAutnum=number,
            entities=[entity("abuse", mail="abuse@noc.example")],
        )
    seen = [
        proving.check(claim=claim_of(country.harbour, f"{number}", kind="asn", proof="mail"), by=SYSTEM, at=NOON)
        for number in range(64500, 64506)
    ]
    assert seen == ["mailed"] * 5 + ["away"]


def test_a_contact_says_no(country, internet):
    internet.knows(
        "autnum/64500", startAutnum=64500, endAutnum=64500, entities=[entity("abuse", mail="abuse@noc.example")]
    )
    claim = claim_of(country.harbour, "64500", kind="asn", proof="mail")
    proving.check(claim=claim, by=SYSTEM, at=NOON)
    proving.deny(claim=claim, words="Wij kennen hen niet", by=proving.LINK, at=NOON)
    claim.refresh_from_db()
    assert (claim.state, claim.reason, claim.decided_by) == ("refused", "Wij kennen hen niet", "link:claim")


def test_where_no_contact_is_known_that_is_said(country, internet):
    claim = claim_of(country.harbour, "64500", kind="asn", proof="mail")
    assert proving.check(claim=claim, by=SYSTEM, at=NOON) == "no-address"


def test_without_a_network_nothing_is_lost(country, settings):
    settings.LOOKUPS = False
    claim = claim_of(country.harbour)
    assert proving.check(claim=claim, by=SYSTEM, at=NOON) == "away"
    claim.refresh_from_db()
    assert (claim.state, claim.seen, claim.due_at) == ("open", "away", NOON + timedelta(minutes=15))
    assert "switched off" in claim.seen_words


def test_the_job_takes_what_is_due_and_asks_less_and_less_often(country, internet):
    claim = claim_of(country.harbour)
    assert proving.check_due(by=SYSTEM, at=NOON) == {}
    at, gaps = NOON + timedelta(minutes=10), []
    for _ in range(30):
        assert proving.check_due(by=SYSTEM, at=at) == {"absent": 1}
        assert proving.check_due(by=SYSTEM, at=at) == {}
        claim.refresh_from_db()
        gaps.append(claim.due_at - at)
        at = claim.due_at
        cache.clear()
    assert gaps == sorted(gaps)
    assert gaps[0] == timedelta(minutes=10)
    assert gaps[-1] == timedelta(days=1)


def test_only_the_system_looks_for_proofs(country):
    claim = claim_of(country.harbour)
    for act in (lambda by: proving.check(claim=claim, by=by, at=NOON), lambda by: proving.check_due(by=by, at=NOON),
                lambda by: proving.confirm(claim=claim, by=by, at=NOON), lambda by: proving.expire_due(by=by, at=NOON),
                lambda by: proving.deny(claim=claim, words="", by=by, at=NOON)):  # fmt: skip
        for actor in (country.member, working_at(country.harbour), STRANGER):
            with pytest.raises(NotPermitted):
                act(actor)


# Approval.


def unsampled(country, by):
    """An approved claim that was not drawn for a second look."""
    for number in range(40):
        claim = claim_of(country.harbour, f"n{number}.example", proof="approval")
        approved = actions.approve(claim=claim, reason="Lid sinds 2019", by=by, at=NOON)
        if approved.state == ClaimState.PROVEN:
            return approved
    return None


def test_a_partner_vouches_and_it_counts_as_claimed(country):
    claim = unsampled(country, country.member)
    assert Asset.objects.get(value=claim.value).evidence == Evidence.CLAIMED
    assert claim.evidence["approved_by"] == "member"


def test_a_part_of_what_partners_vouch_for_is_looked_at_by_the_coordinator(country):
    states = set()
    for number in range(60):
        claim = claim_of(country.harbour, f"n{number}.example", proof="approval")
        approved = actions.approve(claim=claim, reason="Lid", by=country.member, at=NOON)
        states.add((approved.state, approved.referral))
    assert states == {("proven", ""), ("disputed", "sample")}


def test_the_coordinators_word_needs_no_second_look(country):
    for number in range(20):
        claim = claim_of(country.harbour, f"n{number}.example", proof="approval")
        assert actions.approve(claim=claim, reason="Gezien", by=DESK, at=NOON).state == ClaimState.PROVEN


@pytest.mark.parametrize(("kind", "value"), [("asn", "64500"), ("network", "9.9.0.0/16"), ("network", "2620:fe::/40")])
def test_wide_claims_on_somebodys_word_go_to_the_coordinator(country, kind, value):
    claim = claim_of(country.harbour, value, kind=kind, proof="approval")
    assert actions.approve(claim=claim, reason="Lid", by=country.member, at=NOON).referral == "wide"
    assert not Asset.objects.filter(value=value).exists()


def test_nobody_approves_a_claim_of_their_own(country):
    claim = claim_of(country.harbour, proof="approval", by=country.member)
    with pytest.raises(NotPermitted, match="Somebody else"):
        actions.approve(claim=claim, reason="Lid", by=country.member, at=NOON)
    colleague = member_of(country.harbour_circle, "colleague")
    assert actions.approve(claim=claim, reason="Lid", by=colleague, at=NOON).decided_at is None


def test_an_approval_and_a_refusal_have_a_reason(country):
    claim = claim_of(country.harbour, proof="approval")
    for act in (actions.approve, actions.refuse):
        with pytest.raises(Invalid, match="reason"):
            act(claim=claim, reason="  ", by=DESK, at=NOON)
    actions.refuse(claim=claim, reason="Is van de gemeente", by=country.member, at=NOON)
    with pytest.raises(WrongState):
        actions.approve(claim=claim, reason="x", by=DESK, at=NOON)
    with pytest.raises(WrongState):
        actions.refuse(claim=claim, reason="x", by=DESK, at=NOON)


def test_a_claim_that_a_machine_must_prove_is_not_approved(country):
    with pytest.raises(WrongState):
        actions.approve(claim=claim_of(country.harbour), reason="Lid", by=DESK, at=NOON)


def test_another_way_can_be_chosen_while_a_claim_is_open(country):
    claim = claim_of(country.harbour)
    actions.choose_proof(claim=claim, proof="approval", by=country.member, at=NOON)
    claim.refresh_from_db()
    assert (claim.proof, claim.due_at) == (Proof.APPROVAL, None)
    with pytest.raises(WrongState):
        actions.look_again(claim=claim, by=country.member, at=NOON)
    with pytest.raises(Invalid):
        actions.choose_proof(claim=claim, proof="oath", by=country.member, at=NOON)
    actions.refuse(claim=claim, reason="x", by=DESK, at=NOON)
    with pytest.raises(WrongState):
        actions.choose_proof(claim=claim, proof="dns", by=country.member, at=NOON)


# Conflicts.


@pytest.mark.parametrize(
    ("kind", "held", "claimed", "overlap"),
    [
        ("network", "9.9.9.0/24", "9.9.9.0/24", Overlap.SAME),
        ("network", "9.9.0.0/16", "9.9.9.0/24", Overlap.WITHIN),
        ("network", "9.9.9.128/25", "9.9.9.0/24", Overlap.AROUND),
        ("network", "9.9.8.0/24", "9.9.9.0/24", None),
        ("network", "2620:fe::/48", "2620:fe::/48", Overlap.SAME),
        ("network", "2620:f0::/28", "2620:fe::/48", Overlap.WITHIN),
        ("network", "2620:fe::1/128", "2620:fe::/48", Overlap.AROUND),
        ("domain", "stad.example", "stad.example", Overlap.SAME),
        ("domain", "stad.example", "winkel.stad.example", Overlap.WITHIN),
        ("domain", "winkel.stad.example", "stad.example", Overlap.AROUND),
        ("domain", "voorstad.example", "stad.example", None),
        ("domain", "stad.example", "voorstad.example", None),
        ("asn", "6450", "64500", None),
        ("asn", "64500", "64500", Overlap.SAME),
    ],
)
def test_what_lies_on_a_claim_is_found(country, kind, held, claimed, overlap):
    Asset.objects.all().delete()
    asset = Asset.objects.create(organisation=country.hospital, kind=kind, value=held)
    found = list(overlaps.overlaps(kind, claimed, organisation_id=country.harbour.pk, at=NOON))
    assert found == ([(asset, overlap)] if overlap else [])
    assert list(overlaps.overlaps(kind, claimed, organisation_id=country.hospital.pk, at=NOON)) == []


@pytest.mark.parametrize(
    "fields", [{"role": "operator"}, {"valid_until": NOON}, {"valid_from": NOON + YEAR}, {"kind": "email_domain"}]
)
def test_operators_and_what_is_past_or_to_come_are_no_conflict(country, fields):
    Asset.objects.create(**{"organisation": country.hospital, "kind": "domain", "value": "stad.example", **fields})
    assert not list(overlaps.overlaps("domain", "stad.example", organisation_id=country.harbour.pk, at=NOON))


def test_overlaps_are_looked_up_in_indexes(country):
    """With rows enough that the planner has a reason to choose: on a few, any index will do."""
    many = [("network", f"10.{at // 256}.{at % 256}.0/24") for at in range(3000)]
    many += [("domain", f"d{at}.example") for at in range(3000)]
    Asset.objects.bulk_create(Asset(organisation=country.harbour, kind=kind, value=value) for kind, value in many)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE registry_asset")
        cursor.execute("SET LOCAL enable_seqscan = off")
    asked = {"network": "9.9.9.0/24", "domain": "a.stad.example"}
    for kind, value in asked.items():
        for _overlap, rows in overlaps._kinds(kind, value, Asset.objects.filter(kind=kind)):
            plan = rows.explain()
            assert "asset_by_" in plan, plan
            assert "Index Cond" in plan or "Recheck Cond" in plan, plan


def test_what_another_holds_goes_to_the_coordinator(country):
    claim = prove(claim_of(country.harbour, "linde.example"))
    assert (claim.state, claim.referral, claim.proven_at) == ("disputed", "contested", NOON)
    conflict = Conflict.objects.get()
    assert (conflict.asset.organisation, conflict.overlap) == (country.hospital, "same")
    assert not Asset.objects.filter(organisation=country.harbour, value="linde.example").exists()


def test_a_conflict_is_seen_by_the_holder_and_not_by_who_claims(country):
    prove(claim_of(country.harbour, "linde.example"))
    for actor in (working_at(country.hospital), country.neighbour, DESK):
        assert Conflict.objects.visible_to(actor).count() == 1
    for actor in (working_at(country.harbour), country.member, STRANGER, STEWARD, AUDITOR):
        assert not Conflict.objects.visible_to(actor)


def test_the_holder_tells_its_side(country):
    prove(claim_of(country.harbour, "linde.example"))
    conflict = Conflict.objects.get()
    for actor in (working_at(country.harbour), country.member, STRANGER):
        with pytest.raises(NotPermitted):
            actions.state(conflict=conflict, words="Van ons", by=actor, at=NOON)
    with pytest.raises(Invalid):
        actions.state(conflict=conflict, words=" ", by=working_at(country.hospital), at=NOON)
    actions.state(conflict=conflict, words="Van ons", by=working_at(country.hospital), at=NOON)
    actions.settle(claim=conflict.claim, result="holder", reason="Klopt", by=DESK, at=NOON)
    with pytest.raises(WrongState):
        actions.state(conflict=conflict, words="Nog iets", by=working_at(country.hospital), at=NOON)


@pytest.mark.parametrize(
    ("result", "state", "claimants", "holders"),
    [("claimant", "proven", 1, 0), ("both", "proven", 1, 1), ("holder", "refused", 0, 1)],
)
def test_the_coordinator_settles_with_a_reason(country, result, state, claimants, holders):
    claim = prove(claim_of(country.harbour, "linde.example"))
    with pytest.raises(Invalid):
        actions.settle(claim=claim, result=result, reason="", by=DESK, at=NOON)
    with pytest.raises(Invalid):
        actions.settle(claim=claim, result="nobody", reason="x", by=DESK, at=NOON)
    actions.settle(claim=claim, result=result, reason="Zie KVK", by=DESK, at=NOON)
    claim.refresh_from_db()
    live = Asset.objects.filter(value="linde.example", valid_until=None)
    assert (claim.state, claim.reason, claim.decided_by) == (state, "Zie KVK", "desk")
    assert live.filter(organisation=country.harbour, evidence="verified").count() == claimants
    assert live.filter(organisation=country.hospital).count() == holders
    assert Conflict.objects.get().settled_at == NOON
    with pytest.raises(WrongState):
        actions.settle(claim=claim, result=result, reason="x", by=DESK, at=NOON)


def test_who_loses_what_it_had_proven_loses_that_claim_too(country):
    first = prove(claim_of(country.hospital, "nieuw.example"))
    assert first.state == ClaimState.PROVEN
    second = prove(claim_of(country.harbour, "nieuw.example"))
    actions.settle(claim=second, result="claimant", reason="Verkocht", by=DESK, at=NOON + YEAR / 2)
    first.refresh_from_db()
    assert (first.state, first.reason) == (ClaimState.REFUSED, "Verkocht")
    live = Asset.objects.filter(value="nieuw.example", valid_until=None)
    assert [asset.organisation for asset in live] == [country.harbour]


# Time.


def test_a_proof_is_looked_for_again_before_it_expires(country, internet):
    claim = claim_of(country.harbour)
    internet.names.texts("_schakel-challenge.nieuw.example", claim.token)
    proving.check(claim=claim, by=SYSTEM, at=NOON)
    claim.refresh_from_db()
    assert claim.due_at == NOON + timedelta(days=335)
    assert proving.check_due(by=SYSTEM, at=NOON + timedelta(days=334)) == {}
    renewed = NOON + timedelta(days=336)
    assert proving.check_due(by=SYSTEM, at=renewed) == {"found": 1}
    claim.refresh_from_db()
    assert (claim.state, claim.expires_at) == ("proven", renewed + YEAR)
    assert proving.expire_due(by=SYSTEM, at=NOON + YEAR) == 0


def test_a_proof_that_is_gone_lets_the_claim_expire_and_the_asset_counts_for_less(country, internet):
    claim = claim_of(country.harbour)
    internet.names.texts("_schakel-challenge.nieuw.example", claim.token)
    proving.check(claim=claim, by=SYSTEM, at=NOON)
    internet.names.texts("_schakel-challenge.nieuw.example", "gone")
    cache.clear()
    assert proving.check_due(by=SYSTEM, at=NOON + timedelta(days=340)) == {"absent": 1}
    assert proving.expire_due(by=SYSTEM, at=NOON + YEAR) == 1
    assert proving.expire_due(by=SYSTEM, at=NOON + YEAR) == 0
    asset = Asset.objects.get(value="nieuw.example")
    assert (Claim.objects.get().state, asset.evidence, asset.valid_until) == ("expired", "claimed", None)


def test_an_open_claim_expires_and_can_be_made_again(country):
    claim_of(country.harbour)
    assert proving.expire_due(by=SYSTEM, at=NOON + timedelta(days=29)) == 0
    assert proving.expire_due(by=SYSTEM, at=NOON + timedelta(days=30)) == 1
    assert claim_of(country.harbour, at=NOON + timedelta(days=31)).state == ClaimState.OPEN


def test_what_is_withdrawn_is_no_longer_theirs(country):
    claim = prove(claim_of(country.harbour))
    actions.withdraw(claim=claim, by=country.member, at=NOON + timedelta(days=1))
    asset = Asset.objects.get(value="nieuw.example")
    assert (asset.valid_from, asset.valid_until) == (NOON, NOON + timedelta(days=1))
    again = prove(claim_of(country.harbour, at=NOON + timedelta(days=2)), at=NOON + timedelta(days=2))
    asset.refresh_from_db()
    assert (again.asset, asset.valid_until) == (asset, None)
    with pytest.raises(WrongState):
        actions.withdraw(claim=claim, by=DESK, at=NOON)


def test_an_asset_can_end_in_the_moment_in_which_it_began(country):
    claim = prove(claim_of(country.harbour))
    actions.withdraw(claim=claim, by=DESK, at=NOON)
    assert Asset.objects.get(value="nieuw.example").valid_until == NOON


def test_a_reader_only_looks(country):
    from schakel.policy.access import Level

    reader = Actor("reader", (Grant(Role.ORGANISATION, None, country.harbour.pk, Level.READER),))
    claim_of(country.harbour)
    assert Claim.objects.visible_to(reader).count() == 1
    with pytest.raises(NotPermitted):
        claim_of(country.harbour, "b.example", by=reader)


def test_organisations_are_reached_as_the_permission_says(country):
    from schakel.policy.access import Permission

    own = Organisation.objects.of(working_at(country.bakery), Permission.CLAIM_MAKE)
    assert list(own) == [country.bakery]
    assert not Organisation.objects.of(working_at(country.bakery), Permission.CLAIM_APPROVE)
    assert not Organisation.objects.of(STRANGER, Permission.CLAIM_MAKE)
