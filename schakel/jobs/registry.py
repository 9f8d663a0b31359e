"""The registry as jobs: what follows a merger from other parts, what looks alike, and whom to look at."""

from django.apps import apps
from django.utils import timezone
from procrastinate.contrib.django import app

from schakel.notices.steps.partner_succession import hand_over_to_partner
from schakel.notices.steps.rematch import hand_over_to
from schakel.oversight import participation
from schakel.policy.access import SYSTEM
from schakel.registry.models import Merger, Organisation, Partner
from schakel.registry.partners import signals
from schakel.registry.successions import duplicates, merging

BY_OTHER_MEANS = {"registry", "notices", "journal"}
"""Apps whose rows follow otherwise: at once, by steps of their own, or never as they have no keys."""


@app.task(name="registry.follow", queue="default")
def follow(*, merger_id: int, **_later_arguments: object) -> None:
    """Let what other parts of the house hold follow a merger: accounts, findings, notices, initiatives."""
    merger, at = Merger.objects.get(pk=merger_id), timezone.now()
    if merger.undone_at is not None:
        return
    old, new = merging.bodies(merger)
    if isinstance(old, Organisation) and isinstance(new, Organisation):
        hand_over_to(old, new, by=SYSTEM, at=at)
    elif isinstance(old, Partner) and isinstance(new, Partner):
        hand_over_to_partner(old, new, by=SYSTEM, at=at)
    above = [model for model in apps.get_models() if _is_above(model.__module__)]
    merging.take_along(merger=merger, among=above, by=SYSTEM, at=at)


@app.task(name="registry.find_duplicates", queue="default")
def find_duplicates(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """Look for partners and organisations that stand in the registry twice."""
    duplicates.find_partners(by=SYSTEM, at=timezone.now())
    while duplicates.find_organisations(by=SYSTEM, at=timezone.now()):
        pass


@app.task(name="registry.raise_signals", queue="default")
def raise_signals(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """Put partners whose means end soon, or of whom nothing is heard, on the coordinator's list."""
    at = timezone.now()
    signals.raise_ending(by=SYSTEM, at=at)
    signals.raise_silent(participation.silent(to=SYSTEM, at=at), by=SYSTEM, at=at)


def _is_above(module: str) -> bool:
    house, _dot, rest = module.partition(".")
    return house == "schakel" and rest.split(".")[0] not in BY_OTHER_MEANS
