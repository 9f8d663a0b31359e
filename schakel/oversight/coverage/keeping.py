"""The snapshot on disk: a folder of arrays, written aside and moved into place, so that none is ever half there."""

import json
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
from django.conf import settings

from schakel.oversight.coverage import dimensions
from schakel.oversight.coverage.members import Relations
from schakel.oversight.coverage.population import Population

DRAFT_SECONDS = 3600.0  # No draft takes that long to write: its writer was killed.
NAMES = ("ids", "codes", "places")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Population and lists as they hold on a day.

    `digests` has a word for each list that changes with it; `revisions` are the numbers of the changes that are in it,
    `changes_on` the days on which a partner's lists will hold something else without any change of a row.
    """

    day: date
    population: Population
    relations: Relations
    digests: dict[tuple[int, str], int]
    revisions: dict[int, int]
    changes_on: dict[int, date]


def load() -> Snapshot | None:
    """The newest snapshot that is kept; one that is damaged, or of other lists of sectors and regions, is none."""
    for place in sorted(_folder().glob("[0-9]*"), key=lambda one: int(one.name), reverse=True):
        with suppress(OSError, ValueError, KeyError):
            return _loaded(place)
    return None


def keep(snapshot: Snapshot) -> None:
    """Write the snapshot, and let older ones go, with drafts that a killed process left."""
    _folder().mkdir(parents=True, exist_ok=True)
    draft = Path(mkdtemp(prefix="draft-", dir=_folder()))
    groups = list(snapshot.relations)
    parts = [snapshot.relations[group] for group in groups]
    np.save(draft / "ids.npy", snapshot.population.ids)
    np.save(draft / "codes.npy", snapshot.population.codes)
    np.save(draft / "places.npy", np.concatenate(parts) if parts else np.zeros(0, np.int32))
    sizes = [[*group, len(part), snapshot.digests[group]] for group, part in zip(groups, parts, strict=True)]
    (draft / "about.json").write_text(json.dumps(_about(snapshot, sizes)), encoding="utf-8")
    place = _folder() / str(time.time_ns())
    draft.rename(place)
    for other in _folder().iterdir():
        if _is_past(other, int(place.name)):
            shutil.rmtree(other, ignore_errors=True)


def _folder() -> Path:
    return Path(settings.STORE) / "coverage"


def _lists() -> list[list[str]]:
    """What the numbers in the codes stand for."""
    return [list(dimensions.values(dimension)) for dimension in dimensions.DIMENSIONS]


def _about(snapshot: Snapshot, sizes: list[list[Any]]) -> dict[str, Any]:
    return {
        "lists": _lists(),
        "day": snapshot.day.isoformat(),
        "revision": snapshot.population.revision,
        "revisions": list(snapshot.revisions.items()),
        "changes_on": [(partner, on.isoformat()) for partner, on in snapshot.changes_on.items()],
        "groups": sizes,
    }


def _loaded(place: Path) -> Snapshot:
    """Raises OSError, ValueError or KeyError for what is no snapshot of ours."""
    about = json.loads((place / "about.json").read_text(encoding="utf-8"))
    if about["lists"] != _lists():
        raise ValueError
    ids, codes, places = (np.load(place / f"{name}.npy", mmap_mode="r") for name in NAMES)
    ends = np.cumsum([size for _partner, _relation, size, _digest in about["groups"]], dtype=np.int64)
    parts = np.split(places, ends[:-1]) if len(ends) else []
    groups = [(partner, relation) for partner, relation, _size, _digest in about["groups"]]
    return Snapshot(
        day=date.fromisoformat(about["day"]),
        population=Population(ids, codes, about["revision"]),
        relations=dict(zip(groups, map(np.asarray, parts), strict=True)),
        digests={(partner, relation): digest for partner, relation, _size, digest in about["groups"]},
        revisions=dict(about["revisions"]),
        changes_on={partner: date.fromisoformat(on) for partner, on in about["changes_on"]},
    )


def _is_past(place: Path, number: int) -> bool:
    """Whether it is an older snapshot, or a draft that nobody can still be writing."""
    if place.name.isdigit():
        return int(place.name) < number
    try:
        return place.stat().st_mtime < time.time() - DRAFT_SECONDS
    except FileNotFoundError:  # Its writer has just moved it into place.
        return False
