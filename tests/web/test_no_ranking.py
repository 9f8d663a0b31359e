"""No page that the public or a partner can open ranks partners (R135): every address is walked and every list read."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from schakel.collaboration import contributions, initiatives, interests, survey, taking_part
from schakel.collaboration.descriptions import Description
from schakel.governance.models import Dependency, Offering
from schakel.notices.campaigns import start_campaign
from schakel.notices.models import Campaign
from schakel.people import tokens
from schakel.registry.models import Agreement, AgreementState, Constituency, Organisation, Partner
from schakel.registry.partners import activities, commitments, standings
from tests.cast import DESK, member_of
from tests.journeys import crawler
from tests.telling import KIND, finding_of, report_of, tell
from tests.web.ranking import rankings

NAMES = ["Golfkring", "Bakenkring", "Eilandkring", "Ankerkring", "Dijkenkring"]
"""In the order of how much each brings: not that of their names, so that an order of size shows."""


@pytest.fixture
def ranked(country):
    """Five partners of which each brings, takes and reaches more than the next."""
    at = timezone.now()
    initiative = initiatives.add(description=Description(name="Samenwerk", kind="project"), by=DESK, at=at)
    cases = [taking_part.add_use_case(initiative=initiative, name=f"Doel {n}", by=DESK, at=at) for n in range(5)]
    made = []
    for place, name in enumerate(NAMES):
        partner = Partner.objects.create(
            key=name.lower(), name=name, type="isac", is_public=True, functions=["notification", "knowledge"]
        )
        made.append(partner)
        size = len(NAMES) - place
        given: dict[str, Any] = {"partner": partner, "by": DESK, "at": at}
        Agreement.objects.create(
            partner=partner, functions=["notification"], from_on=timezone.localdate(at) - timedelta(days=30),
            state=AgreementState.SIGNED,
        )  # fmt: skip
        standings.show_publicly(**given, is_public=True, shows={"about", "functions"}, society="Hulp")
        for number in range(size):
            contributions.contribute(
                **given,
                kind="hours",
                unit="hour",
                amount=Decimal(10 * size),
                what="werk",
                year=timezone.localdate(at).year,
            )
            contributions.recognise(**given, form="award")
            activities.add_activity(**given, title=f"Werk {number}", side="hard")
            taking_part.link(use_case=cases[number], partner=partner, by=DESK, at=at)
            organisation = Organisation.objects.create(key=f"{name}-{number}", name=f"Bedrijf {name[:3]}{number}")
            Constituency.objects.create(partner=partner, organisation=organisation)
            report = report_of(f"{name}-{number}.csv", at=at)
            finding_of(report, organisation, f"{name}{number}.example".lower())
            tell(report, organisation, partner=partner, at=at)
        commitments.commit(
            **given, function="notification", role="contributor", from_on=timezone.localdate(at), effort=f"{size} dagen"
        )
        interests.state(**given, aims="Leren", interests="")
        survey.answer(partner=partner, score=size, by=member_of(partner), at=at)
        taking_part.take_part(initiative=initiative, partner=partner, by=DESK, at=at)
        initiatives.add(description=Description(name=f"Werk van {name}", kind="group", owner=partner), by=DESK, at=at)
    start_campaign(title="Open deuren", kind=KIND, tlp="clear", by=DESK, at=at)
    return made


ALONE = {
    "activity_id", "advice_id", "application_id", "breach_id", "capacity_id", "claim_id", "clash_id", "commitment_id",
    "conflict_id", "constituency_id", "contact_id", "contribution_id", "delivery_id", "enrolment_id", "estimate_id",
    "expectation_id", "finding_id", "grant_id", "invitation_id", "link_id", "merger_id", "notice_id", "number",
    "pair_id", "participant_id", "product_id", "proposal_id", "prospect_id", "question_id", "rematch_id", "report_id",
    "response_id", "role", "route_id", "side", "signal_id", "step_id", "token", "upload_id", "version",
    "circle_id", "collection", "event_uuid", "feedback_id", "fingerprint", "folder", "held_id", "issue_id", "item",
    "key", "label", "member_id", "name", "passing_id", "release_id", "search_id", "stix_id", "submission_uid",
    "uid",
}  # fmt: skip
"""Names of rows that are about one partner at most, or that only the desk may open: they rank nobody."""


def addresses(partners):
    """Every address, for the rows that have something to do with these partners, and for rows that are not there."""
    known = {
        "partner_id": [partner.pk for partner in partners],
        "agreement_id": list(Agreement.objects.filter(partner__in=partners).values_list("pk", flat=True)),
        "organisation_id": list(Constituency.objects.values_list("organisation", flat=True)[:2]),
        "initiative": ["samenwerk", "werk-van-golfkring"],
        "function_slug": ["notification", "knowledge"],
        "function": ["notification"],
        "flow_id": list(Dependency.objects.values_list("pk", flat=True)[:1]),
        "offering_id": list(Offering.objects.values_list("pk", flat=True)),
        "slug": list(Campaign.objects.values_list("slug", flat=True)),
        "year": [timezone.localdate().year],
    }
    assert crawler.parameters() <= set(known) | ALONE, "Say here which rows these parameters mean"
    return crawler.addresses(known)


def walked(client, asked):
    cache.clear()
    return crawler.walk(client, asked)


def client_of(whose, member, partners):
    """Who walks; a program reads the API alone."""
    if whose == "nobody":
        return Client(headers={"accept-language": "en"})
    if whose == "an organisation":
        return member("organisation", organisation=Organisation.objects.get(key="Golfkring-0"))
    if whose == "the steward":
        return member("steward")
    client = member("partner", partners[2])
    if whose == "a partner":
        return client
    key = tokens.add(user=client.user, name="walk", days=1, by=DESK, at=timezone.now())
    return Client(headers={"authorization": f"Bearer {key}"})


WALKERS = ["nobody", "a partner", "a partner's program", "an organisation", "the steward"]


@pytest.mark.walk
@pytest.mark.parametrize("whose", WALKERS)
def test_no_list_puts_partners_in_an_order_of_size(country, ranked, member, whose):
    asked = addresses(ranked)
    pages = walked(client_of(whose, member, ranked), crawler.of_the_api(asked) if "program" in whose else asked)
    flaws = {address: rankings(text, NAMES) for address, (_, text) in pages.items()}
    assert {address: found for address, found in flaws.items() if found} == {}
    seen = [address for address, (_, text) in pages.items() if sum(name in text for name in NAMES) >= 3]
    assert seen  # The reader reads at all: on empty pages the rest would hold too.


@pytest.mark.walk
def test_the_steward_sees_figures_and_no_partner_but_where_everybody_does(country, ranked, member):
    asked = addresses(ranked)
    everybody = walked(client_of("nobody", member, ranked), asked)
    pages = walked(client_of("the steward", member, ranked), asked)

    def named(found):
        return {(address, name) for address, (_, text) in found.items() for name in NAMES if name in text}

    assert named(pages) - named(everybody) == set()
    assert "<td" in pages["/network/figures"][1]  # It does see figures.


TABLE = "<table><tbody>{}</tbody></table>"
ROW = "<tr><td>{}</td><td>{}</td></tr>"


def table(*rows):
    return TABLE.format("".join(ROW.format(*row) for row in rows))


@pytest.mark.parametrize(
    "page",
    [
        table(("Ankerkring", 3), ("Bakenkring", 2), ("Golfkring", 1)),
        table(("Golfkring", 3), ("Ankerkring", 9), ("Bakenkring", 2)),
        table(("Golfkring", 1), ("Ankerkring", 1), ("Bakenkring", 1)),
        table(("Golfkring", 3), ("Ankerkring", 1)),
        "<ul><li>Golfkring</li><li>Ankerkring</li><li>Bakenkring</li></ul>",
        "<ol><li>Ankerkring</li><li>Bakenkring</li><li>Golfkring</li></ol>",
        '{"items": [{"name": "Ankerkring", "count": 1}, {"name": "Bakenkring", "count": 2}, {"name": "Golfkring", "count": 3}]}',
    ],
)
def test_the_reader_lets_lists_by_name_pass(page):
    assert rankings(page, NAMES) == []


@pytest.mark.parametrize(
    "page",
    [
        table(("Golfkring", 9), ("Ankerkring", 4), ("Bakenkring", 2)),
        table(("Golfkring", "1,5"), ("Ankerkring", "2,5"), ("Bakenkring", "10,0")),
        table(("Golfkring", "2.400"), ("Ankerkring", "2.300"), ("Bakenkring", "900")),
        "<ol><li>Golfkring</li><li>Ankerkring</li><li>Bakenkring</li></ol>",
        "<ul><li>Golfkring <span>30</span></li><li>Ankerkring <span>20</span></li><li>Bakenkring <span>10</span></li></ul>",
        '[{"name": "Golfkring", "count": 9}, {"name": "Ankerkring", "count": 8}, {"name": "Bakenkring", "count": 8}]',
    ],
)
def test_the_reader_catches_an_order_of_size(page):
    assert len(rankings(page, NAMES)) == 1
