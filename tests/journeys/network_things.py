"""The network's own rows in the world of marks: what is a partner's own, and what only the desk may know."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from schakel.collaboration import contributions
from schakel.collaboration.models import (
    Contribution,
    Expectation,
    Initiative,
    InterestConflict,
    MergeProposal,
    UseCaseLink,
)
from schakel.people.models import UserGrant
from schakel.registry.agreements import copies, ending, renewing
from schakel.registry.agreements.copies import Elsewhere
from schakel.registry.criteria import criteria
from schakel.registry.joining import applications, onboarding
from schakel.registry.joining.answers import Given
from schakel.registry.models import (
    Agreement,
    Application,
    Constituency,
    Likeness,
    Merger,
    OnboardingStep,
    Organisation,
    Partner,
    Signal,
    SignalKind,
)
from schakel.registry.partners import activities, capacities, commitments, estimates, prospects, standings
from schakel.registry.successions import duplicates
from schakel.registry.successions.merging import merge_organisations
from tests import joining
from tests.cast import DESK
from tests.journeys.secrets import mark

FIRST_DAY = date(2026, 1, 1)
OF_PARTNERS = (
    "effort", "breach", "continuity", "estimate", "contribution", "reason", "thanks", "expectation", "clash", "talk",
    "value", "private",
)  # fmt: skip
"""What each partner and the desk come across, once the network and the balance are there."""
OF_THE_DESK = ("prospect", "prospects", "answer", "applicant", "how", "twin")
STATES: dict[Any, tuple[str, ...]] = {
    Agreement: ("state",),
    Application: ("state",),
    Constituency: ("valid_until",),
    Contribution: ("withdrawn_at",),
    Expectation: ("state",),
    Initiative: ("state", "owner"),
    InterestConflict: ("state", "shared_at"),
    Likeness: ("state",),
    MergeProposal: ("state",),
    Merger: ("undone_at",),
    Partner: ("standing", "name"),
    UseCaseLink: ("until_on",),
    UserGrant: ("role", "level"),
}
OF: dict[Any, str] = {Application: "", Initiative: "owner", Likeness: "", MergeProposal: "", Merger: "", Partner: "pk"}
"""By which field a row is a partner's, where it is not `partner`; empty where it is nobody's."""


def snapshot(own: Any) -> list[list[Any]]:
    """The state of everything in the network that is not `own`'s."""
    found = []
    for model, names in STATES.items():
        rows, field = model._base_manager.order_by("pk"), OF.get(model, "partner")
        theirs = rows.exclude(**{field: own.pk}) if own and field else rows
        found.append(list(theirs.values_list("pk", *names)))
    return found


def network_of(country, things):
    """What each partner keeps to itself and the desk, and what the desk keeps to itself."""
    for whose, partner in (("harbour", country.harbour_circle), ("hospital", country.care_csirt)):
        _partners_own(whose, partner, things)
    _desks_own(country, things)


def _partners_own(whose: str, partner: Any, things: Any) -> None:
    now = timezone.now()
    given: dict[str, Any] = {"by": DESK, "at": now}
    things.partner_id.append(partner.pk)
    joining.free(partner)
    agreement = joining.signed(partner, at=now, from_on=FIRST_DAY, effort=mark(whose, "amber", "effort"))
    told = ending.log_breach(
        agreement=agreement, kind="trust", words=mark(whose, "amber", "breach"), happened_on=FIRST_DAY, **given
    )
    elsewhere = Elsewhere(provider=mark(whose, "amber", "provider"), content=f"%PDF-{whose}%%EOF".encode())
    copies.keep(signature=agreement.signatures.get(side="network"), elsewhere=elsewhere, **given)
    judged = {one.slug: ("partly", mark("desk", "amber", "judged")) for one in criteria()}
    words = mark(whose, "amber", "notrenewed")
    renewing.refuse(agreement=agreement, verdicts=judged, words=words, **given)
    standings.state_continuity(
        partner=partner, funding="subsidy", ends_on=timezone.localdate(now) + timedelta(days=20), hangs_on_one=True,
        words=mark(whose, "amber", "continuity"), **given,
    )  # fmt: skip
    counted = estimates.estimate(
        partner=partner, relation="member", count=12, source=mark(whose, "amber", "estimate"), counted_on=FIRST_DAY,
        **given,
    )  # fmt: skip
    promised = commitments.commit(partner=partner, function="knowledge", role="informer", from_on=FIRST_DAY, **given)
    done = activities.add_activity(partner=partner, title="Samenkomst", side="soft", **given)
    contributions.contribute(
        partner=partner, kind="hours", amount=Decimal(3), unit="hour", what=mark(whose, "amber", "contribution"),
        year=2026, **given,
    )  # fmt: skip
    onboarding.begin(partner=partner, **given)
    signal = Signal.objects.create(partner=partner, kind=SignalKind.INACTIVE, about_on=FIRST_DAY, raised_at=now)
    things.agreement_id.append(agreement.pk)
    things.breach_id.append(told.pk)
    things.commitment_id.append(promised.pk)
    things.activity_id.append(done.pk)
    things.estimate_id.append(counted.pk)
    things.signal_id.append(signal.pk)
    things.step_id += OnboardingStep.objects.filter(partner=partner).values_list("pk", flat=True)[:2]


def _desks_own(country: Any, things: Any) -> None:
    given: dict[str, Any] = {"by": DESK, "at": timezone.now()}
    gone = Partner.objects.create(key="gone", name="Oude Kring", type="msp")
    ending.leave(partner=gone, reasons=mark("desk", "amber", "why"), lessons=mark("desk", "amber", "learnt"), **given)
    found = prospects.add_prospect(name=mark("desk", "amber", "prospect"), type="msp", origin="talk", **given)
    twin = prospects.add_prospect(name=mark("desk", "amber", "prospects"), type="msp", origin="talk", **given)
    things.prospect_id += [found.pk, twin.pk]
    duplicates.find_partners(**given)
    things.pair_id += Likeness.objects.values_list("pk", flat=True)
    answers = {one.slug: mark("desk", "amber", "answer") for one in criteria()}
    applied = applications.apply(
        given=Given(
            name=mark("desk", "amber", "applicant"), type="msp", how=mark("desk", "amber", "how"),
            functions=["notification"], role="informer", contact_name="A", contact_mail="a@msp.example",
            answers=answers,
        ),
        **given,
    )  # fmt: skip
    things.application_id.append(applied.pk)
    held = capacities.hold(organisation=country.registrar, label="national-csirt", from_on=FIRST_DAY, **given)
    things.capacity_id.append(held.pk)
    twins = [Organisation.objects.create(key=f"twin-{n}", name=mark("desk", "amber", "twin")) for n in (1, 2)]
    merged = merge_organisations(old=twins[0], new=twins[1], words="Eén en hetzelfde", **given)
    things.merger_id.append(merged.pk)
