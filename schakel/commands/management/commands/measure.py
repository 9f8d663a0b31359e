"""`schakel measure`: hold the measurements of the network, and look at what they found."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils import timezone

from schakel.commands.base import SchakelCommand
from schakel.kit.refusals import Refused
from schakel.policy.access import SYSTEM
from schakel.registry.measurements import differences, rounds
from schakel.registry.measurements.counting import counts_of
from schakel.registry.models import Facet, Measurement

SHOWN = (Facet.CATEGORY, Facet.FUNCTION, Facet.SECTOR, Facet.REGION, Facet.TYPE, Facet.LEGACY)


class Unknown(Refused):
    """There is no measurement of that year."""

    wording = "There is no measurement of this year."


class Command(SchakelCommand):
    """Begins, closes, publishes, withdraws, lists and shows measurements."""

    help = "begin, close, publish or show measurements of the network"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The act, the year, and what the act needs."""
        parser.add_argument("act", choices=["list", "show", "begin", "close", "reopen", "publish", "withdraw"])
        parser.add_argument("year", nargs="?", type=int, default=0, help="the year that is measured; else this year")
        parser.add_argument("--on", type=date.fromisoformat, help="close: the day that is kept, such as 2025-05-06")
        parser.add_argument("--reason", default="", help="reopen, withdraw: why")

    def run(self, **options: Any) -> dict[str, Any]:
        """Do the act."""
        acts: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "list": _list,
            "show": _show,
            "begin": _begin,
            "close": _close,
            "reopen": lambda asked: _done(rounds.reopen, asked, reason=asked["reason"]),
            "publish": lambda asked: _done(rounds.publish, asked),
            "withdraw": lambda asked: _done(rounds.withdraw, asked, reason=asked["reason"]),
        }
        return acts[options["act"]](options | {"year": options["year"] or timezone.localdate().year})

    def words(self, figures: dict[str, Any]) -> str:
        """A line per measurement, or per word that was counted."""
        if "measurements" in figures:
            return "\n".join(f"{one['year']} {one['kind']} {one['state']}" for one in figures["measurements"])
        if "counts" not in figures:
            return super().words(figures)
        lines = [f"{figures['year']}: {figures['prospects']:,} prospects, {figures['partners']:,} partners"]
        for facet, words in figures["counts"].items():
            lines += [f"{facet} {word or '(not known)'}: {pair['prospects']:,} prospects, {pair['partners']:,} partners"
                      for word, pair in words.items()]  # fmt: skip
        return "\n".join(lines)


def _list(_asked: dict[str, Any]) -> dict[str, Any]:
    rows = Measurement.objects.visible_to(SYSTEM).order_by("-year")
    return {"measurements": [_plain(one) for one in rows]}


def _show(asked: dict[str, Any]) -> dict[str, Any]:
    measurement = _named(asked["year"])
    counts, earlier = counts_of(measurement), differences.before(measurement)
    return {
        **_plain(measurement),
        "prospects": counts.all.prospects,
        "partners": counts.all.partners,
        "counts": {
            facet.value: {
                word: {"prospects": pair.prospects, "partners": pair.partners}
                for word in (*counts.words(facet), "")
                if (pair := counts.of(facet, word)).total
            }
            for facet in SHOWN
        },
        "activities": {side: counts.of(Facet.SIDE, side).total for side in ("soft", "hard")},
        "changes": differences.change_counts(measurement, earlier) if earlier else {},
    }


def _begin(asked: dict[str, Any]) -> dict[str, Any]:
    return _plain(rounds.begin(year=asked["year"], by=SYSTEM, at=timezone.now()))


def _close(asked: dict[str, Any]) -> dict[str, Any]:
    measurement = _named(asked["year"])
    count = rounds.close(measurement=measurement, by=SYSTEM, at=timezone.now(), measured_on=asked["on"])
    return {**_plain(measurement), "parties": count}


def _done(act: Callable[..., None], asked: dict[str, Any], **given: Any) -> dict[str, Any]:
    measurement = _named(asked["year"])
    act(measurement=measurement, by=SYSTEM, at=timezone.now(), **given)
    return _plain(measurement)


def _plain(measurement: Measurement) -> dict[str, Any]:
    names = ("year", "kind", "state", "measured_on", "published_at")
    return {name: getattr(measurement, name) for name in names}


def _named(year: int) -> Measurement:
    if (measurement := Measurement.objects.filter(year=year).first()) is None:
        raise Unknown
    return measurement
