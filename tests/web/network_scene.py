"""Something on every page of the register of partners: rows of the cast, and the addresses that show them."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from schakel.registry.models import Likeness
from schakel.registry.partners import activities, capacities, commitments, describing, estimates, signals, standings
from schakel.registry.successions import duplicates
from tests.cast import DESK, Country
from tests.registry.network_cast import prospect

STEPS = (
    "describe", "characterise", "assess", "continuity", "maturity", "profile", "commitments/new", "activities/new",
    "estimates/new",
)  # fmt: skip


def pages(country: Country) -> list[str]:
    """The addresses, once the rows are there."""
    at, today = timezone.now(), timezone.localdate()
    partner, found = country.harbour_circle, prospect("De Havenkring", category="", owned_by="desk")
    for one in (partner, found):
        given: dict[str, Any] = {"partner": one, "by": DESK, "at": at}
        activities.add_activity(**given, title="Piketdienst voor incidenten", side="hard")
        activities.add_activity(**given, title="Nieuwsbrief", side="soft")
        estimates.estimate(**given, relation="customer", count=4321, source="ledenlijst", counted_on=today)
        describing.assess(**given, category="ecosystem", reason="Bereikt alle havens van het land.")
    given = {"partner": partner, "by": DESK, "at": at}
    commitments.commit(
        **given, function="notification", role="contributor", from_on=date(2026, 1, 1), effort="twee dagen per maand"
    )
    standings.state_continuity(
        **given, funding="subsidy", ends_on=today + timedelta(days=30), hangs_on_one=True, words="Eén beheerder."
    )
    standings.state_maturity(**given, statement="Wij oefenen elk jaar.", evidence="self", reference="")
    standings.show_publicly(**given, is_public=True, shows={"about", "functions"}, society="Gratis hulp aan scholen.")
    capacities.hold(organisation=country.hospital, label="coordinator", from_on=date(2026, 1, 1), by=DESK, at=at)
    signals.raise_ending(by=DESK, at=at)
    duplicates.find_partners(by=DESK, at=at)
    pair = Likeness.objects.get()
    here = f"/network/partners/{partner.pk}"
    return [
        "/network/partners", here, *(f"{here}/{step}" for step in STEPS), "/network/roles", "/network/signals",
        "/network/roles/offices/new", "/network/prospects", f"/network/prospects/{found.pk}", "/network/prospects/new",
        f"/network/prospects/{found.pk}/contact", "/network/duplicates", f"/network/duplicates/{pair.pk}",
        f"{here}/merge", f"{here}/split", f"/network/organisations/{country.harbour.pk}/split", "/network/capacity",
        "/network/directory", "/network/directory/me", "/partners", f"/partners/{partner.pk}",
    ]  # fmt: skip
