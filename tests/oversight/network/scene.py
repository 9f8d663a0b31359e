"""A small network: two partners, a prospect, an initiative."""

from datetime import date

from schakel.collaboration.models import Initiative, Participant
from schakel.registry.models import Partner, PartnerStanding
from tests.cast import NOON

DAY = date(2026, 11, 2)


def prospect(key="maybe", name="Misschien BV", **fields):
    given = {"type": "msp", "functions": ["knowledge"], "sectors": ["energy"], "regions": ["NL-ZE"], **fields}
    return Partner.objects.create(key=key, name=name, standing=PartnerStanding.PROSPECT, **given)


def initiative(slug="havenkring-oefent", name="Havens oefenen", **fields):
    given = {"kind": "programme", "functions": ["exercise"], "made_at": NOON, **fields}
    return Initiative.objects.create(slug=slug, name=name, **given)


def takes_part(partner, one, **fields):
    return Participant.objects.create(initiative=one, partner=partner, **fields)
