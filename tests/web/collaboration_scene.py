"""Something on every page of initiatives, balance and interests: rows of the cast, and the addresses that show them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from schakel.collaboration import contributions, expectations, initiatives, interests, load, merging
from schakel.collaboration.descriptions import Description
from schakel.collaboration.models import Initiative
from tests.cast import DESK, Country


def pages(country: Country) -> list[str]:
    """The addresses, once the rows are there."""
    return [*_register(country), *_balance(country)]


def _register(country: Country) -> list[str]:
    at, here = timezone.now(), "/network/initiatives"
    load.import_file(path=None, by=DESK, at=at)
    owned = Description(name="Havenwacht", kind="project", owner=country.harbour_circle, seeks="Een tweede paar ogen")
    ours = initiatives.add(description=owned, by=DESK, at=at)
    target = Initiative.objects.get(slug="cwn")
    proposal = merging.propose(source=ours, target=target, reason="Samen sterker", by=DESK, at=at)
    return [
        here, "/network/initiatives/ideas", f"{here}/new", f"{here}/cyclotron", "/network/figures", f"{here}/havenwacht", f"{here}/havenwacht/edit",
        f"{here}/isidoor/merge", f"{here}/melissa/lessons", f"{here}/merges/{proposal.pk}",
    ]  # fmt: skip


def _balance(country: Country) -> list[str]:
    partner, at = country.harbour_circle, timezone.now()
    given: dict[str, Any] = {"partner": partner, "by": DESK, "at": at}
    today = timezone.localdate(at)
    contributions.contribute(
        **given, kind="hours", unit="hour", amount=Decimal(16), what="Twee dagen meelezen", year=today.year
    )
    contributions.recognise(**given, form="interview", words="Voor het meelezen.")
    asked = expectations.expect(**given, side="brings", words="Tien uur", review_on=today + timedelta(days=30))
    expectations.agree(expectation=asked, by=country.member, at=at)
    expectations.expect(**given, side="takes", words="Duiding", review_on=today + timedelta(days=30))
    interests.state(**given, aims="Sneller gewaarschuwd", interests="Wij verkopen scans")
    clash = interests.raise_conflict(**given, what="Dezelfde klanten", other=country.care_csirt)
    interests.talk(conflict=clash, on=today, words="Een goed gesprek", by=DESK, at=at)
    return [
        "/network/balance", f"/network/balance/{partner.pk}", f"/network/balance/expectations/{asked.pk}/review",
        "/network/interests", f"/network/interests/{partner.pk}", f"/network/interests/{partner.pk}/conflict",
        "/network/interests/conflicts", f"/network/interests/conflicts/{clash.pk}",
    ]  # fmt: skip
