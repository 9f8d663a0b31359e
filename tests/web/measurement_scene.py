"""Measurements for pages: a published one, and one that runs; and the addresses that show them."""

from datetime import date
from typing import Any

from django.utils import timezone

from schakel.registry.measurements import rounds
from schakel.registry.models import Activity
from tests.cast import DESK
from tests.registry.network_cast import prospect

HERE = "/network/measurements"
PUBLIC = ["/measurements", "/measurements/2025"]


def pages() -> list[str]:
    """The addresses for a coordinator, once the rows are there; those of PUBLIC open for everybody."""
    act: dict[str, Any] = {"by": DESK, "at": timezone.now()}
    found = prospect("Sluizenkring", sectors=["transport"], regions=["NL-ZE", "NL-BQ1"])
    Activity.objects.create(partner=found, title="Hulp bij herstel", side="hard")
    first = rounds.begin(year=2025, **act)
    rounds.describe(measurement=first, words="Gevraagd en opgezocht.", regions=first.regions, **act)
    rounds.close(measurement=first, measured_on=date(2025, 5, 6), **act)
    rounds.publish(measurement=first, **act)
    prospect("Later gevonden")
    rounds.begin(year=2026, **act)
    steps = ("describe", "publish", "withdraw", "reopen")
    return [
        HERE, f"{HERE}?by=sector", f"{HERE}/new", f"{HERE}/import", f"{HERE}/2025", f"{HERE}/2026", f"{HERE}/2026/changes",
        f"{HERE}/2026/close", *(f"{HERE}/2025/{step}" for step in steps),
    ]  # fmt: skip
