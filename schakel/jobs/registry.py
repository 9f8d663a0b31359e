"""The registry as jobs: what follows a merger from other parts, what looks alike, and whom to look at."""

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone
from procrastinate.contrib.django import app

from schakel.collaboration.models import Participant, UseCaseLink
from schakel.notices.steps.compose import close_windows_of
from schakel.notices.steps.rematch import hand_over_to
from schakel.oversight import participation
from schakel.policy.access import SYSTEM
from schakel.registry.models import Merger, Organisation, Partner
from schakel.registry.partners import signals
from schakel.registry.successions import duplicates, merging, taking_along

BY_THEIR_OWN_STEP = {
    "notices.finding.organisation",
    "notices.finding.operator",
    "notices.route.organisation",
    "notices.notice.organisation",
}
"""What is known of an organisation is joined with what is known of its successor (`hand_over_to`)."""
ACTING = (Participant, UseCaseLink)
"""Of these a second row would count one partner twice."""


@app.task(name="registry.follow", queue="default")
def follow(*, merger_id: int, **_later_arguments: object) -> None:
    """Let what other parts of the house hold follow a merger: accounts, findings, notices, initiatives, balance."""
    merger, at = Merger.objects.get(pk=merger_id), timezone.now()
    if merger.undone_at is not None:
        return
    old, new = merging.bodies(merger)
    if isinstance(old, Organisation) and isinstance(new, Organisation):
        hand_over_to(old, new, by=SYSTEM, at=at)
    elif isinstance(old, Partner):
        close_windows_of(old)
    taken: dict[str, Any] = {"among": above(), "acting": ACTING, "beside": BY_THEIR_OWN_STEP}
    taking_along.take_along(merger=merger, by=SYSTEM, at=at, **taken)


@app.task(name="registry.split_off", queue="default")
def split_off(*, merger_id: int, chosen: Mapping[str, list[int]], **_later_arguments: object) -> None:
    """Let what was chosen from other parts of the house go along with who split off."""
    merger = Merger.objects.get(pk=merger_id)
    taking_along.take_chosen(merger=merger, chosen=chosen, among=above(), by=SYSTEM, at=timezone.now())


def above() -> list[type[models.Model]]:
    """The tables of all parts above the registry."""
    known = apps.get_models(include_auto_created=True)
    return [model for model in known if model.__module__.startswith("schakel.") and not _is_registrys(model)]


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


def _is_registrys(model: type[models.Model]) -> bool:
    return model._meta.app_label == "registry"  # noqa: SLF001 - Django documents it
