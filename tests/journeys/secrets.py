"""A world in which every text says whose it is: three organisations, every label, each stage of the way marked.

A mark reads `zz`, organisation, label, what it stands in: `zzharbouramberfinding`. It fits an address of a host, a name
and a sentence alike, so wherever one turns up we know who may read it there.
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from schakel.collaboration import contributions, expectations, initiatives, interests, merging, survey, taking_part
from schakel.collaboration.descriptions import Description
from schakel.notices import actions
from schakel.notices.campaigns import start_campaign
from schakel.notices.models import Answer, Finding, Notice, NoticeState, Rematch, Response, Route
from schakel.oversight.advice import actions as advising
from schakel.oversight.advice.question import Question
from schakel.people import delegating
from schakel.people.models import UserGrant
from schakel.policy.access import SYSTEM, Actor, Grant, Role
from schakel.post.models import Delivery, DeliveryState
from schakel.registry.claims import actions as claims
from schakel.registry.claims import outcome
from schakel.registry.constituents import enrolling, products
from schakel.registry.models import Agreement, Constituency, Contact, Partner
from schakel.sharing.formats.registry import formats
from schakel.sharing.incoming import sources
from schakel.sharing.incoming.receiving import receive
from schakel.sharing.incoming.sources import SourceTerms
from schakel.sharing.taxii.collections import SENT, SHARED
from tests.cast import DESK
from tests.telling import KIND, finding_of, keep_rows, report_of, tell

LABELS = {"clear": "clear", "green": "green", "amber": "amber", "strict": "amber+strict", "red": "red"}
TO_PARTNERS = {"clear", "green", "amber"}  # What a guardian may see of its constituency (TLP 2.0, section 4).
OWN = "product"
"""What an organisation says of itself: it reads this, and so does its partner."""
MARK = re.compile(r"zz(harbour|hospital|bakery|campaign|desk)(clear|green|amber|strict|red)([a-z]+)")


def mark(whose, label, what):
    return f"zz{whose}{label}{what}"


@dataclass
class Things:
    """The keys of rows by the name that an address has for them."""

    circle_id: list[int] = field(default_factory=list)
    member_id: list[int] = field(default_factory=list)
    release_id: list[int] = field(default_factory=list)
    finding_id: list[int] = field(default_factory=list)
    report_id: list[int] = field(default_factory=list)
    notice_id: list[int] = field(default_factory=list)
    response_id: list[int] = field(default_factory=list)
    delivery_id: list[int] = field(default_factory=list)
    route_id: list[int] = field(default_factory=list)
    slug: list[str] = field(default_factory=list)
    organisation_id: list[int] = field(default_factory=list)
    claim_id: list[int] = field(default_factory=list)
    conflict_id: list[int] = field(default_factory=list)
    product_id: list[int] = field(default_factory=list)
    contact_id: list[int] = field(default_factory=list)
    upload_id: list[int] = field(default_factory=list)
    held_id: list[int] = field(default_factory=list)
    uid: list[str] = field(default_factory=list)  # Items have a walk of their own.
    item: list[str] = field(default_factory=list)
    key: list[str] = field(default_factory=list)
    passing_id: list[int] = field(default_factory=list)
    issue_id: list[int] = field(default_factory=list)
    search_id: list[int] = field(default_factory=list)
    feedback_id: list[int] = field(default_factory=list)
    grant_id: list[int] = field(default_factory=list)
    invitation_id: list[int] = field(default_factory=list)
    constituency_id: list[int] = field(default_factory=list)
    enrolment_id: list[int] = field(default_factory=list)
    collection: list[str] = field(default_factory=lambda: [str(SHARED), str(SENT)])
    stix_id: list[str] = field(default_factory=lambda: ["marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"])
    submission_uid: list[str] = field(default_factory=lambda: ["0a4f6c1e-77f3-4c55-9f3c-51d2a3b6c001"])
    folder: list[str] = field(default_factory=lambda: ["white", "green", "amber"])
    label: list[str] = field(default_factory=lambda: ["white", "green", "amber"])
    fingerprint: list[str] = field(default_factory=lambda: ["0A4F6C1E77F34C559F3C51D2A3B6C00177F34C55"])
    name: list[str] = field(default_factory=lambda: ["zz.json"])
    event_uuid: list[str] = field(default_factory=lambda: ["0a4f6c1e-77f3-4c55-9f3c-51d2a3b6c001"])
    function_slug: list[str] = field(default_factory=lambda: ["notification"])
    number: list[int] = field(default_factory=lambda: [1])
    year: list[int] = field(default_factory=lambda: [2027])
    offering_id: list[int] = field(default_factory=list)
    flow_id: list[int] = field(default_factory=list)
    question_id: list[int] = field(default_factory=list)
    initiative: list[str] = field(default_factory=list)
    proposal_id: list[int] = field(default_factory=list)
    participant_id: list[int] = field(default_factory=list)
    link_id: list[int] = field(default_factory=list)
    function: list[str] = field(default_factory=lambda: ["notification"])
    contribution_id: list[int] = field(default_factory=list)
    expectation_id: list[int] = field(default_factory=list)
    clash_id: list[int] = field(default_factory=list)
    advice_id: list[int] = field(default_factory=list)
    agreement_id: list[int] = field(default_factory=lambda: list(Agreement.objects.values_list("pk", flat=True)))
    application_id: list[int] = field(default_factory=list)
    breach_id: list[int] = field(default_factory=list)
    step_id: list[int] = field(default_factory=list)
    role: list[str] = field(default_factory=lambda: ["lead"])
    version: list[int] = field(default_factory=lambda: [1])
    partner_id: list[int] = field(default_factory=lambda: list(Partner.objects.values_list("pk", flat=True)))
    activity_id: list[int] = field(default_factory=list)
    capacity_id: list[int] = field(default_factory=list)
    commitment_id: list[int] = field(default_factory=list)
    estimate_id: list[int] = field(default_factory=list)
    merger_id: list[int] = field(default_factory=list)
    pair_id: list[int] = field(default_factory=list)
    prospect_id: list[int] = field(default_factory=list)
    rematch_id: list[int] = field(default_factory=lambda: list(Rematch.objects.values_list("pk", flat=True)))
    side: list[str] = field(default_factory=lambda: ["network", "partner"])
    signal_id: list[int] = field(default_factory=list)


def tell_of(things, organisation, label, *, partner, is_told=True):
    """One finding of the organisation under that label, from the report to the answer."""
    whose, now = organisation.key, timezone.now()
    report = report_of(f"{mark(whose, label, 'report')}.csv", tlp=LABELS[label], at=now)
    finding = finding_of(
        report, organisation, f"{mark(whose, label, 'finding')}.example", detail=mark(whose, label, "detail")
    )
    things.report_id.append(report.pk)
    things.finding_id.append(finding.pk)
    if is_told:
        _told(things, tell(report, organisation, partner=partner, at=now), whose, label)
    else:
        route = Route.objects.create(
            report=report, organisation=organisation, kind=KIND, via="unreachable", severity=3, tlp=report.tlp,
            findings_count=1, state="ended", made_at=now,
        )  # fmt: skip
        things.route_id.append(route.pk)


def claim_all(country, things):
    """The harbour claims and proves what the hospital holds; each organisation uses something."""
    now = timezone.now()
    for organisation in (country.harbour, country.hospital, country.bakery):
        named = mark(organisation.key, "amber", OWN)
        product = products.add(organisation=organisation, vendor=organisation.name, product=named, by=DESK, at=now)
        things.organisation_id.append(organisation.pk)
        things.product_id.append(product.pk)
    things.organisation_id.append(country.registrar.pk)
    claimed = {"kind": "domain", "value": "linde.example", "proof": "dns"}
    claim = claims.make(organisation=country.harbour, by=DESK, at=now, **claimed)
    outcome.prove(claim, evidence={}, verified=True, by=DESK, at=now)
    things.claim_id.append(claim.pk)
    things.conflict_id.append(claim.conflicts.get().pk)
    asked = enrolling.ask(partner=country.care_csirt, organisation=country.hospital, by=DESK, at=now)
    invited = delegating.invite(holder=country.hospital, mail="a@linde.example", level="member", by=DESK, at=now)
    things.invitation_id.append(invited.pk)
    things.grant_id += UserGrant.objects.values_list("pk", flat=True)
    things.enrolment_id.append(asked.pk)
    things.constituency_id += Constituency.objects.values_list("pk", flat=True)
    things.contact_id += Contact.objects.values_list("pk", flat=True)


def _told(things, notice, whose, label):
    given = {what: f"{mark(whose, label, what)}" for what in ("subject", "body")}
    Delivery.objects.filter(pk=notice.delivery_id).update(address=f"{mark(whose, label, 'to')}@haven.example", **given)
    words = mark(whose, label, "words")
    response = actions.answer(notice=notice, answer=Answer.NEED_HELP, by=actions.LINK, at=timezone.now(), words=words)
    things.notice_id.append(notice.pk)
    things.response_id.append(response.pk)
    things.delivery_id.append(notice.delivery_id)


def campaign_of(things, label):
    title = mark("campaign", label, "title")
    campaign = start_campaign(title=title, kind=KIND, tlp=LABELS[label], by=DESK, at=timezone.now())
    things.slug.append(campaign.slug)


def tell_all(country, whose, labels, things):
    """Everything of one organisation under these labels."""
    organisation = getattr(country, whose)
    partner = {"harbour": country.harbour_circle, "hospital": country.care_csirt}.get(whose)
    for label in labels:
        by_partner = partner if label in TO_PARTNERS else None
        tell_of(things, organisation, label, partner=by_partner, is_told=label != "red")
    return things


def initiatives_of(country, things):
    """An initiative of each partner, which all members see; a proposal to merge, which only its owners see."""
    given: dict[str, Any] = {"by": DESK, "at": timezone.now()}
    aside = initiatives.add(description=Description(name="Terzijde", kind="project"), **given)
    for whose, partner in (("harbour", country.harbour_circle), ("hospital", country.care_csirt)):
        row = initiatives.add(description=Description(name=f"Werk {whose}", kind="project", owner=partner), **given)
        proposal = merging.propose(source=row, target=aside, reason=mark(whose, "amber", "reason"), **given)
        case = taking_part.add_use_case(initiative=row, name="Delen", **given)
        things.link_id.append(taking_part.link(use_case=case, partner=partner, **given).pk)
        things.participant_id.append(taking_part.take_part(initiative=row, partner=partner, **given).pk)
        things.initiative.append(row.slug)
        things.proposal_id.append(proposal.pk)


def balance_of(country, things, whose):
    """What a partner brings, expects and wants: for itself and the desk alone, but for the open part of its interests."""
    at = timezone.now()
    partner = {"harbour": country.harbour_circle, "hospital": country.care_csirt}[whose]
    given: dict[str, Any] = {"partner": partner, "by": DESK, "at": at}
    year, soon = timezone.localdate(at).year, timezone.localdate(at) + timedelta(days=9)
    row = contributions.contribute(
        **given, kind="hours", unit="hour", amount=Decimal(3), what=mark(whose, "amber", "contribution"), year=year
    )
    contributions.recognise(**given, form="award", words=mark(whose, "amber", "thanks"), contribution=row)
    asked = expectations.expect(**given, side="brings", words=mark(whose, "amber", "expectation"), review_on=soon)
    clash = interests.raise_conflict(**given, what=mark(whose, "amber", "clash"))
    interests.talk(conflict=clash, on=timezone.localdate(at), words=mark(whose, "amber", "talk"), by=DESK, at=at)
    own = Actor(name="own", grants=(Grant(Role.PARTNER, partner.pk),))
    survey.answer(partner=partner, score=2, words=mark(whose, "amber", "value"), is_named=True, by=own, at=at)
    things.contribution_id.append(row.pk)
    things.expectation_id.append(asked.pk)
    things.clash_id.append(clash.pk)


def statement_of(country, whose, aims):
    """A partner's statement: its aims are open to partners, what is private to itself and the desk."""
    partner = {"harbour": country.harbour_circle, "hospital": country.care_csirt}[whose]
    private = mark(whose, "amber", "private")
    interests.state(partner=partner, aims=aims, interests="", private=private, by=DESK, at=timezone.now())


def advice_of(things):
    """A question about prospects, which the desk alone may ask and read."""
    things.advice_id.append(advising.ask(question=Question(), by=DESK, at=timezone.now()).pk)


def snapshot():
    """What nobody may change without the right to."""
    states = [list(model.objects.order_by("pk").values_list("pk", "state")) for model in (Finding, Notice, Delivery)]
    revoked = list(Notice.objects.order_by("pk").values_list("pk", "link_revoked_at", "opened_at"))
    handled = list(Response.objects.order_by("pk").values_list("pk", "handled_at"))
    return states, revoked, handled, Contact.objects.count()


def let_some_fail(things):
    """Put the last message on the desk of those that did not arrive."""
    Delivery.objects.filter(pk=things.delivery_id[-1]).update(state=DeliveryState.DEAD)


def keep_a_secret_from_partners(country, things):
    """A notice that is not sent yet, and rows of a report in the store."""
    notice = Notice.objects.get(pk=things.notice_id[0])  # Saved once more without its key, it is another.
    notice.pk, notice.state, notice.delivery = None, NoticeState.GATHERING, None
    notice.sent_at = notice.opened_at = notice.answered_at = None
    notice.save()
    things.notice_id.append(notice.pk)
    report = Finding.objects.get(pk=things.finding_id[0]).opened_in
    keep_rows(report, country.harbour)


def hold_back(country, things):
    """Content that came for each partner and could not be read: nobody else learns that it came, or from whom."""
    now = timezone.now()
    for whose, partner in (("harbour", country.harbour_circle), ("hospital", country.care_csirt)):
        source = sources.add(terms=SourceTerms(name=mark(whose, "amber", "source")), owner=partner, by=SYSTEM, at=now)
        name = mark(whose, "amber", "held")
        received = receive(name.encode(), source=source, formats=formats(), by=SYSTEM, at=now, name=name)
        things.held_id.append(received.held.pk)
