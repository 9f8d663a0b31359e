"""`schakel questions`: what members asked, and what becomes of it."""

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from schakel.commands.base import SchakelCommand
from schakel.governance import questions
from schakel.governance.functions import functions
from schakel.governance.models import Question, QuestionState
from schakel.kit.paging import key_of
from schakel.kit.refusals import Refused
from schakel.policy.access import SYSTEM

MOST = 1000


class Unknown(Refused):
    """There is nothing of that number."""

    wording = "There is no such question:"


class Command(SchakelCommand):
    """Lists and shows questions, takes them up, answers or declines them."""

    help = "list or show questions to the functions, take one up, answer or decline it"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The act, and what it is about."""
        parser.add_argument("act", nargs="?", default="list", choices=["list", "show", "take", "answer", "decline"])
        parser.add_argument("question", nargs="?", default="", help="its number (show, take, answer, decline)")
        slugs = [one.slug for one in functions()]
        parser.add_argument("--function", default="", choices=slugs, help="asked of this one (list)")
        parser.add_argument("--state", default="", choices=QuestionState.values, help="in which state (list)")
        parser.add_argument("--words", default="", help="what is said to who asked (answer, decline)")
        parser.add_argument("--owner", default="", help="who takes it up (take)")

    def run(self, **options: Any) -> dict[str, Any]:
        """Do the act."""
        if options["act"] == "list":
            return {"questions": _listed(options)}
        given: dict[str, Any] = {"question": _question(options["question"]), "by": SYSTEM, "at": timezone.now()}
        if options["act"] == "take":
            questions.take(owner=options["owner"], **given)
        elif options["act"] == "answer":
            questions.answer(words=options["words"], **given)
        elif options["act"] == "decline":
            questions.decline(words=options["words"], **given)
        return _told(given["question"])

    def words(self, figures: dict[str, Any]) -> str:
        """A line per question, or a line per figure."""
        if "questions" not in figures:
            return super().words(figures)
        line = "{question} {function}: {title} ({state})"
        return "\n".join(line.format(**row) for row in figures["questions"])


def _listed(options: dict[str, Any]) -> list[dict[str, Any]]:
    wanted = {name: options[name] for name in ("function", "state") if options[name]}
    rows = Question.objects.visible_to(SYSTEM).filter(**wanted).select_related("partner").order_by("-pk")
    return [_told(one) for one in rows[:MOST]]


def _question(number: str) -> Question:
    rows = Question.objects.visible_to(SYSTEM).select_related("partner")
    if (found := rows.filter(pk=key_of(number) or 0).first()) is None:
        raise Unknown(number or "-")
    return found


def _told(one: Question) -> dict[str, Any]:
    return {
        "question": one.pk,
        "function": one.function or "network",
        "partner": one.partner.key if one.partner else None,
        "title": one.title,
        "words": one.words,
        "state": one.state,
        "owner": one.owner,
        "answer": one.answer,
        "shared": one.is_shared,
    }
