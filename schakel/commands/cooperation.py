"""What the partners of the invented country do together, in a few examples: each page has something on it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from schakel.collaboration import (
    balance,
    contributions,
    expectations,
    initiatives,
    interests,
    merging,
    survey,
    taking_part,
)
from schakel.collaboration.descriptions import Description
from schakel.collaboration.models import Contribution, Initiative, UseCase
from schakel.commands.accounts import partner_of_the_demonstration
from schakel.policy.access import SYSTEM, Actor, Grant, Role
from schakel.registry.models import Partner

PARTNERS = 6
BROUGHT: tuple[dict[str, Any], ...] = (
    {"kind": "hours", "amount": 40, "unit": "hour", "what": "Meelezen met beveiligingsadviezen voor de achterban."},
    {
        "kind": "expertise",
        "amount": 6,
        "unit": "day",
        "what": "Een analist die meedenkt over de regels voor meldingen.",
    },
    {"kind": "venue", "amount": 2, "unit": "time", "what": "Een zaal voor dertig mensen, met lunch."},
    {"kind": "tool", "amount": 1, "unit": "piece", "what": "Een scanner voor vergeten subdomeinen."},
    {"kind": "data", "amount": 12, "unit": "time", "what": "Elke maand een lijst van verlopen certificaten."},
    {"kind": "funding", "amount": 7500, "unit": "euro", "what": "Een bijdrage in de kosten van de oefening."},
)
WANTED = (
    ("Sneller weten welke leden geraakt zijn.", "Wij verkopen zelf ook beveiligingsdiensten."),
    ("Een gezicht hebben bij andere partners.", ""),
    ("Oefenen met partijen buiten onze sector.", "Een van onze leden is ook leverancier van het netwerk."),
)
STARTED = (
    ("Meldingen in gewone taal", "project", ("notification",), "Woorden die iedereen begrijpt",
     "Partners schrijven samen hoe een melding klinkt voor wie geen specialist is.",
     "Een partner die teksten met eigen leden wil uitproberen."),
    ("Oefendag keten en haven", "event", ("exercise",), "Draaiboek en tegenspel",
     "Een dag oefenen met uitval bij één leverancier van velen.",
     "Een plek voor zestig mensen, en iemand die de pers naspeelt."),
    ("Oefendag leveranciers", "event", ("exercise",), "Lijst van leveranciers",
     "Een kleinere oefening, met dezelfde mensen.", ""),
)  # fmt: skip


@transaction.atomic
def show(*, at: datetime) -> dict[str, int] | None:
    """Let some partners bring, take, expect and start things; None where an earlier demonstration did so.

    Each does it itself, through the same actions as on the site.
    """
    if Contribution.objects.exists():
        return None
    partners = _partners()
    started = list(_start(partners, at))
    for place, partner in enumerate(partners):
        _bring(partner, place, started, at)
        _expect(partner, place, at)
    _clash(partners, at)
    kept = (("initiatives", Initiative.objects), ("contributions", Contribution.objects))
    return {name: rows.count() for name, rows in kept}


def own(partner: Partner) -> Actor:
    """Somebody of the partner itself."""
    return Actor(name="demonstration", grants=(Grant(Role.PARTNER, partner.pk),))


def _partners() -> list[Partner]:
    """The one that can be logged in as, and some others."""
    first = partner_of_the_demonstration()
    return sorted(balance.members().order_by("pk"), key=lambda one: one != first)[:PARTNERS]


def _start(partners: list[Partner], at: datetime) -> Iterator[Initiative]:
    """Initiatives of their own, with use cases that others work on; the last would go up in the one before."""
    made: list[Initiative] = []
    for (name, kind, functions, case, about, seeks), owner in zip(STARTED, partners, strict=False):
        given: dict[str, Any] = {"by": own(owner), "at": at}
        said = Description(name=name, kind=kind, functions=functions, about=about, seeks=seeks, owner=owner)
        row = initiatives.add(description=said, **given)
        initiatives.decide(initiative=row, state="develop", reason="Er is vraag naar bij de partners.", **given)
        work = taking_part.add_use_case(initiative=row, name=case, **given)
        for other in partners[: 2 + len(made)]:
            taking_part.take_part(initiative=row, partner=other, from_on=at.date(), **given)
            taking_part.link(use_case=work, partner=other, by=own(other), at=at)
        made.append(row)
        yield row
    for theirs, partner in zip(UseCase.objects.filter(initiative__is_central=True), partners, strict=False):
        taking_part.link(use_case=theirs, partner=partner, part="Proef met eigen leden", by=own(partner), at=at)
    if len(made) == len(STARTED):
        merging.propose(source=made[2], target=made[1], reason="Het zijn dezelfde mensen.", by=own(partners[2]), at=at)


def _bring(partner: Partner, place: int, started: list[Initiative], at: datetime) -> None:
    brought = BROUGHT[place % len(BROUGHT)]
    given: dict[str, Any] = {"partner": partner, "by": own(partner), "at": at}
    contributions.contribute(
        **given | brought | {"amount": Decimal(brought["amount"])},
        year=timezone.localdate(at).year,
        initiative=started[place % len(started)] if started else None,
        project="" if started else "Oefendag",
    )
    aims, open_words = WANTED[place % len(WANTED)]
    interests.state(**given, aims=aims, interests=open_words)
    survey.answer(**given, score=3 + place % 3, values=("visibility", "constituency-relation")[: 1 + place % 2])
    if place % 2 == 0:
        contributions.recognise(partner=partner, form="badge", words="Dank voor de inzet.", by=SYSTEM, at=at)


def _expect(partner: Partner, place: int, at: datetime) -> None:
    """One that both agreed to, and one that waits for the partner."""
    review_on = timezone.localdate(at) + timedelta(days=30 * (1 + place))
    given: dict[str, Any] = {"partner": partner, "review_on": review_on, "at": at}
    words = "Binnen een werkdag antwoorden op meldingen voor de achterban."
    agreed = expectations.expect(**given, side="brings", words=words, by=own(partner))
    expectations.agree(expectation=agreed, by=SYSTEM, at=at)
    expectations.expect(**given, side="takes", words="Elk kwartaal een beeld van de eigen sector.", by=SYSTEM)


def _clash(partners: list[Partner], at: datetime) -> None:
    """Two whose interests clash, and who talk about it."""
    if not partners[1:]:
        return
    first, other = partners[:2]
    what = "Wij bieden allebei een scan aan bij dezelfde leden."
    clash = interests.raise_conflict(partner=first, other=other, what=what, by=own(first), at=at)
    interests.share(conflict=clash, by=SYSTEM, at=at)
    said = "Kennisgemaakt, en de lijsten van leden naast elkaar gelegd."
    interests.talk(conflict=clash, on=timezone.localdate(at), words=said, by=own(other), at=at)
