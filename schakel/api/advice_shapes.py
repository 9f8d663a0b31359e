"""Advice on the next partners over the wire."""

from datetime import date
from typing import Annotated

from ninja import Field
from pydantic import AwareDatetime

from schakel.api.shapes import Given, Shape, Word
from schakel.oversight.advice.question import USUAL_CEILING
from schakel.oversight.models import AdviceState

Number = Annotated[int, Field(strict=True)]


class QuestionGiven(Given):
    """What is asked: how many partners in all, in which functions reach counts, what it is worth, what must be there.

    `weights` are for `organisations`, `people` and `critical`. `floors` hold by kind (function, sector, region,
    category) and word how many partners there must be, today's included. `add` and `remove` are keys of prospects.
    """

    ceiling: Number = USUAL_CEILING
    functions: list[Word] = ["notification"]
    weights: dict[str, Number] = {"organisations": 1, "people": 0, "critical": 0}
    floors: dict[str, dict[str, Number]] = {}
    add: list[Word] = []
    remove: list[Word] = []


class AdviceShape(Shape):
    """One question, how far its answer is, and of which advice it is a "what if"."""

    id: int
    state: AdviceState
    question: QuestionGiven
    refusal: str
    based_on_id: int | None
    asked_at: AwareDatetime
    ended_at: AwareDatetime | None


class NamedShape(Shape):
    """A prospect: what it adds in its turn, whether that rests on a list or a count; what is lost without it."""

    key: str
    name: str
    gain: int
    basis: str
    members: int
    alone: int | None = None
    is_given: bool = False


class UnmetShape(Shape):
    """A floor that is not met, with how many prospects could count for it."""

    kind: str
    word: str
    floor: int
    lacking: int
    candidates: int


class InputsShape(Shape):
    """What the answer rests on: how many are known by a list or by a count alone, and from when the counts are."""

    organisations: int
    members: int
    members_with_list: int
    candidates: int
    candidates_with_list: int
    candidates_with_count: int
    chosen_with_count: int
    left_out_function: int
    left_out_nothing_known: int
    counted_from: date | None
    counted_to: date | None


class AnswerShape(Shape):
    """Whom it advises, in order. No choice of so many `places` reaches more than `bound`: that is proved.

    Reach is in the worth that the weights give; `reached_by_lists` counts no assumed members.
    """

    on: date
    places: int
    organisations_now: int
    organisations_then: int
    reached_now: int
    reached: int
    reached_by_lists: int
    bound: int
    of_bound: float
    chosen: list[NamedShape]
    next_best: list[NamedShape]
    unmet_floors: list[UnmetShape]
    inputs: InputsShape
    warnings: list[str]


class AdviceInFull(AdviceShape):
    """With its answer, once it is ready. An advice helps people choose; it decides nothing."""

    answer: AnswerShape | None


class AdvicePage(Shape):
    """Some advice, and where the next is."""

    items: list[AdviceShape]
    next: str | None
