"""The snapshot on disk: a folder of arrays, written aside and moved into place, so that none is ever half there.

No file is ever changed, so a snapshot that was brought up to date shares the files of the one before it. Lists that
changed since all were written lie apart from the others, until they have become many.
"""

import json
import os
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
from django.conf import settings

from schakel.oversight.coverage import dimensions
from schakel.oversight.coverage.members import Group, Relations
from schakel.oversight.coverage.population import Population
from schakel.oversight.coverage.reach import Places

DRAFT_SECONDS = 3600.0  # No draft takes that long to write: its writer was killed.
OF_POPULATION = ("ids", "codes", "objected")
LISTS, LATER = "places", "later"
MOST_LATER = 4
"""When changed lists hold one in so many of all places, all are written together again."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The folder of a snapshot, and where lists begin in its file of all lists."""

    folder: Path
    starts: dict[Group, int]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Population and lists as they hold on a day.

    `digests` has a word for each list that changes with it; `revisions` are the numbers of the changes that are in it,
    `changes_on` the days on which a partner's lists will hold something else without any change of a row, `gone_count`
    how often organisations had gone. `origin` says where it lies, where it was read from disk.
    """

    day: date
    population: Population
    relations: Relations
    digests: dict[Group, int]
    revisions: dict[int, int]
    changes_on: dict[int, date]
    gone_count: int
    origin: Origin | None = None


def load() -> Snapshot | None:
    """The newest snapshot that is kept; one that is damaged, or of other lists of sectors and regions, is none."""
    for place in sorted(_folder().glob("[0-9]*"), key=lambda one: int(one.name), reverse=True):
        with suppress(OSError, ValueError, KeyError):
            return _loaded(place)
    return None


def keep(snapshot: Snapshot, *, since: Snapshot | None = None) -> None:
    """Write the snapshot, and let older ones go, with drafts that a killed process left.

    Of one that was brought up to date `since` another only what changed is written.
    """
    _folder().mkdir(parents=True, exist_ok=True)
    draft = Path(mkdtemp(prefix="draft-", dir=_folder()))
    for name in OF_POPULATION:
        array = getattr(snapshot.population, name)
        is_same = since is not None and array is getattr(since.population, name)
        if not (is_same and _linked(draft, name, since)):
            np.save(draft / f"{name}.npy", array)
    groups = _put_lists(draft, snapshot, since)
    (draft / "about.json").write_text(json.dumps(_about(snapshot, groups)), encoding="utf-8")
    place = _folder() / str(time.time_ns())
    draft.rename(place)
    for other in _folder().iterdir():
        if _is_past(other, int(place.name)):
            shutil.rmtree(other, ignore_errors=True)


def _linked(draft: Path, name: str, since: Snapshot | None) -> bool:
    """Whether the file could be shared: not where its folder has just gone, or its file system knows no links."""
    if since is None or since.origin is None:
        return False
    with suppress(OSError):
        os.link(since.origin.folder / f"{name}.npy", draft / f"{name}.npy")
        return True
    return False


def _put_lists(draft: Path, snapshot: Snapshot, since: Snapshot | None) -> list[list[Any]]:
    """Write the lists; of each its partner, relation, file, where it begins there, its length and its digest."""
    lists = snapshot.relations
    starts = _still_written(lists, since)
    later = [group for group in lists if group not in starts]
    is_much = sum(len(lists[group]) for group in later) * MOST_LATER > sum(len(lists[group]) for group in starts)
    if is_much or not _linked(draft, LISTS, since):
        np.save(draft / f"{LISTS}.npy", _joined(lists.values()))
        later, starts = [], _starts(lists, lists)
    np.save(draft / f"{LATER}.npy", _joined(lists[group] for group in later))
    places = {group: (LISTS, start) for group, start in starts.items()}
    places |= {group: (LATER, start) for group, start in _starts(lists, later).items()}
    return [[*group, *places[group], len(part), snapshot.digests[group]] for group, part in lists.items()]


def _still_written(lists: Relations, since: Snapshot | None) -> dict[Group, int]:
    """Which lists are the very same ones as in the file of all lists, and where they begin there."""
    if since is None or since.origin is None:
        return {}
    return {group: at for group, at in since.origin.starts.items() if lists.get(group) is since.relations[group]}


def _starts(lists: Relations, groups: Iterable[Group]) -> dict[Group, int]:
    names = list(groups)
    ends = accumulate((len(lists[group]) for group in names), initial=0)
    return dict(zip(names, ends, strict=False))


def _joined(parts: Iterable[Places]) -> Places:
    found = list(parts)
    return np.concatenate(found) if found else np.zeros(0, np.int32)


def _folder() -> Path:
    return Path(settings.STORE) / "coverage"


def _known() -> list[list[str]]:
    """What the numbers in the codes stand for."""
    return [list(dimensions.values(dimension)) for dimension in dimensions.DIMENSIONS]


def _about(snapshot: Snapshot, groups: list[list[Any]]) -> dict[str, Any]:
    return {
        "known": _known(),
        "day": snapshot.day.isoformat(),
        "revision": snapshot.population.revision,
        "name": snapshot.population.name,
        "gone_count": snapshot.gone_count,
        "revisions": list(snapshot.revisions.items()),
        "changes_on": [(partner, on.isoformat()) for partner, on in snapshot.changes_on.items()],
        "groups": groups,
    }


def _loaded(place: Path) -> Snapshot:
    """Raises OSError, ValueError or KeyError for what is no snapshot of ours."""
    about = json.loads((place / "about.json").read_text(encoding="utf-8"))
    if about["known"] != _known():
        raise ValueError
    arrays = {name: np.load(place / f"{name}.npy", mmap_mode="r") for name in (*OF_POPULATION, LISTS, LATER)}
    flat = {name: np.asarray(arrays[name]) for name in (LISTS, LATER)}  # Slices of plain arrays are cheap.
    groups = [((partner, relation), *rest) for partner, relation, *rest in about["groups"]]
    return Snapshot(
        day=date.fromisoformat(about["day"]),
        population=Population(
            arrays["ids"], arrays["codes"], arrays["objected"], revision=about["revision"], name=about["name"]
        ),
        relations={group: flat[file][start : start + size] for group, file, start, size, _digest in groups},
        digests={group: digest for group, _file, _start, _size, digest in groups},
        revisions=dict(about["revisions"]),
        changes_on={partner: date.fromisoformat(on) for partner, on in about["changes_on"]},
        gone_count=about["gone_count"],
        origin=Origin(place, {group: start for group, file, start, *_rest in groups if file == LISTS}),
    )


def _is_past(place: Path, number: int) -> bool:
    """Whether it is an older snapshot, or a draft that nobody can still be writing."""
    if place.name.isdigit():
        return int(place.name) < number
    try:
        return place.stat().st_mtime < time.time() - DRAFT_SECONDS
    except FileNotFoundError:  # Its writer has just moved it into place.
        return False
