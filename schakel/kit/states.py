"""Moving a row from state to state: only along its table of moves, and only once."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import TypeVar

from django.db import models

from schakel.kit.refusals import WrongState

State = TypeVar("State", bound=models.TextChoices)
Moves = Mapping[State, AbstractSet[State]]


def sources_of(to: State, *, moves: Moves[State]) -> list[State]:
    """The states from which `to` can be reached in one move."""
    return [state for state, targets in moves.items() if to in targets]


def move(row: models.Model, to: State, *, moves: Moves[State], **fields: object) -> None:
    """Put `row` in state `to` by conditional update, and set `fields` with it.

    Raises WrongState when the row's state in the database does not allow the move.
    """
    rows = type(row)._default_manager.filter(pk=row.pk, state__in=sources_of(to, moves=moves))  # noqa: SLF001
    if not rows.update(state=to, **fields):
        raise WrongState
    for name, value in {"state": to, **fields}.items():
        setattr(row, name, value)
