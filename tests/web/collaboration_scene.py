"""Something on every page of initiatives, balance and interests: rows of the cast, and the addresses that show them."""

from django.utils import timezone

from schakel.collaboration import initiatives, load, merging
from schakel.collaboration.descriptions import Description
from schakel.collaboration.models import Initiative
from tests.cast import DESK, Country


def pages(country: Country) -> list[str]:
    """The addresses, once the rows are there."""
    return [*_register(country)]


def _register(country: Country) -> list[str]:
    at, here = timezone.now(), "/network/initiatives"
    load.import_file(path=None, by=DESK, at=at)
    owned = Description(name="Havenwacht", kind="project", owner=country.harbour_circle)
    ours = initiatives.add(description=owned, by=DESK, at=at)
    target = Initiative.objects.get(slug="cwn")
    proposal = merging.propose(source=ours, target=target, reason="Samen sterker", by=DESK, at=at)
    return [
        here, f"{here}/new", f"{here}/cyclotron", "/network/figures", f"{here}/havenwacht", f"{here}/havenwacht/edit",
        f"{here}/isidoor/merge", f"{here}/melissa/lessons", f"{here}/merges/{proposal.pk}",
    ]  # fmt: skip
