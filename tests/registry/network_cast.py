"""Who acts in the tests of the register of partners: our own people, a neighbour, and those who may not."""

from datetime import date
from typing import Any

from schakel.policy.access import Actor
from schakel.registry.models import Partner, PartnerStanding, Prospect
from tests.cast import AUDITOR, STEWARD, STRANGER, Country

TODAY = date(2026, 11, 2)
OUTSIDERS = [STRANGER, STEWARD, AUDITOR]


def prospect(name: str = "Kring van Bakkers", **fields: object) -> Prospect:
    """Somebody who was found."""
    usual: dict[str, Any] = {"key": name.lower().replace(" ", "-"), "name": name, "type": "trade-association"}
    row = Partner.objects.create(**(usual | {"standing": PartnerStanding.PROSPECT, "origin": "test"} | fields))
    return Prospect.objects.get(pk=row.pk)


def others(country: Country) -> list[Actor]:
    """A neighbour and everybody outside."""
    return [country.neighbour, *OUTSIDERS]
