"""The one list of conditions: what an application answers, an assessment judges and an agreement promises."""

from collections.abc import Mapping
from dataclasses import dataclass

from schakel.registry.files.lists import facts, slugs

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One condition; its words by language (`nl`, `en`)."""

    slug: str
    name: Words
    question: Words
    look: Words


def criteria() -> list[Criterion]:
    """The conditions, in order (build plan, section 3.5)."""
    return [_criterion(slug) for slug in slugs("criteria")]


def _criterion(slug: str) -> Criterion:
    row = facts("criteria")[slug]
    name, question, look = ({one: row[f"{stem}{one}"] for one in ("nl", "en")} for stem in ("", "question_", "look_"))
    return Criterion(slug, name, question, look)
